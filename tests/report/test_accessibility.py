"""The page by axe's rules, by keyboard alone, without its script, on narrow screens and on paper."""

from __future__ import annotations

import re
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from tests.report import axe
from tests.report.browser import WHY_NOT, Browser
from tests.report.plans import plan_of, riverton

import budgetopt as bo
from budgetopt.report import run_analyses, write_html
from budgetopt.report.plan_view.asked_analyses import ANALYSES
from budgetopt.synthetic import city as generated

pytestmark = [pytest.mark.browser, pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT or "it is installed")]
with_axe = pytest.mark.skipif(bool(axe.WHY_NOT), reason=axe.WHY_NOT or "it is there")

PAPERS = {"Letter": (8.5, 11.0), "A4": (8.27, 11.69)}
MARGINS = 30 / 25.4
"""The margins of a printed page, left and right together, in inches."""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Pages by name: a starter's kind of plan, one of many years and districts, and one with every analysis."""
    folder = tmp_path_factory.mktemp("pages")
    plans = {"town": plan_of(riverton()), "years": bo.solve(generated(6, funds=3, periods=12, features="linear"))}
    found = {name: write_html(plan, folder / f"{name}.html") for name, plan in plans.items()}
    analyses = plan_of(asking())
    found["analyses"] = write_html(analyses, folder / "analyses.html", asked=run_analyses(analyses, list(ANALYSES)))
    return found


def asking() -> dict[str, Any]:
    """Return a town of which every analysis can be made: two outcomes, and an effect with an error."""
    effects = {"visits": {"per_dollar": 3, "std_error": "20%"}, "loans": {"per_dollar": 1}}
    programs: dict[str, Any] = {
        f"branch_{at}": {
            "department": f"Library {at % 3}",
            "baseline": 100 + at,
            "spending": {"at_most": 150 + 10 * at},
            "outcomes": {**effects, "loans": {"per_dollar": 0.5 * at}},
        }
        for at in range(10)
    }
    outcomes = {"visits": {"unit": "visits", "weight": 1}, "loans": {"unit": "loans", "weight": 1}}
    return {"name": "Town", "funds": {"general": {"revenue": 1200}}, "outcomes": outcomes, "programs": programs}


@with_axe
@pytest.mark.parametrize(
    ("width", "scheme"),
    [
        (axe.PHONE, "light"),
        (axe.DESK, "dark"),
        pytest.param(axe.PHONE, "dark", marks=pytest.mark.deep),
        pytest.param(axe.DESK, "light", marks=pytest.mark.deep),
    ],
)
@pytest.mark.parametrize(
    "name", [*(pytest.param(name, marks=pytest.mark.deep) for name in ("town", "years")), "analyses"]
)
def test_axe_finds_nothing(browser: Browser, pages: dict[str, Path], name: str, width: int, scheme: str) -> None:
    assert axe.violations(browser, pages[name], width, scheme) == []


@with_axe
def test_axe_finds_what_is_wrong(browser: Browser, tmp_path: Path) -> None:
    page = tmp_path / "wrong.html"
    page.write_text(
        "<!DOCTYPE html><html><head><title>x</title></head><body><main><h1>x</h1><details><summary>more</summary>"
        '<p style="color: #aaa">pale</p></details></main></body></html>',
        encoding="utf-8",
    )
    rules = {found.partition(":")[0] for found in axe.violations(browser, page, axe.DESK, "light")}
    assert rules == {"html-has-lang", "color-contrast"}
    rules = {found.partition(":")[0] for found in axe.violations(browser, page, axe.DESK, "light", opened=False)}
    assert rules == {"html-has-lang"}


def press(browser: Browser, key: str, code: int, text: str = "", *, shift: bool = False) -> None:
    """Press a key and let it go."""
    said = {"key": key, "code": key, "windowsVirtualKeyCode": code, "modifiers": 8 if shift else 0}
    browser.tell("Input.dispatchKeyEvent", type="keyDown", **said, **({"text": text} if text else {}))
    browser.tell("Input.dispatchKeyEvent", type="keyUp", **said)


NAMED = """
const named = (node) => node.tagName + ":" + (node.id || node.textContent.trim().slice(0, 40) + "@" +
  [...document.querySelectorAll("*")].indexOf(node));
"""
REACHABLE = (
    NAMED
    + """
return [...document.querySelectorAll("a[href], button, input, select, summary, [tabindex='0']")]
  .filter((node) => node.getClientRects().length && node.checkVisibility({contentVisibilityAuto: true})).map(named);
"""
)
FOCUSED = (
    NAMED
    + """
const at = document.activeElement, style = getComputedStyle(at), box = at.getBoundingClientRect();
return at === document.body ? null : {
  name: named(at),
  seen: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 && box.width > 0 && box.left > -50,
};
"""
)


def walked(browser: Browser, most: int, *, shift: bool = False) -> list[dict[str, object]]:
    """Return what has the focus, Tab by Tab, until it leaves the page."""
    found = []
    for _ in range(most):
        press(browser, "Tab", 9, shift=shift)
        if (at := browser.run(FOCUSED)) is None:
            return found
        found.append(at)
    raise AssertionError("the focus never leaves the page")


@pytest.mark.parametrize("width", [axe.PHONE, axe.DESK])
def test_every_control_is_reached_by_keys_and_seen(browser: Browser, pages: dict[str, Path], width: int) -> None:
    browser.width(width)
    browser.show(pages["town"])
    wanted = browser.run(REACHABLE)
    assert len(wanted) > 40
    forward = walked(browser, 2 * len(wanted))
    assert [stop["name"] for stop in forward] == wanted
    assert [stop["name"] for stop in forward if not stop["seen"]] == []


def test_the_first_stop_leads_past_the_contents(browser: Browser, pages: dict[str, Path]) -> None:
    browser.width(axe.DESK)
    browser.show(pages["town"])
    press(browser, "Tab", 9)
    assert browser.run("return document.activeElement.className") == "skip"
    press(browser, "Enter", 13, "\r")
    assert browser.run("return location.hash") == "#plan"


def test_programs_are_sorted_searched_and_opened_by_keys(browser: Browser, pages: dict[str, Path]) -> None:
    browser.width(axe.DESK)
    browser.show(pages["town"])
    rows = "return [...document.querySelectorAll('#programs table.programs tbody tr:not([hidden]) th bdi')]"
    rows += ".map((one) => one.textContent)"
    plan = "document.querySelectorAll('#programs table.programs thead button')[2].focus();"
    browser.run(plan)
    press(browser, "Enter", 13, "\r")
    amounts = "return [...document.querySelector('#programs table.programs').tBodies[0].rows].map((r) => "
    amounts += "Number(r.cells[2].textContent.replace(/[^0-9.]/g, '')))"
    found = browser.run(amounts)
    assert found == sorted(found, reverse=True)
    browser.run(plan)
    press(browser, " ", 32, " ")
    assert browser.run(amounts) == sorted(found)
    browser.run("document.querySelector('.find input').focus()")
    browser.tell("Input.insertText", text="library agreement")
    assert browser.run(rows) == []
    for _ in range(len(" agreement")):
        press(browser, "Backspace", 8)
    assert set(browser.run(rows)) >= {"Library hours", "Bookmobile"}
    browser.run("document.querySelector('#departments summary').focus()")
    press(browser, "Enter", 13, "\r")
    assert browser.run("return document.querySelector('#departments details').open") is True


def test_a_phone_sorts_by_a_list(browser: Browser, pages: dict[str, Path]) -> None:
    browser.width(axe.PHONE)
    browser.show(pages["analyses"])
    names = (
        "return [...document.querySelectorAll('#programs table.programs tbody th bdi')].map((one) => one.textContent)"
    )
    first = browser.run(names)
    browser.run("document.querySelector('.sort select').focus()")
    for _ in range(2):
        press(browser, "ArrowDown", 40)
    assert (
        browser.run("return document.querySelector('.sort select').selectedOptions[0].textContent") == "Program, Z to A"
    )
    assert browser.run(names) == sorted(first, reverse=True)
    for _ in range(2):
        press(browser, "ArrowUp", 38)
    assert browser.run(names) == first


def test_headings_are_in_order(pages: dict[str, Path]) -> None:
    for page in pages.values():
        levels = [int(level) for level in re.findall(r"<h([1-6])", page.read_text(encoding="utf-8"))]
        assert levels.count(1) == 1
        assert levels[0] == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))


def test_all_content_is_there_without_the_script(browser: Browser, pages: dict[str, Path]) -> None:
    # the controls of the explorer, and those that find and sort, are there with the script alone
    words = "for (const part of document.querySelectorAll('.find, #explore')) part.remove();"
    words += "return document.querySelector('main').textContent.replace(/\\s+/g, ' ')"
    browser.width(axe.PHONE)
    browser.show(pages["analyses"])
    scripted = browser.run(words)
    browser.tell("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.show(pages["analyses"])
        browser.tell("Emulation.setScriptExecutionDisabled", value=False)
        assert browser.run(words) == scripted
        # what is folded opens without it
        assert browser.run(
            "return [...document.querySelectorAll('details')].every((one) => one.querySelector('summary'))"
        )
    finally:
        browser.tell("Emulation.setScriptExecutionDisabled", value=False)


@pytest.mark.parametrize("opened", [False, True])
def test_the_narrowest_screen_never_scrolls_sideways(browser: Browser, pages: dict[str, Path], opened: bool) -> None:
    for page in pages.values():
        browser.width(320)
        browser.show(page)
        if opened:
            browser.run(axe.OPEN_ALL)
        assert browser.run("return document.documentElement.scrollWidth") <= 320


def test_a_table_wider_than_the_screen_says_so(browser: Browser, pages: dict[str, Path]) -> None:
    browser.width(760)
    browser.show(pages["years"])
    browser.run(axe.OPEN_ALL)
    assert browser.run("return document.documentElement.scrollWidth") <= 760
    wide = "return [...document.querySelectorAll('.wide')].filter((one) => one.scrollWidth > one.clientWidth + 1)"
    hints = browser.run(
        wide + ".map((one) => [one.tabIndex, getComputedStyle(one).backgroundImage.includes('gradient')])"
    )
    assert hints
    assert all(found == [0, True] for found in hints)


TOO_WIDE = """
return [...document.querySelectorAll("body *")].filter((node) => node.getClientRects().length)
  .filter((node) => !node.closest(".broad.accounts") && !node.closest("svg"))
  .filter((node) => node.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .map((node) => `${node.tagName}.${node.className}: ${node.textContent.slice(0, 40)}`).slice(0, 5);
"""
DARK = """
return [...document.querySelectorAll("html, body, body *")].filter((node) => node.getClientRects().length)
  .map((node) => getComputedStyle(node).backgroundColor)
  .filter((color) => !/, 0\\)$/.test(color))
  .filter((color) => color.match(/\\d+/g).slice(0, 3).some((part) => part < 200));
"""


@pytest.mark.parametrize("paper", PAPERS)
def test_nothing_is_cut_off_on_paper(browser: Browser, pages: dict[str, Path], paper: str) -> None:
    width = int((PAPERS[paper][0] - MARGINS) * 96)
    for page in pages.values():
        browser.tell("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        dark = {"name": "prefers-color-scheme", "value": "dark"}
        browser.tell("Emulation.setEmulatedMedia", media="print", features=[dark])
        try:
            browser.show(page)
            browser.run("dispatchEvent(new Event('beforeprint'))")
            assert browser.run(TOO_WIDE) == []
            assert browser.run(DARK) == []
            assert browser.run("return getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
            assert browser.run("return document.querySelectorAll('details:not([open])').length") == 0
        finally:
            browser.tell("Emulation.setEmulatedMedia", media="", features=[])


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext (poppler-utils) is not installed here")
@pytest.mark.parametrize("paper", PAPERS)
def test_a_printed_page_is_whole(browser: Browser, pages: dict[str, Path], tmp_path: Path, paper: str) -> None:
    inches = PAPERS[paper]
    browser.width(axe.DESK)
    target = tmp_path / "plan.pdf"
    browser.show(pages["years"])
    browser.print_to(target, *inches)
    text = subprocess.run(["pdftotext", "-layout", str(target), "-"], capture_output=True, check=True).stdout.decode()
    sheets = text.split("\f")
    # the pages of many years lie on their side
    said = subprocess.run(["pdfinfo", "-l", "999", str(target)], capture_output=True, check=True).stdout.decode()
    sides = {tuple(map(float, found)) for found in re.findall(r"Page +\d+ size: +([\d.]+) x ([\d.]+)", said)}
    assert {tuple(sorted(pair)) for pair in sides} == {tuple(sorted(next(iter(sides))))}
    assert len(sides) == 2
    # what is folded on the screen is there, and the last column of every year with it
    assert "Spending of each period in the plan" in text
    assert any("FY2027" in sheet and "FY2038" in sheet and "All periods" in sheet for sheet in sheets)
    # a table over several pages names its columns on each
    heads = [at for at, sheet in enumerate(sheets) if re.search(r"Limit +Period +The plan has", sheet)]
    assert len(heads) > 2
    # a heading never stands last on its page
    titles = re.findall(r"<h[23][^>]*>(?:<bdi>)?([^<]+)", pages["years"].read_text(encoding="utf-8"))
    last = [[line for line in sheet.splitlines() if line.strip()][-1].strip() for sheet in sheets if sheet.strip()]
    assert not set(titles) & set(last)
