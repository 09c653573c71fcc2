"""A generated city of any size, for tests, benchmarks and first steps. Nothing in it is about a real place."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np

from budgetopt.errors import OptionError
from budgetopt.scenario.model import Document
from budgetopt.scenario.scenario import Scenario
from budgetopt.synthetic.city_effects import add_effects, add_packages, add_uses
from budgetopt.synthetic.city_funds import fund_names, funds_of
from budgetopt.synthetic.city_programs import draft_programs, levels
from budgetopt.synthetic.city_rules import outcomes_of, resources_of, rules_of
from budgetopt.synthetic.draft import Draft
from budgetopt.synthetic.features import ALL, LINEAR, features_of
from budgetopt.synthetic.witness import witness_of

__all__ = ["ALL", "LINEAR", "city"]

FEWEST = 5


def city(
    programs: int, funds: int = 6, periods: int = 5, seed: int = 0, *, features: str | Collection[str] = "all"
) -> Scenario:
    """Return a generated city: a scenario with realistic distributions, and a plan that meets all of it.

    What is demanded is set a little away from the plan that goes on as things are, so there is always a plan. The same
    arguments give the same city.

    Parameters
    ----------
    programs
        How many programs, from 5 on; a million takes seconds.
    funds
        How many funds: the general fund, street aid, a water utility, a housing grant, a capital fund, a health grant,
        and small funds of their own purpose from there on.
    periods
        How many years.
    seed
        Another seed, another city.
    features
        ``all``; ``linear`` for a city without integer decisions; or some of :data:`ALL`.

    Raises
    ------
    OptionError
        If there are fewer than five programs, no fund or no period, or a feature is unknown.

    Examples
    --------
    >>> from budgetopt import synthetic
    >>> synthetic.city(50, funds=4, periods=3)
    Scenario('Generated city of 50 programs': 50 programs, 4 funds, 8 outcomes, 18 rules, 3 periods)
    """
    for name, value, least in (("programs", programs, FEWEST), ("funds", funds, 1), ("periods", periods, 1)):
        if value < least:
            raise OptionError(f"{name} is {value}; a city has at least {least}")
    years = tuple(f"FY{2027 + at}" for at in range(periods))
    draft = draft_programs(programs, fund_names(funds), years, features_of(features), np.random.default_rng(seed))
    add_effects(draft)
    if draft.has("resources"):
        add_uses(draft)
    add_packages(draft)
    words = {
        "name": f"Generated city of {programs:,} programs",
        "description": f"Made by a generator (seed {seed}); no figure is about a real place.",
        "source": "Generated figures",
        "periods": list(years),
    }
    return _scenario_of(draft, words)


def _scenario_of(draft: Draft, words: dict[str, Any]) -> Scenario:
    """Return the scenario of a draft: what it demands is set by a plan that goes on as things are."""
    words |= {
        "outcomes": outcomes_of(draft),
        "resources": resources_of(draft),
        "inflation": "2.5%" if draft.has("inflation") else 0,
        "discount": "3%" if draft.has("discount") else 0,
    }
    table = draft.table()
    bare = Scenario(Document.model_validate(words), table)
    witness = witness_of(bare, levels(draft), draft.payer, len(draft.funds))
    words |= {
        "funds": funds_of(draft, witness),
        "outcomes": outcomes_of(draft, witness),
        "resources": resources_of(draft, witness),
        "rules": rules_of(draft, bare, witness),
    }
    if draft.has("ordered objectives"):
        words["objective"] = [
            {"maximize": "weighted outcomes", "within": "0.5%"},
            {"minimize": "change from baseline"},
        ]
    return Scenario(Document.model_validate(words), table)
