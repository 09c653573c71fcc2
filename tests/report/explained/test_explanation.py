"""Programs, rules, funds, targets and resources explained: the words are right, and right for every kind of plan."""

from __future__ import annotations

import re
from copy import deepcopy
from functools import cache
from typing import Any

import pandas as pd
import pytest
from tests.report.kinds import KINDS
from tests.report.pages import read, table
from tests.report.plans import plan_of

import budgetopt as bo
from budgetopt.allocation import Allocation
from budgetopt.errors import UnknownNameError
from budgetopt.report.explained.explanation import explain, tell
from budgetopt.report.figures.price_table import price_lines
from language.small import LATER, document_of
from measures import best_value

JARGON = re.compile(
    r"\b(dual|shadow|LP|MIP|integer|constraint|infeasible|variable|coefficient|solver|objective|basis|marginal)s?\b",
    re.I,
)


@cache
def plan_for(kind: str) -> Allocation:
    return plan_of(KINDS[kind])


def words_of(kind: str, name: str) -> list[str]:
    return list(explain(plan_for(kind), name).sentences)


def test_a_program_at_its_ceiling() -> None:
    words = words_of("plain", "library")
    assert words[:3] == [
        "It gets $2 million, $1 million (100%) more than its baseline.",
        "That brings 500,000 visits.",
        "It is at its ceiling.",
    ]
    assert "Its last dollar, by itself, would add 1 to the weighted outcomes." in words
    assert "Elsewhere a dollar would add 0.08 to the weighted outcomes." in words
    assert words[-1] == "No greater effect, lower cost or greater weight, up to a hundredfold, would bring it more."


def test_a_program_without_money_and_what_would_get_it_funded() -> None:
    words = words_of("plain", "fire")
    assert words[:2] == [
        "It gets nothing; its baseline is $2 million.",
        "It is unfunded: the money buys more elsewhere.",
    ]
    assert words[-1] == "It would be funded if its effect were 100% greater or its cost were 50% lower."


def test_where_there_is_no_money_none_buys_more_elsewhere() -> None:
    assert words_of("empty", "library")[1] == "It is unfunded: no fund that may pay for it has money."
    assert words_of("empty", "general") == [
        "It spends $0 and closes with $0.",
        "One dollar more would add 1 to the weighted outcomes.",
    ]


def test_a_rule_names_its_reason_and_what_it_costs() -> None:
    found = explain(plan_for("rule"), "Safety floor")
    assert found.subject == "Safety floor"
    *before, moves = found.sentences
    assert moves.startswith("Without it Fire would get $1.5 million less, Pool would get $1 million more and Library")
    assert before == [
        "Council resolution 14.",
        "It binds.",
        "Without it the best plan would add 520,000 to the weighted outcomes.",
    ]
    assert "It is held up by the rule “Safety floor” (Council resolution 14)." in words_of("rule", "fire")


def test_a_target_holds_a_program_up() -> None:
    assert words_of("target", "fires")[0] == "It binds."
    words = words_of("target", "fire")
    assert "It is held up by the target “Fires prevented”." in words
    assert (
        "Because of the target for Fires prevented, a dollar here counts for 0.96 of the weighted outcomes "
        "more than it buys by itself."
    ) in words


def test_staff_may_be_the_limit_and_not_money() -> None:
    words = words_of("staff", "staff")
    assert words[:2] == ["It binds.", "The plan has 10 people; the limit is at most 10."]
    assert words[2].startswith("Without it the best plan would add ")


def test_a_goal_is_no_limit() -> None:
    assert words_of("goals", "visits") == [
        "It is a goal, not a limit: the plan comes as near to all goals together as it can.",
        "The plan reaches 520,000 visits; the goal is at least 900,000.",
    ]


def test_whole_decisions_are_explained_by_solving_again() -> None:
    assert "Without it the best plan would be worth 800,000 of the weighted outcomes less." in words_of(
        "whole", "library"
    )
    words = words_of("whole", "pool")
    assert "The best plan with it would be worth 152,000 of the weighted outcomes less." in words
    assert "It would be funded if its effect were 30% greater or its cost were 23.1% lower." in words


def test_where_dollars_are_what_is_sought_no_dollar_is_said_to_cost_one() -> None:
    for name in ("library", "fire", "pool"):
        assert not any("dollar" in words and "would cost $1" in words for words in words_of("cheapest", name))
    assert "It is held up by the target “Visits”." in words_of("cheapest", "library")


def test_large_factors_are_said_as_multiples() -> None:
    assert "It would be funded if its effect were 25 times as great or its cost were 96% lower." in words_of(
        "cheapest", "fire"
    )


def test_least_change_does_not_depend_on_effects() -> None:
    for name in ("library", "fire"):
        assert not any("were" in words for words in words_of("change", name))


@pytest.mark.parametrize("kind", KINDS)
def test_everything_of_every_kind_is_explained_without_jargon_or_broken_numbers(kind: str) -> None:
    plan = plan_for(kind)
    scenario = plan.scenario
    names = [
        *scenario.programs,
        *scenario.funds,
        *(rule.name for rule in scenario.rules),
        *(key for key, outcome in scenario.outcomes.items() if outcome.target is not None),
        *scenario.resources,
    ]
    for found in [tell(plan), *(explain(plan, name) for name in names)]:
        assert found.sentences
        for words in found.sentences:
            assert words.endswith(".")
            assert words[0].isupper() or words[0] in "“0123456789"
            assert not JARGON.search(words), words
            assert not re.search(r"\bnan\b|n/a|\binf\b|-0\b|  |\.\.|\$-", words), words
        assert str(found).startswith(found.subject)


def test_an_unknown_name_is_refused_with_the_near_one() -> None:
    with pytest.raises(UnknownNameError, match="libary"):
        explain(plan_for("plain"), "libary")


def test_many_whole_decisions_are_explained_as_few_are(monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = bo.Scenario.from_document(
        {
            "funds": {"general": {"revenue": 100}},
            "outcomes": {"visits": {"weight": 1}},
            "programs": {
                "pool": {"packages": [{"name": "all", "cost": 60, "outcomes": {"visits": 300}}]},
                "library": {"outcomes": {"visits": {"curve": [[0, 0], [30, 60], [200, 230]]}}},
            },
        }
    )
    plan = bo.solve(scenario)
    open_to_all = {name: explain(plan, name).sentences for name in ("pool", "library", "general")}
    monkeypatch.setattr("budgetopt.solvers.solution.LARGE_SEARCH", 1)
    # however many there are, the program's own decision and all others are free
    assert {name: explain(plan, name).sentences for name in ("pool", "library", "general")} == open_to_all
    said = [sentence for sentence in open_to_all["pool"] if sentence.startswith("Without it")]
    assert said == ["Without it the best plan would be worth 240 of the weighted outcomes less."]


def test_what_weighs_on_a_program_is_named_by_its_kind() -> None:
    scenario = bo.Scenario.from_document(
        {
            "funds": {"general": {"name": "General Fund", "revenue": 100, "spending": {"at_most": 90}}},
            "resources": {"engineers": {"capacity": 3, "unit": "FTE"}},
            "outcomes": {"repairs": {"weight": 1}, "visits": {"weight": 1}},
            "programs": {
                "streets": {"outcomes": {"repairs": {"per_dollar": 5}}, "uses": {"engineers": {"per": 20}}},
                "library": {"outcomes": {"visits": {"per_dollar": 2}}},
            },
        }
    )
    plan = bo.solve(scenario)
    said = explain(plan, "streets").sentences
    assert any(sentence.startswith("Because of the limit on engineers, a dollar here counts for ") for sentence in said)
    assert any(sentence.startswith("Because of the limit on what General Fund spends, ") for sentence in said)
    assert explain(plan).sentences == tell(plan).sentences


def test_a_weight_that_need_only_move_the_least_bit_is_not_told_as_a_number() -> None:
    scenario = bo.Scenario.from_document(
        {
            "funds": {"general": {"revenue": 100}},
            "outcomes": {"visits": {"weight": 3}, "swims": {"weight": 3}},
            "programs": {
                "library": {"baseline": 60, "outcomes": {"visits": {"per_dollar": 2}}},
                "pool": {"baseline": 40, "outcomes": {"swims": {"per_dollar": 2}}},
            },
        }
    )
    said = str(explain(bo.solve(scenario), "library"))
    assert "a unit of “visits” were worth the least bit more than its 3" in said
    assert "a unit of “visits” were worth the least bit less than its 3" in said
    assert "(now 3)" not in said


def test_a_name_is_an_id_a_printed_name_or_a_path() -> None:
    plan = plan_for("target")
    assert explain(plan, "Fires prevented").sentences == explain(plan, "fires").sentences
    assert explain(plan, "programs.fire").sentences == explain(plan, "fire").sentences
    assert explain(plan.scenario, "fire").sentences == explain(plan, "fire").sentences


def test_an_outcome_without_a_target_has_no_limit_to_explain() -> None:
    with pytest.raises(bo.OptionError, match="the outcome 'visits' has no target"):
        explain(plan_for("plain"), "visits")


def test_an_explanation_shows_itself_in_a_notebook() -> None:
    found = explain(plan_for("plain"), "library")
    assert repr(found) == str(found)
    page = read(found._repr_html_())
    assert [item.text() for item in page.all("p")] == [found.subject, *found.sentences]
    assert [item.text() for item in page.all("summary")] == ["margins", "break even", "response", "marks"]
    heads, rows, _ = table(page.one("table"))
    assert heads[:3] == ["program", "name", "period"]
    assert [row[0] for row in rows] == ["library"]


def test_what_an_explanation_shows_is_escaped_and_short() -> None:
    long = pd.DataFrame({"what": [f"<b>{number}</b>" for number in range(100)]})
    shown = bo.Explanation("<script>", ("a < b",), {"long": long, "empty": long[:0]})._repr_html_()
    assert "<script>" not in shown
    assert "<b>" not in shown
    assert "a &lt; b" in shown
    assert shown.count("<tr") < 20
    assert "empty" not in shown


def test_a_service_that_costs_nothing_serves_its_units() -> None:
    service = {"unit": "mothers", "unit_cost": 0, "up_to": 30}
    programs = {"free": {"service": service, "outcomes": {"good": {"per_unit": 2}}}}
    sentences = explain(bo.Scenario.from_document(document_of(programs)), "free").sentences
    assert sentences[0] == "It serves 30 mothers at no cost."
    assert "It is at its ceiling of 30 mothers." in sentences
    assert not [words for words in sentences if "get it funded" in words]


TWO = LATER[:2]
BESIDE = {"base": {"outcomes": {"good": {"curve": [[0, 0], [60, 100], [100, 120]]}}}}


def offered(*packages: tuple[Any, float], **more: Any) -> dict[str, Any]:
    """Return a program of packages, each a cost and what it brings."""
    named = [{"name": f"p{at}", "cost": cost, "outcomes": {"good": worth}} for at, (cost, worth) in enumerate(packages)]
    return {"packages": named, **more}


DECIDED: dict[str, tuple[dict[str, Any], Any, tuple[str, ...]]] = {
    "the second of two packages": (offered((120, 90), (40, 5), choose="one"), 100, ("FY1",)),
    "the cheapest of any": (offered((90, 10), (40, 5), choose="any"), 100, ("FY1",)),
    "a project that may start later": (offered(([40], 15), start=list(TWO)), {"FY1": 60, "FY2": 100}, TWO),
    "a project that can start only later": (offered(([40], 15), start=list(TWO)), {"FY1": 30, "FY2": 100}, TWO),
    "a package of each year": (offered((40, 15)), {"FY1": 30, "FY2": 100, "FY3": 90}, LATER),
    "a minimum level": (
        {"if_funded": {"at_least": 40}, "outcomes": {"good": {"per_dollar": 0.3}}}, {"FY1": 30, "FY2": 100}, TWO
    ),
    "a fixed cost": (
        {"if_funded": {"fixed_cost": 20}, "outcomes": {"good": {"per_dollar": 0.6}}}, {"FY1": 60, "FY2": 100}, TWO
    ),
    "more than there is in any year": (offered((120, 90), (110, 90), choose="any"), {"FY1": 100, "FY2": 50}, TWO),
    "all that is taken": (offered((30, 90), (20, 40), choose="any"), {"FY1": 60, "FY2": 30}, TWO),
}  # fmt: skip


@pytest.mark.parametrize("case", DECIDED)
def test_what_the_other_decision_is_worth_is_what_solving_with_it_shows(case: str) -> None:
    program, revenue, periods = DECIDED[case]
    document = document_of({**BESIDE, "it": program}, revenue, periods)
    plan = bo.solve(bo.Scenario.from_document(document))
    funded = bool(plan.spending[1].sum() > 0)
    other = {"at_most": 0} if funded else {"at_least": 1}
    rule = {"name": "other", "count": "funded", "where": {"program": "it"}, "each": "total", **other}
    found = best_value({**document, "rules": [rule]})
    without = "without" if funded else "with"
    if found is None:
        assert f"No plan is possible {without} it." in explain(plan, "it").sentences
        return
    whole = "Without it the best plan" if funded else "The best plan with it"
    (said,) = [words for words in explain(plan, "it").sentences if words.startswith(whole)]
    (loss,) = re.findall(r"worth ([\d.]+) of the weighted outcomes less", said) or [0]
    assert float(loss) == pytest.approx(plan.objective_value - found, rel=5e-3, abs=1e-6)


def test_money_falls_to_nothing_and_no_farther() -> None:
    programs = {
        "library": {"spending": {"at_most": 40}, "outcomes": {"visits": {"per_dollar": 2}}},
        "shelter": {"tags": "housing", "outcomes": {"visits": {"per_dollar": 3}}},
    }
    late = {"revenue": {"FY27": 20, "FY28": 0}, "only": {"tags": "housing"}}
    document = {
        "periods": ["FY27", "FY28"],
        "funds": {"general": {"revenue": 100, "only": {"program": "library"}}, "grant": {"revenue": 20}, "late": late},
        "outcomes": {"visits": {"weight": 1}},
        "programs": programs,
    }
    plan = bo.solve(bo.Scenario.from_document(document))
    still = "is not the limit here: a dollar more would change nothing, and so would a dollar less until it falls to"
    assert f"Money in FY28 {still} $0." in explain(plan, "general").sentences
    # a year in which there is none cannot have less
    every = "One dollar more of recurring revenue in every period would add 6 to the weighted outcomes"
    assert f"{every}; one dollar less is not possible." in explain(plan, "late").sentences


def test_what_later_objectives_decide_is_not_ruled_out_by_the_first() -> None:
    document = {
        "funds": {"general": {"revenue": 100}},
        "outcomes": {"walks": {"weight": 1}, "visits": {"weight": 1}},
        "programs": {
            "trail": {"outcomes": {"walks": {"per_dollar": 3}}, "spending": {"at_most": 50}},
            "library": {"outcomes": {"visits": {"per_dollar": 2}}},
            "pool": {"outcomes": {"visits": {"per_dollar": 1}}},
        },
        "objective": [{"maximize": "walks"}, {"maximize": "visits"}],
    }
    better = deepcopy(document)
    better["programs"]["pool"]["outcomes"]["visits"]["per_dollar"] = 3
    spending = [bo.solve(bo.Scenario.from_document(one)).programs["spending"]["pool"] for one in (document, better)]
    assert spending == [0, 50]
    plan = bo.solve(bo.Scenario.from_document(document))
    words = explain(plan, "pool").sentences
    assert words[-1].startswith("By the first objective alone, no ")
    assert "It is unfunded: a dollar here would add nothing to the first objective." in words
    assert "Its next dollar would add nothing in the first objective." in words
    # a dollar more goes to the library, and the second objective gains by it
    richer = deepcopy(document)
    richer["funds"]["general"]["revenue"] = 101
    assert bo.solve(bo.Scenario.from_document(richer)).outcomes["level"]["visits"] > plan.outcomes["level"]["visits"]
    same = "would change nothing in the first objective, and so would a dollar less until it falls to"
    assert explain(plan, "general").sentences[1:] == (f"A dollar more {same} $50.",)
    assert tell(plan).sentences[-1] == ("1 limit of a single program binds, and no other by the first objective.")


def test_money_that_makes_smaller_cuts_even_is_not_said_to_change_nothing() -> None:
    general = {"revenue": 90, "only": {"program": ["a", "b"]}}
    document = {
        "funds": {"general": general, "late": {"revenue": 0}},
        "programs": {"a": {"baseline": 60}, "b": {"baseline": 40}, "c": {"baseline": 10, "funds": "late"}},
        "objective": {"minimize": "largest cut"},
    }
    richer = deepcopy(document)
    richer["funds"]["general"]["revenue"] = 95
    plan, more = (bo.solve(bo.Scenario.from_document(one)) for one in (document, richer))
    # the largest cut is all of c
    assert plan.objective_value == more.objective_value == 1
    assert more.programs["spending"]["a"] > plan.programs["spending"]["a"]
    assert "A dollar more would change nothing in the largest cut" in explain(plan, "general").sentences[1]
    assert tell(plan).sentences[-1] == "No limit holds the plan back by the largest cut."


def test_what_later_objectives_may_give_up_is_not_said_to_be_held_by_nothing() -> None:
    document = {
        "funds": {"general": {"revenue": 100}},
        "outcomes": {"visits": {"target": {"at_least": 20}}},
        "programs": {"a": {"baseline": 100, "outcomes": {"visits": {"per_dollar": 0.25}}}},
        "objective": [{"minimize": "spending", "within": "10%"}, {"minimize": "change from baseline"}],
    }
    free = deepcopy(document)
    del free["outcomes"]["visits"]["target"]
    plan, other = (bo.solve(bo.Scenario.from_document(one)) for one in (document, free))
    # above the target, which holds it all the same
    assert (plan.programs["spending"]["a"], other.programs["spending"]["a"]) == (88, 0)
    assert tell(plan).sentences[-1] == "The plan is as the goals in their order decide."


def test_what_a_target_asks_for_takes_more_money_where_its_effect_is_smaller() -> None:
    document = document_of(
        {"a": {"outcomes": {"good": {"per_dollar": 2}}}},
        outcomes={"good": {"weight": 1, "target": {"at_least": 50}}},
        objective={"minimize": "spending"},
    )
    smaller = deepcopy(document)
    smaller["programs"]["a"]["outcomes"]["good"]["per_dollar"] = 1
    plan, other = (bo.solve(bo.Scenario.from_document(one)) for one in (document, smaller))
    assert (plan.programs["spending"]["a"], other.programs["spending"]["a"]) == (25, 50)
    # so a change of its effect does bring it more, and only a greater one does not
    last = explain(plan, "a").sentences[-1]
    assert last == "No greater effect, lower cost or greater weight, up to a hundredfold, would bring it more."


@pytest.mark.parametrize(("within", "told"), [("4%", True), (0, False)])
def test_of_which_value_gains_are_told_where_later_objectives_give_some_up(within: Any, told: bool) -> None:
    goals = [{"maximize": "weighted outcomes", "within": within}, {"minimize": "change from baseline"}]
    programs = {
        "pool": {"baseline": 50, "outcomes": {"good": {"per_dollar": 3}}},
        "park": {"baseline": 50, "outcomes": {"good": {"per_dollar": 2}}},
    }
    document = {"funds": {"general": {"revenue": 100}}, "outcomes": {"good": {"weight": 1}}, "programs": programs}
    plan = bo.solve(bo.Scenario.from_document({**document, "objective": goals}))
    more = bo.solve(bo.Scenario.from_document({**document, "objective": goals, "funds": {"general": {"revenue": 101}}}))
    # a dollar more adds 3 to the best value, and to the plan what is left of that
    assert more.plan_value - plan.plan_value == pytest.approx(3 * (0.96 if told else 1))
    said = "Later objectives may give up 4% of the first one: "
    for text in (tell(plan), explain(plan, "park"), explain(plan, "general")):
        assert (said in str(text)) == told
    for figures in (bo.prices(plan), bo.marginal_returns(plan), bo.replacement_values(plan)):
        assert (f"{said}prices and costs are of its best value." in list(map(str, price_lines(plan, figures)))) == told
