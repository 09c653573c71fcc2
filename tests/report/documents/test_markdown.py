from __future__ import annotations

import re

from tests.report.plans import HOSTILE, plan_of, riverton

from budgetopt.allocation import Allocation
from budgetopt.report import markdown_summary


def tables(text: str) -> list[list[list[str]]]:
    found: list[list[list[str]]] = [[]]
    for line in text.splitlines():
        if line.startswith("|"):
            found[-1].append([cell.strip().strip("*") for cell in re.split(r"(?<!\\)\|", line)[1:-1]])
        elif found[-1]:
            found.append([])
    return [one for one in found if one]


def number(text: str) -> float:
    return 0.0 if text == "new" else float(text.replace("\\", "").replace(",", "") or 0)


def test_tables_are_whole_and_add_up(plan: Allocation) -> None:
    for one in tables(markdown_summary(plan)):
        assert len({len(row) for row in one}) == 1
        if one[-1][0] == "Total":
            columns = 4 if len(one[0]) > 2 else 2
            for at in range(1, columns):
                assert sum(number(row[at]) for row in one[2:-1]) == number(one[-1][at])


def test_a_summary_has_its_parts(city: Allocation) -> None:
    text = markdown_summary(city)
    heads = [line for line in text.splitlines() if line.startswith("#")]
    assert heads == [
        "# Riverton FY2027",
        "## Money by priority, in USD, all periods together",
        "## Money by program, in USD, all periods together",
        "## What it buys, all periods together",
        "## Targets of each period",
        "## Limits that bind",
    ]
    assert "| Depot | new | 5,956,725 | +5,956,725 |  |" in text
    assert "| Households housed | 1,449 | 1,670 households | +221 | partly assumed |" in text
    assert text.endswith("no plan that does so is better.\n")


def test_a_summary_is_short(large: Allocation) -> None:
    text = markdown_summary(large, programs=5)
    assert "## Money by program, in USD; the largest changes first" in text
    assert "and 1,995 more" in text
    assert len(text.splitlines()) < 60


def test_names_are_text_and_never_markdown(odd: Allocation) -> None:
    text = markdown_summary(odd)
    assert r"\[link\](javascript:alert(3)) \\" in text
    assert r"\`code\` \*bold\*" in text
    assert r"+1 \| -2 &#64;SUM(A1)" in text
    assert "<script>" not in text
    assert "&lt;script&gt;" in text
    assert text.count("\n# ") + text.startswith("# ") == 1
    assert HOSTILE[7] in text


def test_what_begins_a_line_does_not_begin_a_list() -> None:
    document = riverton()
    document["name"] = "- not a list"
    assert markdown_summary(plan_of(document)).startswith("# \\- not a list\n")
    document["name"] = "1. not a list"
    assert markdown_summary(plan_of(document)).startswith("# 1\\. not a list\n")
