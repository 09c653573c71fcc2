"""Rules and targets, against figures worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from budgetopt.audit import audit_plan
from budgetopt.audit.evaluation import Evaluation
from budgetopt.audit.rules import check_rule
from budgetopt.errors import FaultError, UnknownNameError
from budgetopt.scenario.model import RuleBase, SumRule
from riverton import M, audited, only_violation, payments, rounded, town, usual

# Usually shelter, library and repairs get 1M each from the general fund; in FY2027 the grant adds 500,000 for shelter.
GRANT = ("shelter", "grant", "FY2027", 500_000)


@pytest.mark.parametrize(
    ("rule", "value", "bound"),
    [
        # amounts
        ({"sum": "spending", "at_most": 3.2 * M}, 3.5 * M, 3.2 * M),
        ({"sum": "spending", "at_least": 4 * M, "periods": ["FY2027"]}, 3.5 * M, 4 * M),
        ({"sum": "spending", "where": {"department": "Housing"}, "at_most": 1.2 * M}, 1.5 * M, 1.2 * M),
        (
            {"sum": "spending", "where": {"department": "Housing"}, "funds": ["grant"], "at_most": 400_000},
            500_000,
            400_000,
        ),
        ({"sum": "spending", "at_most": {"FY2027": 3 * M}}, 3.5 * M, 3 * M),
        ({"sum": "spending", "equals": {"FY2027": 3 * M, "FY2028": 3 * M}}, 3.5 * M, 3 * M),
        # outcomes: 150 of visits come from the curve of repairs, whoever pays
        ({"sum": "outcome housed", "at_most": 120}, 150, 120),
        (
            {"sum": "outcome visits", "where": {"department": "Streets"}, "periods": ["FY2027"], "at_least": 151},
            150,
            151,
        ),
        # shares
        ({"sum": "spending", "where": {"tags": "housing"}, "of": "total spending", "at_most": "40%"}, 1.5 * M, 1.4 * M),
        ({"sum": "spending", "where": {"tags": "housing"}, "of": "total spending", "at_most": 0.4}, 1.5 * M, 1.4 * M),
        (
            {
                "sum": "spending",
                "where": {"tags": "housing"},
                "of": "total spending",
                "funds": ["grant"],
                "at_most": "90%",
            },
            500_000,
            450_000,
        ),
        ({"sum": "spending", "of": "baseline", "at_most": "110%"}, 3.5 * M, 3.3 * M),
        (
            {"sum": "spending", "where": {"department": "Library"}, "of": "baseline", "at_most": {"FY2027": "50%"}},
            1 * M,
            500_000,
        ),
        ({"sum": "spending", "of": "revenue", "at_most": {"FY2027": "25%"}}, 3.5 * M, 3 * M),
        ({"sum": "spending", "of": "revenue", "funds": ["grant"], "at_most": {"FY2027": "20%"}}, 500_000, 400_000),
        (
            {
                "sum": "spending",
                "where": {"tags": "housing"},
                "of": {"where": {"department": "Library"}},
                "at_most": "120%",
            },
            1.5 * M,
            1.2 * M,
        ),
        (
            {
                "sum": "spending",
                "funds": ["grant"],
                "of": {"funds": ["general"], "where": {"tags": "housing"}},
                "at_most": "40%",
            },
            500_000,
            400_000,
        ),
        (
            {
                "sum": "outcome visits",
                "where": {"department": "Library"},
                "of": {"sum": "outcome visits", "where": {"department": "Streets"}},
                "at_most": {"FY2027": "1000%"},
            },
            200_000,
            1500,
        ),
    ],
)
def test_a_sum_in_one_period(rule: dict[str, Any], value: float, bound: float) -> None:
    changes = {"rules": [{"name": "Rule A", "because": "Council, May 4", **rule}], "programs.repairs.baseline": 0}
    found = only_violation(audited(changes, GRANT))
    assert (found.kind, found.name, found.period, found.program, found.fund) == ("sum", "Rule A", "FY2027", None, None)
    assert rounded([found.value, found.bound, found.excess]) == rounded([value, bound, abs(value - bound)])
    assert found.because == "Council, May 4"


@pytest.mark.parametrize(
    ("rule", "value", "bound"),
    [
        ({"sum": "spending", "at_most": 6 * M}, 6.5 * M, 6 * M),
        ({"sum": "spending", "at_least": 3.2 * M, "periods": ["FY2028"]}, 3 * M, 3.2 * M),
        ({"sum": "spending", "equals": 6.6 * M}, 6.5 * M, 6.6 * M),
        (
            {"sum": "spending", "where": {"tags": "housing"}, "of": "total spending", "at_most": "38%"},
            2.5 * M,
            2.47 * M,
        ),
        # baselines 2M + 1M, repairs are new, and two periods
        ({"sum": "spending", "of": "baseline", "at_least": "120%"}, 6.5 * M, 7.2 * M),
        ({"sum": "spending", "of": "revenue", "at_least": "30%"}, 6.5 * M, 6.6 * M),
        ({"sum": "outcome overdue", "at_most": 799}, 800, 799),
        ({"sum": "outcome housed", "at_least": 251}, 250, 251),
    ],
)
def test_a_sum_over_all_periods(rule: dict[str, Any], value: float, bound: float) -> None:
    found = only_violation(audited({"rules": [{"name": "Rule A", "each": "total", **rule}]}, GRANT))
    assert (found.kind, found.name, found.period) == ("sum", "Rule A", None)
    assert rounded([found.value, found.bound, found.excess]) == rounded([value, bound, abs(value - bound)])


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (
            {"where": {"tags": "housing"}, "of": "total spending", "at_most": "40%"},
            "Rule A: spending is 1,500,000 in FY2027, and the most is 1,400,000, a share of total spending",
        ),
        (
            {"at_least": 7 * M, "each": "total"},
            "Rule A: spending is 6,500,000 in all periods together, and the least is 7,000,000",
        ),
        (
            {"sum": "outcome housed", "equals": {"FY2027": 151.5}},
            "Rule A: housed is 150 in FY2027, and it must be 151.50",
        ),
        (
            {"where": {"tags": "housing"}, "of": {"where": {"department": "Library"}}, "at_most": "120%"},
            "Rule A: spending is 1,500,000 in FY2027, and the most is 1,200,000, a share of another selection",
        ),
    ],
)
def test_what_a_missed_rule_says(rule: dict[str, Any], text: str) -> None:
    assert only_violation(audited({"rules": [{"name": "Rule A", "sum": "spending", **rule}]}, GRANT)).text == text


def test_a_rule_with_braces_in_its_name() -> None:
    found = only_violation(audited({"rules": [{"name": "{A}", "sum": "spending", "at_most": 3 * M}]}, GRANT))
    assert found.text.startswith("{A}: spending is 3,500,000")


def test_what_a_rule_holds_at_is_binding() -> None:
    audit = audited({"rules": [{"name": "A", "sum": "spending", "at_most": 3.5 * M}]}, GRANT)
    assert audit.accepted
    assert audit.rules[0].binding.tolist() == [True, False]
    assert rounded(audit.rules[0].value) == [3.5 * M, 3 * M]


def test_a_share_says_what_it_is_a_share_of() -> None:
    audit = audited({"rules": [{"name": "A", "sum": "spending", "of": "total spending", "at_most": "100%"}]}, GRANT)
    base = audit.rules[0].share_of
    assert base is not None
    assert rounded(base) == [3.5 * M, 3 * M]


@pytest.mark.parametrize(
    ("change", "program", "bound", "excess", "text"),
    [
        (
            {"at_most": "20%"},
            "shelter",
            1.6 * M,
            600_000,
            "Rule A: Shelter beds falls to 1,000,000 in FY2028, and may fall to 1,600,000",
        ),
        (
            {"decrease_at_most": "20%"},
            "shelter",
            1.6 * M,
            600_000,
            "Rule A: Shelter beds falls to 1,000,000 in FY2028, and may fall to 1,600,000",
        ),
        (
            {"increase_at_most": "20%"},
            "library",
            1.2 * M,
            300_000,
            "Rule A: library rises to 1,500,000 in FY2028, and may rise to 1,200,000",
        ),
        (
            {"increase_at_most": "10%", "decrease_at_most": "50%", "at_most": "90%"},
            "library",
            1.1 * M,
            400_000,
            "Rule A: library rises to 1,500,000 in FY2028, and may rise to 1,100,000",
        ),
    ],
)
def test_a_change(change: dict[str, Any], program: str, bound: float, excess: float, text: str) -> None:
    rule = {"name": "Rule A", "change": change, "periods": ["FY2028"], "where": {"program": program}}
    found = only_violation(audited({"rules": [rule]}, ("library", "general", "FY2028", 500_000)))
    assert (found.kind, found.name, found.program, found.period) == ("change", "Rule A", program, "FY2028")
    assert rounded([found.bound, found.excess]) == [bound, excess]
    assert found.text == text


def test_new_programs_may_change_as_they_like_and_unfunded_ones_not() -> None:
    rule = {"name": "A", "change": {"at_most": "50%"}}
    assert audited({"rules": [rule]}).accepted
    audit = audited({"rules": [rule], "programs.repairs.baseline": 0})
    assert [(violation.program, violation.period) for violation in audit.violations] == [
        ("repairs", "FY2027"),
        ("repairs", "FY2028"),
    ]


@pytest.mark.parametrize(
    ("target", "period", "value", "bound"),
    [
        ({"at_least": {"FY2028": 120}}, "FY2028", 100, 120),
        ({"at_most": 149}, "FY2027", 150, 149),
        ({"at_least": 260, "each": "total"}, None, 250, 260),
        ({"at_most": 240, "each": "total"}, None, 250, 240),
    ],
)
def test_a_target(target: dict[str, Any], period: str | None, value: float, bound: float) -> None:
    audit = audited({"outcomes.housed.target": {**target, "because": "Ten-year plan"}}, GRANT)
    found = only_violation(audit)
    assert (found.kind, found.name, found.period, found.because) == ("target", "housed", period, "Ten-year plan")
    assert rounded([found.value, found.bound]) == [value, bound]
    where = f" in {period or 'all periods together'}"
    side = "at least" if value < bound else "at most"
    assert found.text == f"Households housed: {value} households{where}, and the target is {side} {bound}"


def test_direction_does_not_change_a_level() -> None:
    assert audited({"outcomes.overdue.target": {"at_most": 400}}).accepted
    found = only_violation(audited({"outcomes.overdue.target": {"at_most": {"FY2027": 399}}}))
    assert (found.name, rounded(found.value)) == ("overdue", 400)


def test_a_rule_of_a_kind_that_nobody_checks_never_passes() -> None:
    scenario = town()
    with pytest.raises(FaultError, match="does not know how to check the rule 'A'"):
        check_rule(Evaluation(scenario, usual(scenario), 1e-9), RuleBase(name="A"))


def test_a_rule_on_a_name_that_does_not_exist() -> None:
    scenario = town()
    evaluation = Evaluation(scenario, usual(scenario), 1e-9)
    with pytest.raises(UnknownNameError, match="outcome named 'visitors'"):
        check_rule(evaluation, SumRule(name="A", sum="outcome visitors", at_least=1))
    with pytest.raises(UnknownNameError, match="fund named 'parks'"):
        check_rule(evaluation, SumRule(name="A", sum="spending", funds=("parks",), at_least=1))


@pytest.mark.parametrize(
    ("objective", "value"),
    [
        ({"maximize": "weighted outcomes"}, 2 * (1000 + 400_300 - 1200) + 500),
        ({"maximize": "housed"}, 250),
        ({"minimize": "overdue"}, 800),
        ({"minimize": "spending"}, 6.5 * M),
        # shelter 2M -> 1.5M and 1M, library stays, repairs are new
        ({"minimize": "change from baseline"}, 0.5 * M + 1 * M + 2 * M),
    ],
)
def test_objectives(objective: dict[str, str], value: float) -> None:
    audit = audited({"objective": [{"maximize": "weighted outcomes"}, objective]}, GRANT)
    found = audit.objectives[1]
    assert found.label == " ".join(next(iter(objective.items())))
    assert found.maximize is ("maximize" in objective)
    assert found.value == pytest.approx(value)


def test_audit_plan_keeps_rules_in_the_order_of_the_file() -> None:
    rules = [
        {"name": "A", "sum": "spending", "at_most": 9 * M},
        {"name": "B", "change": {"at_most": "90%"}},
        {"name": "C", "sum": "outcome housed", "at_least": 1},
    ]
    scenario = town({"rules": rules})
    audit = audit_plan(scenario, usual(scenario))
    assert [(check.kind, check.name) for check in audit.rules] == [("sum", "A"), ("change", "B"), ("sum", "C")]
    assert audit.checks[-3:] == audit.rules


@pytest.mark.parametrize(
    ("paid", "kept"), [((), True), (("shelter",), False), (("library",), False), (("shelter", "library"), True)]
)
def test_programs_that_go_together_are_all_funded_or_none(paid: tuple[str, ...], kept: bool) -> None:
    scenario = town({"rules": [{"name": "Both", "together": ["shelter", "library"]}]})
    plan = payments(scenario, *((program, "general", "FY2027", 1 * M) for program in paid))
    assert (not [found for found in audit_plan(scenario, plan).violations if found.name == "Both"]) == kept


def test_parity_without_any_leeway_asks_for_the_same_in_all_groups() -> None:
    rules = [{"name": "Even", "sum": "spending", "by": "department", "parity": "0%", "periods": ["FY2027"]}]
    audit = audited({"rules": rules}, GRANT)
    assert [(found.value, found.bound) for found in audit.violations] == [(1 * M, 1.5 * M)] * 2
    assert audited({"rules": rules}).accepted


def test_a_program_that_needs_any_of_several() -> None:
    rule = {"name": "A", "requires": {"program": "library", "needs_any": ["shelter", "repairs"]}, "periods": ["FY2028"]}
    scenario = town({"rules": [rule]})
    plan = usual(scenario)
    assert audit_plan(scenario, plan).accepted
    plan.spending[0, 0] = 0.0
    assert audit_plan(scenario, plan).accepted
    # in the year that is asked about neither of the two is funded
    plan.spending[2, 0] = 0.0
    found = only_violation(audit_plan(scenario, plan))
    assert (found.kind, found.name, found.program, found.period) == ("requires", "A", "library", "FY2028")
    assert (found.value, found.bound) == (0, 1)
    assert found.text == ("A: library is funded in FY2028, and none of Shelter beds, repairs is, of which it needs one")
    plan.spending[1, 0, 1] = 0.0
    assert audit_plan(scenario, plan).accepted


def test_what_was_checked_of_one_limit() -> None:
    rules = [{"name": name, "sum": "spending", "at_most": most * M} for name, most in (("A", 4), ("B", 5))]
    audit = audited({"rules": rules, "programs.library.spending": {"at_least": 1 * M, "at_most": 2 * M}})
    listed = audit.scenario.limits
    found = {
        (limit.kind, limit.name): [(check.kind, check.name, len(check)) for check in audit.of_limit(at)]
        for at, limit in enumerate(listed)
        if limit.kind in ("rule", "floor", "ceiling")
    }
    assert found == {
        ("rule", "A"): [("sum", "A", 2)],
        ("rule", "B"): [("sum", "B", 2)],
        ("floor", "library"): [("spending limit", "spending", 2)],
        ("ceiling", "library"): [("spending limit", "spending", 2)],
    }


def test_units_of_substitutes_in_the_years_that_have_a_limit() -> None:
    def tours(unit_cost: float) -> dict[str, Any]:
        return {"unit": "tours", "unit_cost": unit_cost}

    rule = {"name": "A", "substitutes": ["library", "shelter"], "units_at_most": {"FY2028": 5}, "because": "Law"}
    changes = {
        "programs.library.service": tours(500_000), "programs.library.outcomes": {"visits": {"per_unit": 3}},
        "programs.shelter.service": tours(250_000), "programs.shelter.outcomes": {"housed": {"per_unit": 3}},
        "rules": [rule],
    }  # fmt: skip
    # two and four tours in both years
    found = only_violation(audited(changes))
    assert (found.kind, found.name, found.period, found.because) == ("substitutes", "A", "FY2028", "Law")
    assert rounded([found.value, found.bound, found.excess]) == [6, 5, 1]
    assert found.text == "A: 6 tours are served in FY2028, and the most is 5"
    assert audited({**changes, "rules": [{**rule, "units_at_most": {"FY2028": 6}}]}).accepted


def test_units_of_what_follows_another_program() -> None:
    changes: dict[str, Any] = {
        "programs.library.service": {"unit": "tours", "unit_cost": 500_000},
        "programs.library.outcomes": {"visits": {"per_unit": 3}},
        "programs.shelter.service": {"unit": "nights", "unit_cost": 250_000},
        "programs.shelter.outcomes": {"housed": {"per_unit": 3}},
        "rules": [{"name": "A", "follows": {"program": "shelter", "of": "library", "at_most": "150%", "by": "units"}}],
    }
    # four nights beside two tours, in both years
    found, _ = (audit := audited(changes)).violations
    assert (found.kind, found.program, found.period) == ("follows", "shelter", "FY2027")
    assert rounded([found.value, found.bound, found.excess]) == [4, 3, 1]
    assert found.text == "A: Shelter beds serves 4 nights in FY2027, and beside library may serve 3"
    # a millionth of a night, and one and a half times a millionth of a tour
    assert audit.rules[0].allowed.tolist() == pytest.approx([2.5e-6] * 2)
    # a cent is a twentieth of a night, and a fiftieth of a tour
    changes["programs.library.service"] = {"unit": "tours", "unit_cost": 0.5}
    changes["programs.shelter.service"] = {"unit": "nights", "unit_cost": 0.2}
    assert audited(changes).rules[0].allowed.tolist() == pytest.approx([0.05 + 1.5 * 0.02] * 2)


def test_a_free_service_that_may_serve_nothing_covers_nothing() -> None:
    service = {"unit": "nights", "unit_cost": 0, "up_to": 0}
    changes = {
        "programs.library.spending": {"at_most": 4 * M},
        "programs.shelter.service": service, "programs.shelter.outcomes": {"housed": {"per_unit": 3}},
        "rules": [{"name": "A", "substitutes": ["library", "shelter"], "at_most": "150%"}],
    }  # fmt: skip
    scenario = town(changes)
    audit = audit_plan(scenario, replace(usual(scenario), units=np.array([[5, 5], [0, 0], [0, 0]])))
    assert rounded(audit.rules[0].value) == [0.25, 0.25]
