"""The command ``frontier``: the curve as text, JSON, CSV and a drawing, and what it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest


def test_the_curve_is_printed_with_what_moves(town: Path, run: Callable[..., Any]) -> None:
    code, out, _ = run("frontier", town, "funds.general.revenue", "--from", "-10%", "--to", "+20%")
    assert code == 0
    assert "against funds.general.revenue, from $900 to $1,200. It is $1,000 now." in out
    assert "It is exact: 1 straight piece, 2 problems solved." in out
    assert "From now, $1,000 more would add 800 to the weighted outcomes, until $1,200." in out
    assert "- from $900 to $1,200: Pool +$300" in out


GOALS = """\
funds: {general: {revenue: 1_000}}
outcomes:
  visits: {unit: visits, target: {at_least: 900}}
  complaints: {unit: complaints, direction: decrease, weight: 1}
programs:
  pool: {outcomes: {visits: {per_dollar: 0.5}}}
  park: {outcomes: {complaints: {per_dollar: -0.25}}}
objective: {minimize: WHAT}
"""


@pytest.mark.parametrize(
    ("what", "more", "less"),
    [
        ("shortfall from targets", "bring 500 less shortfall from targets", "cost 500 in shortfall from targets"),
        ("complaints", "spare 250 complaints", "cost 250 complaints"),
    ],
)
def test_what_less_of_a_goal_is_worth_is_no_money_and_no_gain_of_it(
    what: str, more: str, less: str, tmp_path: Path, run: Callable[..., Any]
) -> None:
    path = tmp_path / "scenario.yaml"
    text = GOALS if what.startswith("shortfall") else GOALS.replace(", target: {at_least: 900}", "")
    path.write_text(text.replace("WHAT", what), encoding="utf-8")
    code, out, _ = run("frontier", path, "funds.general.revenue", "--from", "500", "--to", "1500")
    assert code == 0
    assert f"From now, $1,000 more would {more}, until $1,500." in out
    assert f"From now, $1,000 less would {less}, until $500." in out


def test_json_csv_and_the_drawing_have_the_same_pieces(town: Path, tmp_path: Path, run: Callable[..., Any]) -> None:
    drawing = tmp_path / "curve.svg"
    code, out, err = run("frontier", town, "outcomes.visits.weight", "--format", "json", "--chart", drawing)
    assert code == 0
    assert "wrote" in err
    document = json.loads(out)
    assert document["exact"]
    svg = ElementTree.fromstring(drawing.read_text(encoding="utf-8"))
    assert "Best value against outcomes.visits.weight" in svg.find("{http://www.w3.org/2000/svg}title").text
    code, out, _ = run("frontier", town, "outcomes.visits.weight", "--format", "csv")
    lines = out.splitlines()
    assert lines[0] == "from,to,value_from,value_to,price,method"
    assert len(lines) == 1 + len(document["pieces"])
    assert float(lines[1].split(",")[4]) == pytest.approx(document["pieces"][0]["price"])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["funds.genral.revenue"], "general"),
        (["outcomes.visits.unit"], "no number"),
        (["funds.general.revenue", "--from", "lots"], "lots"),
        (["funds.general.revenue", "--from", "2000", "--to", "1000"], "begins below its end"),
        (["rules[Books first].at_least", "--from", "-200%"], "-200%"),
        (["funds.general.revenue", "--chart", "curve.pdf"], ".svg"),
        (["funds.general.one_time"], "has no usual range"),
    ],
)
def test_what_cannot_be_is_refused_with_a_hint(
    town: Path, run: Callable[..., Any], arguments: list[str], words: str
) -> None:
    code, out, err = run("frontier", town, *arguments)
    assert code == 2
    assert not out
    assert words in err
    assert "Traceback" not in err


TWO = """\
format: budgetopt/1
name: Homes and visits
funds: {general: {revenue: 1000}}
outcomes: {homes: {unit: homes, weight: 1}, visits: {unit: visits, weight: 2}}
programs:
  housing: {districts: {north: 100%}, outcomes: {homes: {curve: [[0, 0], [400, 80], [1000, 140]]}}}
  library: {districts: {south: 100%}, outcomes: {visits: {curve: [[0, 0], [500, 250], [1000, 400]]}}}
"""


@pytest.fixture
def two(tmp_path: Path) -> Path:
    (tmp_path / "scenario.yaml").write_text(TWO, encoding="utf-8")
    return tmp_path


def test_two_outcomes_stand_against_each_other(two: Path, run: Callable[..., Any]) -> None:
    drawing = two / "curve.svg"
    code, out, _ = run("frontier", two, "--outcomes", "homes", "visits", "--chart", drawing)
    assert code == 0
    assert "Homes and visits: homes against visits." in out
    assert "The scenario's own best plan has 0 homes and 400 visits." in out
    assert "- from 1 to 2: housing -$500 and library +$500" in out
    assert "best plan of the scenario" in drawing.read_text(encoding="utf-8")
    code, out, _ = run("frontier", two, "--outcomes", "homes", "visits", "--format", "csv")
    assert out.splitlines()[:2] == ["homes,visits,rate,proved", "140.0,0.0,0.2,True"]


def test_equity_has_its_price(two: Path, run: Callable[..., Any]) -> None:
    code, out, _ = run("frontier", two, "--equity")
    assert code == 0
    assert "No rule says how many people these groups have, so each counts as one." in out
    assert "Raising what the group with least has from 0 to 127.27 weighted outcomes costs 545.45 of the" in out
    code, out, _ = run("frontier", two, "--equity", "--format", "json")
    document = json.loads(out)
    assert document["kind"] == "curve"
    assert {row["group"] for row in document["groups"]} == {"north", "south"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "nothing says what the value stands against"),
        (["funds.general.revenue", "--equity"], "one question at a time"),
        (["--outcomes", "homes", "vists"], "visits"),
        (["--outcomes", "homes", "homes"], "weighed against itself"),
        (["--equity", "homs"], "homes"),
        (["--equity", "--by", "quarter"], "quarter"),
        (["--outcomes", "homes", "visits", "--by", "districts"], "--equity"),
        (["--outcomes", "homes", "visits", "--from", "-5%"], "range of a number"),
    ],
)
def test_a_wrong_question_is_refused(two: Path, run: Callable[..., Any], arguments: list[str], words: str) -> None:
    code, out, err = run("frontier", two, *arguments)
    assert code == 2
    assert not out
    assert words in err


def test_a_grid_says_why_it_is_one(two: Path, run: Callable[..., Any]) -> None:
    package = "programs.pool={packages: [{name: build, cost: 500, outcomes: {visits: 100}}]}"
    half = "rules=[{name: half, sum: spending, where: {program: library}, at_least: 50%, of: total spending}]"
    _, out, _ = run("frontier", two, "funds.general.revenue", "--set", package)
    assert "It is worked out on a grid, since decisions are all-or-nothing: 21 problems solved." in out
    _, out, _ = run("frontier", two, "funds.general.revenue", "--steps", "4")
    assert "It is worked out on a grid, as asked: 5 problems solved." in out
    _, out, _ = run("frontier", two, "rules[half].at_least", "--set", half)
    assert "It is worked out on a grid, since there are no straight pieces there: 21 problems solved." in out
