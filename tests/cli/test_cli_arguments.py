"""Reading the arguments: help, near names, exit codes, and nothing heavy for `--help`."""

from __future__ import annotations

import argparse
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import budgetopt as bo
from budgetopt.cli import build_parser
from budgetopt.cli.arguments import COMMANDS
from budgetopt.cli.common import positive_count, positive_seconds, share

HEAVY = {"babel", "pandas", "pulp", "highspy", "rich", "pydantic", "openpyxl", "jinja2", "ruamel", "numpy"}


def test_every_command_is_listed_and_explains_itself(run: Callable[..., Any]) -> None:
    whole = run("--help")
    assert whole.code == 0
    assert whole.err == ""
    for module in COMMANDS:
        assert f"    {module.NAME} " in whole.out
        one = run(module.NAME, "--help")
        assert one.code == 0
        assert one.out.startswith(f"usage: budgetopt {module.NAME}")
    assert "130  interrupted" in whole.out


def test_every_option_says_what_it_does() -> None:
    parser = build_parser()
    commands = next(action for action in parser._actions if isinstance(action, argparse._SubParsersAction)).choices
    silent = [
        f"{name} {action.dest}" for name, command in commands.items() for action in command._actions if not action.help
    ]
    assert silent == []


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["solve", "--help"], ["no-such-command"]])
def test_asking_for_help_costs_next_to_nothing(arguments: list[str]) -> None:
    code = (
        "import sys\nfrom budgetopt.cli import main\n"
        f"main({arguments!r})\nprint(*sorted({{name.split('.')[0] for name in sys.modules}}), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert HEAVY & set(done.stderr.split()) == set()


@pytest.mark.parametrize("command", ["check", "solve"])
def test_reading_and_solving_import_only_what_they_use(command: str, tmp_path: Path) -> None:
    text = "outcomes: {good: {weight: 1}}\nfunds: {general: {revenue: 9}}\n"
    table = "program,baseline,outcomes.good.per_dollar\na,4,2\nb,5,1\n"
    (tmp_path / "programs.csv").write_text(table, encoding="utf-8")
    (tmp_path / "scenario.yaml").write_text(f"{text}tables: {{programs: programs.csv}}\n", encoding="utf-8")
    code = (
        "import sys\nfrom budgetopt.cli import main\n"
        f"main({[command, str(tmp_path)]!r})\nprint(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    modules = set(done.stderr.split())
    assert (
        modules & {"pandas", "pyarrow", "openpyxl", "xlsxwriter", "python_calamine", "jinja2", "altair", "pulp"}
        == set()
    )
    assert modules & {"budgetopt.reading.office.guess", "budgetopt.allocation.result_schema"} == set()
    assert ("budgetopt.allocation.allocation" in modules) is (command == "solve")
    if command == "solve":
        assert not any(name.startswith(("budgetopt.analysis.", "budgetopt.report.documents.html")) for name in modules)


def test_the_version(run: Callable[..., Any]) -> None:
    assert run("--version")[:2] == (0, f"budgetopt {bo.__version__}\n")


@pytest.mark.parametrize(
    ("ordered", "otherwise"),
    [
        ("explain town library --set {}=-5%", "explain town --set {}=-5% library"),
        ("explain town library --set {}=-5%", "--no-pager explain --set {}=-5% town library"),
        ("explain town library --format json --set {}=-5%", "explain --format json town --set {}=-5% library"),
        ("prices town {} programs.pools.baseline", "prices town {} --no-pager programs.pools.baseline"),
        ("prices town {} --format csv", "prices town --format csv {}"),
        ("compare town town --set {}=-5%", "compare town --set {}=-5% town"),
        ("amend town 'cut library by 9' 'add 9 to pools'", "amend town 'cut library by 9' --no-pager 'add 9 to pools'"),
    ],
)
def test_words_may_stand_before_and_after_options(
    ordered: str, otherwise: str, run: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "outcomes: {good: {weight: 1}}\nfunds: {general: {revenue: 900}}\n"
    table = "program,baseline,outcomes.good.per_dollar\nlibrary,400,2\npools,500,1\n"
    (tmp_path / "town").mkdir()
    (tmp_path / "town" / "programs.csv").write_text(table, encoding="utf-8")
    (tmp_path / "town" / "scenario.yaml").write_text(f"{text}tables: {{programs: programs.csv}}\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    first, second = (run(*shlex.split(line.format("funds.general.revenue"))) for line in (ordered, otherwise))
    assert first.code in (0, 1)
    assert first.err == ""
    assert first[:3] == second[:3]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["slove", "x"], "there is no command 'slove'\n    hint: did you mean 'solve'?"),
        (["zzz"], "hint: the commands are new, check, solve"),
        (["solve", "x", "--reprot", "y"], "there is no option '--reprot'\n    hint: did you mean '--report'?"),
        (["solve", "x", "--jsno=y"], "there is no option '--jsno'\n    hint: did you mean '--json'?"),
        (["solve", "x", "--zzz"], "there is no option '--zzz'\n    hint: budgetopt solve --help lists the options"),
        (["solve", "x", "y"], "'y' is one argument too many"),
        (["solve"], "the following arguments are required: SCENARIO"),
        (["solve", "x", "--gap", "3"], "'3' is not a share from 0 to below 1"),
        (["solve", "x", "--time-limit", "soon"], "'soon' is not a number of seconds above 0"),
        (["solve", "x", "--threads", "0"], "'0' is not a whole number of at least 1"),
        (["solve", "x", "--format", "xml"], "invalid choice: 'xml'"),
        (["solve", "x", "--rep", "y"], "there is no option '--rep'"),
        (["schema", "rules"], "invalid choice: 'rules'"),
        (["--print-completion", "csh"], "invalid choice: 'csh'"),
    ],
)
def test_what_cannot_be_understood_is_answered_with_a_hint(
    arguments: list[str], message: str, run: Callable[..., Any]
) -> None:
    code, out, err = run(*arguments)
    assert code == 2
    assert out == ""
    assert message in err
    assert err.startswith("budgetopt")


def test_without_arguments_the_help_is_shown_on_stderr(run: Callable[..., Any]) -> None:
    code, out, err = run()
    assert (code, out) == (2, "")
    assert err.startswith("usage: budgetopt")


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_the_completion_of_a_shell_knows_the_commands(shell: str, run: Callable[..., Any]) -> None:
    pytest.importorskip("shtab")
    code, out, err = run("--print-completion", shell)
    assert (code, err) == (0, "")
    assert all(module.NAME in out for module in COMMANDS)
    assert "--time-limit" in out


def test_without_shtab_the_completion_says_what_to_install(
    run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "shtab", None)
    code, out, err = run("--print-completion", "bash")
    assert (code, out) == (2, "")
    assert "pip install 'budgetopt[completion]'" in err


@pytest.mark.parametrize(
    ("text", "value"), [("0.01", 0.01), ("1%", 0.01), (" 0.5 % ", 0.005), ("0", 0.0), ("1e-6", 1e-6)]
)
def test_a_share_may_be_a_percentage(text: str, value: float) -> None:
    assert share(text) == pytest.approx(value)


@pytest.mark.parametrize("text", ["1", "100%", "-1%", "nan", "inf", "", "a", "1%%"])
def test_what_is_no_share_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        share(text)


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "", "1m"])
def test_what_is_no_number_of_seconds_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        positive_seconds(text)
    assert positive_seconds("0.5") == 0.5


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "", "two", "²"])
def test_what_is_no_count_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        positive_count(text)
    assert positive_count("4") == 4
