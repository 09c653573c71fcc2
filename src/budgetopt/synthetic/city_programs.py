"""The programs of a generated city: who runs them, what they cost, where they serve, who may pay for them."""

from __future__ import annotations

import numpy as np

from budgetopt.scenario.programs import Bools, Floats, Ints
from budgetopt.synthetic.city_words import AREAS, DEPARTMENTS, DISTRICTS, SERVICES
from budgetopt.synthetic.draft import Draft, Kind, texts_of

__all__ = ["draft_programs", "levels"]

MEDIAN_SIZE, SPREAD = 900_000, 1.2
SMALLEST, LARGEST = 25_000, 400e6
RETURN, RETURN_SPREAD = 1.7, 0.45
"""What a first dollar buys, in dollars of worth: log-normal."""

KINDS = {
    Kind.S_CURVE: ("s-curves", 0.04),
    Kind.IF_FUNDED: ("if funded", 0.08),
    Kind.SERVICE: ("services", 0.08),
    Kind.FREE: ("free services", 0.01),
    Kind.PACKAGES: ("packages", 0.06),
    Kind.PROJECT: ("projects", 0.05),
}
"""The kinds that need a feature, and the share of the programs that are of each; all others are plain."""
NEW = (0.12, 0.3, 0.4, 0.0, 1.0, 0.25, 1.0)
"""The share of the programs of each kind that are new."""


def draft_programs(
    count: int, funds: tuple[str, ...], periods: tuple[str, ...], features: frozenset[str], rng: np.random.Generator
) -> Draft:
    """Return the programs with everything but what they do to outcomes and resources."""
    department = rng.choice(len(DEPARTMENTS), count, p=np.array([one.share for one in DEPARTMENTS]))
    # every fund and every department that a fund is restricted to has a program, also in a small city
    department[:5] = np.arange(min(5, count))
    kind = _kinds(count, features, rng)
    size = np.clip(MEDIAN_SIZE * np.exp(SPREAD * rng.standard_normal(count)), SMALLEST, LARGEST).round(-2)
    is_new = rng.random(count) < np.array(NEW)[kind]
    is_new[:5] = False
    unit_cost = np.full(count, np.nan)
    served = kind == Kind.SERVICE
    unit_cost[served] = np.maximum(5.0, (60 * np.exp(1.2 * rng.standard_normal(int(served.sum())))).round())
    unit_cost[kind == Kind.FREE] = 0.0
    fixed = np.where(kind == Kind.IF_FUNDED, size * rng.uniform(0.08, 0.25, count), 0.0).round(-2)
    draft = Draft(
        rng=rng,
        features=features,
        funds=funds,
        periods=periods,
        ids=_ids(count),
        department=department,
        kind=kind,
        tags=_tags(department, kind, rng),
        size=size,
        baseline=np.where(is_new, np.nan, size),
        worth=RETURN * np.exp(RETURN_SPREAD * rng.standard_normal(count)),
        fixed=fixed,
        unit_cost=unit_cost,
        ceiling=np.full(count, np.nan),
        payer=np.zeros(count, dtype=np.int64),
    )
    _describe(draft)
    _land(draft)
    _limit(draft)
    _scale(draft)
    _choose_payers(draft)
    return draft


def _ids(count: int) -> np.ndarray:
    width = len(str(count))
    return np.char.add("program_", np.char.zfill(np.arange(1, count + 1).astype(f"U{width}"), width)).astype(object)


def _kinds(count: int, features: frozenset[str], rng: np.random.Generator) -> Ints:
    shares = [share if feature in features else 0.0 for feature, share in KINDS.values()]
    kind = rng.choice(len(Kind), count, p=np.array([1.0 - sum(shares), *shares]))
    kind[:5] = Kind.PLAIN
    return kind


def _tags(department: Ints, kind: Ints, rng: np.random.Generator) -> dict[str, Bools]:
    count = len(department)

    def some(among: Bools, share: float) -> Bools:
        return among & (rng.random(count) < share)

    names = texts_of([one.name for one in DEPARTMENTS], department)
    everyone = np.ones(count, dtype=bool)
    tags = {
        "streets": some(names == "Transportation", 0.7),
        "housing": some(names == "Housing", 0.75),
        "building": (kind == Kind.PROJECT) | some(everyone, 0.02),
        "youth": some(everyone, 0.09),
        "climate": some(everyone, 0.06),
        "pilot": some(everyone, 0.03),
    }
    for row, tag in enumerate(tags):
        tags[tag][row % min(5, count)] = True
    return tags


def _describe(draft: Draft) -> None:
    rng, rows = draft.rng, np.arange(len(draft))
    area, service = (rng.integers(0, len(words), len(draft)) for words in (AREAS, SERVICES))
    number = np.char.add(" ", (rows + 1).astype(f"U{len(str(len(draft)))}")).astype(object)
    draft.put("name", rows, texts_of([f"{area} " for area in AREAS], area) + texts_of(SERVICES, service) + number)
    draft.put("department", rows, texts_of([one.name for one in DEPARTMENTS], draft.department))
    draft.put("priority", rows, texts_of([one.priority for one in DEPARTMENTS], draft.department))
    tagged, tag = np.nonzero(np.array(list(draft.tags.values())).T)
    having, counts = np.unique(tagged, return_counts=True)
    draft.put_lists("tags", having, counts, texts_of(list(draft.tags), tag))
    existing = np.flatnonzero(~draft.is_new)
    draft.put("baseline", existing, draft.baseline[existing])
    growth = 1 + np.clip(rng.normal(0.03, 0.03, len(existing)), -0.1, 0.15)
    draft.put("attributes.last_year", existing, (draft.baseline[existing] / growth).round(-2))
    draft.put("attributes.mandated", draft.some(~draft.is_new, 0.18), True)
    draft.put("source", rows, "Generated figures")
    if draft.has("inflation"):
        draft.put("inflation", draft.some(np.ones(len(draft), dtype=bool), 0.05), 0.04, shares=True)
    draft.put("recurring", draft.some(draft.is_kind(Kind.PLAIN) & draft.is_new, 0.4), False)


def _land(draft: Draft) -> None:
    """Say where each program's service lands: most in one district, some in the whole city; whole percents."""
    rng, people = draft.rng, np.array(list(DISTRICTS.values()))
    weights = rng.gamma(0.35, size=(len(draft), len(people))) * people
    weights[draft.some(np.ones(len(draft), dtype=bool), 0.3)] = people
    percent = np.floor(100 * weights / weights.sum(axis=1, keepdims=True))
    most = percent.argmax(axis=1)
    percent[np.arange(len(draft)), most] += 100 - percent.sum(axis=1)
    for position, district in enumerate(DISTRICTS):
        rows = np.flatnonzero(percent[:, position])
        draft.put(f"districts.{district}", rows, percent[rows, position] / 100, shares=True)


def _limit(draft: Draft) -> None:
    """Set floors and ceilings around the baselines; new programs get a ceiling in dollars."""
    rng, existing = draft.rng, ~draft.is_new
    scaled = draft.is_kind(Kind.PLAIN, Kind.S_CURVE, Kind.SERVICE)
    floored = np.flatnonzero(existing & scaled & (rng.random(len(draft)) < 0.45))
    share = rng.uniform(0.6, 0.95, len(draft)).round(2)
    by_year = floored[::40] if len(draft.periods) > 1 else floored[:0]
    always = np.setdiff1d(floored, by_year)
    draft.put("spending.at_least", always, share[always], shares=True)
    draft.put(f"spending.at_least.{draft.periods[-1]}", by_year, share[by_year], shares=True)
    draft.put("spending.because", always[::5], "Service agreement")
    ceiling = rng.uniform(1.05, 1.8, len(draft)).round(2)
    alternative = draft.is_kind(Kind.PLAIN) & (rng.random(len(draft)) < 0.04)
    ceiling[alternative] = 2.2
    limited = (rng.random(len(draft)) < 0.85) | alternative
    limited &= existing & draft.is_kind(Kind.PLAIN, Kind.S_CURVE, Kind.IF_FUNDED, Kind.SERVICE)
    draft.ceiling = np.where(limited, ceiling, np.nan)
    draft.put("spending.at_most", np.flatnonzero(limited), ceiling[limited], shares=True)
    unlimited = np.flatnonzero(draft.is_new & scaled)
    draft.put("spending.at_most", unlimited, (1.2 * draft.size[unlimited]).round(-2))


def _scale(draft: Draft) -> None:
    """Write down fixed costs and least spending, and how services are scaled."""
    if_funded = np.flatnonzero(draft.is_kind(Kind.IF_FUNDED))
    draft.put("if_funded.fixed_cost", if_funded, draft.fixed[if_funded])
    least = (draft.size * draft.rng.uniform(0.4, 0.8, len(draft))).round(-2)
    draft.put("if_funded.at_least", if_funded, least[if_funded])
    served = np.flatnonzero(draft.is_kind(Kind.SERVICE, Kind.FREE))
    draft.put("service.unit", served, "visits served")
    draft.put("service.unit_cost", served, draft.unit_cost[served])
    units = np.floor(np.where(draft.unit_cost > 0, draft.size / np.where(draft.unit_cost > 0, draft.unit_cost, 1), 800))
    draft.put("service.up_to", served, np.ceil(units * draft.rng.uniform(1.2, 1.8, len(draft)))[served])
    held = np.flatnonzero(draft.is_kind(Kind.SERVICE) & (draft.rng.random(len(draft)) < 0.5))
    draft.put("service.at_least", held, np.floor(0.6 * units)[held])


def _choose_payers(draft: Draft) -> None:
    """Name the funds of some programs; of all others, every fund that admits them may pay."""
    rng, funds = draft.rng, draft.funds
    payer = np.full(len(draft), -1)
    payer[draft.rng.random(len(draft)) < 0.3] = 0
    payer[~draft.is_kind(Kind.PLAIN, Kind.S_CURVE, Kind.IF_FUNDED, Kind.SERVICE)] = -1
    names = texts_of([one.name for one in DEPARTMENTS], draft.department)
    if "streets" in funds:
        payer[draft.tags["streets"] & (rng.random(len(draft)) < 0.4)] = funds.index("streets")
        payer[0] = funds.index("streets")
    if "water" in funds:
        payer[(names == "Water") & (rng.random(len(draft)) < 0.8)] = funds.index("water")
        payer[1 % len(draft)] = funds.index("water")
    # a grant must find programs that are not kept from it
    payer[2:5] = -1
    rows = np.flatnonzero(payer >= 0)
    draft.put_lists("funds", rows, 1, texts_of(funds, payer[rows]))
    draft.payer = np.maximum(payer, 0)


def levels(draft: Draft) -> Floats:
    """Return the level at which each program runs as things are: dollars beyond the fixed cost, or units of service.

    Shape (programs,).
    """
    dollars = np.maximum(np.nan_to_num(draft.baseline) - draft.fixed, 0.0)
    price = np.where(draft.unit_cost > 0, draft.unit_cost, 1.0)
    return np.where(draft.is_kind(Kind.PACKAGES, Kind.PROJECT, Kind.FREE), 0.0, dollars / price)
