"""Random scenarios for property tests: small, mostly of round figures, and each with a plan that keeps every rule.

A scenario is drawn as the mapping that a file would hold, so that a test can change its words. The plan comes first;
the limits are then chosen around what the plan does, often exactly there, because a vertex with many limits is where
solvers and formulations go wrong.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from math import ceil, floor
from typing import Any

import numpy as np
from hypothesis import strategies as st

from budgetopt.audit import SpendingPlan, audit_plan
from budgetopt.scenario.model import Document
from budgetopt.scenario.programs import ProgramTable
from budgetopt.scenario.scenario import Scenario
from oracle import Reading, admitted, exact, matches

__all__ = ["ALL", "CONVEX", "PLAIN", "Case", "cases", "plans", "random_plans", "scenarios", "unchecked"]

PERIODS = ["FY2027", "FY2028", "FY2029"]
STEP = 100_000

PLAIN = frozenset({"curves", "unit costs", "limits", "baselines", "restricted funds", "spending rules"})
"""What the simplest budgets have."""
CONVEX = PLAIN | {
    "changes",
    "outcome floors",
    "targets",
    "transfers",
    "reserves",
    "structural balance",
    "lapsing funds",
    "less is better",
    "odd figures",
}
"""Everything that stays linear programming."""
ALL = CONVEX | {"outcome ceilings", "any shape", "harm"}
"""Everything, also what takes binary columns."""

Features = Collection[str]


@dataclass(frozen=True, eq=False)
class Case:
    """A scenario as it is written, and a plan that keeps all of it.

    Parameters
    ----------
    document
        What stands in the file.
    spending, transfers
        The plan, exactly.
    feasible
        Whether the plan keeps the scenario's limits.
    """

    document: dict[str, Any]
    spending: Mapping[tuple[str, str, str], Fraction]
    transfers: Mapping[tuple[str, str, str], Fraction] = field(default_factory=dict)
    feasible: bool = True

    @cached_property
    def scenario(self) -> Scenario:
        return Scenario.from_document(self.document) if self.feasible else unchecked(self.document)

    @cached_property
    def plan(self) -> SpendingPlan:
        return plan_of(self.document, self.spending, self.transfers)

    @cached_property
    def reading(self) -> Reading:
        return Reading(self.document, self.spending, self.transfers)

    def __repr__(self) -> str:
        return f"Case({self.document!r}, {dict(self.spending)!r}, {dict(self.transfers)!r})"


def unchecked(document: Mapping[str, Any]) -> Scenario:
    """Return the scenario of a mapping that may contradict itself, which no reader of files would let pass."""
    words = Document.model_validate(document)
    return Scenario(words.model_copy(update={"programs": {}}), ProgramTable.from_models(words.programs))


def plan_of(
    document: Mapping[str, Any],
    spending: Mapping[tuple[str, str, str], Fraction],
    transfers: Mapping[tuple[str, str, str], Fraction],
) -> SpendingPlan:
    programs, funds, periods = list(document["programs"]), list(document["funds"]), document["periods"]
    plan = SpendingPlan(
        np.zeros((len(programs), len(funds), len(periods))), np.zeros((len(funds), len(funds), len(periods)))
    )
    for (program, fund, period), amount in spending.items():
        plan.spending[programs.index(program), funds.index(fund), periods.index(period)] = float(amount)
    for (giver, taker, period), amount in transfers.items():
        plan.transfers[funds.index(giver), funds.index(taker), periods.index(period)] = float(amount)
    return plan


def scenarios(**options: Any) -> st.SearchStrategy[Scenario]:
    """Return scenarios that some plan keeps; the options are those of :func:`cases`."""
    return cases(**options).map(lambda case: case.scenario)


@st.composite
def cases(
    draw: st.DrawFn,
    *,
    max_programs: int = 8,
    max_funds: int = 4,
    max_periods: int = 3,
    features: Features = CONVEX,
    feasible: bool = True,
) -> Case:
    """Draw a scenario and a plan that keeps all of it; with ``feasible=False`` the limits do not care for the plan."""
    periods = PERIODS[: draw(st.integers(1, max_periods))]
    outcomes = _outcomes(draw, features)
    programs = {f"p{i}": _program(draw, outcomes, features) for i in range(draw(st.integers(1, max_programs)))}
    funds = _funds(draw, programs, max_funds, features)
    document = {
        "name": "Drawn",
        "periods": periods,
        "funds": funds,
        "outcomes": outcomes,
        "programs": programs,
        "rules": [],
    }
    _choose_payers(draw, document)
    spending = _witness(draw, document, features)
    transfers = _transfers(draw, document, features)
    reading = Reading(document, spending, transfers)
    for program in programs:
        _limit(draw, reading, program, features, feasible)
    for outcome in outcomes:
        _target(draw, reading, outcome, features, feasible)
    for number in range(draw(st.integers(0, 4))):
        rule = _rule(draw, reading, f"Rule {number}", features, feasible)
        if rule is not None:
            document["rules"].append(rule)
    covers = any(rule.get("of") == "revenue" for rule in document["rules"])
    for fund in funds:
        _revenue(draw, reading, fund, covers, feasible)
    return Case(document, spending, transfers, feasible)


def _money(draw: st.DrawFn, features: Features, most: int = 40) -> int:
    """Draw an amount, most often round."""
    if "odd figures" in features and draw(st.integers(0, 9)) == 0:
        return draw(st.integers(0, most * STEP))
    return STEP * draw(st.integers(0, most))


def _chance(draw: st.DrawFn, features: Features, feature: str, *, one_in: int = 2) -> bool:
    return feature in features and draw(st.integers(1, one_in)) == 1


def _outcomes(draw: st.DrawFn, features: Features) -> dict[str, Any]:
    outcomes: dict[str, Any] = {}
    for number in range(draw(st.integers(1, 3))):
        outcomes[f"o{number}"] = {
            "unit": "visits",
            "weight": draw(st.sampled_from([1, 2, 2, 10, 1000] if number == 0 else [0, 1, 2, 10])),
        }
        if number and _chance(draw, features, "less is better", one_in=3):
            outcomes[f"o{number}"]["direction"] = "decrease"
    return outcomes


def _program(draw: st.DrawFn, outcomes: Mapping[str, Any], features: Features) -> dict[str, Any]:
    program: dict[str, Any] = {"department": draw(st.sampled_from(["Fire", "Library", "Parks"]))}
    tags = draw(st.sampled_from([[], ["housing"], ["building"], ["housing", "building"]]))
    if tags:
        program["tags"] = tags
    if draw(st.integers(0, 3)) == 0:
        program["recurring"] = False
    if _chance(draw, features, "baselines"):
        program["baseline"] = _money(draw, features, 20)
    effects = {}
    for name, outcome in outcomes.items():
        if draw(st.integers(0, 2)) or name == "o0":
            effects[name] = _effect(draw, outcome.get("direction") == "decrease", features)
    if effects:
        program["outcomes"] = effects
    return program


def _effect(draw: st.DrawFn, decrease: bool, features: Features) -> dict[str, Any]:
    shapes = ["per_dollar"]
    if "curves" in features:
        shapes += ["curve", "curve"]
    if "unit costs" in features and (not decrease or "harm" in features):
        shapes += ["unit_cost"]
    shape = draw(st.sampled_from(shapes))
    wrong_way = _chance(draw, features, "harm", one_in=6)
    sign = -1 if decrease is not wrong_way else 1
    if shape == "per_dollar":
        # a decimal of few digits: what is written is what is meant
        return {"per_dollar": sign * draw(st.sampled_from([0.0001, 0.0002, 0.0005, 0.001, 0.00125, 0.003]))}
    if shape == "unit_cost":
        effect: dict[str, Any] = {"unit_cost": draw(st.sampled_from([250, 1000, 2000, 12_000]))}
        if draw(st.booleans()):
            effect["up_to"] = draw(st.sampled_from([0, 50, 400, 1000, 1500]))
        return effect
    slopes = draw(st.lists(st.integers(0, 300), min_size=1, max_size=4))
    if not _chance(draw, features, "any shape", one_in=3):
        slopes = sorted(slopes, reverse=True)
    widths = draw(st.lists(st.integers(1, 15), min_size=len(slopes), max_size=len(slopes)))
    x, y = 0, draw(st.sampled_from([0, 0, 0, 900]))
    curve = [[x, y]]
    for slope, width in zip(slopes, widths, strict=True):
        x, y = x + STEP * width, y + sign * slope * width
        curve.append([x, y])
    return {"curve": curve}


def _where(draw: st.DrawFn, programs: Mapping[str, Any]) -> dict[str, Any] | None:
    """Draw a selection that selects something, or none."""
    departments = sorted({words["department"] for words in programs.values()})
    tags = sorted({tag for words in programs.values() for tag in words.get("tags", [])})
    choices: list[dict[str, Any] | None] = [None, {"department": departments[0]}, {"department": departments[-2:]}]
    choices.append({"program": [next(iter(programs))]})
    if tags:
        choices += [{"tags": tags[0]}, {"any": [{"tags": tags[-1]}, {"department": departments[-1]}]}]
    choices += [{"department": {"not": departments[0]}}, {"not": {"department": departments[0]}}]
    choices += [{"department": departments[0], "tags": tags[0]}] if tags else []
    kept = [where for where in choices if any(matches(p, words, where) for p, words in programs.items())]
    return draw(st.sampled_from(kept))


def _funds(draw: st.DrawFn, programs: Mapping[str, Any], max_funds: int, features: Features) -> dict[str, Any]:
    funds: dict[str, Any] = {"general": {}}
    for number in range(draw(st.integers(1, max_funds)) - 1):
        fund: dict[str, Any] = {"kind": "grant"}
        if _chance(draw, features, "restricted funds") and (where := _where(draw, programs)) is not None:
            fund["only"] = where
        funds[f"f{number + 1}"] = fund
    for fund in funds.values():
        if _chance(draw, features, "lapsing funds", one_in=4):
            fund["carryover"] = False
        if _chance(draw, features, "structural balance", one_in=4):
            fund["structural_balance"] = True
        if _chance(draw, features, "reserves", one_in=3):
            share = f"{draw(st.sampled_from([5, 16.67, 50]))}%"
            fund["reserve"] = draw(
                st.sampled_from(
                    [
                        500_000,
                        {"at_least": 250_000},
                        {"at_least": share, "of": "revenue"},
                        {"at_least": share, "of": "spending"},
                    ]
                )
            )
    return funds


def _choose_payers(draw: st.DrawFn, document: dict[str, Any]) -> None:
    for program, words in document["programs"].items():
        may = admitted(document, program)
        if draw(st.integers(0, 2)) == 0:
            words["funds"] = may[-draw(st.integers(1, len(may))) :]


def _witness(draw: st.DrawFn, document: Mapping[str, Any], features: Features) -> dict[tuple[str, str, str], Fraction]:
    """Draw a plan: mostly by one fund, and the same in each period or near the baseline."""
    spending = {}
    for program, words in document["programs"].items():
        funds = admitted(document, program)
        main = draw(st.sampled_from(funds))
        usual = draw(st.sampled_from([0, words.get("baseline", 0), _money(draw, features, 25)]))
        for period in document["periods"]:
            amount = usual if draw(st.integers(0, 2)) else _money(draw, features, 25)
            if amount:
                spending[program, main, period] = Fraction(amount)
            if len(funds) > 1 and draw(st.integers(0, 3)) == 0:
                other = draw(st.sampled_from(funds))
                spending[program, other, period] = spending.get((program, other, period), Fraction(0)) + STEP
    return spending


def _transfers(draw: st.DrawFn, document: dict[str, Any], features: Features) -> dict[tuple[str, str, str], Fraction]:
    moved: dict[tuple[str, str, str], Fraction] = {}
    funds = list(document["funds"])
    if len(funds) < 2 or "transfers" not in features or draw(st.integers(0, 3)) == 0:
        return moved
    giver, taker = draw(st.permutations(funds))[:2]
    amounts = {period: _money(draw, features, 5) for period in document["periods"]}
    limits: dict[str, Any] = {"at_most": draw(st.sampled_from([max(amounts.values()), dict(amounts), 1_000_000]))}
    if draw(st.booleans()):
        limits["at_least"] = draw(st.sampled_from([min(amounts.values()), dict(amounts)]))
    if limits["at_most"] == 1_000_000:
        amounts = {period: min(amount, 1_000_000) for period, amount in amounts.items()}
    document["funds"][giver]["transfers_to"] = {taker: limits}
    return {(giver, taker, period): Fraction(amount) for period, amount in amounts.items()}


def _limit(draw: st.DrawFn, reading: Reading, program: str, features: Features, feasible: bool) -> None:
    words = reading.programs[program]
    if not _chance(draw, features, "limits"):
        return
    spent = {period: reading.spent(program, period) for period in reading.periods}
    baseline = words.get("baseline", 0)
    limits: dict[str, Any] = {}
    for key, outward in (("at_least", floor), ("at_most", ceil)):
        if draw(st.integers(0, 2)) == 0:
            continue
        edge = min(spent.values()) if key == "at_least" else max(spent.values())
        room = draw(st.sampled_from([0, 0, STEP, 10 * STEP])) * (-1 if key == "at_least" else 1)
        if not feasible:
            room = draw(st.integers(-10, 10)) * STEP
        if baseline and draw(st.integers(0, 2)) == 0:
            limits[key] = f"{max(0, outward(100 * (edge + room) / baseline))}%"
        elif draw(st.integers(0, 3)) == 0:
            some = reading.periods[: draw(st.integers(1, len(spent)))]
            limits[key] = {period: max(0, int(spent[period] + room)) for period in some}
        else:
            limits[key] = max(0, int(edge + room))
    if limits:
        words["spending"] = limits


def _target(draw: st.DrawFn, reading: Reading, outcome: str, features: Features, feasible: bool) -> None:
    keys = _sides(reading, outcome, features, "targets")
    if not keys or not _chance(draw, features, "targets", one_in=3):
        return
    levels = {period: reading.level(outcome, period) for period in reading.periods}
    each = draw(st.sampled_from(["period", "total"]))
    key = draw(st.sampled_from(keys))
    target: dict[str, Any] = {key: _bound(draw, levels, None, key, each, feasible)}
    if each == "total":
        target["each"] = each
    reading.document["outcomes"][outcome]["target"] = target


def _sides(reading: Reading, outcome: str, features: Features, floors: str) -> list[str]:
    """Return which limits on an outcome keep the problem convex, and the others if they are wanted."""
    decrease = reading.document["outcomes"][outcome].get("direction") == "decrease"
    right, wrong = ("at_most", "at_least") if decrease else ("at_least", "at_most")
    return ([right] if floors in features else []) + ([wrong] if "outcome ceilings" in features else [])


def _number(value: Fraction) -> float | int:
    return int(value) if value.denominator == 1 else float(value)


def _bound(
    draw: st.DrawFn,
    value: Mapping[str, Fraction],
    base: Mapping[str, Fraction] | None,
    key: str,
    each: str,
    feasible: bool,
) -> Any:
    """Return a limit that the values keep, as it is written: often exactly where they are."""
    down = key == "at_least"

    def one(value: Fraction, base: Fraction | None) -> Any:
        slack = draw(st.sampled_from([Fraction(0), Fraction(0), Fraction(1, 10), Fraction(1)]))
        if not feasible:
            slack = Fraction(draw(st.integers(-5, 10)), 10)
        limit = value - abs(value) * slack * (1 if down else -1)
        if base is None:
            return _number(limit)
        if base == 0:
            return "0%" if down else "100%"
        share = limit / base
        return f"{max(0, (floor if down else ceil)(1000 * share)) / 10}%"

    if each == "total":
        return one(sum(value.values(), Fraction(0)), None if base is None else sum(base.values(), Fraction(0)))
    if draw(st.integers(0, 3)) == 0:
        some = list(value)[: draw(st.integers(1, len(value)))]
        return {period: one(value[period], None if base is None else base[period]) for period in some}
    if base is None:
        return one(min(value.values()) if down else max(value.values()), None)
    written = [one(value[period], base[period]) for period in value if base[period]]
    if not written:
        return "0%" if down else "100%"
    return (min if down else max)(written, key=exact)


def _rule(draw: st.DrawFn, reading: Reading, name: str, features: Features, feasible: bool) -> dict[str, Any] | None:
    kinds = [
        kind
        for kind in ("spending rules", "spending rules", "outcome floors", "outcome ceilings", "changes")
        if kind in features
    ]
    if not kinds:
        return None
    kind = draw(st.sampled_from(kinds))
    rule: dict[str, Any] = {"name": name}
    where = _where(draw, reading.programs)
    if where is not None:
        rule["where"] = where
    if draw(st.integers(0, 3)) == 0:
        rule["periods"] = reading.periods[-draw(st.integers(1, len(reading.periods))) :]
    if kind == "changes":
        return _change(draw, reading, rule, feasible)
    rule["sum"] = "spending"
    if kind != "spending rules":
        outcome = draw(st.sampled_from(list(reading.document["outcomes"])))
        keys = _sides(reading, outcome, features, "outcome floors")
        rule["sum"] = f"outcome {outcome}"
    else:
        keys = ["at_least", "at_most"]
        rule["of"] = draw(
            st.sampled_from([None, "total spending", "total spending", "baseline", "revenue", "selection"])
        )
        if draw(st.booleans()):
            rule["funds"] = draw(st.lists(st.sampled_from(list(reading.funds)), min_size=1, unique=True))
        if rule["of"] == "selection":
            rule["of"] = {"sum": "spending"}
            if (other := _where(draw, reading.programs)) is not None:
                rule["of"]["where"] = other
            if draw(st.integers(0, 3)) == 0:
                rule["of"]["funds"] = [draw(st.sampled_from(list(reading.funds)))]
        elif rule["of"] == "revenue":
            return _share_of_revenue(draw, rule, feasible)
        if rule["of"] is None:
            del rule["of"]
    each = draw(st.sampled_from(["period", "period", "total"]))
    value, base = reading.sides(rule)
    held = [period for period in reading.periods if period in rule.get("periods", reading.periods)]
    value = {period: value[period] for period in held}
    if each == "total":
        rule["each"] = each
    key = draw(st.sampled_from(keys))
    if key == "at_most" and base is not None and any(value[period] > 0 and not base[period] for period in held):
        key = "at_least"  # no share of nothing is something
    bound = _bound(
        draw, value, None if base is None else {period: base[period] for period in held}, key, each, feasible
    )
    if (
        key == "at_most"
        and base is None
        and not isinstance(bound, dict)
        and rule["sum"] == "spending"
        and draw(st.integers(0, 4)) == 0
    ):
        # a sum that is the same in every period may be demanded exactly
        whole = sum(value.values(), Fraction(0)) if each == "total" else next(iter(value.values()))
        if each == "total" or len(set(value.values())) == 1:
            return {**rule, "equals": _number(whole)}
    rule[key] = bound
    return rule


def _share_of_revenue(draw: st.DrawFn, rule: dict[str, Any], feasible: bool) -> dict[str, Any]:
    """Draw a share of revenue. Revenue is chosen last, and then is at least the spending, so that 100% always holds."""
    if feasible or draw(st.booleans()):
        return {**rule, "at_least": "0%"} if draw(st.booleans()) else {**rule, "at_most": "100%"}
    return {**rule, draw(st.sampled_from(["at_least", "at_most"])): f"{draw(st.integers(0, 100))}%"}


def _change(draw: st.DrawFn, reading: Reading, rule: dict[str, Any], feasible: bool) -> dict[str, Any] | None:
    moves = {"increase_at_most": Fraction(0), "decrease_at_most": Fraction(0)}
    for program, words in reading.programs.items():
        if not matches(program, words, rule.get("where")) or "baseline" not in words:
            continue
        for period in rule.get("periods", reading.periods):
            move = reading.spent(program, period) - words["baseline"]
            if move and not words["baseline"]:
                return None
            if move:
                side = "increase_at_most" if move > 0 else "decrease_at_most"
                moves[side] = max(moves[side], abs(move) / words["baseline"])
    moves["at_most"] = max(moves.values())
    keys = draw(
        st.sampled_from(
            [["at_most"], ["increase_at_most"], ["decrease_at_most"], ["increase_at_most", "decrease_at_most"]]
        )
    )
    room = draw(st.sampled_from([0, 0, 10])) if feasible else draw(st.integers(-20, 20))
    return {**rule, "change": {key: f"{max(0, ceil(100 * moves[key]) + room)}%" for key in keys}}


def _revenue(draw: st.DrawFn, reading: Reading, fund: str, covers: bool, feasible: bool) -> None:
    """Give a fund the balance and the revenue that the plan needs, and sometimes more.

    With ``covers``, its revenue is at least what it pays in each period.
    """
    words = reading.funds[fund]
    words["opening_balance"] = draw(st.sampled_from([0, 0, 1_000_000, 5_000_000]))
    if draw(st.integers(0, 3)) == 0:
        words["one_time"] = {reading.periods[0]: 2_000_000}
    reserve = words.get("reserve")
    share = Fraction(0)
    if (
        isinstance(reserve, Mapping)
        and reserve.get("of", "revenue") == "revenue"
        and isinstance(reserve["at_least"], str)
    ):
        share = exact(reserve["at_least"])
    revenue: dict[str, int] = {}
    for period in reading.periods:
        recurring = [program for program, each in reading.programs.items() if each.get("recurring", True)]
        least = Fraction(0)
        if words.get("structural_balance"):
            least = sum((reading.spent(program, period, [fund]) for program in recurring), Fraction(0))
        if covers:
            least = max(
                least, sum((reading.spent(program, period, [fund]) for program in reading.programs), Fraction(0))
            )
        words["revenue"] = {**revenue, period: 0}
        lacking = (reading.reserve(fund, period) - reading.closing(fund)[period]) / (1 - share)
        extra = draw(st.sampled_from([0, 0, 0, STEP, 5 * STEP, 20 * STEP]))
        if not feasible:
            extra = draw(st.integers(-10, 20)) * STEP
        needed = max(least, lacking, Fraction(0)) + extra
        revenue[period] = max(0, 1000 * ceil(needed / 1000))
    same = set(revenue.values())
    words["revenue"] = revenue if len(same) > 1 or draw(st.booleans()) else same.pop()


def random_plans(scenario: Scenario, *, most: float = 3e6) -> st.SearchStrategy[SpendingPlan]:
    """Return plans drawn without regard to any rule but which fund may pay for what."""
    shape = (len(scenario.programs), len(scenario.funds), len(scenario.periods))
    count = int(np.prod(shape))
    pairs = shape[1] ** 2 * shape[2]
    step = st.sampled_from([0.0, 0.0, 100_000.0, 500_000.0, 1_000_000.0, 123_456.78])
    amounts = st.one_of(step, st.floats(0, most).map(lambda value: round(value, 2)))
    return st.builds(
        lambda spent, moved: SpendingPlan(
            np.array(spent).reshape(shape) * scenario.eligible[:, :, None],
            np.array(moved).reshape(shape[1], shape[1], shape[2]) * _named_transfers(scenario)[:, :, None],
        ),
        st.lists(amounts, min_size=count, max_size=count),
        st.lists(st.sampled_from([0.0, 0.0, 100_000.0, 500_000.0]), min_size=pairs, max_size=pairs),
    )


def _named_transfers(scenario: Scenario) -> np.ndarray[Any, Any]:
    names = list(scenario.funds)
    named = np.zeros((len(names), len(names)), dtype=bool)
    for giver, fund in enumerate(scenario.funds.values()):
        for taker in fund.transfers_to:
            named[giver, names.index(taker)] = True
    return named


@st.composite
def plans(draw: st.DrawFn, scenario: Scenario, start: SpendingPlan) -> SpendingPlan:
    """Draw a plan that the audit accepts: a random one, pulled towards an accepted one until it is accepted too."""
    other = draw(random_plans(scenario))
    for step in (1.0, 0.5, 0.2, 0.05, 0.01):
        mixed = SpendingPlan(
            start.spending + step * (other.spending - start.spending),
            start.transfers + step * (other.transfers - start.transfers),
        )
        if audit_plan(scenario, mixed).accepted:
            return mixed
    return start
