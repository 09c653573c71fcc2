"""Between what the figures of a plan lie, in words: the ranges of its effects, and what is assumed to join them."""

from __future__ import annotations

from collections.abc import Iterator

from budgetopt.allocation import Allocation
from budgetopt.report.figures.numbers import Numbers, join_words, plural
from budgetopt.report.figures.outcome_rows import OutcomeRow
from budgetopt.scenario.programs import split_key

__all__ = ["NOT_SAID", "if_independent", "low_to_high", "range_notes", "ranges_told"]

NOT_SAID = "not said"


def low_to_high(row: OutcomeRow, numbers: Numbers) -> str:
    """Return between what an outcome lies, with every effect at the end of its range that brings least, or most."""
    spread = row.spread
    return NOT_SAID if spread is None else row.between(numbers, spread.low, spread.high)


def if_independent(row: OutcomeRow, numbers: Numbers) -> str:
    """Return between what an outcome lies if the errors of its effects are independent."""
    spread = row.spread
    return NOT_SAID if spread is None else row.between(numbers, spread.low_if_independent, spread.high_if_independent)


def range_notes(plan: Allocation, rows: tuple[OutcomeRow, ...], numbers: Numbers) -> Iterator[str]:
    """Yield how the ranges are worked out, and how many effects say nothing of theirs; nothing without any range."""
    if all(row.spread is None for row in rows):
        return
    effects = [split_key(key) for key in plan.scenario.programs.columns]
    keys = {path[-1] for path in effects if "outcomes" in path}
    ways = ["the low and high estimates of the scenario"] if keys & {"low", "high"} else []
    if "std_error" in keys:
        ways.append("1.96 standard errors on each side (95%, for normal errors)")
    words = "The range of an outcome, low to high, has each effect at the end of its own range that brings least, or "
    words += f"most, all at once. The range of an effect is {ways[0]}"
    if len(ways) == 2:
        words += f", or where they are not given {ways[1]}"
    yield f"{words}."
    if any(if_independent(row, numbers) != low_to_high(row, numbers) for row in rows):
        yield "If errors are independent, some offset others, and the range is narrower."
    brings = plan.effect_ranges.brings
    exact = int((brings & ~plan.effect_ranges.said).sum())
    if exact:
        count = plural(int(brings.sum()), "effect")
        say, are = ("says", "is") if exact == 1 else ("say", "are")
        yield f"Of the {count} behind these figures, {exact:,} {say} nothing of a range and {are} taken to be exact."


def ranges_told(rows: list[OutcomeRow], numbers: Numbers) -> str:
    """Return between what some outcomes lie, and which changes may go the other way, in sentences; or nothing."""
    known = [row for row in rows if row.spread is not None and row.spread.low < row.spread.high]
    sentences = [_between(known, numbers)] if known else []
    if turning := [f"“{row.name}”" for row in rows if row.may_turn]:
        may = f"the change of {join_words(turning)} may also go the other way"
        sentences.append(f"Within {'them' if sentences else 'the ranges of the effects'}, {may}.")
    if missing := [f"“{row.name}”" for row in rows if row.may_miss]:
        target, may = ("target", "it is met") if len(missing) == 1 else ("targets", "they are met")
        words = f"the {target} for {join_words(missing)} may be missed: {may} by the effects as they are estimated"
        sentences.append(f"Within {'them' if sentences else 'the ranges of the effects'}, {words}.")
    return " ".join(sentences)


def _between(rows: list[OutcomeRow], numbers: Numbers) -> str:
    parts = []
    for row in rows:
        wide, narrow = low_to_high(row, numbers), if_independent(row, numbers)
        independent = "" if narrow == wide else f" ({narrow} if their errors are independent)"
        parts.append(f"“{row.name}” is from {wide} {row.unit}{independent}")
    words = f"By the ranges of the effects, {join_words(parts)}"
    exact = sum(row.spread.effects - row.spread.with_range for row in rows if row.spread is not None)
    if exact:
        more = "1 effect that says" if exact == 1 else f"{exact:,} effects that say"
        words += f"; {more} nothing of a range {'is' if exact == 1 else 'are'} taken to be exact"
    return f"{words}."
