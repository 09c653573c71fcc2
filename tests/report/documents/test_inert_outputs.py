"""No name does anything in any output: pages, drawings, Markdown, the workbook, tables, the terminal and JSON."""

from __future__ import annotations

import base64
import csv
import hashlib
import html
import html.parser
import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

import budgetopt as bo
from budgetopt.report import html_page, markdown_summary, notebook_html, print_allocation, residents_page, run_analyses
from budgetopt.scenario.inert_csv import inert_csv

NAMES = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    "</title></style><svg onload=alert(3)>",
    "' onmouseover='alert(4)",
    "<a href=javascript:alert(5)>x</a>",
    "[x](javascript:alert(6)) ![y](http://example.org/z.png)",
    "{{ 7 * 7 }} {% raw %} ${7*7}",
    "=HYPERLINK(1)",
    "+1", "-2", "@SUM(A1)",
    "[bold red]x[/bold red] [/] :smile:",
    "]]> <!-- --> &lt;b&gt; &#60;i&#62;",
    "| a | `b` *c* # d",
    "</script><script>alert(7)//",
]  # fmt: skip


def city(names: list[str]) -> bo.Allocation:
    """Return a plan in which everything is called by one of the names."""
    programs = {
        f"p{at}": {
            "name": name,
            "department": name,
            "priority": name,
            "description": name,
            "source": name,
            "baseline": 100 + at,
            "outcomes": {"o": {"per_dollar": 0.5 + at / 10, "evidence": "rct", "source": name}},
        }
        for at, name in enumerate(names)
    }
    rule = {"sum": "spending", "where": {"program": "p1"}, "at_most": 50}
    return bo.solve(
        bo.Scenario.from_document(
            {
                "name": names[0],
                "description": names[1],
                "source": names[2],
                "funds": {"f": {"name": names[3], "revenue": 1000, "source": names[4]}},
                "outcomes": {"o": {"name": names[1], "unit": names[2], "weight": 2}},
                "programs": programs,
                "rules": [{"name": names[0], "because": names[5], **rule}],
            }
        )
    )


@pytest.fixture(scope="module")
def hostile() -> bo.Allocation:
    return city(NAMES)


@pytest.fixture(scope="module")
def plain() -> bo.Allocation:
    return city([f"Name {at}" for at in range(len(NAMES))])


class Marks(html.parser.HTMLParser):
    """Counts the elements of a page, and keeps its policy, scripts, styles, addresses and attributes."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: Counter[str] = Counter()
        self.attributes: set[str] = set()
        self.addresses: list[str] = []
        self.policy = ""
        self.inside, self.contents = "", {"script": [], "style": []}  # type: ignore[var-annotated]
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements[tag] += 1
        found = dict(attrs)
        self.attributes |= set(found)
        self.addresses += [str(found[key]) for key in ("href", "src", "xlink:href") if key in found]
        if found.get("http-equiv") == "Content-Security-Policy":
            self.policy = str(found["content"])
        is_data = found.get("type") == "application/json"
        self.inside = tag if tag in self.contents and not is_data else ""

    def handle_endtag(self, tag: str) -> None:
        self.inside = "" if tag == self.inside else self.inside

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.contents[self.inside].append(data)


PAGES: dict[str, Callable[[bo.Allocation], str]] = {
    "council": html_page,
    "explorer": lambda plan: html_page(plan, asked=run_analyses(plan, ["explorer"])),
    "residents": lambda plan: residents_page(plan, "en"),
    "residents in Spanish": lambda plan: residents_page(plan, "es"),
}


@pytest.fixture(scope="module", params=list(PAGES))
def pages(request: pytest.FixtureRequest, hostile: bo.Allocation, plain: bo.Allocation) -> tuple[str, str]:
    """The same page of hostile names and of plain ones."""
    write = PAGES[request.param]
    return write(hostile), write(plain)


def test_the_pages_are_those_that_are_meant(hostile: bo.Allocation) -> None:
    assert 'id="explore"' in PAGES["explorer"](hostile)
    assert '<html lang="es' in PAGES["residents in Spanish"](hostile)


def test_a_page_has_the_same_elements_whatever_the_names_are(pages: tuple[str, str]) -> None:
    found, harmless = map(Marks, pages)
    for tag in ("script", "style", "img", "svg", "iframe", "object", "title", "meta", "link", "form"):
        assert found.elements[tag] == harmless.elements[tag], tag
    assert not {name for name in found.attributes if name.startswith("on")}
    # the empty picture of a tab is ours; web addresses in texts are links
    led = {address for address in found.addresses if not address.startswith(("#", "http://", "https://"))}
    assert led <= {"data:,"}


def test_the_policy_of_a_page_admits_its_own_script_and_style_and_nothing_else(pages: tuple[str, str]) -> None:
    found = Marks(pages[0])
    rules = dict(rule.strip().split(" ", 1) for rule in found.policy.split(";"))
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    assert "unsafe" not in found.policy
    assert "http" not in found.policy
    for kind, rule in (("script", "script-src"), ("style", "style-src")):
        for content in found.contents[kind]:
            digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
            assert rules[rule] == f"'sha256-{digest}'"


def test_the_figures_of_an_explorer_cannot_end_their_script(hostile: bo.Allocation) -> None:
    data = PAGES["explorer"](hostile).partition('id="explorer-data">')[2].partition("</script>")[0]
    assert "<" not in data
    assert NAMES[0] in json.dumps(json.loads(data), ensure_ascii=False)


def test_a_notebook_shows_names_as_text(hostile: bo.Allocation) -> None:
    found = Marks(notebook_html(hostile))
    assert not found.elements["script"] + found.elements["img"] + found.elements["svg"]


def test_a_drawing_holds_no_script_and_no_address(hostile: bo.Allocation, tmp_path: Path) -> None:
    pytest.importorskip("altair")
    for name, chart in (("plan", hostile.plot()), ("by", hostile.plot("department"))):
        text = bo.save_chart(chart, tmp_path / f"{name}.svg").read_text(encoding="utf-8")
        found = Marks(text)
        assert set(found.elements) <= {"svg", "g", "rect", "path", "line", "text", "title", "desc", "defs", "clippath"}
        assert not {key for key in found.attributes if key.startswith("on") or "href" in key}


def test_markdown_that_is_rendered_holds_no_markup_of_names(hostile: bo.Allocation) -> None:
    markdown = pytest.importorskip("markdown")
    found = Marks(markdown.markdown(markdown_summary(hostile), extensions=["tables"]))
    assert not {"script", "img", "svg", "a", "code"} & set(found.elements)
    assert not {name for name in found.attributes if name.startswith("on")}


def test_the_terminal_shows_every_name_as_it_is(hostile: bo.Allocation) -> None:
    shown = io.StringIO()
    print_allocation(hostile, Console(file=shown, width=400, force_terminal=True, color_system="truecolor"))
    text = shown.getvalue()
    assert "[bold red]x[/bold red] [/] :smile:" in text
    assert not re.search(r"\x1b(?!\[[\d;]*m)", text)


def test_a_workbook_has_no_formula_made_of_a_name(hostile: bo.Allocation, tmp_path: Path) -> None:
    path = hostile.to_excel(tmp_path / "plan.xlsx") or tmp_path / "plan.xlsx"
    with zipfile.ZipFile(path) as archive:
        sheets = [archive.read(name).decode() for name in archive.namelist() if "worksheets/sheet" in name]
        assert not [name for name in archive.namelist() if "vba" in name.lower() or "external" in name.lower()]
    for formula in re.findall(r"<f(?:\s[^>]*)?>(.*?)</f>", "".join(sheets), re.DOTALL):
        # a text in quotation marks is a text
        calculated = re.sub(r'"(?:[^"]|"")*"', '""', html.unescape(formula))
        assert not re.search(r"HYPERLINK|alert|SUM\(A1\)|smile", calculated)


def test_no_cell_of_a_table_is_a_formula(hostile: bo.Allocation, tmp_path: Path) -> None:
    for file in hostile.to_csv(tmp_path / "tables"):
        for row in csv.reader(file.read_text(encoding="utf-8").splitlines()):
            assert not [cell for cell in row if cell[:1] in "=+@\t\r" and cell], file
            # a number may be below zero
            assert not [cell for cell in row if cell.startswith("-") and not re.fullmatch(r"-[\d.e+-]+", cell)], file
    assert "'=HYPERLINK(1)" in inert_csv(hostile.programs, index=True)


def test_json_reads_back_as_every_name(hostile: bo.Allocation) -> None:
    document: dict[str, Any] = json.loads(hostile.to_json())
    assert set(NAMES) <= {*json.dumps(document, ensure_ascii=False).split('"')} | {
        name for name in NAMES if json.dumps(name, ensure_ascii=False)[1:-1] in hostile.to_json()
    }
