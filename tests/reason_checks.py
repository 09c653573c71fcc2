"""Checks each reason of a plan: by its figures, or by solving the scenario again with a few words changed."""

from __future__ import annotations

import copy
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from budgetopt.allocation import Allocation, solve
from budgetopt.audit.activity import levels_of
from budgetopt.errors import InfeasibleError
from measures import best_value
from strategies import unchecked

__all__ = ["CheckedReason", "checked_reasons", "kind_of"]

A_CENT = 0.011
_CUT = 1e-4
"""Cuts that differ by less, as shares, are the same."""
DOLLAR = 1.0
"""So much more of money, or of a resource, is found to see what it brings."""

Document = dict[str, Any]


@dataclass(frozen=True)
class CheckedReason:
    """A reason that was checked, and what is wrong with it; empty if nothing is."""

    kind: str
    problem: str


@dataclass(frozen=True)
class _Case:
    """A program of a plan, and the words of its scenario."""

    document: Mapping[str, Any]
    plan: Allocation
    row: int
    reason: str

    @property
    def program(self) -> str:
        return str(self.plan.scenario.programs.ids[self.row])

    @property
    def words(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.document["programs"][self.program]
        return found

    @cached_property
    def spent(self) -> np.ndarray[Any, Any]:
        return self.plan.spending[self.row].sum(axis=0)

    @cached_property
    def sign(self) -> float:
        return 1.0 if self.plan.formulation.linear_program.stages[0].maximize else -1.0

    @cached_property
    def value(self) -> float:
        value = best_value(copy.deepcopy(dict(self.document)))
        assert value is not None
        return value

    @cached_property
    def noise(self) -> float:
        return 1e-7 * max(abs(self.value), 1.0)

    def gain(self, change: Callable[[Document], None]) -> float:
        """Return what the best value gains if the words are changed; minus infinity without any plan."""
        document = copy.deepcopy(dict(self.document))
        change(document)
        value = best_value(document)
        return -math.inf if value is None else self.sign * (value - self.value)

    def gain_of_money(self, period: str) -> float:
        """Return the most that a dollar more in one of the program's funds gains, for once or again and again."""
        may = self.plan.scenario.eligible[self.row]
        funds = [fund for fund, ok in zip(self.plan.scenario.funds, may, strict=True) if ok]
        # with structural balance only recurring revenue pays for recurring spending
        ways = [(fund, key) for fund in funds for key in ("one_time", "revenue")]
        return max((self.gain(lambda words, way=way: self._more(words, *way, period)) for way in ways), default=0)  # type: ignore[misc]

    def _more(self, words: Document, fund: str, key: str, period: str) -> None:
        """Add a dollar to a fund's money of one period; revenue that grows is written out first."""
        scenario = self.plan.scenario
        if key == "revenue" and scenario.funds[fund].growth:
            words["funds"][fund]["revenue"] = dict(zip(scenario.periods, scenario.revenue(fund).tolist(), strict=True))
        _more_money(words, fund, key, period)


def _more_money(document: Document, fund: str, key: str, period: str) -> None:
    now = document["funds"][fund].setdefault(key, {})
    if not isinstance(now, dict):
        now = dict.fromkeys(document["periods"], now)
    document["funds"][fund][key] = {**now, period: now.get(period, 0) + DOLLAR}


def checked_reasons(document: Mapping[str, Any], plan: Allocation) -> list[CheckedReason]:
    """Return every reason of a plan that was checked."""
    found = []
    for row, reason in enumerate(plan.programs["reason"].tolist()):
        case = _Case(document, plan, row, str(reason))
        kind = kind_of(case.reason)
        faults = list(CHECKS[kind](case))
        found.append(CheckedReason(kind, f"{case.program}: {case.reason}. But {'; '.join(faults)}" if faults else ""))
    return found


def kind_of(reason: str) -> str:
    """Return the kind of a reason; a reason of no known kind is a fault of these checks."""
    return next(kind for kind in CHECKS if re.match(kind, reason))


def _unproved(case: _Case) -> Iterator[str]:
    if case.plan.proved:
        yield "the plan is proved to be the best"


def _trivial(_: _Case) -> Iterator[str]:
    """What is true of the best plan, whichever it is: that there is no better one is what the certificate proves."""
    yield from ()


def _ceiling(case: _Case) -> Iterator[str]:
    if found := re.search(r"of ([\d,.]+) ", case.reason):
        units = float(found[1].replace(",", ""))
        if abs(units - case.words["service"]["up_to"]) > 1e-6 * units:
            yield f"the most are {case.words['service']['up_to']}"
        return
    limits = _limits(case, "at_most")
    if not (np.abs(case.spent - limits) <= A_CENT).any():
        yield f"it gets {case.spent} and its ceilings are {limits}"


def _floor(case: _Case) -> Iterator[str]:
    limits = _limits(case, "at_least")
    if not (np.abs(case.spent - limits) <= A_CENT).any():
        yield f"it gets {case.spent} and its floors are {limits}"


def _limits(case: _Case, key: str) -> np.ndarray[Any, Any]:
    return np.asarray(case.plan.scenario.dollars(f"spending.{key}")[case.row])


def _by_rule(case: _Case) -> Iterator[str]:
    found = re.search("“(.*)”", case.reason)
    assert found is not None
    rule = next(rule for rule in case.document["rules"] if rule["name"] == found[1])
    change, base = rule["change"], case.plan.scenario.baselines[case.row]
    shares = [_share(change[key]) for key in ("at_most", "increase_at_most", "decrease_at_most") if key in change]
    ends = [end for share in shares for end in (base * (1 + share), base * max(0, 1 - share))]
    if not any((np.abs(case.spent - end) <= A_CENT).any() for end in ends):
        yield f"it gets {case.spent} of {base}"


def _share(said: Any) -> float:
    return float(str(said).rstrip("%")) / (100 if str(said).endswith("%") else 1)


def _worth_here(case: _Case, period: int) -> float:
    """Return what one dollar more of the program adds by itself, as far as the audit's reading of effects says so."""
    scenario, plan = case.plan.scenario, case.plan
    more = plan.spending.sum(axis=1).copy()
    before = levels_of(scenario, more, plan.packages, plan.units).totals(len(scenario.outcomes))
    more[case.row, period] += DOLLAR
    after = levels_of(scenario, more, plan.packages, plan.units).totals(len(scenario.outcomes))
    first = scenario.objective[0]
    what = first.maximize or first.minimize
    worths = np.array(
        [o.worth if what == "weighted outcomes" else float(name == what) for name, o in scenario.outcomes.items()]
    )
    count = (1.0 + float(scenario.document.discount)) ** -period
    return float(case.sign * (worths @ (after - before)[:, period]) * count) - (first.unspent_worth or 0.0)


def _money_elsewhere(case: _Case) -> Iterator[str]:
    """A dollar more gains something in a period in which a dollar that is forced here gains nothing."""
    gains = []
    for period in case.plan.scenario.periods:
        gain = case.gain_of_money(period)
        gains.append(gain)
        if gain > case.noise:
            return
    yield f"a dollar more gains {gains}"


def _nothing_added(case: _Case) -> Iterator[str]:
    worths = [_worth_here(case, period) for period in range(len(case.plan.scenario.periods))]
    if max(worths) > case.noise:
        yield f"a dollar here would add {worths}"


def _unmeasured(case: _Case) -> Iterator[str]:
    if case.words.get("outcomes"):
        yield "it has effects"


def _spare(case: _Case) -> Iterator[str]:
    base = np.nan_to_num(case.plan.scenario.baselines[case.row])
    if (np.abs(base - case.spent) > A_CENT).any():
        yield f"it gets {case.spent} of {base}"
    yield from _unmeasured(case)


def _resource(case: _Case) -> Iterator[str]:
    """The resource that is named is used up in a period, and by others if it is used up elsewhere."""
    uses = case.plan.audit.uses
    for at, (key, resource) in enumerate(case.plan.scenario.resources.items()):
        if (resource.name or key) not in case.reason or resource.capacity is None:
            continue
        capacity = case.plan.scenario.per_period(resource.capacity)
        full = case.plan.audit.resources[at] >= capacity - 1e-6 * np.maximum(capacity, 1.0)
        others = (uses.outcome == at) & (uses.program != case.row)
        elsewhere = uses.level[others].sum(axis=0) > 0
        if (full & (elsewhere | ("elsewhere" not in case.reason))).any():
            return
    yield "it is not used up"


def _none(case: _Case) -> Iterator[str]:
    """There is none of the resource in any period."""
    found = re.search("needs (.*), of which", case.reason)
    assert found is not None
    known = {words.name or key: words.capacity for key, words in case.plan.scenario.resources.items()}
    if case.plan.scenario.per_period(known[found[1]]).any():
        yield f"there are {known[found[1]]}"


def _asked(case: _Case) -> Iterator[str]:
    """Without money for the program the plan is worse, and less so without the target or rule."""
    found = re.search("“(.*)”", case.reason)
    assert found is not None

    def without_money(document: Document) -> None:
        document["programs"][case.program].setdefault("spending", {})["at_most"] = 0

    def without_limit(document: Document) -> None:
        if "target" in case.reason:
            document["outcomes"][found[1]].pop("target")
        else:
            document["rules"] = [rule for rule in document["rules"] if rule["name"] != found[1]]

    def without_both(document: Document) -> None:
        without_limit(document)
        without_money(document)

    loss = -case.gain(without_money)
    if "another" in case.reason and not loss > case.noise:
        # a plan without money for it is as good: that is the other one
        return
    if not loss > case.noise:
        yield "without money for it the plan is as good"
    loss_without = case.gain(without_limit) - case.gain(without_both)
    if not (loss_without < loss - case.noise or math.isinf(loss)):
        yield "without the target or rule its money is worth as much"


def _unpaid(case: _Case) -> Iterator[str]:
    if case.plan.scenario.eligible[case.row].any() and case.reason[-14:] == "may pay for it":
        yield "some fund may pay for it"


def _left(case: _Case) -> Iterator[str]:
    """What is left is less than the cost, by the closing balances."""
    found = re.search(
        r"(?:costs|needs) ([\d,.]+)(?: to be funded at all)?(?: in (\w+))?, and ([\d,.]+) is left", case.reason
    )
    assert found is not None
    cost, left = (float(found[at].replace(",", "")) for at in (1, 3))
    may = case.plan.scenario.eligible[case.row]
    free = np.maximum(case.plan.audit.balances.closing - case.plan.audit.balances.reserve, 0)[may].sum(axis=0)
    if not left < cost:
        yield "it would fit"
    if left > free.max() + 1:
        yield f"{free} is left"


def _counts(case: _Case) -> Iterator[str]:
    packages, periods = case.plan.scenario.packages, case.plan.scenario.periods
    mine = packages.program == case.row
    held = case.plan.packages[mine]
    if packages.is_project[mine].any():
        held = np.broadcast_to(held.any(axis=1, keepdims=True), held.shape)
    count = held.sum(axis=0)
    known = re.match(
        r"(?:takes (\d+) of its \d+|has all of its (\d+)|has its (only)) packages?(?: in (\w+))?(?:, not in (\w+))?",
        case.reason,
    )
    assert known is not None
    said = 1 if known[3] else int(known[1] or known[2])
    if (count[periods.index(known[4]) if known[4] else slice(None)] != said).any() or said > len(held):
        yield f"it takes {count}"
    if known[5] and count[periods.index(known[5])] >= said:
        yield f"it takes {count}"
    if "is left" in case.reason and "costs" in case.reason:
        yield from _left(case)


def _even(case: _Case) -> Iterator[str]:
    found = re.search(r"by ([\d.]+)%", case.reason)
    assert found is not None
    cut = _cuts(case.plan)[case.row]
    if abs(100 * cut.max() - float(found[1])) > 0.011:
        yield f"it loses {cut.max():%}"
    if "no plan has" in case.reason and case.plan.audit.objectives[0].value > case.value + _CUT:
        yield f"the smallest largest cut is {case.value:%}"
    if case.reason.endswith("as the limits allow"):
        yield from _more_even(case, int(cut.argmax()))


def _more_even(case: _Case, period: int) -> Iterator[str]:
    """With more money here, the largest cuts are no smaller one after another."""
    baseline = float(case.plan.scenario.baselines[case.row, period])
    try:
        other = solve(unchecked(_with_more(case, period, 0.01 * baseline)))
    except InfeasibleError:
        return
    cuts, others = (-np.sort(-_cuts(plan), axis=None) for plan in (case.plan, other))
    apart = np.flatnonzero(np.abs(cuts - others) > _CUT)
    if apart.size and others[apart[0]] < cuts[apart[0]]:
        yield f"the largest cuts may be {others[: apart[0] + 1]}, and not {cuts[: apart[0] + 1]}"


def _cuts(plan: Allocation) -> np.ndarray[Any, Any]:
    """Return which share of its baseline each program loses; shape (programs, periods)."""
    base = np.nan_to_num(plan.scenario.baselines)
    lost = np.divide(base - plan.spending.sum(axis=1), base, out=np.zeros_like(base), where=base > 0)
    return np.maximum(lost, 0.0)


def _with_more(case: _Case, period: int, more: float) -> Document:
    """Return the words with a rule by which the program gets so much more in a period."""
    document: Document = copy.deepcopy(dict(case.document))
    rule = {"name": "More", "sum": "spending", "where": {"program": [case.program]}}
    rule["periods"] = [case.plan.scenario.periods[period]]
    document["rules"] = [*document.get("rules", []), {**rule, "at_least": float(case.spent[period]) + more}]
    return document


def _least_change(case: _Case) -> Iterator[str]:
    if case.plan.audit.objectives[0].value > case.value + A_CENT * case.plan.spending.size:
        yield f"the least change is {case.value}"


def _other_cut(case: _Case) -> Iterator[str]:
    """In some period less can be cut here, and all objectives and limits are as well kept."""
    yield from _least_change(case)
    lost = np.nan_to_num(case.plan.scenario.baselines[case.row]) - case.spent
    for period in np.flatnonzero(lost > A_CENT).tolist():
        try:
            other = solve(unchecked(_with_more(case, period, float(min(0.1, lost[period] / 2)))))
        except InfeasibleError:
            continue
        pairs = zip(case.plan.audit.objectives, other.audit.objectives, strict=True)
        if all(abs(now.value - then.value) <= A_CENT * case.plan.spending.size for now, then in pairs):
            return
    yield "no other cuts would do as well"


CHECKS: dict[str, Callable[[_Case], Iterator[str]]] = {
    "at its ceiling": _ceiling,
    "held up by its floor": _floor,
    "fixed: its floor": _floor,
    "(held up|held down|fixed) by the rule": _by_rule,
    "kept at its baseline": _unmeasured,
    "keeps its baseline: no effect": _spare,
    "keeps its baseline$": _trivial,
    "cut by": _even,
    "cut: other": _other_cut,
    "cut: ": _least_change,
    "unfunded: the money buys more elsewhere": _money_elsewhere,
    "unfunded: its dollar would buy no more": _money_elsewhere,
    "stands at the margin: its next dollar": _money_elsewhere,
    "unfunded: a dollar here would add nothing": _nothing_added,
    "unfunded: no effect of it is measured": _unmeasured,
    "unfunded: the money and .* used up elsewhere": _resource,
    "unfunded: .* used up elsewhere": _resource,
    "stands at the margin: the money and": _resource,
    "stands at the margin: .* no more here": _resource,
    "stands at the margin: it uses all": _resource,
    "funded: the (target|rule)": _asked,
    "(un)?funded: as the goals": _trivial,
    "unfunded: needs .*, of which there is none": _none,
    "(un)?funded: no better plan": _unproved,
    "funded: no plan": _trivial,
    "unfunded: no plan": _trivial,
    "unfunded: it would add nothing": _trivial,
    "unfunded: beside the rest": _trivial,
    "unfunded: no fund": _unpaid,
    "unfunded: costs more than": _trivial,
    "unfunded: costs": _left,
    "unfunded: needs .* to be funded at all": _left,
    "unfunded: needs": _trivial,
    "has (its only|all)": _counts,
    "takes": _counts,
}
"""What checks each kind of reason, by how it begins."""
