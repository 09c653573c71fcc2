from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from tests.measures import few
from tests.report.pages import Node, cells, figure, read, table
from tests.report.plans import HOSTILE, plan_of, riverton
from tests.strategies import scenarios

from budgetopt.allocation import Allocation, solve
from budgetopt.report import html_page, write_html
from budgetopt.report.figures.numbers import Numbers
from budgetopt.report.plan_view.view import PlanView
from budgetopt.scenario.scenario import Scenario


@pytest.fixture(scope="module", params=["city", "middle", "odd", "small"])
def page(request: pytest.FixtureRequest) -> str:
    return html_page(request.getfixturevalue(request.param))


def test_a_page_is_whole_and_well_formed(page: str) -> None:
    assert page.startswith('<!DOCTYPE html>\n<html lang="en">')
    root = read(page)
    for tag in ("html", "head", "body", "h1", "main"):
        assert len(list(root.all(tag))) == 1
    assert root.one("head").one("title").text().endswith(": the plan")
    assert any(meta.attributes.get("name") == "viewport" for meta in root.all("meta"))
    identities = [node.attributes["id"] for node in root.all() if "id" in node.attributes]
    assert len(identities) == len(set(identities))
    for node in root.all():
        for name in ("aria-labelledby",):
            assert node.attributes.get(name, identities[0]) in identities
        if node.attributes.get("href", "").startswith("#"):
            assert node.attributes["href"][1:] in identities


def test_headings_come_in_order(page: str) -> None:
    levels = [int(node.tag[1]) for node in read(page).all("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_tables_have_captions_and_scopes(page: str) -> None:
    for one in read(page).all("table"):
        assert one.one("caption").text()
        assert all(head.attributes["scope"] == "col" for head in one.one("thead").all("th"))
        for body in one.all("tbody", "tfoot"):
            assert all(head.attributes["scope"] == "row" for head in body.all("th"))
        columns = len(list(one.one("thead").all("th")))
        assert all(len(cells(row)) == columns for row in one.all("tr"))


def test_pictures_say_what_they_show(page: str) -> None:
    for picture in read(page).all("svg"):
        if picture.attributes.get("aria-hidden") != "true":
            assert picture.attributes["role"] == "img"
            assert picture.one("title").text()


def test_a_page_asks_for_nothing(page: str) -> None:
    root = read(page)
    assert not list(root.all("img", "iframe", "object", "embed", "form", "base"))
    assert [link.attributes for link in root.all("link")] == [{"rel": "icon", "href": "data:,"}]
    assert not any("src" in node.attributes for node in root.all())
    assert "default-src 'none'" in page
    assert "url(" not in root.one("style").text()
    assert "@import" not in page
    for node in root.all():
        assert not any(name.startswith("on") or name == "style" for name in node.attributes)


def test_links_leave_the_page_only_for_the_web(page: str) -> None:
    for link in read(page).all("a"):
        address = link.attributes["href"]
        assert address.startswith(("#", "http://", "https://"))
        assert address.startswith("#") or link.attributes["rel"] == "noopener"


def check_sums(page: str) -> int:
    """Add every table of a page up again, and return how many sums were checked."""
    checked = 0
    for one in read(page).all("table"):
        heads, rows, total = table(one)
        if total is not None:
            for at in range(1, len(heads)):
                parts = [figure(row[at]) for row in rows]
                if figure(total[at]) is not None:
                    assert None not in parts, (heads[at], rows)
                    assert sum(part or 0.0 for part in parts) == pytest.approx(figure(total[at]), abs=1e-6), heads[at]
                    checked += 1
        lines = [*rows, *([total] if total is not None else [])]
        if {"Baseline", "Plan", "Change"} <= set(heads):
            for row in lines:
                baseline, plan, change = (figure(row[heads.index(name)]) for name in ("Baseline", "Plan", "Change"))
                assert plan == pytest.approx(baseline + change, abs=1e-6), row  # type: ignore[operator]
                checked += 1
        if "Closing" in heads:
            for row in lines:
                account = {head: figure(cell) or 0.0 for head, cell in zip(heads, row, strict=True)}
                income = account["Opening"] + account["Revenue"] + account["One-time revenue"]
                moved = account.get("Transfers in", 0.0) - account.get("Transfers out", 0.0)
                assert income + moved - account["Spending"] == pytest.approx(account["Closing"], abs=1e-6), row
                checked += 1
        if "Together" in heads:
            for row in lines:
                *periods, together = (figure(cell) or 0.0 for cell in row[1:])
                assert sum(periods) == pytest.approx(together, abs=1e-6)
                checked += 1
    return checked


def test_no_table_shows_a_sum_that_its_rows_do_not_make(page: str) -> None:
    assert check_sums(page) >= 2


@few(1, at_most=100)
@given(scenarios())
def test_no_page_of_any_plan_shows_a_sum_that_its_rows_do_not_make(scenario: Scenario) -> None:
    assert check_sums(html_page(solve(scenario))) >= 1


def test_the_city_has_every_sum_checked(city: Allocation) -> None:
    assert check_sums(html_page(city)) > 60


def test_totals_agree_across_the_page(city: Allocation) -> None:
    spending = "206,056,725"
    tables = {one.one("caption").text().split(".")[0]: table(one) for one in read(html_page(city)).all("table")}
    heads, rows, total = tables["Amounts in USD, all periods together"]
    assert total is not None
    assert total[heads.index("Plan")] == f"${spending}"
    assert tables["Spending by priority"][2][3] == f"${spending}"  # type: ignore[index]
    assert tables["Spending of each period in the plan"][2][-1] == f"${spending}"  # type: ignore[index]
    heads, rows, _ = next(found for name, found in tables.items() if name.startswith("Opening balance"))
    assert sum(figure(row[heads.index("Spending")]) or 0 for row in rows) == 206_056_725


def test_names_are_text_and_never_markup(odd: Allocation) -> None:
    page = html_page(odd)
    root = read(page)
    assert len(list(root.all("script"))) == 1
    assert root.one("h1").text() == HOSTILE[0]
    shown = {
        row.one("bdi").text()
        for row in root.one("main").all("tr")
        if row.one("th").tag == "th" and list(row.all("bdi"))
    }
    for name in HOSTILE:
        isolated = f"\u2068{name}\u2069"
        assert " ".join(name.split()) in shown or isolated in shown
    assert "{{ 7 * 7 }}" in root.text()
    assert "javascript:" not in [link.attributes["href"][:11] for link in root.all("a")]


def test_web_addresses_become_links_and_nothing_else_does() -> None:
    document = riverton()
    document["source"] = 'See https://example.org/a?b=1&c="2" (page 3), or http://example.org/x.'
    root = read(html_page(plan_of(document)))
    links = [link.attributes["href"] for link in root.all("a") if not link.attributes["href"].startswith("#")]
    assert links[:2] == ["https://example.org/a?b=1&c=", "http://example.org/x"]


def test_every_assumption_is_marked_and_listed(city: Allocation) -> None:
    root = read(html_page(city))
    tables = {one.one("caption").text(): one for one in root.all("table")}
    _, rows, _ = table(tables["Every assumption."])
    assert [row[0] for row in rows] == ["Rent relief", "Vision Zero", "Fire stations", "Bookmobile", "Depot"]
    programs = next(one for one in root.all("table") if "programs" in one.attributes["class"])
    for row in programs.one("tbody").all("tr"):
        name = cells(row)[0]
        bought = [node.text() for node in row.all("span") if node.attributes.get("class") == "l"]
        marked = {text for text in bought if text.endswith("assumed")}
        if name == "Vision Zero":
            assert marked == {"1,100 repairs assumed"}
        elif name in ("Rent relief", "Fire stations", "Depot"):
            assert len(marked) == len(bought) == 1
        else:
            assert not marked
    outcomes = next(one for caption, one in tables.items() if caption.startswith("Outcomes"))
    assert [
        bool(list(row.all("span")) and "partly assumed" in row.one("th").text())
        for row in outcomes.one("tbody").all("tr")
    ] == [
        True,
        True,
        True,
        False,
    ]


def test_what_a_reader_may_trust_is_said(city: Allocation) -> None:
    proof = next(node for node in read(html_page(city)).all("section") if node.attributes["id"] == "proof")
    assert [head.text() for head in proof.all("h3")] == [
        "What is proved",
        "What is believed",
        "The figures of the proof",
    ]
    assert city.scenario.sha256 in proof.text()
    assert "5 effects of the scenario rest on no source and are assumptions." in proof.text()


def test_a_page_is_the_same_each_time(city: Allocation) -> None:
    first = html_page(city)
    assert html_page(city) == first
    assert html_page(plan_of(riverton())) == first
    assert not re.search(r"\b20\d\d-\d\d-\d\d\b", first)


def test_two_thousand_programs_are_light(large: Allocation) -> None:
    page = html_page(large)
    assert len(page.encode()) < 1_430_000
    programs = next(node for node in read(page).all("section") if node.attributes["id"] == "programs")
    assert len(table(programs.one("table"))[1]) == 2000


def test_a_page_is_written_whole(city: Allocation, tmp_path: Path) -> None:
    path = write_html(city, tmp_path / "report.html")
    assert path.read_text(encoding="utf-8") == html_page(city)
    assert list(tmp_path.iterdir()) == [path]


def test_a_plan_that_is_not_proved_is_not_called_the_best_possible(city: Allocation) -> None:
    from budgetopt.allocation import Status

    page = html_page(replace(city, status=Status.BEST_FOUND, bound=city.objective_value * 1.019999))
    assert "is the best possible" not in page
    assert "its value is within 2% of the best possible" in page


def test_no_figure_is_broken(page: str) -> None:
    words = read(page).one("main").text()
    for fault in (" nan", "None", "inf ", "−0 ", "<", "Undefined"):
        if fault == "<" and "alert(" in words:
            continue
        assert fault not in words


def find(root: Node, identity: str) -> Node:
    return next(node for node in root.all() if node.attributes.get("id") == identity)


def test_sources_are_numbered_and_cited(city: Allocation) -> None:
    root = read(html_page(city))
    cited = {link.attributes["href"] for link in root.all("a") if link.attributes.get("class") == "ref"}
    assert "#s2" in cited
    assert find(root, "s2").text().startswith("Revenue estimate of March")
    assert len(list(root.all("ol"))) == 1


def test_what_is_served_or_taken_at_no_cost_is_funded_wherever_that_is_counted() -> None:
    plan = plan_of(
        {
            "funds": {"general": {"revenue": 10}},
            "outcomes": {"visits": {"weight": 1}},
            "programs": {
                "library": {"department": "A", "baseline": 10, "outcomes": {"visits": {"per_dollar": 1}}},
                "survey": {"department": "B", "districts": {"north": 1}, "outcomes": {"visits": {"per_unit": 1}},
                           "service": {"unit_cost": 0, "up_to": 5}},
                "helpers": {"department": "B", "packages": [{"cost": 0, "outcomes": {"visits": 3}}]},
                "pools": {"department": "C", "districts": {"south": 1}, "outcomes": {"visits": {"per_dollar": -1}}},
            },
        }
    )  # fmt: skip
    page = read(html_page(plan))
    words = page.one("main").text()
    assert "The plan spends $10 and funds 3 of 4 programs" in words
    assert "3 of 4 programs" in words
    assert "2 of 2 programs are funded" in words
    assert "0 of 1 program are funded" in words
    assert "1 stays as it is and 2 of 3 new programs are funded." in words
    assert min(map(len, PlanView(plan, Numbers()).story)) > len("Proved.")
    rows = [node.text() for node in page.all("tr")]
    for name, is_funded in (("survey", True), ("helpers", True), ("pools", False), ("north", True), ("south", False)):
        found = [row for row in rows if row.startswith(name) and "$0" in row]
        assert found
        assert all(("not funded" in row) != is_funded for row in found)
