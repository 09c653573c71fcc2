"""What the programs of a generated city do to outcomes, and what they use of resources."""

from __future__ import annotations

import numpy as np

from budgetopt.scenario.programs import Bools, Floats, Ints, objects
from budgetopt.synthetic.city_words import DEPARTMENTS, GRADES, OUTCOMES, RESOURCES
from budgetopt.synthetic.draft import Draft, Kind, texts_of

__all__ = ["add_effects", "add_packages", "add_uses"]

MOST_SEGMENTS = 6
MOST_PACKAGES = 4


def add_effects(draft: Draft) -> None:
    """Write down what spending does to outcomes: one outcome each program, and a second for some."""
    main, second = (_positions(draft, which) for which in ("main", "second"))
    scaled = ~draft.is_kind(Kind.PACKAGES, Kind.PROJECT)
    both = scaled & (draft.rng.random(len(draft)) < 0.4)
    for position, name in enumerate(OUTCOMES):
        for rows, part in (
            (np.flatnonzero(scaled & (main == position)), 1.0),
            (np.flatnonzero(both & (second == position)), 0.35),
        ):
            _effects_on(draft, name, rows, part)


def _positions(draft: Draft, which: str) -> Ints:
    """Return the position of the ``main`` or ``second`` outcome, or the ``resource``, of each program's department."""
    among = list(RESOURCES if which == "resource" else OUTCOMES)
    return np.array([among.index(getattr(one, which)) for one in DEPARTMENTS])[draft.department]


def _effects_on(draft: Draft, name: str, rows: Ints, part: float) -> None:
    """Write down the effects of some programs on one outcome; ``part`` scales what a dollar buys."""
    outcome, rng = OUTCOMES[name], draft.rng
    if not len(rows):
        return
    sign = -1.0 if outcome.decrease else 1.0
    rate = sign * part * draft.worth[rows] / outcome.weight
    path = f"outcomes.{name}"
    served = draft.is_kind(Kind.SERVICE, Kind.FREE)[rows]
    # a unit of a service that costs nothing is worth what other services charge
    price = np.where(draft.unit_cost[rows] > 0, draft.unit_cost[rows], 40.0)
    draft.put(f"{path}.per_unit", rows[served], _short(rate * price)[served])
    chance, bent = rng.random(len(rows)), draft.is_kind(Kind.S_CURVE)[rows] & (part == 1.0)
    straight = ~served & ~bent & (chance < 0.15) & ~np.isnan(_ceiling(draft)[rows])
    draft.put(f"{path}.per_dollar", rows[straight], _short(0.6 * rate)[straight])
    by_unit = ~served & ~bent & ~straight & (chance < 0.45) & (sign > 0)
    cost, most = _short(1 / rate), draft.size[rows] * rng.uniform(0.9, 1.8, len(rows))
    draft.put(f"{path}.unit_cost", rows[by_unit], cost[by_unit])
    draft.put(f"{path}.up_to", rows[by_unit], np.maximum(1.0, np.floor(most / cost))[by_unit])
    curved = ~served & ~straight & ~by_unit
    _put_curves(draft, f"{path}.curve", rows[curved], rate[curved], bent[curved])
    _put_evidence(draft, path, rows)


def _ceiling(draft: Draft) -> Floats:
    """Return the ceilings, NaN where there is none: effects without limit go with these only."""
    return np.where(draft.is_new & draft.is_kind(Kind.PLAIN, Kind.S_CURVE), 1.0, draft.ceiling)


def _short(values: Floats, digits: int = 6, largest: Floats | None = None) -> Floats:
    """Return values in so many digits, as people write them: of each, or of the largest that each goes with."""
    sizes = np.abs(values) if largest is None else largest
    size = 10.0 ** (digits - 1 - np.floor(np.log10(np.maximum(sizes, 1e-300))))
    rounded: Floats = np.round(values * size) / size
    return rounded


def _put_curves(draft: Draft, key: str, rows: Ints, rate: Floats, bent: Bools) -> None:
    """Write down curves of diminishing returns, of few to several segments; S-shaped ones start slowly."""
    rng, shape = draft.rng, (len(rows), MOST_SEGMENTS)
    if not len(rows):
        return
    segments = 2 + rng.binomial(MOST_SEGMENTS - 2, 0.35, len(rows))
    inside = np.arange(MOST_SEGMENTS) < segments[:, None]
    widths = np.where(inside, rng.uniform(0.3, 1.0, shape), 0.0)
    widths *= (draft.size[rows] * rng.uniform(1.2, 2.2, len(rows)) / widths.sum(axis=1))[:, None]
    widths = np.where(inside, np.maximum(widths.round(-2), 100), 0.0)
    slopes = 1.5 * rate[:, None] * np.cumprod(np.column_stack([np.ones(len(rows)), rng.uniform(0.4, 0.85, shape)]), 1)
    slopes = slopes[:, :MOST_SEGMENTS]
    slopes[:, 0] *= np.where(bent, 0.15, 1.0)
    gains = np.where(inside, widths * slopes, 0.0)
    # what is better lower begins at what there would be without any spending
    start = np.where(rate < 0, -1.25 * gains.sum(axis=1), 0.0)
    spending = np.column_stack([np.zeros(len(rows)), np.cumsum(widths, axis=1)])
    value = np.column_stack([start, start[:, None] + np.cumsum(gains, axis=1)])
    kept = np.column_stack([np.ones(len(rows), dtype=bool), inside])
    # in eight digits of the largest value of a curve, so that its bends stay
    value = _short(value, 8, np.abs(value).max(axis=1, keepdims=True))
    draft.put_lists(key, rows, segments + 1, np.column_stack([spending[kept], value[kept]]))


def _put_evidence(draft: Draft, path: str, rows: Ints) -> None:
    rng, names = draft.rng, list(GRADES)
    shares = np.array([share for share, _ in GRADES.values()])
    grade = rng.choice(len(names), len(rows), p=shares)
    errors = np.array([error for _, error in GRADES.values()])[grade] * rng.uniform(0.7, 1.3, len(rows))
    known = rng.random(len(rows)) < 0.7
    draft.put(f"{path}.evidence", rows, texts_of(names, grade))
    draft.put(f"{path}.std_error", rows[known], errors.round(2)[known], shares=True)
    draft.put(f"{path}.low", rows[~known], np.maximum(0.1, 1 - errors).round(2)[~known], shares=True)
    draft.put(f"{path}.high", rows[~known], (1 + errors).round(2)[~known], shares=True)
    draft.put(f"{path}.as_of", rows, objects(["2021", "2023", "2024", "2025"])[rng.integers(0, 4, len(rows))])


def add_uses(draft: Draft) -> None:
    """Write down what programs use of resources: by dollars, by units of service, by units of an outcome."""
    rng = draft.rng
    resources = _positions(draft, "resource")
    uses = draft.is_kind(Kind.PLAIN, Kind.S_CURVE, Kind.IF_FUNDED) & (rng.random(len(draft)) < 0.5)
    per = rng.uniform(90_000, 260_000, len(draft)).round(-3)
    by_outcome = uses & draft.has("free services") & (rng.random(len(draft)) < 0.05)
    main = _positions(draft, "main")
    for position, name in enumerate(RESOURCES):
        mine = resources == position
        rows = np.flatnonzero(uses & ~by_outcome & mine)
        draft.put(f"uses.{name}.per", rows, per[rows])
        rows = np.flatnonzero(draft.is_kind(Kind.SERVICE) & mine & (rng.random(len(draft)) < 0.5))
        draft.put(f"uses.{name}.per_unit", rows, _short(draft.unit_cost[rows] / 150_000))
        rows = np.flatnonzero(draft.is_kind(Kind.FREE) & mine)
        draft.put(f"uses.{name}.per_unit", rows, 0.0025)
        for outcome, said in enumerate(OUTCOMES):
            rows = np.flatnonzero(by_outcome & mine & (main == outcome))
            draft.put(f"uses.{name}.per_outcome.{said}", rows, _short(draft.worth[rows] * OUTCOMES[said].weight / 3e5))


def add_packages(draft: Draft) -> None:
    """Write down decision packages, and projects whose start is chosen."""
    rng, resources = draft.rng, list(RESOURCES)
    rows = np.flatnonzero(draft.is_kind(Kind.PACKAGES))
    # a city without packages says nothing of them
    if len(rows):
        choose = rng.choice(3, len(rows), p=[0.55, 0.3, 0.15])
        draft.put("choose", rows, texts_of(["in_order", "any", "one"], choose))
        counts = 2 + rng.binomial(MOST_PACKAGES - 2, 0.4, len(rows))
        base = draft.size[rows]
        for number in range(MOST_PACKAGES):
            has = counts > number
            share = 1.0 if number == 0 else rng.uniform(0.04, 0.25, len(rows))
            share = np.where((choose == 2) & (number > 0), 1 + share, share)
            cost = (base * share).round(-2)
            _put_package(draft, number, rows[has], cost[has])
            used = has & (rng.random(len(rows)) < 0.4) & (number > 0) & draft.has("resources")
            for position, name in enumerate(resources):
                mine = used & (_positions(draft, "resource")[rows] == position)
                amount = np.maximum(1.0, (cost / 180_000).round())
                draft.put_lists(f"packages.{number}.uses.{name}", rows[mine], 1, amount[mine])
    rows = np.flatnonzero(draft.is_kind(Kind.PROJECT))
    if len(rows):
        _add_projects(draft, rows)


def _put_package(draft: Draft, number: int, rows: Ints, cost: Floats) -> None:
    path = f"packages.{number}"
    draft.put(f"{path}.name", rows, "Base" if number == 0 else f"Increment {number}")
    draft.put_lists(f"{path}.cost", rows, 1, cost)
    _put_values(draft, path, rows, draft.worth[rows] * cost * draft.rng.uniform(0.5, 1.2, len(rows)))


def _put_values(draft: Draft, path: str, rows: Ints, bought: Floats) -> None:
    main = _positions(draft, "main")[rows]
    for position, (name, outcome) in enumerate(OUTCOMES.items()):
        mine = main == position
        value = bought / (-outcome.weight if outcome.decrease else outcome.weight)
        draft.put(f"{path}.outcomes.{name}.value", rows[mine], _short(value)[mine])
        draft.put(f"{path}.outcomes.{name}.evidence", rows[mine], "expert")


def _add_projects(draft: Draft, rows: Ints) -> None:
    rng, count = draft.rng, len(draft.periods)
    draft.put("choose", rows, "one")
    years = rng.integers(1, 4, len(rows))
    inside = np.arange(3) < years[:, None]
    profile = np.where(inside, rng.uniform(0.2, 1.0, (len(rows), 3)), 0.0)
    profile *= (3 * draft.size[rows] / profile.sum(axis=1))[:, None]
    draft.put("packages.0.name", rows, "Build")
    draft.put_lists("packages.0.cost", rows, years, profile.round(-2)[inside])
    _put_values(draft, "packages.0", rows, 0.9 * draft.worth[rows] * draft.size[rows])
    goes_on = rng.random(len(rows)) < 0.6
    draft.put("packages.0.then_costs", rows[goes_on], (0.05 * draft.size[rows]).round(-2)[goes_on])
    later = rng.random(len(rows)) < 0.3
    draft.put("packages.0.opens_after", rows[later], years[later].astype(float))
    starts = np.maximum(1, rng.integers(1, count + 1, len(rows)))
    said = np.arange(count) < starts[:, None]
    draft.put_lists("start", rows, starts, texts_of(draft.periods, np.nonzero(said)[1]))
    draft.put("recurring", rows, False)
