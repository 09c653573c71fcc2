"""What is known of each effect: how it was found, and the range in which it may lie."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from budgetopt.scenario.programs import Bools, Floats, ProgramTable, Texts, split_key

__all__ = [
    "GROWTH_KEYS",
    "NORMAL_95",
    "SIZES",
    "EffectSpread",
    "assumed_effects",
    "assumed_growth",
    "assumed_programs",
    "effect_prefixes",
    "is_assumed",
    "is_internal",
    "sized",
    "spread_of",
]

SIZES = ("per_dollar", "unit_cost", "per_unit", "curve", "at_baseline", "value")
"""The keys that give an effect, or the effect of a package, its size."""
GROWTH_KEYS = ("growth", "elasticity", "saturation")
"""The keys that say how a result at the baseline grows with the money."""
NORMAL_95 = 1.959963984540054
"""So many standard errors on each side hold 95% of a normal error."""


class EffectSpread(NamedTuple):
    """How far effects may be off, as shares of the effects themselves; each has the shape (programs,).

    ``said`` is whether the scenario says anything of it. Where it does not, both ends are the effect itself, and so is
    an end of which nothing is said.
    """

    said: Bools
    low: Floats
    high: Floats


def effect_prefixes(programs: ProgramTable, outcome: str) -> list[str]:
    """Return the keys below which effects on an outcome stand: of programs, then of their first, second ... package."""
    numbers = sorted({int(key.split(".")[0]) for key in programs.under("packages")})
    return [f"outcomes.{outcome}", *(f"packages.{number}.outcomes.{outcome}" for number in numbers)]


def is_internal(key: str) -> bool:
    """Return whether a key of programs is a note for the office: on the program, or on one of its effects."""
    *path, last = split_key(key)
    return last == "note" and (not path or path[-2:-1] == ["outcomes"])


def sized(programs: ProgramTable, prefix: str) -> Bools:
    """Return which programs have an effect under a prefix of keys; shape (programs,)."""
    return np.asarray(np.any([programs.has(f"{prefix}.{key}") for key in SIZES], axis=0), dtype=bool)


def is_assumed(source: str) -> bool:
    """Return whether a source says that there is none: it begins with the word *assumption*."""
    return source.strip().casefold().startswith("assumption")


def assumed_growth(programs: ProgramTable, prefix: str) -> Bools:
    """Return which effects under a prefix are results at the baseline of which nothing says how they grow."""
    said = np.any([programs.has(f"{prefix}.{key}") for key in GROWTH_KEYS], axis=0)
    return np.asarray(programs.has(f"{prefix}.at_baseline") & ~said, dtype=bool)


def assumed_effects(programs: ProgramTable, prefix: str) -> tuple[Bools, Bools]:
    """Return which effects under a prefix are assumptions, and which of them because nothing is said of their evidence.

    An effect without a grade of evidence is an assumption unless it names a source; one given as this year's result is
    an assumption, too, where nothing says how it grows. Both have the shape (programs,).
    """
    grade, source = programs.text(f"{prefix}.evidence"), programs.text(f"{prefix}.source")
    has = sized(programs, prefix)
    named, called = (_holds(source, test) for test in (lambda text: bool(text.strip()), is_assumed))
    silent = has & (grade == "") & ~named
    grows = assumed_growth(programs, prefix)
    return has & ((grade == "assumption") | ((grade == "") & called)) | silent | grows, silent


def _holds(texts: Texts, test: Callable[[str], bool]) -> Bools:
    """Return for which texts a test holds, asked once of each different one; same shape."""
    items = texts.tolist()
    known = {text: test(text) for text in {*items}}
    return np.fromiter(map(known.__getitem__, items), dtype=bool, count=len(items))


def assumed_programs(programs: ProgramTable, outcome: str) -> Bools:
    """Return which programs' effects on an outcome are assumptions, its packages' included; shape (programs,)."""
    found = [assumed_effects(programs, prefix)[0] for prefix in effect_prefixes(programs, outcome)]
    return np.asarray(np.any(found, axis=0), dtype=bool)


def spread_of(programs: ProgramTable, prefix: str) -> EffectSpread:
    """Return how far the effects under a prefix may be off.

    The low and the high estimate are the ends where they are given; the standard error gives an end that is not.
    """
    error, low, high = (programs.number(f"{prefix}.{key}") for key in ("std_error", "low", "high"))
    said = ~(np.isnan(error) & np.isnan(low) & np.isnan(high))
    half = NORMAL_95 * np.nan_to_num(error)
    return EffectSpread(said, np.where(np.isnan(low), 1.0 - half, low), np.where(np.isnan(high), 1.0 + half, high))
