"""How a remark on some programs is said."""

from __future__ import annotations

import re
from collections.abc import Iterator

from budgetopt.scenario.programs import Bools
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.words import listed

__all__ = ["MOST_NAMES", "some_programs"]

MOST_NAMES = 5
"""So many programs are named; more are counted."""


def some_programs(scenario: Scenario, chosen: Bools, sentence: str) -> Iterator[str]:
    """Yield one sentence on the chosen programs, if there are any.

    ``{}`` is their name or number, and of ``[has|have]`` the first is said of one program, the second of several.
    """
    names = scenario.programs.ids[chosen].tolist()
    if len(names) == 1:
        yield re.sub(r"\[(.*?)\|(.*?)\]", r"\1", sentence).format(f"program '{names[0]}'")
    elif names:
        several = re.sub(r"\[(.*?)\|(.*?)\]", r"\2", sentence)
        yield f"{several.format(f'{len(names):,} programs')}: {listed(names, MOST_NAMES)}"
