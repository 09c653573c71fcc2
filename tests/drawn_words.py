"""Draw what a scenario has: outcomes, programs and what money does there, funds and selections."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from hypothesis import strategies as st

from oracle import matches

__all__ = [
    "ALL",
    "CONVEX",
    "PERIODS",
    "PLAIN",
    "STEP",
    "Features",
    "chance",
    "draw_funds",
    "draw_money",
    "draw_outcomes",
    "draw_program",
    "draw_where",
]

PERIODS = ["FY2027", "FY2028", "FY2029"]
STEP = 100_000

PLAIN = frozenset({"curves", "unit costs", "limits", "baselines", "restricted funds", "spending rules"})
"""What the simplest budgets have."""
CONVEX = PLAIN | {
    "changes",
    "outcome floors",
    "targets",
    "transfers",
    "reserves",
    "structural balance",
    "lapsing funds",
    "less is better",
    "odd figures",
}
"""Everything that stays linear programming."""
ALL = CONVEX | {"outcome ceilings", "any shape", "harm"}
"""Everything, also what takes binary columns."""

Features = Collection[str]


def draw_money(draw: st.DrawFn, features: Features, most: int = 40) -> int:
    """Draw an amount, most often round."""
    if "odd figures" in features and draw(st.integers(0, 9)) == 0:
        return draw(st.integers(0, most * STEP))
    return STEP * draw(st.integers(0, most))


def chance(draw: st.DrawFn, features: Features, feature: str, *, one_in: int = 2) -> bool:
    return feature in features and draw(st.integers(1, one_in)) == 1


def draw_outcomes(draw: st.DrawFn, features: Features) -> dict[str, Any]:
    outcomes: dict[str, Any] = {}
    for number in range(draw(st.integers(1, 3))):
        outcomes[f"o{number}"] = {
            "unit": "visits",
            "weight": draw(st.sampled_from([1, 2, 2, 10, 1000] if number == 0 else [0, 1, 2, 10])),
        }
        if number and chance(draw, features, "less is better", one_in=3):
            outcomes[f"o{number}"]["direction"] = "decrease"
    return outcomes


def draw_program(draw: st.DrawFn, outcomes: Mapping[str, Any], features: Features) -> dict[str, Any]:
    program: dict[str, Any] = {"department": draw(st.sampled_from(["Fire", "Library", "Parks"]))}
    tags = draw(st.sampled_from([[], ["housing"], ["building"], ["housing", "building"]]))
    if tags:
        program["tags"] = tags
    if draw(st.integers(0, 3)) == 0:
        program["recurring"] = False
    if chance(draw, features, "baselines"):
        program["baseline"] = draw_money(draw, features, 20)
    effects = {}
    for name, outcome in outcomes.items():
        if draw(st.integers(0, 2)) or name == "o0":
            effects[name] = _effect(draw, outcome.get("direction") == "decrease", features)
    if effects:
        program["outcomes"] = effects
    return program


def _effect(draw: st.DrawFn, decrease: bool, features: Features) -> dict[str, Any]:
    shapes = ["per_dollar"]
    if "curves" in features:
        shapes += ["curve", "curve"]
    if "unit costs" in features and (not decrease or "harm" in features):
        shapes += ["unit_cost"]
    shape = draw(st.sampled_from(shapes))
    wrong_way = chance(draw, features, "harm", one_in=6)
    sign = -1 if decrease is not wrong_way else 1
    if shape == "per_dollar":
        # a decimal of few digits: what is written is what is meant
        return {"per_dollar": sign * draw(st.sampled_from([0.0001, 0.0002, 0.0005, 0.001, 0.00125, 0.003]))}
    if shape == "unit_cost":
        effect: dict[str, Any] = {"unit_cost": draw(st.sampled_from([250, 1000, 2000, 12_000]))}
        if draw(st.booleans()):
            effect["up_to"] = draw(st.sampled_from([0, 50, 400, 1000, 1500]))
        return effect
    slopes = draw(st.lists(st.integers(0, 300), min_size=1, max_size=4))
    if not chance(draw, features, "any shape", one_in=3):
        slopes = sorted(slopes, reverse=True)
    widths = draw(st.lists(st.integers(1, 15), min_size=len(slopes), max_size=len(slopes)))
    x, y = 0, draw(st.sampled_from([0, 0, 0, 900]))
    curve = [[x, y]]
    for slope, width in zip(slopes, widths, strict=True):
        x, y = x + STEP * width, y + sign * slope * width
        curve.append([x, y])
    return {"curve": curve}


def draw_where(draw: st.DrawFn, programs: Mapping[str, Any]) -> dict[str, Any] | None:
    """Draw a selection that selects something, or none."""
    departments = sorted({words["department"] for words in programs.values()})
    tags = sorted({tag for words in programs.values() for tag in words.get("tags", [])})
    choices: list[dict[str, Any] | None] = [None, {"department": departments[0]}, {"department": departments[-2:]}]
    choices.append({"program": [next(iter(programs))]})
    if tags:
        choices += [{"tags": tags[0]}, {"any": [{"tags": tags[-1]}, {"department": departments[-1]}]}]
    choices += [{"department": {"not": departments[0]}}, {"not": {"department": departments[0]}}]
    choices += [{"department": departments[0], "tags": tags[0]}] if tags else []
    kept = [where for where in choices if any(matches(p, words, where) for p, words in programs.items())]
    return draw(st.sampled_from(kept))


def draw_funds(draw: st.DrawFn, programs: Mapping[str, Any], max_funds: int, features: Features) -> dict[str, Any]:
    funds: dict[str, Any] = {"general": {}}
    for number in range(draw(st.integers(1, max_funds)) - 1):
        fund: dict[str, Any] = {"kind": "grant"}
        if chance(draw, features, "restricted funds") and (where := draw_where(draw, programs)) is not None:
            fund["only"] = where
        funds[f"f{number + 1}"] = fund
    for fund in funds.values():
        if chance(draw, features, "lapsing funds", one_in=4):
            fund["carryover"] = False
        if chance(draw, features, "structural balance", one_in=4):
            fund["structural_balance"] = True
        if chance(draw, features, "reserves", one_in=3):
            share = f"{draw(st.sampled_from([5, 16.67, 50]))}%"
            fund["reserve"] = draw(
                st.sampled_from(
                    [
                        500_000,
                        {"at_least": 250_000},
                        {"at_least": share, "of": "revenue"},
                        {"at_least": share, "of": "spending"},
                    ]
                )
            )
    return funds
