"""The accessibility checks of axe-core, run on a page that is open in a browser.

axe-core comes from npm and lies outside the tree: `.ci/run` fetches it into the folder that ``AXE`` names.
"""

from __future__ import annotations

import os
from pathlib import Path

from tests.report.browser import WHY_NOT as WHY_NO_BROWSER
from tests.report.browser import Browser

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
AXE = Path(os.environ.get("AXE_CORE") or CACHE / "budgetopt" / "axe-core" / "axe.min.js")
WHY_NOT = WHY_NO_BROWSER or ("" if AXE.is_file() else f"axe-core is not at {AXE}; .ci/run fetches it")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PHONE, DESK = 390, 1200
SCHEMES = ("light", "dark")

RUN = """
const done = arguments[arguments.length - 1];
axe.run(document, {runOnly: {type: "tag", values: %s}, resultTypes: ["violations"]}).then(
  (found) => done(found.violations.flatMap((one) => one.nodes.map(
    (node) => `${one.id}: ${node.target}: ${node.html.slice(0, 120)}`))),
  (error) => done([`axe failed: ${error}`]),
);
"""
OPEN_ALL = "for (const part of document.querySelectorAll('details')) part.open = true;"


def violations(browser: Browser, page: Path, width: int, scheme: str, *, opened: bool = True) -> list[str]:
    """Return what axe finds on a page at a width and in a color scheme: the rule, the element and its markup.

    Parameters
    ----------
    browser
        The browser to open it in; it is left in the light scheme.
    page
        The file.
    width
        Pixels; below 600 a phone.
    scheme
        ``light`` or ``dark``.
    opened
        Whether all that is folded is opened first; axe does not look at what is folded.
    """
    browser.width(width)
    browser.scheme(scheme)
    try:
        browser.show(page)
        if opened:
            browser.run(OPEN_ALL)
        return violations_shown(browser)
    finally:
        browser.scheme("light")


def violations_shown(browser: Browser) -> list[str]:
    """Return what axe finds on the page that is open, as it is."""
    browser.run(AXE.read_text(encoding="utf-8"))
    found: list[str] = browser.run_async(RUN % TAGS)
    return found
