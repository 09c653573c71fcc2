"""The guide to a page: its terms, its locator and its map say only what the page shows."""

from __future__ import annotations

import pytest
from tests.report.pages import Node, read, table
from tests.report.test_districts import town

import budgetopt as bo
from budgetopt.report import html_page
from budgetopt.report.sections.page_guide import AWARD, NOT_HERE, QUESTIONS, STANDARD


def section(root: Node, key: str) -> Node:
    return next(node for node in root.all("section") if node.attributes["id"] == key)


def guide(page: str) -> list[list[list[str]]]:
    """Return the rows of the terms, of the locator and of the map."""
    return [table(one)[1] for one in section(read(page), "guide").all("table")]


def test_terms_are_those_that_the_page_uses(city: bo.Allocation, small: bo.Allocation) -> None:
    for plan in (city, small):
        root = read(html_page(plan))
        rest = " ".join(node.text().lower() for node in root.all("section") if node.attributes["id"] != "guide")
        for term, meaning in guide(html_page(plan))[0]:
            assert meaning.endswith(".")
            stem = {"Binds": "bind", "Recurring": "recurring", "Assumed": "assum"}.get(term, term.lower())
            assert stem in rest, term
    terms = [row[0] for row in guide(html_page(small))[0]]
    assert "Grant" not in terms
    assert "Baseline" not in terms
    assert "Lapse" not in terms
    assert {"Grant", "Baseline", "Structural balance", "Reserve"} <= {row[0] for row in guide(html_page(city))[0]}


def test_the_locator_leads_to_what_is_there_and_says_what_is_not(city: bo.Allocation) -> None:
    root = read(html_page(city))
    rows = guide(html_page(city))[1]
    assert [row[1] for row in rows] == [question.words for question in QUESTIONS]
    where = {row[1]: row[2] for row in rows}
    titles = {link.text() for link in root.one("nav").all("a")}
    assert all(place in titles or place == NOT_HERE for place in where.values())
    assert where["Do recurring revenue and spending balance in later years?"] == "Year by year"
    assert where["What does each priority get?"] == "Money"
    # the city has no districts and no staff
    for missing in ("Who gets it, by district and group?", "What staff does each department use, of how many?"):
        assert where[missing] == NOT_HERE
    assert where["Is it better than other budgets?"] == "Compared"
    assert where["What would less or more money mean?"] == NOT_HERE
    assert len({row[0] for row in rows}) == 8
    links = {link.attributes["href"] for link in section(root, "guide").all("a")}
    assert {AWARD, STANDARD} <= links


def test_what_is_there_in_one_plan_is_not_in_another() -> None:
    where = {row[1]: row[2] for row in guide(html_page(town()))[1]}
    assert where["Who gets it, by district and group?"] == "Districts"
    assert where["Do recurring revenue and spending balance in later years?"] == NOT_HERE
    assert where["What changes against today?"] == "Money"


def test_the_map_counts_what_is_evidenced_with_dates(city: bo.Allocation) -> None:
    rows = guide(html_page(city))[2]
    shown = {row[0]: row for row in rows if row[0] != "Data-driven budget and finance"}
    # rapid rehousing and youth jobs by trials, Vision Zero by a quasi-experiment
    words, dates, where = shown["Rigorous evaluations"][1:]
    counts, _, names = words.removesuffix(".").partition("): ")
    assert counts == "3 of 13 effects from evaluations (randomized trial: 2; quasi-experimental study: 1"
    assert names == "Rapid rehousing, Vision Zero and Youth summer jobs"
    assert (dates, where) == ("2023", "Assumptions and sources")
    assert shown["Performance and analytics"][1] == "4 outcomes with a unit, 1 with a target: Library visits."
    assert shown["Data by district and group"][1:] == [f"Data by district or group: {NOT_HERE}.", "", ""]
    budget = [row[1] for row in rows if row[0] == "Data-driven budget and finance"]
    assert budget[0] == "$206 million of $206 million goes to programs with an effect given, 12 programs."
    assert "randomized trial +$2.88 million" in budget[1].replace("\N{WORD JOINER}", "")


@pytest.mark.parametrize("name", ["odd", "middle"])
def test_links_of_the_guide_lead_somewhere(name: str, request: pytest.FixtureRequest) -> None:
    root = read(html_page(request.getfixturevalue(name)))
    identities = {node.attributes["id"] for node in root.all() if "id" in node.attributes}
    for link in section(root, "guide").all("a"):
        address = link.attributes["href"]
        assert address.startswith("https://") or address[1:] in identities
