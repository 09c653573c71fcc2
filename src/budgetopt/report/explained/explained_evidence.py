"""What is known of the effects of one program, in sentences: their ranges, their evidence, and the notes on them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from budgetopt.allocation import Allocation
from budgetopt.report.figures.numbers import Numbers, counted, join_words, plural
from budgetopt.report.figures.outcome_rows import Bought
from budgetopt.report.figures.sources import EVIDENCE_WORDS, EffectLine, effect_lines
from budgetopt.report.figures.text import one_line, sentence
from budgetopt.scenario.estimates import effect_prefixes, sized, spread_of

__all__ = ["evidence_told", "notes_told", "range_of_effects", "range_told"]

MOST_EFFECTS = 4


def range_told(plan: Allocation, position: int, numbers: Numbers) -> Iterator[str]:
    """Yield between what lies that which a program brings, where the scenario says so."""
    rows = Bought(plan).rows
    ends = {
        outcome: pair for (program, outcome), pair in plan.effect_ranges.program_ends.items() if program == position
    }
    parts = [
        f"from {numbers.quantity(low)} to "
        + (counted if len(ends) > 1 else _unnamed)(numbers, high, rows[outcome].unit, rows[outcome].name)
        for outcome, (low, high) in ends.items()
        if low != high
    ]
    if parts:
        whose = "range of its effect" if len(parts) == 1 else "ranges of its effects"
        yield f"By the {whose}, that may be {join_words(parts)}."


def _unnamed(numbers: Numbers, value: float, unit: str, _: str) -> str:
    return numbers.with_unit(value, unit)


def range_of_effects(plan: Allocation, position: int) -> tuple[float, float] | None:
    """Return the shares by which every effect of a program may be off; None where one says nothing of its range."""
    programs, low, high = plan.scenario.programs, 0.0, np.inf
    for name in plan.scenario.outcomes:
        for prefix in effect_prefixes(programs, name):
            if not sized(programs, prefix)[position]:
                continue
            spread = spread_of(programs, prefix)
            if not spread.said[position]:
                return None
            low, high = max(low, float(spread.low[position])), min(high, float(spread.high[position]))
    return (low, high) if high < np.inf else None


def evidence_told(plan: Allocation, position: int, numbers: Numbers) -> Iterator[str]:
    """Yield how the effects of a program are known."""
    rows = Bought(plan).rows
    lines = [line for line in effect_lines(plan, rows, numbers) if line.program == position]
    groups: dict[str, list[str]] = {}
    for line in lines:
        names = groups.setdefault(_known(line), [])
        names += [rows[line.outcome].name] if rows[line.outcome].name not in names else []
    for known, names in list(groups.items())[:MOST_EFFECTS]:
        quoted = [f"“{name}”" for name in names]
        several = len(names) > 1
        yield f"Its effect{'s' * several} on {join_words(quoted)} {'are' if several else 'is'} {known}."
    if (more := len(groups) - MOST_EFFECTS) > 0:
        yield f"The report has the evidence of {plural(more, 'more effect')}."


def _known(line: EffectLine) -> str:
    cited = one_line(line.source)
    if line.as_of:
        cited += f"{', ' if cited else ''}as of {line.as_of}"
    if line.silent:
        known = "assumed: nothing is said of the evidence"
    elif line.growth_assumed:
        known = f"known at its baseline{_from(line)}, and assumed to grow in proportion to the money"
    elif line.assumed:
        known = "assumed"
    else:
        known = f"known{_from(line) or ' from a source'}"
    cited = "; ".join(filter(None, (cited, line.study, line.link)))
    return f"{known} ({cited})" if cited else known


def _from(line: EffectLine) -> str:
    return f" from {_ARTICLES.get(line.evidence, '')}{EVIDENCE_WORDS[line.evidence]}" if line.evidence else ""


_ARTICLES = {"rct": "a ", "quasi_experimental": "a ", "observational": "an "}


def notes_told(plan: Allocation, position: int) -> Iterator[str]:
    """Yield the notes on a program and its effects, those that are not published said to be internal."""
    programs = plan.scenario.programs
    prefixes = [prefix for name in plan.scenario.outcomes for prefix in effect_prefixes(programs, name)]
    for key, start in (("public_note", "Note"), ("note", "Internal note, not published")):
        found = (programs.value(position, path) for path in (key, *(f"{prefix}.{key}" for prefix in prefixes)))
        for text in dict.fromkeys(one_line(note) for note in found if note):
            yield f"{start}: {sentence(text)}"
