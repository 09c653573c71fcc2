from __future__ import annotations

import io
import re
import subprocess
import sys
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console
from tests.report.plans import HOSTILE

from budgetopt.allocation import Allocation
from budgetopt.report import print_allocation


def printed(plan: Allocation, width: int = 80, *, every_program: bool = False, terminal: bool = False) -> str:
    out = io.StringIO()
    print_allocation(
        plan, Console(file=out, width=width, highlight=False, force_terminal=terminal), every_program=every_program
    )
    return out.getvalue()


def money(text: str, title: str) -> tuple[list[str], list[list[str]]]:
    """Return the heads of a table of money, and the figures of each line that has any, by where they stand."""
    lines = iter(text.splitlines())
    for line in lines:
        if line.startswith(title):
            break
    head = next(line for line in lines if "Plan" in line and "  " in line)
    heads = [name for name in ("Baseline", "Plan", "Change") if name in head]
    ends = [head.index(name) + len(name) for name in heads]
    rows = []
    for line in lines:
        # a wide character takes two places of a terminal, an invisible one none
        places = "".join((character + "\0")[: cell_len(character)] for character in line)
        figures = [places[:end].rsplit(" ", 1)[-1] for end in ends]
        if re.fullmatch(r"[-+]?\d[\d,]*(\.\d\d)?", figures[heads.index("Plan")]):
            rows.append(figures)
        if line.startswith("Total"):
            return heads, rows
    raise AssertionError(f"no total in {title}")


def number(text: str) -> float:
    return 0.0 if text == "new" else float(text.replace(",", ""))


@pytest.mark.parametrize("width", [44, 60, 80, 100, 140])
def test_tables_add_up_at_every_width(plan: Allocation, width: int) -> None:
    text = printed(plan, width, every_program=len(plan.programs) < 100)
    heads, rows = money(text, "Money by program")
    *parts, total = rows
    for at in range(len(heads)):
        assert sum(number(row[at]) for row in parts) == pytest.approx(number(total[at]))
    if len(heads) == 3:
        for row in rows:
            baseline, spending, change = map(number, row)
            assert spending == pytest.approx(baseline + change)


@pytest.mark.parametrize("width", [44, 60, 80, 140])
def test_no_line_runs_over_and_no_number_is_cut(city: Allocation, odd: Allocation, width: int) -> None:
    for plan in (city, odd):
        text = printed(plan, width)
        assert max(cell_len(line) for line in text.splitlines()) <= width
        assert "…" not in text


def test_a_terminal_too_narrow_still_shows_every_number(city: Allocation) -> None:
    text = printed(city, 20)
    assert "2,141,820" in text.replace("\n", "")
    assert "…" not in text


def test_the_city_at_eighty_columns(city: Allocation) -> None:
    text = printed(city)
    assert text.startswith("Riverton FY2027, FY2027 to FY2029\n\nThe plan spends $206 million")
    assert "Money by priority, in USD, all periods together" in text
    assert re.search(r"^Safe streets +85,800,000 +96,850,000 +\+11,050,000 +\+12.9%$", text, re.MULTILINE)
    assert re.search(r"^Depot +new +5,956,725 +\+5,956,725 *$", text, re.MULTILINE)
    assert re.search(r"^Overdue repairs +2,700 +1,818 +-882 +better, partly assumed$", text, re.MULTILINE)
    assert re.search(r"^General fund, FY2029 +48,250,000 +8,043,275 +8,043,275$", text, re.MULTILINE)
    assert re.search(r"^- and \d more; --all shows them\.$", text, re.MULTILINE)
    assert text.endswith(
        "Proved: it keeps all 72 limits, by an independent audit, and no plan that does\nso is better.\n"
    )


def test_the_reason_stands_beside_the_figures_or_below_them(city: Allocation) -> None:
    assert re.search(r"^\S.* \d[\d,]* .*held up by its floor", printed(city, 150), re.MULTILINE)
    for width in (60, 80):
        assert re.search(r"^\S.* \d[\d,]*.*\n    held up by its floor", printed(city, width), re.MULTILINE)


def test_two_thousand_programs_do_not_flood(large: Allocation) -> None:
    text = printed(large)
    assert len(text.splitlines()) < 160
    assert "the largest changes first" in text
    assert "and 1,975 more" in text
    assert "--all shows every program." in text
    _, rows = money(text, "Money by program")
    *parts, total = rows
    assert len(parts) == 26
    assert [sum(number(row[at]) for row in parts) for at in range(3)] == [number(part) for part in total]
    assert len(printed(large, every_program=True).splitlines()) > 2000


def test_output_that_is_no_terminal_has_no_colour(city: Allocation) -> None:
    assert "\x1b" not in printed(city)


def test_no_color_is_honoured(city: Allocation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert not re.search(r"\x1b\[[\d;]*3\dm", printed(city, terminal=True))


def test_names_cannot_steer_a_terminal_or_its_markup(odd: Allocation) -> None:
    text = printed(odd, 140)
    assert "[bold red]markup[/bold red] [/] :smile:" in text
    assert HOSTILE[2] in text
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", text)


def test_a_terminal_of_few_characters_is_no_obstacle(odd: Allocation, city: Allocation) -> None:
    for plan in (odd, city):
        out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
        print_allocation(plan, Console(file=out, width=80))
        out.flush()


def test_the_standard_output_is_the_default(city: Allocation, capsys: pytest.CaptureFixture[str]) -> None:
    print_allocation(city)
    assert "Riverton FY2027" in capsys.readouterr().out


def test_the_report_pays_for_nothing_before_it_is_used() -> None:
    code = (
        "import sys, budgetopt.report\n"
        "from budgetopt.report.documents import excel, html, terminal\n"
        "print(*sorted({'babel', 'rich', 'jinja2', 'openpyxl', 'pandas', 'markupsafe'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parent
    )
    assert done.stdout.split() == []


def test_a_name_that_the_report_does_not_have_is_an_error() -> None:
    import budgetopt.report as report

    with pytest.raises(AttributeError, match="no attribute 'print_everything'"):
        report.print_everything  # noqa: B018
    assert all(getattr(report, name) is not None for name in report.__all__)
