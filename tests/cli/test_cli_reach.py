"""The cheapest way to targets from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


def test_the_cheapest_way_in_words(run: Callable[..., Any], town: Path) -> None:
    # 600 for the library and 400 for the pool bring 460 visits
    done = run("reach", town, "visits=500")
    assert done.code == 0
    assert done.out.splitlines() == [
        "Targets: at least 500 visits of “visits”.",
        "With every other program kept, the least that is added is $100:",
        "- “Pool”: $500 instead of $400 (+$100)",
        "Recurring revenue to be found: $100; $100 for “general”.",
        "- “visits”: 460 before, 500 after (+40 visits)",
        "“maximize weighted outcomes”: 920 before, 1,000 after.",
    ]
    assert "They are reached already: nothing has to be added.\n" in run("reach", town, "visits=450").out
    done = run("reach", town, "visits=450", "--any")
    assert "They can be reached with the money that there is; of all plans that do so this is the best:\n" in done.out
    done = run("reach", town, "visits=500", "--start", "current", "--format", "csv")
    assert done.out.splitlines()[1] == "library,Library,FY2027,400.0,600.0,200.0,USD"
    assert (
        "The funds have the money: none has to be found.\n"
        in run("reach", town, "visits=410", "--start", "current").out
    )
    found = json.loads(run("reach", town, "visits=500", "--any", "--format", "json").out)
    assert (found["keeps"], found["new_money"]) == (False, pytest.approx(100))


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ([], 2, "there is no target to be reached"),
        (["visits"], 2, "'visits' is not of the form OUTCOME=LEVEL"),
        (["=5"], 2, "'=5' is not of the form OUTCOME=LEVEL"),
        (["vists=5"], 2, "there is no outcome named 'vists'"),
        (["visits=lots"], 2, "'lots'"),
        (["visits=500", "--fund", "genral"], 2, "there is no fund named 'genral'"),
        (["visits=400", "--without", "programs.pool", "--any"], 1, "no money reaches the targets"),
    ],
)
def test_what_cannot_be_reached(
    run: Callable[..., Any], town: Path, arguments: list[str], code: int, message: str
) -> None:
    done = run("reach", town, *arguments)
    assert done.code == code
    assert done.out == ""
    assert message in done.err


@pytest.mark.parametrize(
    ("each", "when", "added"), [("period", "in each period", "$280"), ("total", "in all periods together", "$40")]
)
def test_the_periods_of_a_target_are_told(
    each: str, when: str, added: str, run: Callable[..., Any], tmp_path: Path
) -> None:
    path = tmp_path / "scenario.yaml"
    text = f"""\
periods: [FY1, FY2]
funds: {{general: {{revenue: 100}}}}
outcomes: {{visits: {{unit: visits, weight: 1, target: {{at_least: 120, each: {each}}}}}}}
programs: {{library: {{outcomes: {{visits: {{per_dollar: 0.5}}}}}}}}
"""
    path.write_text(text, encoding="utf-8")
    lines = run("reach", path).out.splitlines()
    assert lines[0] == f"Targets: at least 120 visits of “visits” {when}."
    # the plan brings 50 visits in each
    assert lines[1] == f"With every other program kept, the least that is added is {added} over all periods:"
