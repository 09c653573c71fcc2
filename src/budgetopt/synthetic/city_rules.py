"""What binds a generated city: limits a little away from what things are, and choices between programs."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

import numpy as np

from budgetopt.scenario.amounts import Share
from budgetopt.scenario.groups import groups_of
from budgetopt.scenario.model.where import Where
from budgetopt.scenario.programs import Bools, Floats, Ints
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.selection import select
from budgetopt.synthetic.city_words import DISTRICTS, OUTCOMES, RESOURCES
from budgetopt.synthetic.draft import Draft, Kind
from budgetopt.synthetic.witness import Witness

__all__ = ["outcomes_of", "resources_of", "rules_of"]

MOST_OF_A_KIND = 25
"""However large the city: no more rules of one kind on single programs."""
PEOPLE = 480_000
SAFETY = ["Police", "Fire"]

Words = dict[str, Any]
"""Part of a scenario as its file has it."""


def outcomes_of(draft: Draft, witness: Witness | None = None) -> dict[str, Any]:
    """Return the outcomes as a scenario file has them; with targets near what is reached now, if that is known."""
    outcomes: dict[str, Any] = {}
    for position, (name, said) in enumerate(OUTCOMES.items()):
        outcomes[name] = {"unit": said.unit, "weight": said.weight, "source": "Generated figures"}
        if said.decrease:
            outcomes[name]["direction"] = "decrease"
        reached = 0.0 if witness is None else float(witness.outcomes[:, position].sum())
        if reached > 0 and draft.has("targets") and position % 2 == 1:
            level = {"at_most": _short(1.01 * reached)} if said.decrease else {"at_least": _short(0.97 * reached)}
            outcomes[name]["target"] = {**level, "because": "Strategic plan"}
    return outcomes


def resources_of(draft: Draft, witness: Witness | None = None) -> dict[str, Any]:
    """Return the resources as a scenario file has them: a little more of each than is used now."""
    if not draft.has("resources"):
        return {}
    resources: dict[str, Any] = {}
    for position, (name, unit) in enumerate(RESOURCES.items()):
        used = 0.0 if witness is None else float(witness.uses[:, position].sum())
        capacity = float(np.ceil(1.06 * used + 3))
        by_period = {period: capacity + 2 * at for at, period in enumerate(draft.periods)}
        resources[name] = {"unit": unit, "capacity": by_period if position == 0 else capacity}
    return resources


def _short(value: float) -> float:
    return float(f"{value:.6g}")


def rules_of(draft: Draft, scenario: Scenario, witness: Witness) -> list[Words]:
    """Return the rules as a scenario file has them; the programs of the scenario are those of the city."""
    makers = {
        "change limits": _changes,
        "sums": _sums,
        "groups": _groups,
        "substitutes": _substitutes,
        "counts": _counts,
        "logic": _logic,
        "outcome ceilings": _ceilings,
    }
    present = set(scenario.programs.text("department").tolist())
    rules = [maker(draft, scenario, witness) for feature, maker in makers.items() if draft.has(feature)]
    fitted = [_fitted(scenario, rule, present) for rule in chain.from_iterable(rules)]
    return [rule for rule in fitted if rule is not None]


def _fitted(scenario: Scenario, rule: Words, present: set[str]) -> Words | None:
    """Return a rule without the departments that a small city does not have; None if it would select no program."""
    where = dict(rule.get("where", {}))
    if "department" in where:
        asked = where.pop("department")
        excluded = isinstance(asked, dict)
        names = asked["not"] if excluded else asked
        kept = [name for name in ([names] if isinstance(names, str) else names) if name in present]
        if not kept and not excluded:
            return None
        if kept:
            where["department"] = {"not": kept} if excluded else kept
    if not where:
        return {key: value for key, value in rule.items() if key != "where"}
    return {**rule, "where": where} if select(scenario.programs, Where(where)).any() else None


def _rule(name: str, **words: Any) -> Words:
    return {"name": name, **words}


def _changes(draft: Draft, _scenario: Scenario, _witness: Witness) -> Iterator[Words]:
    change = {"at_most": "40%", "from": "baseline"}
    where: Words = {"department": {"not": SAFETY}}
    yield _rule("No program moves more than 40%", because="Council resolution", change=change, where=where)
    change = {"increase_at_most": "12%", "decrease_at_most": "8%", "from": "baseline"}
    where = {"department": SAFETY, "not": {"tags": "pilot"}}
    yield _rule("Public safety moves slowly", change=change, where=where)
    if len(draft.periods) > 1:
        change = {"decrease_at_most": "20%", "from": "previous"}
        where = {"department": ["Parks", "Library"], "baseline": {"at_least": 1_000_000}}
        yield _rule("No large cut from one year to the next", change=change, where=where)


def _sums(draft: Draft, scenario: Scenario, witness: Witness) -> Iterator[Words]:
    def chosen(where: Words) -> Bools:
        return select(scenario.programs, Where(where))

    def spent(where: Words) -> Floats:
        total: Floats = witness.spending[chosen(where)].sum(axis=0)
        return total

    def on_spending(name: str, where: Words, **words: Any) -> Words:
        return _rule(name, sum="spending", where=where, **words)

    where: Words = {"department": SAFETY}
    least = _share(0.95 * float((spent(where) / witness.spending.sum(axis=0)).min()))
    yield on_spending("Public safety floor", where, because="Council resolution", at_least=least, of="total spending")

    where = {"department": "General Services"}
    most = dict(zip(draft.periods, np.ceil(1.08 * spent(where) + 1000).tolist(), strict=True))
    yield on_spending("Administration stays lean", where, at_most=most)

    where = {"department": "Parks"}
    parks = np.where(chosen(where), np.where(draft.payer == 0, 1.0, 0.0), 0.0) @ witness.spending
    limits = {"at_least": _short(0.9 * parks.min()), "periods": list(draft.periods[:2])}
    yield on_spending("Parks from the general fund", where, funds=["general"], **limits)

    where, base = {"tags": "pilot"}, {"department": {"not": "Water"}}
    share = _share(min(1.0, 1.3 * float((spent(where) / spent(base)).max()) + 0.002))
    yield on_spending("Pilots stay small", where, at_most=share, of={"sum": "spending", "where": base})

    visits = _short(0.95 * witness.outcomes[:, list(OUTCOMES).index("visits")].sum() * len(draft.periods))
    yield _rule("Visits over all years", sum="outcome visits", at_least=visits, each="total")
    if draft.has("resources"):
        crews = _short(1.05 * witness.uses[:, list(RESOURCES).index("field_crews")].sum() + 1)
        where = {"department": ["Parks", "Library"]}
        yield _rule("Crews of the parks", sum="resource field_crews", where=where, at_most=crews)


def _share(value: float) -> Share:
    """Return a share in whole hundredths of a percent, rounded down."""
    return Share(max(0.0, np.floor(value * 10_000) / 10_000))


def _groups(draft: Draft, scenario: Scenario, witness: Witness) -> Iterator[Words]:
    people = {name: round(PEOPLE * share) for name, share in DISTRICTS.items()}
    landed = groups_of(scenario.programs, "districts", tuple(people))
    spent = np.array([share @ witness.spending for share in landed.values()])
    fair = np.array(list(people.values()))[:, None] / sum(people.values()) * spent.sum(axis=0)
    yield _rule(
        "No district is left behind",
        because="Equity ordinance",
        sum="spending",
        by="districts",
        each_at_least=_share(0.97 * float((spent / fair).min())),
        of="population share",
        population=people,
    )
    limits = {"each_at_least": "80%", "of": "baseline"}
    yield _rule("Every department keeps most of its budget", sum="spending", by="department", **limits)
    # a limit on outcomes from above takes integer columns, one on spending does not
    is_outcome = draft.has("outcome ceilings")
    clients = witness.outcomes[:, list(OUTCOMES).index("clients_served")]
    sums = np.array([float((share @ (clients if is_outcome else witness.spending)).max()) for share in landed.values()])
    per_person = sums / np.array(list(people.values()))
    if per_person.max() > 0:
        apart = 1 - 0.9 * per_person.min() / per_person.max()
        yield _rule(
            "Alike per head",
            sum="outcome clients_served" if is_outcome else "spending",
            by="districts",
            parity=Share(np.ceil(10_000 * min(1.0, apart)) / 10_000),
            population=people,
            each="total",
            periods=[draft.periods[-1]],
        )


def _substitutes(draft: Draft, _scenario: Scenario, _witness: Witness) -> Iterator[Words]:
    rows = np.flatnonzero(draft.ceiling == 2.2)
    for number, one, other in _pairs(draft, rows[0::2], rows[1::2]):
        yield _rule(f"Alternatives {number}", substitutes=[one, other])
    for number, one, other in _pairs(draft, _new(draft)[::7], np.flatnonzero(draft.ceiling > 0)[::5]):
        yield _rule(f"Complement {number}", follows={"program": one, "of": other})


def _pairs(draft: Draft, ones: Ints, others: Ints) -> Iterator[tuple[int, str, str]]:
    """Yield numbered pairs of programs, one of these and one of those, but no more than of one kind of rule."""
    pairs = zip(draft.ids[ones[:MOST_OF_A_KIND]], draft.ids[others], strict=False)
    for number, (one, other) in enumerate(pairs, 1):
        yield number, one, other


def _new(draft: Draft) -> Ints:
    """Return programs that nothing is spent on as things are, which have a ceiling of their own."""
    return np.flatnonzero(draft.is_new & draft.is_kind(Kind.PLAIN))


def _counts(draft: Draft, _scenario: Scenario, _witness: Witness) -> Iterator[Words]:
    buildings, pilots = (int((draft.tags[tag] & ~draft.is_new).sum()) for tag in ("building", "pilot"))
    most = buildings + max(1, int(draft.is_kind(Kind.PROJECT).sum()) // 4)
    where = {"tags": "building"}
    yield _rule("Only so many buildings at once", count="funded", where=where, at_most=most)
    limits = {"at_least": max(0, pilots - 1), "each": "total"}
    yield _rule("Some pilots go on", count="funded", where={"tags": "pilot"}, **limits)


def _logic(draft: Draft, _scenario: Scenario, _witness: Witness) -> Iterator[Words]:
    new, old = _new(draft), np.flatnonzero(~draft.is_new & draft.is_kind(Kind.PLAIN))
    existing = np.flatnonzero(draft.is_kind(Kind.IF_FUNDED, Kind.SERVICE, Kind.PACKAGES) & ~draft.is_new)
    for number, one, other in _pairs(draft, new[0::5], existing):
        yield _rule(f"Need {number}", requires={"program": one, "needs": [other]})
    for number, one, other in _pairs(draft, new[1::5][0::2], new[1::5][1::2]):
        yield _rule(f"One of two {number}", excludes=[one, other])
    for number, one, other in _pairs(draft, new[2::5][0::2], new[2::5][1::2]):
        yield _rule(f"Both or none {number}", together=[one, other])
    for number, one, other in _pairs(draft, new[3::5], old[5::60]):
        yield _rule(f"The old or the new {number}", exactly_one=[other, one])


def _ceilings(_draft: Draft, scenario: Scenario, witness: Witness) -> Iterator[Words]:
    where = {"department": "Library"}
    chosen: Bools = select(scenario.programs, Where(where))
    most = _short(1.15 * float(witness.outcomes[chosen, list(OUTCOMES).index("visits")].sum()) + 10)
    yield _rule("No more visits than the rooms hold", sum="outcome visits", where=where, at_most=most)
