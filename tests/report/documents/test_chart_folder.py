"""Every chart of a page as files: one for each that the page draws, with the figures behind it, or none at all."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

import budgetopt as bo
from budgetopt.report import html_page, run_analyses
from budgetopt.report.documents.chart_folder import plan_charts

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '=1+1 <script>alert(1)</script> "'
CITY = {
    "name": f"Elm {HOSTILE}",
    "periods": ["FY1", "FY2"],
    "funds": {"general": {"name": HOSTILE, "revenue": 1000, "reserve": 50}},
    "outcomes": {"visits": {"unit": "visits", "weight": 2}, "meals": {"unit": "meals", "weight": 1}},
    "programs": {
        "library": {
            "name": HOSTILE,
            "department": "Library",
            "baseline": 500,
            "outcomes": {"visits": {"curve": [[0, 0], [600, 300]]}},
        },
        "pool.2": {"department": "=Parks", "baseline": 400, "outcomes": {"visits": {"per_dollar": 0.4}}},
        "POOL-2": {"department": "=Parks", "baseline": 50, "outcomes": {"meals": {"per_dollar": 0.1}}},
    },
}


@pytest.fixture(scope="module")
def plan() -> bo.Allocation:
    return bo.solve(bo.Scenario.from_document(CITY))


@pytest.fixture(scope="module")
def folder(plan: bo.Allocation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plan") / "charts"
    plan.to_charts(folder)
    return folder


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def test_every_chart_of_the_page_is_there_with_its_image_and_its_figures(plan: bo.Allocation, folder: Path) -> None:
    listed = rows(folder / "charts.csv")
    names = [row["chart"] for row in listed]
    assert names == [
        "money-by-department",
        "money-what-changes-most",
        "years-recurring-revenue-and-spending",
        "response-library",
        "response-pool-2",
        "response-pool-2-2",
        "funds-what-is-left-at-the-close",
        "plans-compared",
    ]
    endings = ("csv", "png", "svg")
    assert {file.name for file in folder.iterdir()} == {
        "charts.csv", *(f"{name}.{ending}" for name in names for ending in endings)
    }  # fmt: skip
    page = html_page(plan)
    drawn = len(re.findall(r"<figure", page))
    assert drawn == len(names) - 1, "the comparison stands on the page as a table"
    for row in listed:
        drawing = ElementTree.parse(folder / f"{row['chart']}.svg").getroot()
        assert drawing.findtext(f"{SVG}title") == row["title"].removeprefix("'")
        assert drawing.findtext(f"{SVG}desc") == row["shows"].removeprefix("'")
        assert row["shows"]
        assert (folder / f"{row['chart']}.png").read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
        assert not list(drawing.iter(f"{SVG}script"))


def test_the_figures_are_those_of_the_plan(plan: bo.Allocation, folder: Path) -> None:
    by = plan.programs.groupby("department")[["spending", "baseline"]].sum()
    found = {
        row["row"]: (float(row["amount"]), float(row["baseline"])) for row in rows(folder / "money-by-department.csv")
    }
    # a cell that a spreadsheet would run is text
    assert found == {
        "Library": tuple(by.loc["Library"].tolist()),
        "'=Parks": tuple(by.loc["=Parks"].tolist()),
    }
    curve = rows(folder / "response-library.csv")
    assert [(float(row["amount"]), float(row["level"])) for row in curve if not row["mark"]][:2] == [(0, 0), (600, 300)]
    marks = {row["mark"]: float(row["amount"]) for row in curve if row["mark"]}
    assert marks["plan"] == pytest.approx(plan.by_period.loc["library", "FY1"])
    assert len(marks) == sum(bool(row["mark"]) for row in curve), "each mark stands once"
    years = rows(folder / "years-recurring-revenue-and-spending.csv")
    assert [float(row["recurring revenue"]) for row in years] == [1000, 1000]


def test_what_is_asked_for_is_drawn_too(plan: bo.Allocation) -> None:
    before = plan_charts(plan, run_analyses(plan))
    charts = plan_charts(plan, run_analyses(plan, ["frontier", "dollars"]))
    assert [name for name in charts if name not in before] == [
        "dollars-what-each-dollar-buys",
        "frontier",
        "two-outcomes",
    ]
    axis = charts["dollars-what-each-dollar-buys"].to_dict()["layer"][0]["encoding"]["x"]
    assert axis["title"] == "what each dollar buys (weighted outcomes)"
    for chart in charts.values():
        assert "  " not in chart.description


def test_a_plan_without_changes_has_its_largest_programs() -> None:
    document = {"funds": {"all": {"revenue": 100}}, "programs": {"a": {"spending": {"at_least": 30}}}, "name": "New"}
    document |= {"outcomes": {"visits": {"weight": 1, "unit": "visits"}}}
    document["programs"]["b"] = {"packages": [{"name": "one", "cost": 60, "outcomes": {"visits": 2}}]}
    plan = bo.solve(bo.Scenario.from_document(document))
    charts = plan_charts(plan, run_analyses(plan))
    assert "money-largest-programs" in charts
    drawn = charts["money-largest-programs"].data.set_index("row")["amount"].to_dict()
    assert drawn == plan.programs["spending"].to_dict()


def test_all_files_are_written_or_none(plan: bo.Allocation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: str) -> bytes:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("budgetopt.report.documents.chart_folder.chart_image", fail)
    with pytest.raises(bo.OptionError, match="cannot be written: no space left on device"):
        plan.to_charts(tmp_path / "charts")
    assert list(tmp_path.iterdir()) == []
