"""Draw what binds a scenario, around what a plan does: limits, targets, rules, and revenue that just suffices."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import ceil, floor
from typing import Any

from hypothesis import strategies as st

from drawn_words import STEP, Features, chance, draw_where
from oracle import Reading, exact, matches

__all__ = ["draw_limit", "draw_revenue", "draw_rule", "draw_target"]

Drawn = dict[str, Any] | None


def draw_limit(draw: st.DrawFn, reading: Reading, program: str, features: Features, feasible: bool) -> None:
    words = reading.programs[program]
    if not chance(draw, features, "limits"):
        return
    spent = {period: reading.spent(program, period) for period in reading.periods}
    baseline = words.get("baseline", 0)
    limits: dict[str, Any] = {}
    for key, outward in (("at_least", floor), ("at_most", ceil)):
        if draw(st.integers(0, 2)) == 0:
            continue
        edge = min(spent.values()) if key == "at_least" else max(spent.values())
        room = draw(st.sampled_from([0, 0, STEP, 10 * STEP])) * (-1 if key == "at_least" else 1)
        if not feasible:
            room = draw(st.integers(-10, 10)) * STEP
        if baseline and draw(st.integers(0, 2)) == 0:
            limits[key] = f"{max(0, outward(100 * (edge + room) / baseline))}%"
        elif draw(st.integers(0, 3)) == 0:
            some = reading.periods[: draw(st.integers(1, len(spent)))]
            limits[key] = {period: max(0, int(spent[period] + room)) for period in some}
        else:
            limits[key] = max(0, int(edge + room))
    if limits:
        words["spending"] = limits


def draw_target(draw: st.DrawFn, reading: Reading, outcome: str, features: Features, feasible: bool) -> None:
    keys = _sides(reading, outcome, features, "targets")
    if not keys or not chance(draw, features, "targets", one_in=3):
        return
    levels = {period: reading.level(outcome, period) for period in reading.periods}
    each = draw(st.sampled_from(["period", "total"]))
    key = draw(st.sampled_from(keys))
    target: dict[str, Any] = {key: _bound(draw, levels, None, key, each, feasible)}
    if each == "total":
        target["each"] = each
    reading.document["outcomes"][outcome]["target"] = target


def _sides(reading: Reading, outcome: str, features: Features, floors: str) -> list[str]:
    """Return which limits on an outcome keep the problem convex, and the others if they are wanted."""
    decrease = reading.document["outcomes"][outcome].get("direction") == "decrease"
    right, wrong = ("at_most", "at_least") if decrease else ("at_least", "at_most")
    return ([right] if floors in features else []) + ([wrong] if "outcome ceilings" in features else [])


def _number(value: Fraction) -> float | int:
    return int(value) if value.denominator == 1 else float(value)


def _bound(
    draw: st.DrawFn,
    value: Mapping[str, Fraction],
    base: Mapping[str, Fraction] | None,
    key: str,
    each: str,
    feasible: bool,
) -> Any:
    """Return a limit that the values keep, as it is written: often exactly where they are."""
    down = key == "at_least"

    def one(value: Fraction, base: Fraction | None) -> Any:
        slack = draw(st.sampled_from([Fraction(0), Fraction(0), Fraction(1, 10), Fraction(1)]))
        if not feasible:
            slack = Fraction(draw(st.integers(-5, 10)), 10)
        limit = value - abs(value) * slack * (1 if down else -1)
        if base is None:
            return _number(limit)
        if base == 0:
            return "0%" if down else "100%"
        share = limit / base
        return f"{max(0, (floor if down else ceil)(1000 * share)) / 10}%"

    if each == "total":
        return one(sum(value.values(), Fraction(0)), None if base is None else sum(base.values(), Fraction(0)))
    if draw(st.integers(0, 3)) == 0:
        some = list(value)[: draw(st.integers(1, len(value)))]
        return {period: one(value[period], None if base is None else base[period]) for period in some}
    if base is None:
        return one(min(value.values()) if down else max(value.values()), None)
    written = [one(value[period], base[period]) for period in value if base[period]]
    if not written:
        return "0%" if down else "100%"
    return (min if down else max)(written, key=exact)


def draw_rule(draw: st.DrawFn, reading: Reading, name: str, features: Features, feasible: bool) -> Drawn:
    kinds = [
        kind
        for kind in ("spending rules", "spending rules", "outcome floors", "outcome ceilings", "changes")
        if kind in features
    ]
    if not kinds:
        return None
    kind = draw(st.sampled_from(kinds))
    rule: dict[str, Any] = {"name": name}
    where = draw_where(draw, reading.programs)
    if where is not None:
        rule["where"] = where
    if draw(st.integers(0, 3)) == 0:
        rule["periods"] = reading.periods[-draw(st.integers(1, len(reading.periods))) :]
    if kind == "changes":
        return _change(draw, reading, rule, feasible)
    rule["sum"] = "spending"
    if kind != "spending rules":
        outcome = draw(st.sampled_from(list(reading.document["outcomes"])))
        keys = _sides(reading, outcome, features, "outcome floors")
        rule["sum"] = f"outcome {outcome}"
    else:
        keys = ["at_least", "at_most"]
        rule["of"] = draw(
            st.sampled_from([None, "total spending", "total spending", "baseline", "revenue", "selection"])
        )
        if draw(st.booleans()):
            rule["funds"] = draw(st.lists(st.sampled_from(list(reading.funds)), min_size=1, unique=True))
        if rule["of"] == "selection":
            rule["of"] = {"sum": "spending"}
            if (other := draw_where(draw, reading.programs)) is not None:
                rule["of"]["where"] = other
            if draw(st.integers(0, 3)) == 0:
                rule["of"]["funds"] = [draw(st.sampled_from(list(reading.funds)))]
        elif rule["of"] == "revenue":
            return _share_of_revenue(draw, rule, feasible)
        if rule["of"] is None:
            del rule["of"]
    each = draw(st.sampled_from(["period", "period", "total"]))
    value, base = reading.sides(rule)
    held = [period for period in reading.periods if period in rule.get("periods", reading.periods)]
    value = {period: value[period] for period in held}
    if each == "total":
        rule["each"] = each
    key = draw(st.sampled_from(keys))
    if key == "at_most" and base is not None and any(value[period] > 0 and not base[period] for period in held):
        key = "at_least"  # no share of nothing is something
    bound = _bound(
        draw, value, None if base is None else {period: base[period] for period in held}, key, each, feasible
    )
    if (
        key == "at_most"
        and base is None
        and not isinstance(bound, dict)
        and rule["sum"] == "spending"
        and draw(st.integers(0, 4)) == 0
    ):
        # a sum that is the same in every period may be demanded exactly
        whole = sum(value.values(), Fraction(0)) if each == "total" else next(iter(value.values()))
        if each == "total" or len(set(value.values())) == 1:
            return {**rule, "equals": _number(whole)}
    rule[key] = bound
    return rule


def _share_of_revenue(draw: st.DrawFn, rule: dict[str, Any], feasible: bool) -> dict[str, Any]:
    """Draw a share of revenue. Revenue is chosen last, and then is at least the spending, so that 100% always holds."""
    if feasible or draw(st.booleans()):
        return {**rule, "at_least": "0%"} if draw(st.booleans()) else {**rule, "at_most": "100%"}
    return {**rule, draw(st.sampled_from(["at_least", "at_most"])): f"{draw(st.integers(0, 100))}%"}


def _change(draw: st.DrawFn, reading: Reading, rule: dict[str, Any], feasible: bool) -> dict[str, Any] | None:
    moves = {"increase_at_most": Fraction(0), "decrease_at_most": Fraction(0)}
    for program, words in reading.programs.items():
        if not matches(program, words, rule.get("where")) or "baseline" not in words:
            continue
        for period in rule.get("periods", reading.periods):
            move = reading.spent(program, period) - words["baseline"]
            if move and not words["baseline"]:
                return None
            if move:
                side = "increase_at_most" if move > 0 else "decrease_at_most"
                moves[side] = max(moves[side], abs(move) / words["baseline"])
    moves["at_most"] = max(moves.values())
    keys = draw(
        st.sampled_from(
            [["at_most"], ["increase_at_most"], ["decrease_at_most"], ["increase_at_most", "decrease_at_most"]]
        )
    )
    room = draw(st.sampled_from([0, 0, 10])) if feasible else draw(st.integers(-20, 20))
    return {**rule, "change": {key: f"{max(0, ceil(100 * moves[key]) + room)}%" for key in keys}}


def draw_revenue(draw: st.DrawFn, reading: Reading, fund: str, covers: bool, feasible: bool) -> None:
    """Give a fund the balance and the revenue that the plan needs, and sometimes more.

    With ``covers``, its revenue is at least what it pays in each period.
    """
    words = reading.funds[fund]
    words["opening_balance"] = draw(st.sampled_from([0, 0, 1_000_000, 5_000_000]))
    if draw(st.integers(0, 3)) == 0:
        words["one_time"] = {reading.periods[0]: 2_000_000}
    reserve = words.get("reserve")
    share = Fraction(0)
    if (
        isinstance(reserve, Mapping)
        and reserve.get("of", "revenue") == "revenue"
        and isinstance(reserve["at_least"], str)
    ):
        share = exact(reserve["at_least"])
    revenue: dict[str, int] = {}
    for period in reading.periods:
        recurring = [program for program, each in reading.programs.items() if each.get("recurring", True)]
        least = Fraction(0)
        if words.get("structural_balance"):
            least = sum((reading.spent(program, period, [fund]) for program in recurring), Fraction(0))
        if covers:
            least = max(
                least, sum((reading.spent(program, period, [fund]) for program in reading.programs), Fraction(0))
            )
        words["revenue"] = {**revenue, period: 0}
        lacking = (reading.reserve(fund, period) - reading.closing(fund)[period]) / (1 - share)
        extra = draw(st.sampled_from([0, 0, 0, STEP, 5 * STEP, 20 * STEP]))
        if not feasible:
            extra = draw(st.integers(-10, 20)) * STEP
        needed = max(least, lacking, Fraction(0)) + extra
        revenue[period] = max(0, 1000 * ceil(needed / 1000))
    same = set(revenue.values())
    words["revenue"] = revenue if len(same) > 1 or draw(st.booleans()) else same.pop()
