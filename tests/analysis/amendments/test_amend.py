"""Motions on a plan: what they change, whether it is balanced, what they cost, and the offsets, worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import budgetopt as bo
from budgetopt.analysis.amendments.amend import moves_between
from budgetopt.report.words.amend_words import amend_document, amend_lines


def town(**more: Any) -> bo.Scenario:
    """Return a town whose best plan gives pool 60, park 40 and camp nothing, worth 260."""
    document: dict[str, Any] = {
        "name": "Town",
        "funds": {"general": {"revenue": 100}},
        "outcomes": {"good": {"unit": "visits", "weight": 1}},
        "programs": {
            "pool": {"name": "Town pool", "baseline": 50, "spending": {"at_most": 60}},
            "park": {"baseline": 40, "department": "Parks", "spending": {"at_least": 10}},
            "camp": {"baseline": 10, "department": "Parks"},
        },
    }
    for name, per_dollar in (("pool", 3), ("park", 2), ("camp", 1)):
        document["programs"][name]["outcomes"] = {"good": {"per_dollar": per_dollar}}
    return bo.Scenario.from_document({**document, **more})


def packages() -> bo.Scenario:
    """Return a town of packages whose best plan has the base of the station and gives the library what is left."""
    return bo.Scenario.from_document(
        {
            "periods": ["FY1", "FY2"],
            "funds": {"general": {"revenue": 100, "carryover": False}},
            "outcomes": {"good": {"unit": "visits", "weight": 1}},
            "programs": {
                "station": {
                    "packages": [
                        {"name": "base", "cost": 20, "outcomes": {"good": 200}},
                        {"name": "ladder", "cost": 30, "outcomes": {"good": 15}},
                        {"name": "boat", "cost": 5, "outcomes": {"good": 1}},
                    ]
                },
                "bridge": {
                    "choose": "one",
                    "start": ["FY1", "FY2"],
                    "packages": [{"name": "replace", "cost": [10, 30], "outcomes": {"good": 5}}],
                },
                "library": {"baseline": 50, "outcomes": {"good": {"per_dollar": 1}}},
                "park": {"baseline": 5, "spending": {"at_least": 5}, "outcomes": {"good": {"per_dollar": 0.9}}},
            },
        }
    )


def amounts(found: bo.Amended) -> dict[str, float]:
    ids, spent = found.scenario.programs.ids.tolist(), found.plan.spending.sum(axis=(1, 2)).tolist()
    return {name: pytest.approx(amount) for name, amount in zip(ids, spent, strict=True)}


@pytest.mark.parametrize(
    ("motions", "after"),
    [
        (["add 5 to camp"], {"pool": 60, "park": 40, "camp": 5}),
        (["cut park by 10%"], {"pool": 60, "park": 36, "camp": 0}),
        (["cut 10 from Town Pool"], {"pool": 50, "park": 40, "camp": 0}),
        (["set pool to 90%"], {"pool": 45, "park": 40, "camp": 0}),
        (["set pool to 33"], {"pool": 33, "park": 40, "camp": 0}),
        (["restore camp"], {"pool": 60, "park": 40, "camp": 10}),
        (["move 25% from park to camp"], {"pool": 60, "park": 30, "camp": 10}),
        (["restore camp", "cut Parks by 10%"], {"pool": 60, "park": 36, "camp": 9}),
        (["restore camp", "cut 10 from department Parks"], {"pool": 60, "park": 32, "camp": 8}),
        (["restore camp", "move 10 from Parks to pool"], {"pool": 70, "park": 32, "camp": 8}),
        (["freeze pool", "cut all by 50%"], {"pool": 60, "park": 20, "camp": 0}),
        (["fund camp"], {"pool": 60, "park": 40, "camp": 10}),
        (["defund park"], {"pool": 60, "park": 0, "camp": 0}),
        (["cut park by 100%"], {"pool": 60, "park": 0, "camp": 0}),
    ],
)
def test_what_a_motion_changes(motions: list[str], after: dict[str, float]) -> None:
    found = bo.amend(town(), *motions)
    assert amounts(found) == after
    # moves has what differs, with its unit
    before = {"pool": 60.0, "park": 40.0, "camp": 0.0}
    changes = {name: after[name] - before[name] for name in after if after[name] != before[name]}
    assert dict(zip(found.moves["program"], found.moves["change"], strict=True)) == pytest.approx(changes)
    assert set(found.moves["unit"]) <= {"USD"}


def test_what_a_motion_costs_and_what_balances_it() -> None:
    found = bo.amend(town(), "restore camp")
    assert not found.balanced
    assert [violation.kind for violation in found.audit.violations] == ["fund balance"]
    assert found.loss == pytest.approx(-10)
    # a dollar less for the park loses 2, for the pool 3
    offsets = found.offsets
    assert offsets is not None
    assert offsets.proved
    assert offsets.cut[:, 0].tolist() == [0, 10, 0]
    assert found.loss_of(offsets.audit) == pytest.approx(10)
    balanced = found.with_offsets()
    assert balanced.balanced
    assert amounts(balanced) == {"pool": 60, "park": 30, "camp": 10}
    assert balanced.motions["motion"].tolist() == ["restore camp", "offsets"]
    assert balanced.motions["change"].tolist() == [10, -10]
    assert balanced.motions["missed"].tolist() == [1, 0]
    assert balanced.outcomes.loc["good"].tolist() == [260, 250, -10, "visits"]
    assert balanced.funds.loc["general"].tolist() == [100, 100, 0, "USD"]


def test_offsets_come_from_the_programs_named_and_from_none_that_is_frozen() -> None:
    assert _cut(bo.amend(town(), "restore camp", may_be_cut=["Town pool"])) == [10, 0, 0]
    assert _cut(bo.amend(town(), "restore camp", "freeze park")) == [10, 0, 0]
    assert _cut(bo.amend(town(), "restore camp", "freeze park", "unfreeze park")) == [0, 10, 0]
    # down to the floor of the park, and no further
    assert _cut(bo.amend(town(), "add 50 to camp")) == [20, 30, 0]
    # the park can give 30
    found = bo.amend(town(), "add 50 to camp", may_be_cut=["park"])
    assert found.offsets is None
    with pytest.raises(bo.OptionError, match="no offsets balance the plan"):
        found.with_offsets()


def _cut(found: bo.Amended) -> list[float]:
    assert found.offsets is not None
    assert found.offsets.audit.accepted
    cut: list[float] = found.offsets.cut[:, 0].tolist()
    return cut


def test_limits_that_a_motion_misses_by_itself_are_waived_and_no_others() -> None:
    found = bo.amend(town(), "add 15 to pool")
    assert [violation.kind for violation in found.audit.violations] == ["spending limit", "fund balance"]
    offsets = found.offsets
    assert offsets is not None
    assert [(item.path, item.before, item.after) for item in offsets.waived] == [
        ("programs[pool].spending.at_most", 60, 75)
    ]
    assert [violation.kind for violation in offsets.audit.violations] == ["spending limit"]
    assert offsets.cut[:, 0].tolist() == [0, 15, 0]
    # a rule on the changes of all programs is waived for this one alone: the park may still fall to 36 only
    rule = {"name": "Steady", "change": {"at_most": "20%", "from": "baseline"}}
    found = bo.amend(town(rules=[rule]), "set pool to 75")
    assert found.offsets is None or found.offsets.cut[1, 0] <= 8 + 1e-6


@pytest.mark.parametrize(
    ("rules", "motion", "path", "after"),
    [
        ([{"name": "Cap", "sum": "spending", "where": {"department": "Parks"}, "at_most": 45}], "add 9 to camp",
         "rules[Cap].at_most", 49),
        ([{"name": "Floor", "sum": "spending", "where": {"department": "Parks"}, "at_least": "30%",
           "of": "total spending"}],
         "set park to 20", "rules[Floor].at_least", 0.25),
        ([{"name": "Steady", "change": {"at_most": "40%", "from": "baseline"}, "where": {"program": "pool"}}],
         "set pool to 20", "rules[Steady].change.at_most", 0.6),
    ],
)  # fmt: skip
def test_the_number_with_which_a_rule_would_be_kept(
    rules: list[dict[str, Any]], motion: str, path: str, after: float
) -> None:
    found = bo.amend(town(rules=rules), motion)
    waived = {item.path: item for item in found.waivers}
    assert waived[path].after == pytest.approx(after)
    # with these numbers the same plan keeps every limit
    changes = [(item.path, item.after) for item in found.waivers if item.after is not None]
    assert bo.audit_plan(found.scenario.with_(*changes), found.plan).accepted


def test_money_that_a_fund_is_short_of_or_a_lower_reserve() -> None:
    funds = {"general": {"revenue": 110, "reserve": {"at_least": 10}}}
    found = bo.amend(town(funds=funds), "add 4 to camp")
    waived = {item.path: item.after for item in found.waivers}
    assert waived == {"funds[general].reserve.at_least": 6, "funds[general].one_time": {"budget": 4}}
    for path, after in waived.items():
        assert bo.audit_plan(found.scenario.with_((path, after)), found.plan).accepted


def test_packages_are_funded_and_defunded_whole() -> None:
    scenario = packages()
    plan = bo.solve(scenario)
    found = bo.amend(plan, "fund boat of station in FY2")
    # in order: the ladder comes with it
    assert found.plan.spending.sum(axis=1)[0].tolist() == [20, 55]
    offsets = found.offsets
    assert offsets is not None
    assert offsets.cut[2].tolist() == [0, 35]
    assert offsets.audit.accepted
    found = bo.amend(plan, "fund bridge", "defund station", "cut library by 10 in FY2")
    assert found.plan.spending.sum(axis=1)[:2].tolist() == [[0, 0], [10, 30]]
    assert found.balanced
    found = bo.amend(plan, "fund replace of bridge", "defund bridge")
    assert not len(found.moves)
    found = bo.amend(plan, "fund 2 of station")
    assert found.plan.spending.sum(axis=1)[0].tolist() == [50, 50]


def test_offsets_of_packages_are_the_best_of_all_combinations() -> None:
    scenario = bo.Scenario.from_document(
        {
            "funds": {"general": {"revenue": 100}},
            "outcomes": {"good": {"weight": 1}},
            "programs": {
                **{
                    name: {"packages": [{"name": "all", "cost": cost, "outcomes": {"good": good}}]}
                    for name, cost, good in (("a", 30, 33), ("b", 25, 26), ("c", 20, 24), ("d", 15, 19), ("e", 10, 14))
                },
                "new": {"spending": {"at_most": 40}, "outcomes": {"good": {"per_dollar": 0.1}}},
            },
        }
    )
    # all five are funded; 37 must come from those whose loss is least: a and e lose 47, b and d 45, c and d and e 57
    found = bo.amend(scenario, "add 37 to new")
    offsets = found.offsets
    assert offsets is not None
    assert offsets.cut[:5, 0].tolist() == [0, 25, 0, 15, 0]


def test_any_plan_may_be_the_start() -> None:
    scenario = town()
    found = bo.amend(scenario, "cut camp by 5", start="current")
    assert amounts(found) == {"pool": 50, "park": 40, "camp": 5}
    given = bo.SpendingPlan(np.array([[[1.0]], [[20.0]], [[3.0]]]), np.zeros((1, 1, 1)))
    assert amounts(bo.amend(scenario, "raise camp by 100%", start=given)) == {"pool": 1, "park": 20, "camp": 6}
    with pytest.raises(bo.OptionError, match="start is 'last'"):
        bo.amend(scenario, "restore camp", start="last")


@pytest.mark.parametrize(
    ("motion", "message", "hint"),
    [
        ("cut prk by 5%", "there is no program or department named 'prk'", "did you mean 'park'?"),
        ("restore camp paid by genral", "there is no fund named 'genral'", "did you mean 'general'?"),
        ("cut 90 from park", "'park' gets 40.00, and 90.00 cannot be taken from it", "cut park by 100%"),
        ("fund boat of park", "'park' has no packages", "fund park"),
        ("defund Parks", "'Parks' names 2 programs, and `defund` is for one", ""),
    ],
)
def test_a_motion_that_cannot_be_made(motion: str, message: str, hint: str) -> None:
    with pytest.raises(bo.ScenarioError) as caught:
        bo.amend(town(), motion)
    (problem,) = caught.value.problems
    assert message in problem.message
    assert hint in problem.hint
    assert str(problem.place) == f"<motion> {motion}"


def test_programs_of_packages_have_no_amounts() -> None:
    for motion, hint in (
        ("cut station by 5", "fund or defund base of station; its packages: base, ladder, boat"),
        ("fund boot of station", "did you mean 'boat'?"),
        ("freeze library", ""),
    ):
        if not hint:
            with pytest.raises(bo.ScenarioError, match="unfreeze it first"):
                bo.amend(packages(), motion, "cut library by 5%")
            continue
        with pytest.raises(bo.ScenarioError) as caught:
            bo.amend(packages(), motion)
        assert caught.value.problems[0].hint == hint


def test_services_of_whole_units_are_moved_by_whole_units() -> None:
    scenario = bo.Scenario.from_document(
        {
            "funds": {"general": {"revenue": 10_000}},
            "outcomes": {"visits": {"unit": "visits", "weight": 1}},
            "programs": {
                "checks": {
                    "service": {"unit_cost": 31, "up_to": 200, "whole": True},
                    "outcomes": {"visits": {"per_unit": 100}},
                },
                "park": {"outcomes": {"visits": {"per_dollar": 1}}},
            },
        }
    )
    found = bo.amend(scenario, "cut checks by 100")
    # 200 checks cost 6,200; 6,100 pays for 196 of them
    assert amounts(found) == {"checks": 196 * 31, "park": 3_800}
    assert found.balanced


def test_a_share_of_the_baseline_is_a_bound_in_a_change() -> None:
    # the park's best is 40, its baseline 40; of a table and of a file the words mean the same
    scenario = town().with_("programs.camp.spending.at_least=90%", "programs.park.spending.at_most=75%")
    plan = bo.solve(scenario)
    assert plan.by_period.iloc[:, 0].to_dict() == pytest.approx({"pool": 60, "park": 30, "camp": 10})
    assert scenario.dollars("spending.at_least")[2, 0] == pytest.approx(9)


def two_years() -> tuple[bo.Scenario, bo.SpendingPlan]:
    """Return a town of two years, funds and outcomes, and a plan: the zoo has 40 and 50, and the arts have 6 and 7."""
    scenario = bo.Scenario.from_document(
        {
            "periods": ["FY1", "FY2"],
            "funds": {"zoo": {"revenue": 100, "carryover": False}, "arts": {"revenue": 20, "carryover": False}},
            "outcomes": {"visits": {"unit": "visits", "weight": 2}, "calls": {"unit": "calls", "weight": 1}},
            "programs": {
                "zoo": {"funds": ["zoo"], "outcomes": {"visits": {"per_dollar": 1}}},
                "arts": {"name": "Arts day", "funds": ["arts"], "outcomes": {"calls": {"per_dollar": 0.5}}},
            },
        }
    )
    return scenario, bo.SpendingPlan(np.array([[[40.0, 50], [0, 0]], [[0, 0], [6, 7]]]), np.zeros((2, 2, 2)))


def test_the_tables_of_several_years_funds_and_outcomes() -> None:
    scenario, start = two_years()
    found = bo.amend(scenario, "add 5 to zoo in FY2", "cut arts by 2", start=start, because="Hearing")
    assert found.moves[["program", "name", "period", "before", "after", "change", "unit"]].to_numpy().tolist() == [
        ["zoo", "zoo", "FY2", 50, 55, 5, "USD"],
        ["arts", "Arts day", "FY1", 6, 4, -2, "USD"],
        ["arts", "Arts day", "FY2", 7, 5, -2, "USD"],
    ]
    columns = ["before", "after", "change", "unit"]
    assert found.outcomes[columns].to_numpy().tolist() == [[90, 95, 5, "visits"], [6.5, 4.5, -2, "calls"]]
    assert found.funds[columns].to_numpy().tolist() == [[90, 95, 5, "USD"], [13, 9, -4, "USD"]]
    assert found.motions.to_numpy().tolist() == [
        ["add 5 to zoo in FY2", 5, 196.5, 0, "Hearing"], ["cut arts by 2", -4, 194.5, 0, "Hearing"],
    ]  # fmt: skip
    # 186.5 before: 8 are won
    assert (found.value, found.loss, found.balanced) == (194.5, -8, True)
    assert found.offsets is None
    assert found.with_offsets() is found
    assert found.waivers == ()
    later = found.then("cut zoo by 5 in FY2", because="Vote")
    assert later.motions["because"].tolist() == ["Hearing", "Hearing", "Vote"]
    assert later.loss == 2
    assert "<table" in later._repr_html_()
    # less than half a cent is no move
    nearly = bo.SpendingPlan(start.spending + 1e-9, start.transfers)
    assert moves_between(found.scenario, start, nearly).empty


def test_without_any_motion_the_plan_is_that_of_the_start() -> None:
    scenario, start = two_years()
    found = bo.amend(scenario, start=start)
    assert found.plan is start
    assert found.moves.empty
    assert found.motions.empty
    assert (found.loss, found.value, found.balanced) == (0, 186.5, True)
    # of spending that is to be little, more is a loss
    least = scenario.with_(("objective", {"minimize": "spending"}))
    assert bo.amend(least, "add 5 to zoo", start=start).loss == 10


def test_every_motion_that_cannot_be_made_is_told() -> None:
    scenario, start = two_years()
    with pytest.raises(bo.ScenarioError) as caught:
        bo.amend(scenario, "cut zoo by 90", "add 5 to zoo", "cut arts by 90", start=start)
    assert {problem.message.split(",")[0] for problem in caught.value.problems} == {
        "'zoo' gets 40.00 in FY1", "'arts' gets 6.00 in FY1",
    }  # fmt: skip


def test_who_pays_may_change_before_anything_is_cut() -> None:
    scenario = bo.Scenario.from_document(
        {
            "funds": {"general": {"revenue": 100}, "state": {"revenue": 60, "only": {"program": ["road", "rail"]}}},
            "outcomes": {"good": {"weight": 1}},
            "programs": {
                "road": {"outcomes": {"good": {"per_dollar": 2}}, "spending": {"at_most": 50}},
                "rail": {"outcomes": {"good": {"per_dollar": 3}}, "fund_shares": {"general": "50%", "state": "50%"}},
                "pool": {"baseline": 50, "outcomes": {"good": {"per_dollar": 0.5}}, "spending": {"at_most": 55}},
            },
        }
    )
    start = bo.SpendingPlan(np.array([[[40.0], [0.0]], [[0.0], [60.0]], [[40.0], [0.0]]]), np.zeros((2, 2, 1)))
    # rail is paid by the state alone, which its fixed parts forbid: general pays 30 of it, and the state 30 of the road
    found = bo.amend(scenario, "add 20 to pool", "set rail to 60", start=start)
    assert {violation.kind for violation in found.audit.violations} == {"fund shares", "spending limit"}
    offsets = found.offsets
    assert offsets is not None
    assert [item.path for item in offsets.waived] == ["programs[pool].spending.at_most"]
    assert not offsets.cut.any()
    assert [violation.kind for violation in offsets.audit.violations] == ["spending limit"]
    assert offsets.plan.spending[1, :, 0].tolist() == pytest.approx([30, 30])


def test_where_less_is_better_more_is_a_loss() -> None:
    scenario = town(objective={"minimize": "spending"})
    found = bo.amend(scenario, "add 5 to pool", "cut 2 from park", start="current")
    assert found.loss == 3
    assert found.motions[["change", "value", "missed"]].to_numpy().tolist() == [[5, 105, 1], [-2, 103, 1]]
    html = found._repr_html_()
    assert ">55</td>" in html
    assert "<th>0</th>" not in html
    with pytest.raises(bo.ScenarioError, match=r"'pool' gets 55\.00, and 70\.00 cannot be taken from it"):
        found.then("cut 70 from pool")


def test_half_a_cent_is_no_move() -> None:
    scenario = town(funds={"general": {"revenue": 1_000_000}}, periods=["FY1", "FY2"])
    assert scenario.cent == 0.01
    before, after = np.zeros((3, 1, 2)), np.zeros((3, 1, 2))
    before[:, 0] = [[50, 60], [40, 40], [10, 10]]
    after[:, 0] = [[50.004, 60], [40, 40.006], [0, 10]]
    plans = (bo.SpendingPlan(one, np.zeros((1, 1, 2))) for one in (before, after))
    moves = moves_between(scenario, *plans)
    assert moves[["program", "name", "period", "unit"]].to_numpy().tolist() == [
        ["park", "park", "FY2", "USD"], ["camp", "camp", "FY1", "USD"],
    ]  # fmt: skip
    assert moves[["before", "after", "change"]].to_numpy().tolist() == [[40, 40.006, 0.006], [10, 0, -10]]
    small = 1 + 4e-7
    plans = (bo.SpendingPlan(before * by, np.zeros((1, 1, 2))) for by in (1, 2 * small))
    assert moves_between(scenario, *plans)["change"].tolist()[4] == 10.000008


@pytest.mark.parametrize(
    ("key", "value", "bonds"),
    [
        ("pool.fund_shares", {"general": "60%", "bonds": "40%"}, 15),
        ("park.one_fund", True, 60),
        ("pool.funds", ["bonds"], 30),
    ],
)
def test_the_current_budget_is_the_one_that_plans_are_compared_with(key: str, value: Any, bonds: float) -> None:
    general = {"revenue": 80, "transfers_to": {"bonds": {"at_most": 50}}}
    scenario = town(funds={"general": general, "bonds": {"revenue": bonds}}).with_((f"programs.{key}", value))
    compared = bo.current_budget(scenario).audit
    missed = list(map(str, compared.violations))
    assert list(map(str, bo.amend(scenario, "freeze pool", start="current").audit.violations)) == missed
    closing = bo.outlook(scenario, start="current").table["closing"].tolist()
    assert closing == pytest.approx(compared.balances.closing[:, 0].tolist())


def test_where_other_funds_pay_no_cut_is_listed() -> None:
    scenario = town(funds={"general": {"revenue": 120}, "fees": {"revenue": 30, "only": {"program": "pool"}}})
    found = bo.amend(scenario, "add 10 to pool paid by fees", start="current")
    assert [str(one) for one in found.audit.violations] == ["fees closes with -10: it spends more than it has"]
    lines = list(amend_lines(found))
    said = lines.index("Without any cut, it is balanced when other funds pay, or money is transferred.")
    assert lines[said + 1 :] == [
        "To adopt it as it is, this would have to change; for a fund, its reserve or its money:",
        "  - find $10 for “fees”",
    ]


def test_limits_that_no_waiver_helps_are_said() -> None:
    steady = {"name": "Steady", "change": {"decrease_at_most": "40%"}, "where": {"program": "camp"}}
    programs = {name: {"baseline": 40, "outcomes": {"good": {"per_dollar": 2}}} for name in ("pool", "camp")}
    programs["camp"]["if_funded"] = {"at_least": 20}
    found = bo.amend(town(programs=programs, rules=[steady]), "set camp to 5", start="current")
    assert [item.path for item in found.waivers] == ["rules[Steady].change.decrease_at_most"]
    changed = found.scenario.with_(*((item.path, item.after) for item in found.waivers))
    missed = [str(one) for one in bo.audit_plan(changed, found.plan).violations]
    assert [str(one) for one in found.not_waived] == missed
    lines = list(amend_lines(found))
    assert lines[-2:] == [
        "With all of that changed, it would still miss 1 limit:",
        "- camp gets 5, and if it is funded at all it needs 20",
    ]
    document = amend_document(found)
    assert document["not_waived"] == missed
    # without a waiver at all
    found = bo.amend(town(programs=programs), "set camp to 5", start="current")
    assert found.waivers == ()
    last = "What would have to change to adopt it as it is cannot be told for these limits."
    assert list(amend_lines(found))[-1] == last
    # what is waived in full says no more
    found = bo.amend(town(rules=[steady]), "set camp to 1", start="current")
    assert found.not_waived == ()
    assert "still miss" not in "\n".join(amend_lines(found))
