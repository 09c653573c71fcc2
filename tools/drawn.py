"""Draw scenarios and look at each, without shrinking: the same ones each time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings

__all__ = ["look_at_each"]


def look_at_each(look: Callable[..., None], examples: int, *drawn: Any, number: int | None = None) -> None:
    """Call a function with so many draws of some strategies; with a number, with others for each number."""
    run = settings(
        max_examples=examples,
        deadline=None,
        derandomize=number is None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    over: Any = given(*drawn)
    test = run(over(look))
    (test if number is None else seed(number)(test))()
