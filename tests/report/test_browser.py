"""The page in a real browser."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from tests.report.browser import WHY_NOT, Browser
from tests.report.plans import many, plan_of

from budgetopt.allocation import Allocation
from budgetopt.report import write_html

pytestmark = [pytest.mark.browser, pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT or "it is installed")]

CONTRASTS = """
const luminance = (color) => {
  const linear = (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  const [r, g, b] = color.match(/[\\d.]+/g).map((part) => linear(part / 255));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const ground = (node) => {
  for (; node; node = node.parentElement) {
    const color = getComputedStyle(node).backgroundColor;
    if (!/, 0\\)$/.test(color)) return color;
  }
};
const faults = new Set();
for (const node of document.querySelectorAll("body *")) {
  const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
  const style = getComputedStyle(node);
  if (!own || !node.getClientRects().length || node.closest("script, svg, .again th")) continue;
  const [a, b] = [luminance(style.color), luminance(ground(node))].sort((x, y) => y - x);
  if ((a + 0.05) / (b + 0.05) < 4.5) faults.add(`${node.tagName}.${node.className} ${style.color}`);
}
return [...faults];
"""
CUT = """
return [...document.querySelectorAll("main td, main th, main dd, main li, main p")]
  .filter((node) => node.getClientRects().length && getComputedStyle(node).overflowX !== "visible")
  .filter((node) => node.scrollWidth > node.clientWidth + 1)
  .map((node) => node.textContent.slice(0, 60));
"""
OUTSIDE = """
const wide = document.documentElement.clientWidth;
return [...document.querySelectorAll("body *")]
  .filter((node) => !node.closest(".wide, .skip, svg, thead") && node.getClientRects().length)
  .filter((node) => node.getBoundingClientRect().right > wide + 1)
  .map((node) => `${node.tagName}.${node.className}: ${node.textContent.slice(0, 40)}`).slice(0, 5);
"""
PLANS = ("city", "odd", "small", "large")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    plans: dict[str, Allocation] = {name: request.getfixturevalue(name) for name in PLANS}
    return {name: write_html(plan, folder / f"{name}.html") for name, plan in plans.items()}


@pytest.mark.parametrize(
    ("name", "width"), [*((name, width) for name in PLANS[:3] for width in (320, 390, 768, 1200)), ("large", 390)]
)
def test_a_page_never_scrolls_sideways(browser: Browser, pages: dict[str, Path], name: str, width: int) -> None:
    browser.width(width)
    browser.show(pages[name])
    assert browser.run("return innerWidth") == width
    assert browser.run("return document.documentElement.scrollWidth") <= width
    assert browser.run(OUTSIDE) == []
    assert browser.run(CUT) == []


@pytest.mark.parametrize("name", PLANS)
def test_a_page_is_silent_and_asks_for_nothing(browser: Browser, pages: dict[str, Path], name: str) -> None:
    browser.log()
    browser.requests()
    browser.width(1200)
    browser.show(pages[name])
    assert browser.log() == []
    assert [address for address in browser.requests() if not address.startswith("data:")] == [pages[name].as_uri()]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_word_stands_out_from_its_ground(browser: Browser, pages: dict[str, Path], scheme: str) -> None:
    browser.width(1200)
    browser.scheme(scheme)
    try:
        browser.show(pages["city"])
        dark = browser.run("return getComputedStyle(document.body).backgroundColor") == "rgb(20, 24, 29)"
        assert dark == (scheme == "dark")
        assert browser.run(CONTRASTS) == []
    finally:
        browser.scheme("light")


def test_nothing_in_a_name_is_run(browser: Browser, pages: dict[str, Path]) -> None:
    browser.show(pages["odd"])
    assert browser.run("return document.querySelectorAll('script').length") == 1
    assert browser.run("return document.querySelectorAll('img').length") == 0
    # were a name ever to become a script, the page's own policy would not let it run
    browser.run(
        "const one = document.createElement('script'); one.textContent = 'window.ran = true'; document.body.append(one)"
    )
    assert browser.run("return window.ran === undefined") is True


def test_programs_are_sorted_and_found(browser: Browser, pages: dict[str, Path]) -> None:
    browser.width(1200)
    browser.show(pages["city"])
    first = "return document.querySelector('#programs table.programs tbody tr bdi').textContent"
    assert browser.run(first) == "Rapid rehousing"
    press = "document.querySelectorAll('#programs table.programs thead button')[%d].click();"
    assert browser.run(press % 2 + first) == "Fire stations"
    assert browser.run(press % 3 + first) == "Vision Zero"
    assert browser.run(press % 3 + first) == "Shelter beds"
    assert browser.run(press % 0 + first) == "Bookmobile"
    assert browser.run("return document.querySelector('[aria-sort]').textContent") == "Program"
    find = """
    const input = document.querySelector('.find input');
    input.value = arguments[0] ?? 'housing great';
    input.dispatchEvent(new Event('input'));
    """
    shown = "return document.querySelectorAll('#programs table.programs tbody tr').length"
    assert browser.run(find + shown) == 3
    assert (
        browser.run("return document.querySelector('.find .note').textContent") == "3 of 12 found; the total is of all"
    )
    assert browser.run(find.replace("'housing great'", "''") + shown) == 12


def test_a_very_long_table_is_drawn_part_by_part_and_searched_sorted_and_printed_whole(
    browser: Browser, pages: dict[str, Path], large: Allocation
) -> None:
    browser.width(1200)
    browser.show(pages["large"])
    drawn = "return document.querySelectorAll('#programs table.programs tbody tr').length;"
    note = "return document.querySelector('.more span').textContent;"
    assert browser.run(drawn) == 1000
    assert browser.run(note) == "1,000 of 2,000 rows are shown; the total is of all. "
    amounts = """
    document.querySelectorAll('#programs table.programs thead button')[2].click();
    const rows = [...document.querySelectorAll('#programs table.programs tbody tr')];
    return rows.map((row) => Number(row.cells[2].firstChild.textContent.replace(/[^0-9]/g, '')));
    """
    plan = sorted(large.programs["spending"].tolist(), reverse=True)
    assert browser.run(amounts) == pytest.approx(plan[:1000], abs=1)
    assert browser.run("dispatchEvent(new Event('beforeprint'));" + drawn) == 2000
    assert browser.run("dispatchEvent(new Event('afterprint'));" + drawn) == 1000
    find = """
    const input = document.querySelector('.find input');
    input.value = %r;
    input.dispatchEvent(new Event('input'));
    """
    assert browser.run(find % "number 1999" + drawn) == 1
    assert browser.run("return document.querySelector('.more').hidden") is True
    assert browser.run(find % "" + drawn) == 1000
    assert browser.run("document.querySelector('.more button').click();" + drawn) == 2000
    assert browser.run("return document.querySelector('.more').hidden") is True


@pytest.fixture
def city_of_2_001(tmp_path: Path) -> Path:
    return write_html(plan_of(many(2001)), tmp_path / "city.html")


def test_a_very_long_table_takes_the_room_of_what_is_drawn(browser: Browser, city_of_2_001: Path) -> None:
    browser.width(1200)
    browser.show(city_of_2_001)
    opened = "for (const part of document.querySelectorAll('details')) part.open = true;"
    script = """
    const tables = [...document.querySelectorAll('table.long')];
    return tables.map((table) => [table.tBodies[0].rows.length,
                                  Math.abs(table.offsetHeight - table.parentElement.offsetHeight) < 40]);
    """
    assert browser.run(opened + script) == [[1000, True]]


def test_what_is_folded_is_printed(browser: Browser, pages: dict[str, Path]) -> None:
    browser.show(pages["city"])
    opened = "return [...document.querySelectorAll('details:not(.figures)')].map((part) => part.open)"
    # limits that do not bind, six departments, four priorities, programs by period, and effects
    assert browser.run(opened) == [False] * 13
    assert browser.run("dispatchEvent(new Event('beforeprint'));" + opened) == [True] * 13
    assert browser.run("dispatchEvent(new Event('afterprint'));" + opened) == [False] * 13
    assert base64.b64decode(browser.tell("Page.printToPDF")["data"]).startswith(b"%PDF-")


@pytest.mark.parametrize(("width", "is_open"), [(1200, True), (390, False)])
def test_a_phone_folds_the_figures_of_charts(
    browser: Browser, pages: dict[str, Path], width: int, is_open: bool
) -> None:
    browser.width(width)
    browser.show(pages["city"])
    folded = "const parts = [...document.querySelectorAll('details.figures')].map((part) => part.open);"
    # by priority and by department, all funds by year, and the accounts of the funds
    assert browser.run(f"{folded} return parts") == [is_open] * 4
    shown = "return document.querySelector('.figures > summary').getClientRects().length"
    assert bool(browser.run(shown)) != is_open


def test_a_phone_names_the_cells_of_long_tables_and_of_short_ones(browser: Browser, pages: dict[str, Path]) -> None:
    browser.width(390)
    script = """
    const cells = [...document.querySelector('#programs table').tBodies[0].rows[0].cells].slice(1);
    return cells.map((cell) => getComputedStyle(cell, '::before').content);
    """
    for name in ("city", "large"):
        browser.show(pages[name])
        assert browser.run(script) == ['"Baseline"', '"Plan"', '"Change"', '"What it buys"', '"Why"']


def test_a_link_to_a_department_opens_it(browser: Browser, pages: dict[str, Path]) -> None:
    browser.width(1200)
    browser.show(pages["city"])
    browser.run("document.querySelector('#money a[href=\"#department-4\"]').click()")
    assert browser.run("return document.querySelector('details[open] h4').textContent") == "Housing"


def test_a_page_is_read_without_its_script(browser: Browser, pages: dict[str, Path]) -> None:
    browser.tell("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.show(pages["city"])
        browser.tell("Emulation.setScriptExecutionDisabled", value=False)
        assert browser.run("return document.querySelectorAll('.find, thead button').length") == 0
        assert browser.run("return document.querySelectorAll('#programs table.programs tbody tr').length") == 12
    finally:
        browser.tell("Emulation.setScriptExecutionDisabled", value=False)
