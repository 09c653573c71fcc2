"""Plans whose amounts are rounded to what the scenario says, and baselines that are kept where nothing is measured."""

from __future__ import annotations

import copy
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import budgetopt as bo
from budgetopt.allocation.verify import verify_result
from budgetopt.audit import SpendingPlan
from language.plain import Plain
from language.strategies import Told, told
from measures import best_value, few
from oracle import admitted
from strategies import unchecked

DEEP = 200
"""Examples of `make test-deep`: each is several problems of the whole language."""
ROUNDED = st.sampled_from([0.5, 1, 25, 250, 1_000])
UNMEASURED = st.sampled_from(
    [
        {"baseline": 6_000},
        {"baseline": 6_000, "spending": {"at_most": 5_000}},
        {"baseline": 6_000, "spending": {"at_least": 1_000}},
        {"baseline": 6_000, "service": {"unit_cost": 10, "up_to": 400}, "spending": {"at_most": 4_500}},
        {"baseline": 6_000, "service": {"unit_cost": 10, "at_least": 100}},
        {"baseline": 6_000, "service": {"unit_cost": 0, "up_to": 3}},
        {"baseline": 6_000, "funds": ["general"], "inflation": "20%"},
    ]
)
SHARES = st.sampled_from([40, 100, 100, 130])


@few(1 / 5, DEEP)
@given(told(max_programs=3, max_periods=2), ROUNDED)
def test_a_rounded_plan_keeps_every_limit_and_is_no_better_than_its_bound(case: Told, unit: float) -> None:
    document = {**copy.deepcopy(case.document), "round_to": unit}
    plan = bo.solve(case.changed(round_to=unit))
    assert plan.audit.accepted
    sign = 1 if "maximize" in document["objective"][0] else -1
    slack = 1e-6 + 1e-7 * abs(plan.bound)
    assert sign * (plan.bound - plan.plan_value) >= -slack
    assert plan.bound == pytest.approx(best_value(case.scenario), rel=1e-6, abs=1e-6)
    plain = Plain(document, plan.spending_plan)
    assert plan.plan_value == pytest.approx(float(plain.objective(document["objective"][0])), rel=1e-9, abs=1e-6)
    verification = verify_result(json.loads(plan.to_json()), plan.scenario)
    assert verification.accepted, str(verification)
    for words, amounts in zip(document["programs"].values(), plan.spending, strict=True):
        if not {"packages", "service", "if_funded", "spending"} & set(words):
            counts = amounts / plan.rounded_to
            assert counts == pytest.approx(np.rint(counts), abs=1e-6)


def floors(document: dict[str, Any], share: int) -> dict[str, dict[str, float]]:
    """Return what each program keeps in each period by the words of ``keep_unmeasured``."""
    in_units = copy.deepcopy(document)
    for words in in_units["programs"].values():
        words.pop("spending", None)
    nothing, kept = SpendingPlan.nothing(unchecked(document)), {}
    plain, units = Plain(document, nothing), Plain(in_units, nothing)
    for name, words in document["programs"].items():
        service, makes = (
            words.get("service", {}),
            [use.get("per_unit", 0) < 0 for use in words.get("uses", {}).values()],
        )
        own = "at_least" in words.get("spending", {}) or "at_least" in service
        if words.get("outcomes") or own or "packages" in words or service.get("unit_cost") == 0 or any(makes):
            continue
        if not admitted(document, name):
            continue
        kept[name] = {}
        for period in document["periods"]:
            # of a ceiling in dollars and one in units the lower one counts
            ceilings = [plain.ceiling(name, period), units.ceiling(name, period)]
            asked = plain.baseline(name, period) * share / 100
            kept[name][period] = float(min([asked, *(most for most in ceilings if most is not None)]))
    return kept


@few(1 / 2, DEEP)
@given(told(concave=True), SHARES, st.data())
def test_a_kept_baseline_is_a_floor_of_each_program_that_is_not_measured(
    case: Told, share: int, data: st.DataObject
) -> None:
    document = copy.deepcopy(case.document)
    years = document["periods"]
    for words in list(document["programs"].values())[1:]:
        words.pop("outcomes", None)
    unmeasured = copy.deepcopy(data.draw(UNMEASURED))
    if data.draw(st.booleans()):
        unmeasured["baseline"] = dict(zip(years, [4_000, 9_000, 0], strict=False))
    document["programs"]["unmeasured"] = {**unmeasured, "districts": {"north": "40%", "south": "60%"}}
    # what is left beside the floors is worth something
    document["programs"]["more"] = {"outcomes": {"good": {"per_dollar": 0.001}}, "districts": {"north": "100%"}}
    document["funds"]["general"] = {"revenue": data.draw(st.sampled_from([20_000, 50_000]))}
    document["rules"] = []
    by_hand = copy.deepcopy(document)
    if next(iter(document["objective"][0].values())) not in ("change from baseline", "largest cut"):
        for name, kept in floors(document, share).items():
            by_hand["programs"][name].setdefault("spending", {})["at_least"] = kept
    best, same = best_value({**document, "keep_unmeasured": f"{share}%"}), best_value(by_hand)
    assert best == same or best == pytest.approx(same, rel=1e-7, abs=1e-3)
