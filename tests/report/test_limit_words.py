"""Every kind of limit in words, and pages that stay readable where a rule has very many groups."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from rich.console import Console
from tests.report.plans import plan_of

from budgetopt.allocation import Allocation
from budgetopt.report.documents.html import html_page
from budgetopt.report.documents.terminal import print_allocation
from budgetopt.report.figures.limit_lines import Limit, limits_of
from budgetopt.report.figures.numbers import Numbers
from budgetopt.report.plan_view.view import PlanView

USD = Numbers()
SERVED = {"o": {"per_dollar": 2}}


def city(**more: Any) -> dict[str, Any]:
    return {
        "funds": {
            "f": {"name": "The fund", "revenue": 1000, "spending": {"at_most": "90%"}},
            "g": {
                "name": "The grant",
                "revenue": 100,
                "match": {"from": "f", "rate": "25%"},
                "maintenance_of_effort": {"fund": "f", "at_least": 300},
                "no_supplanting": True,
            },
        },
        "resources": {"staff": {"unit": "FTE", "capacity": 40}},
        "outcomes": {"o": {"unit": "visits", "weight": 3}},
        "programs": {
            "a": {"name": "Alpha", "baseline": 300, "outcomes": SERVED, "spending": {"at_most": 500}},
            "b": {"name": "Beta", "outcomes": SERVED, "uses": {"staff": {"per": 10}}, "spending": {"at_most": 500}},
            "c": {"name": "Gamma", "outcomes": SERVED, "spending": {"at_most": 10}},
        },
        "rules": [
            {"name": "Few", "count": "funded", "at_most": 2},
            {"name": "Needs", "requires": {"program": "b", "needs": ["a"]}},
            {"name": "Not both", "excludes": ["b", "c"]},
            {"name": "One", "exactly_one": ["b", "c"]},
            {"name": "Both", "together": ["a", "b"]},
            {"name": "Share", "substitutes": ["a", "b"], "at_most": "150%"},
            {"name": "Follow", "follows": {"program": "b", "of": "a", "at_most": "80%"}},
        ],
        **more,
    }


def shown(plan: Allocation) -> dict[str, Limit]:
    return {limit.name: limit for limit in limits_of(plan, USD)}


def test_every_kind_of_limit_is_said_in_words() -> None:
    said = {name: (limit.value, limit.bound) for name, limit in shown(plan_of(city())).items()}
    assert said["Few"] == ("2 programs funded", "at most 2 programs")
    assert said["Needs"] == ("“Alpha” funded", "“Beta” needs “Alpha”")
    assert said["Not both"] == ("1 program funded", "at most one of “Beta” and “Gamma”")
    assert said["One"] == ("1 program funded", "exactly one of “Beta” and “Gamma”")
    assert said["Both"] == ("2 programs funded", "all or none of “Alpha” and “Beta”")
    assert said["Share"][1] == "at most 150% of full coverage"
    assert said["Follow"][1].endswith("(80% of that of “Alpha”)")
    assert said["staff"] == ("25 FTE", "at most 40 FTE")
    assert said["Spending of The fund"][1] == "at most $900"
    assert said["Match of The grant"][1] == "25% of each dollar of the grant, from The fund"
    assert said["No supplanting by The grant"][1] == "pays only on top of the baseline"
    assert said["Maintenance of effort for The grant"][1] == "asks for nothing while no money of it is spent"
    document = city()
    # with less in the fund the grant is needed
    document["funds"]["f"] = {"name": "The fund", "revenue": 700}
    limits = shown(plan_of(document))
    assert limits["Maintenance of effort for The grant"].bound == "at least $300 from The fund, while it is used"


def test_a_share_of_coverage_is_relieved_by_percentage_points() -> None:
    rule = {"name": "Share", "substitutes": ["a", "c"], "at_most": "50%"}
    simple = {"funds": {"f": {"revenue": 1000}}, "rules": [rule], "resources": {"staff": {"capacity": 100}}}
    limit = shown(plan_of(city(**simple)))["Share"]
    assert limit.binding
    assert limit.price_words == "Each percentage point more allowed would add 30 to the weighted outcomes."


def test_a_change_from_year_to_year_says_from_what() -> None:
    rule = {"name": "Yearly", "change": {"increase_at_most": "5%", "from": "previous"}}
    funds = {"f": {"revenue": {"FY1": 100, "FY2": 200}, "carryover": False}}
    programs = {"a": {"outcomes": SERVED}, "b": {"outcomes": SERVED}}
    plan = plan_of(city(periods=["FY1", "FY2"], rules=[rule], funds=funds, programs=programs, resources={}))
    limit = shown(plan)["Yearly"]
    assert (limit.value, limit.bound) == ("holds 2 of 2 programs", "at most 5% up, from the period before")
    assert "where it matters most" in limit.price_words


def test_a_group_is_named_beside_its_rule() -> None:
    rules = [{"name": "Fair", "sum": "spending", "by": "department", "parity": "30%"}]
    programs = {key: {"department": key.upper(), "outcomes": SERVED} for key in ("fire", "parks")}
    limits = shown(plan_of(city(rules=rules, programs=programs, resources={})))
    assert limits["Fair: PARKS"].bound.endswith("no more than 30% below any other")


@pytest.mark.parametrize(
    ("what", "figure", "unit", "gain"),
    [("spending", "$1.20", "$1", "27.8"), ("outcome o", "2.7 visits", "visit", "12.5")],
)
def test_parity_by_population_is_said_per_head(what: str, figure: str, unit: str, gain: str) -> None:
    # of spending the north gets 120 of 270 for 100 heads, of visits 2 for each of 135; a unit a head less moves
    # 100 / 1.8 dollars, or 25, to where they bring half a visit more
    rule = {
        "name": "Fair",
        "sum": what,
        "by": "department",
        "parity": "20%",
        "population": {"north": 100, "south": 100},
    }
    document = {
        "funds": {"f": {"revenue": 270}},
        "outcomes": {"o": {"unit": "visits", "weight": 1}},
        "programs": {
            "n": {"department": "north", "outcomes": {"o": {"per_dollar": 2}}},
            "s": {"department": "south", "outcomes": {"o": {"per_dollar": 2.5}}},
        },
        "rules": [rule],
    }
    limit = shown(plan_of(document))["Fair: north"]
    assert limit.value == f"{figure} per head"
    assert limit.bound == f"at least {figure} per head, no more than 20% below any other"
    assert limit.price_words == f"Each {unit} per head less asked for would add {gain} to the weighted outcomes."
    # for each group, without a population, there are no heads
    del rule["population"]
    assert "per head" not in shown(plan_of(document))["Fair: north"].bound


def test_what_a_page_does_not_show_it_counts() -> None:
    most = PlanView.most_limits
    groups = 2 * most + 60
    programs = {f"p{at}": {"department": f"D{at}", "outcomes": SERVED, "baseline": 10} for at in range(groups)}
    rule = {"name": "Across the board", "sum": "spending", "by": "department", "each_at_least": "50%", "of": "baseline"}
    funds = {"f": {"revenue": 8 * groups}}
    plan = plan_of({"funds": funds, "outcomes": city()["outcomes"], "programs": programs, "rules": [rule]})
    assert len(plan.rules) == groups
    page = PlanView(plan, USD)
    assert len(page.binding) + len(page.slack) >= groups
    text = html_page(plan)
    hidden = [len(rows) - most for rows in (page.binding, page.slack) if len(rows) > most]
    assert hidden
    assert all(f"{count} more limits are not shown here" in text for count in hidden)
    console = Console(file=StringIO(), width=100)
    print_allocation(plan, console)
    assert isinstance(console.file, StringIO)
    assert "--all shows them" in console.file.getvalue()
