"""The explorer in a real browser: what it shows is what solving again gives."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.report import axe
from tests.report.browser import WHY_NOT, Browser
from tests.report.explored.test_explorer_page import town
from tests.report.pages import figure
from tests.report.test_browser import CONTRASTS, OUTSIDE

import budgetopt as bo
from budgetopt.errors import InfeasibleError
from budgetopt.report import run_analyses, write_html

pytestmark = [pytest.mark.browser, pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT or "it is installed")]

MOVE = """
const [at, value] = %s;
const input = document.querySelector(`[data-slider="${at}"] [type=number]`);
input.value = value;
input.dispatchEvent(new Event("change"));
"""
EVERY = """
const box = document.getElementById("x-every");
if (!box.checked) box.click();
"""
SHOWN = """
const rows = [...document.querySelectorAll('[data-part="programs"] tbody tr')];
return {
  state: document.getElementById("explore").dataset.state,
  programs: Object.fromEntries(rows.map((row) => [row.cells[0].textContent, row.cells[2].textContent])),
  value: document.querySelector(".found .facts dd")?.firstChild.textContent ?? "",
  command: document.querySelector(".found code").textContent,
};
"""


@pytest.fixture(scope="module")
def plan() -> bo.Allocation:
    return bo.solve(bo.Scenario.from_document(town()))


@pytest.fixture(scope="module")
def page(plan: bo.Allocation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pages") / "plan.html"
    return write_html(plan, path, asked=run_analyses(plan, ["explorer"]))


def amounts(shown: dict[str, Any]) -> dict[str, float | None]:
    return {name: figure(text) for name, text in shown["programs"].items()}


def test_it_begins_with_the_plan_as_printed(browser: Browser, page: Path) -> None:
    browser.width(1200)
    browser.show(page)
    assert browser.log() == []
    browser.run(EVERY)
    shown = browser.run(SHOWN)
    assert shown["state"] == "exact"
    rows = 'document.querySelectorAll("#programs table.programs tbody tr")'
    texts = "[...row.cells].map((cell) => cell.firstChild ? cell.firstChild.textContent : '')"
    printed = browser.run(f"return [...{rows}].map((row) => {texts});")
    assert len(printed) == 3
    for name, *cells in printed:
        assert shown["programs"][name] in cells
    assert browser.run("return document.querySelector('.told').textContent") == "This is the plan as printed."
    assert shown["command"] == "budgetopt solve SCENARIO"


@pytest.mark.skipif(bool(axe.WHY_NOT), reason=axe.WHY_NOT or "it is there")
@pytest.mark.parametrize(("width", "scheme"), [(axe.PHONE, "dark"), (axe.DESK, "light")])
def test_axe_finds_nothing_while_figures_are_moved(
    browser: Browser, plan: bo.Allocation, page: Path, width: int, scheme: str
) -> None:
    slider = bo.explorer(plan).sliders[0]
    browser.width(width)
    browser.scheme(scheme)
    try:
        browser.show(page)
        browser.run(MOVE % json.dumps([0, 0.97 * slider.value]))
        browser.run(EVERY)
        assert "--set" in browser.run(SHOWN)["command"]
        assert axe.violations_shown(browser) == []
    finally:
        browser.scheme("light")


def test_what_it_shows_at_random_points_is_what_solving_again_gives(
    browser: Browser, plan: bo.Allocation, page: Path
) -> None:
    sliders, draw = bo.explorer(plan).sliders, np.random.default_rng(11)
    browser.width(1200)
    browser.requests()
    browser.show(page)
    browser.run(EVERY)
    compared = 0
    for number in range(14):
        browser.run("document.getElementById('x-back').click()")
        moved = draw.permutation(len(sliders))[: 1 + number % 3].tolist()
        values = {at: float(f"{draw.uniform(sliders[at].low, sliders[at].high):.7g}") for at in moved}
        for at, value in values.items():
            browser.run(MOVE % f"[{at}, {100 * value if sliders[at].is_share else value}]")
        shown = browser.run(SHOWN)
        # the command that it gives says the same scenario
        said = [part.strip().strip("'").split("=") for part in shown["command"].split("--set")[1:]]
        changed = plan.scenario.with_(*((path, value) for path, value in said))
        if shown["state"] == "unknown":
            continue
        try:
            again = bo.solve(changed)
        except InfeasibleError:
            assert shown["state"] == "impossible"
            continue
        assert shown["state"] == "exact"
        compared += 1
        names, spent = plan.scenario.programs.names(), again.spending.sum(axis=(1, 2))
        for name, dollars in zip(names.tolist(), spent.tolist(), strict=True):
            assert amounts(shown)[name] == pytest.approx(dollars, abs=0.52), values
        value = figure(shown["value"].strip())
        assert value == pytest.approx(again.objective_value, rel=1e-5)
    assert compared >= 8
    assert browser.log() == []
    assert [address for address in browser.requests() if address != page.as_uri()] == []


def test_it_is_moved_with_the_keyboard_and_says_what_it_does(browser: Browser, page: Path) -> None:
    browser.width(1200)
    browser.show(page)
    browser.run("document.getElementById('x0').focus()")
    for kind in ("keyDown", "keyUp"):
        browser.tell("Input.dispatchKeyEvent", type=kind, key="ArrowLeft", code="ArrowLeft", windowsVirtualKeyCode=37)
    # the step is a round number, about a hundredth of the range of 144,000 dollars
    assert browser.run("return document.getElementById('x0').getAttribute('aria-valuetext')") == "$718,000"
    assert browser.run("return document.querySelector('[data-slider=\"0\"] [type=number]').value") == "718000"
    time.sleep(0.5)
    told = browser.run("return document.querySelector('.told').textContent")
    assert told.startswith("The best plan has ")
    assert browser.run("return document.querySelector('.told').getAttribute('role')") == "status"
    all_revenue = "document.getElementById('x-all')"
    browser.run(f"{all_revenue}.value = -10; {all_revenue}.dispatchEvent(new Event('input'))")
    assert (
        browser.run(f"return {all_revenue}.getAttribute('aria-valuetext')")
        == "\N{MINUS SIGN}5%, $741,000 a year or period"
    )
    assert "funds.general.revenue=-5% --set funds.road_aid.revenue=57000" in browser.run(SHOWN)["command"]
    browser.run("document.getElementById('x-back').click()")
    assert browser.run(SHOWN)["command"] == "budgetopt solve SCENARIO"


@pytest.mark.parametrize("width", [320, 1200])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_and_can_be_read(browser: Browser, page: Path, width: int, scheme: str) -> None:
    browser.width(width)
    browser.scheme(scheme)
    browser.show(page)
    browser.run(MOVE % "[0, 660000]")
    browser.run(EVERY)
    assert browser.run("return document.documentElement.scrollWidth") <= width
    assert browser.run(OUTSIDE) == []
    assert browser.run(CONTRASTS) == []


def test_a_point_that_is_not_carried_is_said_to_be_so(browser: Browser, plan: bo.Allocation, tmp_path: Path) -> None:
    asked = run_analyses(plan, ["explorer"])
    assert asked.explorer is not None
    few = bo.explorer(plan, most_pieces=1)
    object.__setattr__(asked, "explorer", few)
    browser.width(1200)
    browser.show(write_html(plan, tmp_path / "few.html", asked=asked))
    browser.run(MOVE % "[0, 650000]")
    assert browser.run(SHOWN)["state"] == "unknown"
    time.sleep(0.5)
    assert "does not carry the plan for these figures" in browser.run(
        "return document.querySelector('.told').textContent"
    )
    assert browser.run(SHOWN)["programs"] == {}
