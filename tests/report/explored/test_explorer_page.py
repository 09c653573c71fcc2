"""The explorer of a page: what it carries is the plan at any point, and the breakpoints need no script."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.report.pages import Node, figure, read, table

import budgetopt as bo
from budgetopt.cli import main
from budgetopt.errors import OptionError, UnknownNameError
from budgetopt.report import html_page, run_analyses
from budgetopt.report.explored import explorer_json
from budgetopt.report.explored.explorer_json import carried_pieces, in_json


def town(**changes: Any) -> dict[str, Any]:
    """Two funds of two years; 700,000 dollars for libraries, parks and streets, and 60,000 for streets alone."""
    return {
        "name": "Town",
        "periods": ["FY2027", "FY2028"],
        "funds": {
            "general": {"name": "General fund", "revenue": {"FY2027": 700_000, "FY2028": 720_000}},
            "road_aid": {"revenue": 60_000, "only": {"tags": "road"}},
        },
        "outcomes": {
            "visits": {"unit": "visits", "weight": 2, "target": {"at_least": 250_000}},
            "repairs": {"unit": "repairs", "weight": 900},
        },
        "programs": {
            "library": {
                "name": "Library </script><b>",
                "baseline": 300_000,
                "outcomes": {"visits": {"curve": [[0, 0], [200_000, 200_000], [400_000, 280_000]]}},
            },
            "parks": {
                "name": "Parks",
                "baseline": 250_000,
                "spending": {"at_least": 150_000},
                "outcomes": {"visits": {"curve": [[0, 0], [180_000, 120_000], [350_000, 180_000]]}},
            },
            "streets": {
                "name": "Streets",
                "tags": ["road"],
                "baseline": 200_000,
                "outcomes": {"repairs": {"curve": [[0, 0], [150_000, 250], [260_000, 350]]}},
            },
        },
        **changes,
    }


@pytest.fixture(scope="module")
def plan() -> bo.Allocation:
    return bo.solve(bo.Scenario.from_document(town()))


@pytest.fixture(scope="module")
def found(plan: bo.Allocation) -> bo.Explorer:
    return bo.explorer(plan)


@pytest.fixture(scope="module")
def page(plan: bo.Allocation) -> str:
    return html_page(plan, asked=run_analyses(plan, ["explorer"]))


def section(page: str) -> Node:
    return next(node for node in read(page).all("section") if node.attributes["id"] == "explorer")


def carried(page: str) -> dict[str, Any]:
    """Return what the page carries."""
    node = next(node for node in section(page).all("script") if node.attributes.get("id") == "explorer-data")
    data: dict[str, Any] = json.loads("".join(str(child) for child in node.children))
    return data


def level(data: dict[str, Any], signed: int, point: np.ndarray) -> float:
    """Return what a map has at a point, by the words of the module that writes them."""
    begin, *pairs = data["maps"][abs(signed) - 1]
    total = begin + sum(rate * point[at] for at, rate in zip(pairs[::2], pairs[1::2], strict=True))
    return float(np.sign(signed) * total)


def test_a_page_has_an_explorer_only_where_it_is_asked_for(plan: bo.Allocation, page: str) -> None:
    assert 'id="explorer' not in html_page(plan)
    assert section(page).one("h2").text() == "The best plan with other figures"
    # the same plan gives the same page, to the byte
    assert html_page(plan, asked=run_analyses(plan, ["explorer"])) == page


def test_what_the_page_carries_is_the_plan_at_any_point(found: bo.Explorer, page: str) -> None:
    data, draw = carried(page), np.random.default_rng(3)
    assert [slider["path"] for slider in data["sliders"]] == [slider.path for slider in found.sliders]
    held = 0
    for _ in range(60):
        moved = draw.permutation(len(found.sliders))[: draw.integers(0, 4)].tolist()
        values = {
            found.sliders[at].path: float(draw.uniform(found.sliders[at].low, found.sliders[at].high)) for at in moved
        }
        point = np.array([slider.point(values.get(slider.path, slider.value)) for slider in found.sliders])
        try:
            here = found.at(values)
        except OptionError:
            continue
        piece = next((one for one in data["pieces"] if all(level(data, at, point) >= -1e-7 for at in one["c"])), None)
        assert (piece is None) == (here is None)
        if piece is None or here is None:
            assert any(level(data, 1 + at, point) > 0 for at in data["cuts"])
            continue
        held += 1
        amounts = dict(zip(piece["s"][::2], piece["s"][1::2], strict=True))
        for program, exact in enumerate(here.spending.tolist()):
            shown = (
                level(data, 1 + amounts[program], point) if program in amounts else found.pieces[0].spending[0, program]
            )
            assert shown == pytest.approx(exact, abs=1e-4)
        rows = zip(piece["v"][::2], piece["v"][1::2], strict=True)
        value = sum((point[row - 1] if row else 1.0) * level(data, 1 + at, point) for row, at in rows)
        assert value == pytest.approx(here.value, rel=1e-9)
        assert tuple(piece["b"]) == here.limits
    assert held > 30


def test_names_stay_inert_and_nothing_is_loaded(page: str) -> None:
    assert "Library </script>" not in page
    assert carried(page)["programs"][0] == "Library </script><b>"
    assert "onclick" not in page
    assert in_json("</script>&\u2028") == '"\\u003c/script\\u003e\\u0026\\u2028"'


def test_without_a_script_the_breakpoints_stand_in_tables(found: bo.Explorer, page: str) -> None:
    panel = next(node for node in section(page).all("div") if node.attributes.get("id") == "explore")
    assert "hidden" in panel.attributes
    tables = [table(node) for node in section(page).all("table")]
    assert len(tables) == len(found.sliders)
    heads, rows, _ = tables[0]
    assert heads[:3] == ["From", "To", "At the end away from the plan, in weighted outcomes"]
    assert all(figure(row[2]) is not None for row in rows)
    assert heads[3] == "Each dollar more changes it by"
    assert len(rows) == len(found.line("funds.general.revenue"))
    # a dollar is one of each year: what it changes is the price of a dollar
    price = found.plan.funds["price"].iloc[0]
    at_plan = next(part for part in found.line("funds.general.revenue") if part.begin <= 720_000 < part.end)
    assert at_plan.first is not None
    each = at_plan.first.prices["funds.general.revenue"] / (1_420_000 / 720_000)
    assert each == pytest.approx(price, rel=1e-6)


def test_every_control_has_a_name_and_a_range(page: str) -> None:
    panel = next(node for node in section(page).all("div") if node.attributes.get("id") == "explore")
    inputs = list(panel.all("input"))
    labels = {node.attributes["for"] for node in panel.all("label") if "for" in node.attributes}
    for node in inputs:
        if node.attributes["type"] == "range":
            assert node.attributes["id"] in labels
        elif node.attributes["type"] == "number":
            assert node.attributes["aria-label"].endswith(", exact value")
    # one that moves all revenue, and one for each figure
    count = len(carried(page)["sliders"])
    assert [node.attributes["type"] for node in inputs].count("range") == count + 1
    assert panel.one("p").attributes["role"] == "status"


def test_what_does_not_fit_is_left_out(found: bo.Explorer, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = carried_pieces(found)
    assert len(whole["pieces"]) == len(found.pieces)
    monkeypatch.setattr(explorer_json, "MOST_BYTES", 3_000)
    some = carried_pieces(found)
    assert 1 <= len(some["pieces"]) < len(found.pieces)
    assert some["pieces"] == whole["pieces"][: len(some["pieces"])]
    assert len(in_json([some["maps"], some["pieces"], some["cuts"]])) < 4_000


def test_all_or_nothing_decisions_have_no_explorer_and_the_page_says_why() -> None:
    document = town(rules=[{"name": "Two of three", "count": "funded", "at_most": 2}])
    document["programs"]["parks"]["spending"] = {}
    document["outcomes"]["visits"].pop("target")
    plan = bo.solve(bo.Scenario.from_document(document))
    said = section(html_page(plan, asked=run_analyses(plan, ["explorer"]))).text()
    assert "No figures can be moved on this page: some decisions are all or nothing" in said
    with pytest.raises(OptionError, match="all or nothing"):
        run_analyses(plan, [], sliders=["funds.general.revenue"])


def test_the_command_writes_an_explorer_with_sliders_that_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scenario, out = tmp_path / "town.yaml", tmp_path / "plan.html"
    scenario.write_text(json.dumps({"format": "budgetopt/1", **town()}), encoding="utf-8")
    named = "programs[parks].spending.at_least"
    assert main(["solve", str(scenario), "--report", str(out), "--slider", named]) == 0
    assert carried(out.read_text(encoding="utf-8"))["sliders"][0]["path"] == named
    capsys.readouterr()
    assert main(["solve", str(scenario), "--slider", named]) == 2
    assert "--slider adds to a page, and none is written" in capsys.readouterr().err
    wrong = "programs[parks].outcomes.visits.curve"
    assert main(["solve", str(scenario), "--report", str(out), "--slider", wrong]) == 2


def test_a_slider_of_nothing_is_refused(plan: bo.Allocation) -> None:
    with pytest.raises((UnknownNameError, bo.errors.ScenarioError)):
        run_analyses(plan, ["explorer"], sliders=["funds.generl.revenue"])
