"""The page for residents in a real browser: on a phone, in both schemes, with and without its script."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.report import axe
from tests.report.browser import WHY_NOT, Browser
from tests.report.plans import hostile, plan_of
from tests.report.residents.towns import solved
from tests.report.test_browser import CONTRASTS, CUT, OUTSIDE

from budgetopt.report import write_residents_page

pytestmark = [pytest.mark.browser, pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT or "it is installed")]
OVERFLOW = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
SHOWN = """return [...document.querySelectorAll("#district > details.part")].filter((part) => part.checkVisibility())
.map((part) => [part.querySelector("h4").textContent, part.open])"""
PICK = """const place = document.getElementById("place"); place.value = "%s";
place.dispatchEvent(new Event("change"));"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder, town = tmp_path_factory.mktemp("pages"), solved()
    found = {code: write_residents_page(town, folder / f"{code}.html", code) for code in ("en", "es")}
    return {**found, "hostile": write_residents_page(plan_of(hostile()), folder / "hostile.html")}


@pytest.mark.parametrize("name", ["en", "es", "hostile"])
@pytest.mark.parametrize("width", [320, 390, 1200])
def test_nothing_scrolls_sideways_and_nothing_is_cut(
    browser: Browser, pages: dict[str, Path], name: str, width: int
) -> None:
    browser.width(width)
    browser.show(pages[name])
    assert browser.run(OVERFLOW) <= 0
    assert browser.run(OUTSIDE) == []
    assert browser.run(CUT) == []


@pytest.mark.skipif(bool(axe.WHY_NOT), reason=axe.WHY_NOT or "it is there")
@pytest.mark.parametrize(
    ("name", "width", "scheme"),
    [("en", axe.PHONE, "light"), ("es", axe.DESK, "dark"), ("hostile", axe.PHONE, "dark")],
)
def test_axe_finds_nothing(browser: Browser, pages: dict[str, Path], name: str, width: int, scheme: str) -> None:
    assert axe.violations(browser, pages[name], width, scheme) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_word_stands_out_from_its_ground(browser: Browser, pages: dict[str, Path], scheme: str) -> None:
    browser.width(390)
    browser.scheme(scheme)
    browser.show(pages["en"])
    assert browser.run(CONTRASTS) == []
    browser.scheme("light")


def test_a_reader_picks_a_district(browser: Browser, pages: dict[str, Path]) -> None:
    browser.width(390)
    browser.show(pages["en"])
    assert browser.run(SHOWN) == [["north", False], ["south", False]]
    browser.run(PICK % "1")
    assert browser.run(SHOWN) == [["south", True]]
    browser.run(PICK % "")
    assert browser.run(SHOWN) == [["north", False], ["south", False]]


def test_without_a_script_every_district_is_there(browser: Browser, pages: dict[str, Path]) -> None:
    browser.tell("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.show(pages["en"])
    finally:
        browser.tell("Emulation.setScriptExecutionDisabled", value=False)
    assert browser.run(SHOWN) == [["north", False], ["south", False]]
    assert browser.run("return document.getElementById('choice').hidden")


def test_a_hostile_name_runs_nothing_and_nothing_is_asked_of_the_network(
    browser: Browser, pages: dict[str, Path]
) -> None:
    for path in pages.values():
        browser.requests()
        browser.log()
        browser.show(path)
        assert browser.log() == []
        assert [address for address in browser.requests() if not address.startswith("data:")] == [path.as_uri()]
        assert browser.run("return document.querySelectorAll('img, iframe, object').length") == 0
