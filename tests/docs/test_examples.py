"""Every example of the documentation runs, and prints what the page shows."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.docs.examples import (
    LANGUAGES,
    ROOT,
    SET_UP,
    Block,
    MismatchError,
    _plain,
    agrees,
    blocks,
    commands,
    pages,
    run,
)

from docs_site.notebooks import is_notebook

PAGES = pages()
RUN = [page for page in PAGES if blocks(page) and not is_notebook(page.read_text(encoding="utf-8"))]


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", RUN, ids=name)
def test_the_examples_of_a_page_do_what_it_shows(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    assert run(page, tmp_path) > 0


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_block_says_what_it_is(page: Path) -> None:
    assert [block.place for block in blocks(page) if block.language not in LANGUAGES] == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_commands_that_are_not_run_only_set_up(page: Path) -> None:
    lines = [line for block in blocks(page) if block.language == "sh" for line in block.body.splitlines() if line]
    assert [line for line in lines if Path(line.split()[0]).name not in SET_UP] == []


def block_of(body: str, language: str = "console") -> Block:
    return Block(ROOT / "README.md", 1, language, "", body)


def test_a_wrong_output_is_noticed() -> None:
    assert commands(block_of("$ echo one\ntwo\n")) == [("echo one", "two")]
    assert not agrees("two", "one\n")
    assert agrees("one", "one  \n")
    assert agrees("a\n...\nd", "a\nb\nc\nd")
    assert not agrees("a\n...\nd", "a\nb\nc\ne")
    assert not agrees("...", "a\n(exit code 3)")
    assert agrees("...\n(exit code 3)", "a\n(exit code 3)")


def test_a_command_may_go_on_over_lines() -> None:
    assert commands(block_of("$ echo one \\\n    two\none two\n$ true\n")) == [
        ("echo one \\\n    two", "one two"),
        ("true", ""),
    ]


def test_only_what_needs_a_shell_gets_one() -> None:
    assert _plain("python -m budgetopt solve city --set 'rules[A b].at_least=5'") == [
        "solve",
        "city",
        "--set",
        "rules[A b].at_least=5",
    ]
    assert _plain("python -m budgetopt solve city \\\n  --all") == ["solve", "city", "--all"]
    for command in (
        "python -m budgetopt solve city >plan.txt",
        "python -m budgetopt schema | head -1",
        "ls",
        "budgetopt solve x",
    ):
        assert _plain(command) is None


def test_output_without_a_command_is_refused() -> None:
    with pytest.raises(MismatchError, match="begins with a command"):
        commands(block_of("one\n"))
