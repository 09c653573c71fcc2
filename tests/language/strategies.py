"""Random scenarios with everything that the language can say, each with a plan that keeps every limit.

The plan is drawn first, together with the shapes of the programs. Limits, conditions and rules are then drawn near what
the plan does, by the plain reading of it; what the plan does not keep is loosened or taken away again.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import ceil, nan
from typing import Any

import numpy as np
from hypothesis import strategies as st

from budgetopt.audit import SpendingPlan
from budgetopt.scenario.scenario import Scenario
from language.plain import Plain
from oracle import admitted
from strategies import unchecked

__all__ = ["Told", "some_plans", "told"]

PERIODS = ["FY1", "FY2", "FY3"]
STEP = 1000
KINDS = ["money", "money", "curve", "doors", "service", "free", "packages", "packages", "project"]
CONCAVE = ["money", "curve", "service", "free"]


@dataclass(frozen=True, eq=False)
class Told:
    """A scenario as it is written, and a plan."""

    document: dict[str, Any]
    plan: SpendingPlan

    @cached_property
    def scenario(self) -> Scenario:
        return unchecked(self.document)

    @cached_property
    def plain(self) -> Plain:
        return Plain(self.document, self.plan)

    def changed(self, **sections: Any) -> Scenario:
        """Return the scenario with whole sections in place of others."""
        return unchecked({**copy.deepcopy(self.document), **sections})

    def __repr__(self) -> str:
        arrays = {key: value.tolist() for key, value in vars(self.plan).items() if value is not None and value.any()}
        return f"Told({self.document!r}, {arrays!r})"


@st.composite
def told(
    draw: st.DrawFn,
    *,
    max_programs: int = 4,
    max_periods: int = 3,
    concave: bool = False,
    whole: bool = False,
    feasible: bool = True,
) -> Told:
    """Draw a scenario and a plan.

    Parameters
    ----------
    concave
        Only what stays a linear program.
    whole
        Only packages, projects, and one fund: what can be counted out.
    feasible
        Whether the plan keeps the limits.
    """
    periods = PERIODS[: draw(st.integers(1, max_periods))]
    document: dict[str, Any] = {"name": "Drawn", "periods": periods, "outcomes": _outcomes(draw, concave=concave)}
    if draw(st.integers(0, 2)) == 0:
        document["inflation"] = draw(st.sampled_from(["25%", "10%"]))
    if draw(st.integers(0, 2)) == 0:
        document["discount"] = "25%"
    if not concave or draw(st.booleans()):
        document["resources"] = {"staff": {"capacity": 0, "unit": "FTE"}}
        if _chance(draw, 3):
            document["resources"]["hours"] = {"unit": "hours"}
            if _chance(draw):
                # hours of others take the place of staff
                document["resources"]["hours"]["capacity"] = 0
                said = draw(st.sampled_from([2, 0.5, {"per_unit": 1.5, "at_most": 3}, {"per_unit": 4, "at_most": 0}]))
                document["resources"]["staff"]["stand_in"] = {"hours": said}
    kinds = ["packages", "project"] if whole else CONCAVE if concave else KINDS
    document["programs"] = {
        f"p{i}": _program(draw, document, draw(st.sampled_from(kinds)), concave=concave)
        for i in range(draw(st.integers(1, max_programs)))
    }
    document["funds"] = {"general": {}} if whole else _funds(draw, document, concave=concave)
    plan = _witness(draw, document)
    _charge(draw, document, plan)
    for program, words in document["programs"].items():
        _limits(draw, document, plan, program, words, concave=concave)
    for name in document["outcomes"]:
        _target(draw, document, plan, name, concave=concave)
    document["rules"] = [_rule(draw, document, f"Rule {i}", concave=concave) for i in range(draw(st.integers(0, 3)))]
    document["objective"] = _objectives(draw, document)
    if feasible:
        _mend(document, plan)
    else:
        for words in document["funds"].values():
            words["revenue"] = draw(st.integers(0, 60)) * STEP
        for words in document.get("resources", {}).values():
            if "capacity" in words:
                words["capacity"] = draw(st.integers(0, 30))
    return Told(document, plan)


def _chance(draw: st.DrawFn, one_in: int = 2) -> bool:
    return draw(st.integers(1, one_in)) == 1


def _outcomes(draw: st.DrawFn, *, concave: bool) -> dict[str, Any]:
    outcomes: dict[str, Any] = {"good": {"weight": draw(st.sampled_from([1, 5]))}}
    if _chance(draw):
        outcomes["other"] = {"weight": draw(st.sampled_from([0, 2]))}
        if not concave and _chance(draw, 3):
            outcomes["other"]["direction"] = "decrease"
    return outcomes


def _program(draw: st.DrawFn, document: Mapping[str, Any], kind: str, *, concave: bool) -> dict[str, Any]:
    words: dict[str, Any] = {"department": draw(st.sampled_from(["Fire", "Parks"]))}
    share = draw(st.sampled_from([0, 30, 50, 100]))
    words["districts"] = {"north": f"{share}%", "south": f"{100 - share}%"}
    if _chance(draw, 3):
        words["tags"] = ["building"]
    if _chance(draw):
        words["baseline"] = draw(st.integers(0, 20)) * STEP
        if _chance(draw, 4):
            words["baseline"] = {period: draw(st.integers(0, 20)) * STEP for period in document["periods"]}
    if _chance(draw, 5):
        words["inflation"] = draw(st.sampled_from(["0%", "20%"]))
    if _chance(draw, 5):
        words["recurring"] = False
    if kind in ("packages", "project"):
        return {**words, **_packages(draw, document, kind)}
    unit_cost = None
    if kind in ("service", "free"):
        unit_cost = 0 if kind == "free" else draw(st.sampled_from([10, 500, 2000]))
        words["service"] = {"unit_cost": unit_cost}
        if kind == "free":
            words["service"]["up_to"] = draw(st.integers(1, 8))
    if not concave and (kind == "doors" or (kind in ("service", "free") and _chance(draw, 3))):
        doors = {"fixed_cost": draw(st.sampled_from([2, 5])) * STEP, "at_least": draw(st.sampled_from([3, 8])) * STEP}
        if kind == "free" or _chance(draw):
            doors.pop(draw(st.sampled_from(["at_least"] if kind == "free" else ["fixed_cost", "at_least"])))
        words["if_funded"] = doors
    words["outcomes"] = {
        name: _effect(draw, kind, unit_cost, concave=concave)
        for name in document["outcomes"]
        if name == "good" or _chance(draw)
    }
    if "resources" in document and _chance(draw):
        words["uses"] = {"staff": _use(draw, words, concave=concave)}
        if "hours" in document["resources"]:
            words["uses"]["hours"] = _use(draw, words, concave=concave)
    return words


def _effect(draw: st.DrawFn, kind: str, unit_cost: int | None, *, concave: bool) -> dict[str, Any]:
    shape = draw(st.sampled_from(["straight", "curve"] if kind != "curve" else ["curve"]))
    if shape == "straight":
        if unit_cost is not None:
            return {"per_unit": draw(st.sampled_from([1, 2, 0.5]))}
        if _chance(draw):
            return {"unit_cost": draw(st.sampled_from([100, 250])), "up_to": draw(st.sampled_from([20, 80, 150]))}
        return {"per_dollar": draw(st.sampled_from([0.001, 0.002, 0.005, 0.01]))}
    slopes = draw(st.lists(st.integers(0, 9), min_size=1, max_size=3))
    if concave or _chance(draw):
        slopes = sorted(slopes, reverse=True)
    wide = 1 if unit_cost == 0 else 5 if unit_cost else STEP
    x, y = 0, 0 if concave else draw(st.sampled_from([0, 0, 40]))
    curve = [[x, y]]
    for slope in slopes:
        width = draw(st.integers(1, 10))
        x, y = x + width * wide, y + slope * width
        curve.append([x, y])
    return {"curve": curve}


def _use(draw: st.DrawFn, words: Mapping[str, Any], *, concave: bool) -> dict[str, Any]:
    choices: list[dict[str, Any]] = [{"per": 5000}, {"per_dollar": 0.0005}]
    if "service" in words:
        choices += [{"per_unit": 0.5}, {"per_unit": 0.25, "per": 8000}] * 2
        # the service makes some of the resource
        choices += [{"per_unit": -0.25}]
    if not concave:
        choices += [{"per_outcome": {"good": 0.1}}, {"per_outcome": {"good": 0.05}, "per": 10_000}]
    return draw(st.sampled_from(choices))


def _packages(draw: st.DrawFn, document: Mapping[str, Any], kind: str) -> dict[str, Any]:
    packages = []
    for _ in range(draw(st.integers(1, 3))):
        cost: Any = draw(st.integers(0, 12)) * STEP
        if kind == "project":
            cost = [draw(st.integers(0, 8)) * STEP for _ in range(draw(st.integers(1, 3)))]
        one: dict[str, Any] = {"cost": cost}
        one["outcomes"] = {name: draw(st.integers(0, 90)) for name in document["outcomes"] if _chance(draw)}
        if "resources" in document and _chance(draw, 3):
            one["uses"] = {"staff": draw(st.integers(1, 4))}
            if kind == "project" and _chance(draw):
                one["uses"] = {"staff": draw(st.lists(st.integers(0, 4), min_size=2, max_size=3))}
        if kind == "project" and _chance(draw, 3):
            one["opens_after"] = draw(st.integers(0, 2))
        if kind == "project" and _chance(draw, 3):
            one["then_costs"] = draw(st.integers(0, 2)) * STEP
        packages.append(one)
    words: dict[str, Any] = {"packages": packages, "choose": draw(st.sampled_from(["in_order", "any", "one"]))}
    if kind == "project" and _chance(draw, 3):
        words["start"] = document["periods"][-draw(st.integers(1, len(document["periods"]))) :]
    return words


def _funds(draw: st.DrawFn, document: dict[str, Any], *, concave: bool) -> dict[str, Any]:
    periods = document["periods"]
    funds: dict[str, Any] = {"general": {}}
    for number in range(draw(st.integers(0, 2))):
        fund: dict[str, Any] = {"kind": "grant"}
        if _chance(draw):
            fund["only"] = {"department": draw(st.sampled_from(["Fire", "Parks"]))}
        if _chance(draw, 3):
            fund["starts"] = draw(st.sampled_from(periods))
        if _chance(draw, 3):
            fund["ends"] = draw(st.sampled_from(periods[periods.index(fund.get("starts", periods[0])) :]))
        if _chance(draw):
            fund["match"] = {"from": "general", **draw(st.sampled_from([{"rate": "50%"}, {"share": "20%"}]))}
        if not concave and _chance(draw, 3):
            effort = draw(st.sampled_from([3 * STEP, 10 * STEP, "50%"]))
            fund["maintenance_of_effort"] = {"fund": "general", "at_least": effort}
        if not concave and _chance(draw, 3):
            fund["no_supplanting"] = True
        funds[f"grant{number}"] = fund
    if len(funds) > 1 and _chance(draw, 3):
        funds["general"]["transfers_to"] = {"grant0": {"at_most": draw(st.integers(1, 5)) * STEP}}
    for fund in funds.values():
        if _chance(draw, 3):
            fund["carryover"] = False
        if _chance(draw, 4):
            fund["growth"] = draw(st.sampled_from(["10%", "-10%"]))
        if _chance(draw, 3):
            level = draw(st.sampled_from([4 * STEP, "25%", {periods[-1]: "10%"}, {periods[0]: 2 * STEP}]))
            reserve = {"at_least": level}
            if _chance(draw):
                reserve["of"] = "spending"
            if _chance(draw, 3):
                reserve["by"] = draw(st.sampled_from(periods))
            fund["reserve"] = reserve
        if _chance(draw, 4):
            fund["spending"] = {
                draw(st.sampled_from(["at_least", "at_most"])): draw(st.sampled_from(["50%", 9 * STEP]))
            }
        if _chance(draw, 4):
            fund["structural_balance"] = True
    for words in document["programs"].values():
        if len(funds) > 1 and _chance(draw, 3):
            words["funds"] = draw(st.sampled_from([["general"], ["general", "grant0"]]))
    return funds


def _witness(draw: st.DrawFn, document: Mapping[str, Any]) -> SpendingPlan:
    """Draw what is taken and served, and pay all of it from the general fund."""
    programs, funds, periods = document["programs"], list(document["funds"]), document["periods"]
    counts = [len(words.get("packages", [])) for words in programs.values()]
    # of a service that costs money, the units are what its money buys
    units = [nan if words.get("service", {}).get("unit_cost") else 0.0 for words in programs.values()]
    plan = SpendingPlan(
        np.zeros((len(programs), len(funds), len(periods))),
        np.zeros((len(funds), len(funds), len(periods))),
        np.zeros((sum(counts), len(periods)), dtype=bool),
        np.repeat(np.array(units)[:, None], len(periods), axis=1),
        _stand_ins(draw, document),
    )
    assert plan.packages is not None
    assert plan.units is not None
    plain = Plain(document, plan)
    row = 0
    for i, (program, words) in enumerate(programs.items()):
        if "packages" in words:
            _choose(draw, plan.packages[row : row + counts[i]], words, periods, project=plain.is_project(program))
            row += counts[i]
        for k, period in enumerate(periods):
            price = float(plain.price(program, period))
            doors = words.get("if_funded", {})
            if words.get("service", {}).get("unit_cost") == 0:
                plan.units[i, k] = draw(st.integers(0, words["service"]["up_to"]))
                amount = doors.get("fixed_cost", 0) * price if plan.units[i, k] else 0
            else:
                amount = draw(st.sampled_from([0, 0, 1, 2, 5, 10, 20])) * STEP
                if amount and doors:
                    amount = max(amount, doors.get("at_least", 0), ceil(doors.get("fixed_cost", 0) * price))
            plan.spending[i, 0, k] = amount
    plain = Plain(document, plan)
    for i, (program, words) in enumerate(programs.items()):
        if "packages" in words:
            plan.spending[i, 0] = [float(plain.due(program, period)) for period in periods]
    return plan


def _stand_ins(draw: st.DrawFn, document: Mapping[str, Any]) -> np.ndarray[Any, Any]:
    """Draw what hours of others make of staff in each period, if they may."""
    periods = len(document["periods"])
    said = document.get("resources", {}).get("staff", {}).get("stand_in", {}).get("hours")
    if said is None:
        return np.zeros((0, periods))
    most = said["at_most"] if isinstance(said, dict) else 5
    return np.array([[float(draw(st.integers(0, most))) for _ in range(periods)]])


def _choose(
    draw: st.DrawFn, taken: np.ndarray[Any, Any], words: Mapping[str, Any], periods: list[str], *, project: bool
) -> None:
    """Take packages as they may be taken; ``taken`` has one row a package and one column a period."""
    choose, count = words["choose"], len(taken)
    if not project:
        for k in range(len(periods)):
            if choose == "in_order":
                taken[: draw(st.integers(0, count)), k] = True
            elif choose == "one":
                chosen = draw(st.integers(0, count))
                taken[chosen : chosen + 1, k] = True
            else:
                taken[:, k] = draw(st.lists(st.booleans(), min_size=count, max_size=count))
        return
    may = [k for k, period in enumerate(periods) if period in words.get("start", periods)]
    starts = [draw(st.sampled_from([*may, len(periods)])) for _ in range(count)]
    if choose == "in_order":
        starts.sort()
    if choose == "one":
        only = draw(st.integers(0, count - 1))
        starts = [start if number == only else len(periods) for number, start in enumerate(starts)]
    for number, start in enumerate(starts):
        taken[number, start : start + 1] = True


def _charge(draw: st.DrawFn, document: Mapping[str, Any], plan: SpendingPlan) -> None:
    """Let grants pay a part of what the general fund pays, where they may."""
    funds, periods = list(document["funds"]), document["periods"]
    for i, program in enumerate(document["programs"]):
        for fund in admitted(document, program)[1:]:
            words = document["funds"][fund]
            first = periods.index(words.get("starts", periods[0]))
            last = periods.index(words.get("ends", periods[-1]))
            for k in range(first, last + 1):
                if _chance(draw, 3):
                    part = round(plan.spending[i, 0, k] / 2 / STEP) * STEP if _chance(draw) else 0.0
                    part = min(part, plan.spending[i, 0, k])
                    plan.spending[i, funds.index(fund), k] += part
                    plan.spending[i, 0, k] -= part


def _limits(
    draw: st.DrawFn,
    document: Mapping[str, Any],
    plan: SpendingPlan,
    program: str,
    words: dict[str, Any],
    *,
    concave: bool,
) -> None:
    plain = Plain(document, plan)
    spent = [plain.spent(program, period) for period in document["periods"]]
    room = draw(st.sampled_from([0, 0, 5])) * STEP
    if _chance(draw, 4):
        words["spending"] = {"at_most": ceil(max(spent)) + room}
        if isinstance(words.get("baseline"), int) and words["baseline"] and _chance(draw):
            words["spending"] = {"at_most": draw(st.sampled_from(["100%", "150%", "300%"]))}
    elif _chance(draw, 4):
        words["spending"] = {"at_least": max(int(min(spent)) - room, 0)}
    funds = [fund for fund in document["funds"] if any(plain.paid[program, fund, t] for t in document["periods"])]
    if not concave and len(funds) == 1 and _chance(draw, 4):
        words["one_fund"] = True
    if words.get("service", {}).get("unit_cost"):
        units = [plain.units(program, period) for period in document["periods"]]
        if _chance(draw):
            words["service"]["up_to"] = max(ceil(max(units)), 1) + draw(st.sampled_from([0, 0, 10]))
        if _chance(draw, 3):
            words["service"]["at_least"] = max(int(min(units)) - draw(st.sampled_from([0, 1])), 0)
        if not concave and all(unit.denominator == 1 for unit in units) and _chance(draw, 3):
            words["service"]["whole"] = True


def _target(draw: st.DrawFn, document: dict[str, Any], plan: SpendingPlan, name: str, *, concave: bool) -> None:
    if not _chance(draw, 3):
        return
    plain = Plain(document, plan)
    levels = [plain.level(name, period) for period in document["periods"]]
    target: dict[str, Any] = {}
    key = "at_least" if concave else draw(st.sampled_from(["at_least", "at_most"]))
    if _chance(draw):
        total = sum(levels, Fraction(0))
        target = {key: int(total) if key == "at_least" else ceil(total), "each": "total"}
    else:
        target = {key: int(min(levels)) if key == "at_least" else ceil(max(levels))}
    if _chance(draw, 3):
        target["weight"] = 3
    document["outcomes"][name]["target"] = target


def _where(draw: st.DrawFn, document: Mapping[str, Any]) -> dict[str, Any]:
    department = next(iter(document["programs"].values()))["department"]
    choices: list[dict[str, Any]] = [{}, {}, {"where": {"department": department}}, {"where": {"program": ["p0"]}}]
    return dict(draw(st.sampled_from(choices)))


SHARES = ["0%", "10%", "30%", "60%", "90%", "100%", "120%"]


def _rule(draw: st.DrawFn, document: Mapping[str, Any], name: str, *, concave: bool) -> dict[str, Any]:
    programs, periods = list(document["programs"]), document["periods"]
    kinds = ["sum", "sum", "by", "by", "change"]
    if len(programs) > 1:
        kinds += ["substitutes", "follows"]
    services = [name for name in programs if "service" in document["programs"][name]]
    if len(services) > 1:
        kinds += ["substitutes", "follows"] * 3
    if not concave:
        kinds += ["count", "outcome"]
        kinds += ["requires", "excludes", "exactly_one", "together"] if len(programs) > 1 else []
    kind = draw(st.sampled_from(kinds))
    rule: dict[str, Any] = {"name": name}
    if _chance(draw, 4):
        rule["periods"] = periods[-draw(st.integers(1, len(periods))) :]
    each = {"each": "total"} if _chance(draw, 3) else {}
    if kind == "change":
        limit = {
            draw(st.sampled_from(["at_most", "increase_at_most", "decrease_at_most"])): draw(st.sampled_from(SHARES))
        }
        return {
            **rule,
            **_where(draw, document),
            "change": {**limit, **draw(st.sampled_from([{}, {"from": "previous"}]))},
        }
    if kind == "count":
        bound = draw(st.sampled_from(["at_least", "at_most", "equals"]))
        return {**rule, **_where(draw, document), **each, "count": "funded", bound: draw(st.integers(0, len(programs)))}
    if kind in ("requires", "excludes", "exactly_one", "together", "substitutes", "follows"):
        some = draw(st.permutations(programs))[: draw(st.integers(2, len(programs)))]
        if kind in ("substitutes", "follows") and len(services) > 1:
            some = services
        if kind == "requires":
            key = draw(st.sampled_from(["needs", "needs_any"])) if len(some) > 2 else "needs"
            return {**rule, "requires": {"program": some[0], key: some[1:]}}
        if kind in ("substitutes", "follows") and all("service" in document["programs"][name] for name in some):
            most = draw(st.sampled_from(["50%", "200%", "100000%"]))
            in_units = {"substitutes": some, "units_at_most": draw(st.sampled_from([5, 40, 2000]))}
            follow = {"program": some[0], "of": some[1], "by": "units", "at_most": most}
            return {**rule, **(in_units if kind == "substitutes" else {"follows": follow})}
        if kind == "follows":
            share = draw(st.sampled_from(["50%", "100%"]))
            return {**rule, "follows": {"program": some[0], "of": some[1], "at_most": share}}
        return {**rule, kind: some, **({"at_most": "100%"} if kind == "substitutes" else {})}
    sums = ["spending"]
    if kind == "outcome":
        sums = [f"outcome {name}" for name in document["outcomes"]]
    elif document.get("resources"):
        sums += ["resource staff"]
    rule |= {"sum": draw(st.sampled_from(sums)), **_where(draw, document), **each}
    if rule["sum"] == "spending" and _chance(draw, 4):
        rule["funds"] = [draw(st.sampled_from(list(document["funds"])))]
    key = draw(st.sampled_from(["at_least", "at_most"]))
    if kind == "by":
        rule["by"] = draw(st.sampled_from(["districts", "department"]))
        names = ("north", "south") if rule["by"] == "districts" else ("Fire", "Parks")
        if _chance(draw):
            rule["population"] = {names[0]: 40, names[1]: draw(st.sampled_from([40, 60]))}
        if _chance(draw, 3):
            return {**rule, "parity": draw(st.sampled_from(["20%", "50%", "80%"]))}
        bases = ["equal share", "total spending", "baseline", *(["population share"] if "population" in rule else [])]
        return {**rule, f"each_{key}": draw(st.sampled_from(SHARES)), "of": draw(st.sampled_from(bases))}
    if kind == "sum" and _chance(draw):
        base = draw(st.sampled_from(["total spending", "baseline", "revenue", {"sum": rule["sum"]}]))
        return {**rule, key: draw(st.sampled_from(SHARES)), "of": base}
    bounds = [0, 5, 20, 80] if rule["sum"] != "spending" else [0, 5 * STEP, 20 * STEP, 80 * STEP]
    return {**rule, key: draw(st.sampled_from(bounds))}


def _objectives(draw: st.DrawFn, document: Mapping[str, Any]) -> list[dict[str, Any]]:
    worth = {"unspent_worth": draw(st.sampled_from([0.002, 0.006]))} if _chance(draw, 4) else {}
    choices: list[dict[str, Any]] = [{"maximize": "weighted outcomes", **worth}] * 4
    choices += [{"maximize": "good", **worth}, {"minimize": "spending"}, {"minimize": "change from baseline"}]
    if any(words.get("baseline") for words in document["programs"].values()):
        choices += [{"minimize": "largest cut"}] * 2
    choices += [
        {"maximize": {"smallest": "good", "by": draw(st.sampled_from(["districts", "department"]))}, **worth}
    ] * 2
    if any("target" in words for words in document["outcomes"].values()):
        choices += [{"minimize": "shortfall from targets"}] * 3
    first = draw(st.sampled_from(choices))
    if _chance(draw, 4):
        return [{**first, "within": "10%"}, {"minimize": "spending"}]
    return [first]


def _mend(document: dict[str, Any], plan: SpendingPlan) -> None:
    """Loosen what the plan does not keep, until it keeps everything."""
    periods = document["periods"]
    plain = Plain(document, plan)
    for name, words in document.get("resources", {}).items():
        if "capacity" in words:
            words["capacity"] = max(0, *(ceil(plain.used(name, period)) for period in periods))
    for fund, words in document["funds"].items():
        # money enough for each period by itself, whatever is carried over
        needed = [plain.pays(fund, period) for period in periods]
        if "growth" in words:
            rate = 1 + float(str(words["growth"]).rstrip("%")) / 100
            words["revenue"] = STEP * ceil(max(float(x) / rate**k for k, x in enumerate(needed)) / STEP)
        else:
            words["revenue"] = {period: STEP * ceil(x / STEP) for period, x in zip(periods, needed, strict=True)}
    for _ in range(20):
        misses = Plain(document, plan).misses()
        if not misses:
            return
        for miss in misses:
            if miss.kind in ("fund balance", "reserve"):
                words = document["funds"][miss.name]
                words["one_time"] = dict(words.get("one_time", {}))
                more = STEP * ceil(miss.excess / STEP)
                words["one_time"][miss.period] = words["one_time"].get(miss.period, 0) + more
            elif miss.kind in (
                "match",
                "maintenance of effort",
                "no supplanting",
                "fund spending",
                "structural balance",
            ):
                for words in document["funds"].values():
                    words.pop({"fund spending": "spending"}.get(miss.kind, miss.kind.replace(" ", "_")), None)
            elif miss.kind == "target":
                document["outcomes"][miss.name].pop("target", None)
            elif miss.kind in ("spending limit", "service"):
                words = document["programs"][miss.name]
                words.pop("spending", None)
                if miss.kind == "service":
                    words["service"].pop("at_least", None)
                    words["service"].pop("up_to", None)
            else:
                document["rules"] = [rule for rule in document["rules"] if rule["name"] != miss.name]
    raise AssertionError(f"a plan that cannot be kept: {misses}")


def some_plans(case: Told, start: SpendingPlan) -> st.SearchStrategy[SpendingPlan]:
    """Return plans near another one: a few payments, choices and units changed, packages paid for what they cost."""
    return _near(case, start)


@st.composite
def _near(draw: st.DrawFn, case: Told, start: SpendingPlan) -> SpendingPlan:
    assert start.packages is not None
    assert start.units is not None
    made = None if start.stand_ins is None else start.stand_ins.copy()
    plan = SpendingPlan(start.spending.copy(), start.transfers.copy(), start.packages.copy(), start.units.copy(), made)
    assert plan.packages is not None
    assert plan.units is not None
    scenario = case.scenario
    ids, funds, periods = list(scenario.programs), list(scenario.funds), list(scenario.periods)
    unit_cost = scenario.programs.number("service.unit_cost")
    packaged = np.isin(np.arange(len(ids)), scenario.packages.program)
    if made is not None and made.size and draw(st.booleans()):
        made[0, draw(st.integers(0, len(periods) - 1))] += draw(st.integers(-4, 6))
    for _ in range(draw(st.integers(1, 4))):
        i, k = draw(st.integers(0, len(ids) - 1)), draw(st.integers(0, len(periods) - 1))
        if packaged[i]:
            mine = np.flatnonzero(scenario.packages.program == i)
            package = draw(st.sampled_from(mine.tolist()))
            plan.packages[package, k] = not plan.packages[package, k]
            due = Plain(case.document, plan).due
            for other, period in enumerate(periods):
                owed = float(due(ids[i], period))
                plan.spending[i, 0, other] = max(owed - plan.spending[i, 1:, other].sum(), 0.0)
                if plan.spending[i, :, other].sum() > owed:
                    plan.spending[i, :, other] = 0.0
                    plan.spending[i, 0, other] = owed
        elif unit_cost[i] >= 0 and draw(st.booleans()):
            # of a service that costs money, the units that its money buys, or others
            plan.units[i, k] = nan
            bought = float(Plain(case.document, plan).units(ids[i], periods[k]))
            plan.units[i, k] = draw(st.sampled_from([bought, bought, draw(st.integers(0, 8))]))
        else:
            f = draw(st.integers(0, len(funds) - 1))
            step = draw(st.sampled_from([-20, -5, -1, 1, 5, 20])) * STEP
            if draw(st.integers(0, 3)) == 0:
                step = -plan.spending[i, f, k]
            plan.spending[i, f, k] = max(plan.spending[i, f, k] + step, 0.0)
            if len(funds) > 1 and draw(st.booleans()):
                # another fund pays instead
                g = draw(st.integers(0, len(funds) - 1))
                plan.spending[i, g, k] = max(plan.spending[i, g, k] - step, 0.0)
    return plan
