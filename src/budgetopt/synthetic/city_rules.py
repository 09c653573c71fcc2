"""What binds a generated city: limits a little away from what things are, and choices between programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from budgetopt.scenario.amounts import Share
from budgetopt.scenario.groups import groups_of
from budgetopt.scenario.model.where import Where
from budgetopt.scenario.programs import Floats, Ints
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.selection import select
from budgetopt.synthetic.city_words import DISTRICTS, OUTCOMES, RESOURCES
from budgetopt.synthetic.draft import IF_FUNDED, PACKAGES, PLAIN, PROJECT, SERVICE, Draft
from budgetopt.synthetic.witness import Witness

__all__ = ["outcomes_of", "resources_of", "rules_of"]

MOST_OF_A_KIND = 25
"""However large the city: no more rules of one kind on single programs."""
PEOPLE = 480_000
SAFETY = ["Police", "Fire"]

Rules = Iterator[dict[str, Any]]


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


def rules_of(draft: Draft, scenario: Scenario, witness: Witness) -> list[dict[str, Any]]:
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
    made = (maker(draft, scenario, witness) for feature, maker in makers.items() if draft.has(feature))
    present = set(scenario.programs.text("department").tolist())
    fitted = (_fitted(scenario, rule, present) for rules in made for rule in rules)
    return [rule for rule in fitted if rule is not None]


def _fitted(scenario: Scenario, rule: dict[str, Any], present: set[str]) -> dict[str, Any] | None:
    """Return a rule without the departments that a small city does not have; None if it would select no program."""
    where = rule.get("where", {})
    if "department" in where:
        asked = where["department"]
        excluded = isinstance(asked, dict)
        names = asked["not"] if excluded else asked
        kept = [name for name in ([names] if isinstance(names, str) else names) if name in present]
        if not kept and not excluded:
            return None
        rest = {key: value for key, value in where.items() if key != "department"}
        if kept:
            rest["department"] = {"not": kept} if excluded else kept
        rule = {key: value for key, value in rule.items() if key != "where"} | ({"where": rest} if rest else {})
    where = rule.get("where")
    return rule if where is None or select(scenario.programs, Where(where)).any() else None


def _sum(name: str, where: dict[str, Any], **limit: Any) -> dict[str, Any]:
    """Return a rule on the spending of some programs."""
    return {"name": name, "sum": "spending", "where": where, **limit}


def _changes(draft: Draft, _scenario: Scenario, _witness: Witness) -> Rules:
    change: dict[str, Any] = {"at_most": "40%", "from": "baseline"}
    where: dict[str, Any] = {"department": {"not": SAFETY}}
    name = "No program moves more than 40%"
    yield {"name": name, "because": "Council resolution", "change": change, "where": where}
    change = {"increase_at_most": "12%", "decrease_at_most": "8%", "from": "baseline"}
    where = {"department": SAFETY, "not": {"tags": "pilot"}}
    yield {"name": "Public safety moves slowly", "change": change, "where": where}
    if len(draft.periods) > 1:
        change = {"decrease_at_most": "20%", "from": "previous"}
        where = {"department": ["Parks", "Library"], "baseline": {"at_least": 1_000_000}}
        yield {"name": "No large cut from one year to the next", "change": change, "where": where}


def _sums(draft: Draft, scenario: Scenario, witness: Witness) -> Rules:
    spent = _spending_of(scenario, witness)
    safety = {"department": SAFETY}
    least = _share(0.95 * (spent(safety) / witness.spending.sum(axis=0)).min())
    yield _sum("Public safety floor", safety, at_least=least, of="total spending", because="Council resolution")
    administration = {"department": "General Services"}
    most = np.ceil(1.08 * spent(administration) + 1000).tolist()
    yield _sum("Administration stays lean", administration, at_most=dict(zip(draft.periods, most, strict=True)))
    parks = {"department": "Parks"}
    paid = (select(scenario.programs, Where(parks)) & (draft.payer == 0)) @ witness.spending
    limit = {"funds": ["general"], "at_least": _short(0.9 * paid.min()), "periods": list(draft.periods[:2])}
    yield _sum("Parks from the general fund", parks, **limit)
    share = float((spent({"tags": "pilot"}) / spent({"department": {"not": ["Water"]}})).max())
    base = {"sum": "spending", "where": {"department": {"not": "Water"}}}
    yield _sum("Pilots stay small", {"tags": "pilot"}, at_most=_share(min(1.0, 1.3 * share + 0.002)), of=base)
    visits = 0.95 * witness.outcomes[:, list(OUTCOMES).index("visits")].sum() * len(draft.periods)
    yield {"name": "Visits over all years", "sum": "outcome visits", "at_least": _short(visits), "each": "total"}
    if draft.has("resources"):
        crews = witness.uses[:, list(RESOURCES).index("field_crews")].sum()
        where = {"department": ["Parks", "Library"]}
        yield _sum("Crews of the parks", where, sum="resource field_crews", at_most=_short(1.05 * crews + 1))


def _spending_of(scenario: Scenario, witness: Witness) -> Callable[[dict[str, Any]], Floats]:
    def spent(where: dict[str, Any]) -> Floats:
        total: Floats = witness.spending[select(scenario.programs, Where(where))].sum(axis=0)
        return total

    return spent


def _share(value: float) -> Share:
    """Return a share in whole hundredths of a percent, rounded down."""
    return Share(max(0.0, np.floor(value * 10_000) / 10_000))


def _groups(draft: Draft, scenario: Scenario, witness: Witness) -> Rules:
    people = {name: round(PEOPLE * share) for name, share in DISTRICTS.items()}
    landed = groups_of(scenario.programs, "districts", tuple(people))
    spent = np.array([share @ witness.spending for share in landed.values()])
    fair = np.array(list(people.values()))[:, None] / sum(people.values()) * spent.sum(axis=0)
    rule = {"name": "No district is left behind", "because": "Equity ordinance", "sum": "spending", "by": "districts"}
    least = _share(0.97 * float((spent / fair).min()))
    yield {**rule, "each_at_least": least, "of": "population share", "population": people}
    rule = {"name": "Every department keeps most of its budget", "sum": "spending", "by": "department"}
    yield {**rule, "each_at_least": "80%", "of": "baseline"}
    # a limit on outcomes from above takes integer columns, one on spending does not
    is_outcome = draft.has("outcome ceilings")
    clients = witness.outcomes[:, list(OUTCOMES).index("clients_served")]
    sums = np.array([float((share @ (clients if is_outcome else witness.spending)).max()) for share in landed.values()])
    per_person = sums / np.array(list(people.values()))
    if per_person.max() > 0:
        apart = 1 - 0.9 * per_person.min() / per_person.max()
        parity = Share(np.ceil(10_000 * min(1.0, apart)) / 10_000)
        what = "outcome clients_served" if is_outcome else "spending"
        rule = {"name": "Alike per head", "sum": what, "by": "districts", "each": "total"}
        yield {**rule, "parity": parity, "population": people, "periods": [draft.periods[-1]]}


def _substitutes(draft: Draft, scenario: Scenario, _witness: Witness) -> Rules:
    ids = scenario.programs.ids
    for number, one, other in _pairs(np.flatnonzero(draft.ceiling == 2.2)):
        yield {"name": f"Alternatives {number}", "substitutes": [ids[one], ids[other]]}
    for number, one, other in _met(_new(draft)[::7], np.flatnonzero(draft.ceiling > 0)[::5]):
        yield {"name": f"Complement {number}", "follows": {"program": ids[one], "of": ids[other]}}


def _met(some: Ints, others: Ints) -> list[tuple[int, int, int]]:
    """Return a number, a program and another one for as many pairs as there may be of a kind."""
    pairs = zip(some[:MOST_OF_A_KIND].tolist(), others.tolist(), strict=False)
    return [(number, one, other) for number, (one, other) in enumerate(pairs, 1)]


def _pairs(rows: Ints) -> list[tuple[int, int, int]]:
    """Return neighbours of a list two by two, each pair with its number."""
    return _met(rows[0::2], rows[1::2])


def _new(draft: Draft) -> Ints:
    """Return programs that nothing is spent on as things are, which have a ceiling of their own."""
    return np.flatnonzero(draft.is_new & draft.is_kind(PLAIN))


def _counts(draft: Draft, _scenario: Scenario, _witness: Witness) -> Rules:
    now = {tag: int((draft.tags[tag] & ~draft.is_new).sum()) for tag in ("building", "pilot")}
    most, least = now["building"] + max(1, int(draft.is_kind(PROJECT).sum()) // 4), max(0, now["pilot"] - 1)
    yield {"name": "Only so many buildings at once", "count": "funded", "where": {"tags": "building"}, "at_most": most}
    rule = {"name": "Some pilots go on", "count": "funded", "where": {"tags": "pilot"}}
    yield {**rule, "at_least": least, "each": "total"}


def _logic(draft: Draft, scenario: Scenario, _witness: Witness) -> Rules:
    ids, new = scenario.programs.ids, _new(draft)
    running = np.flatnonzero(~draft.is_new & draft.is_kind(PLAIN))[5::60]
    existing = np.flatnonzero(draft.is_kind(IF_FUNDED, SERVICE, PACKAGES) & ~draft.is_new)
    for number, one, other in _met(new[0::5], existing):
        yield {"name": f"Need {number}", "requires": {"program": ids[one], "needs": [ids[other]]}}
    for number, one, other in _pairs(new[1::5]):
        yield {"name": f"One of two {number}", "excludes": [ids[one], ids[other]]}
    for number, one, other in _pairs(new[2::5]):
        yield {"name": f"Both or none {number}", "together": [ids[one], ids[other]]}
    for number, one, other in _met(new[3::5], running):
        yield {"name": f"The old or the new {number}", "exactly_one": [ids[other], ids[one]]}


def _ceilings(_draft: Draft, scenario: Scenario, witness: Witness) -> Rules:
    where = {"department": "Library"}
    visits = witness.outcomes[select(scenario.programs, Where(where)), list(OUTCOMES).index("visits")].sum()
    yield _sum("No more visits than the rooms hold", where, sum="outcome visits", at_most=_short(1.15 * visits + 10))
