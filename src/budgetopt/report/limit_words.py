"""What a plan has beside each of its limits, and what the limit is, in words."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping
from typing import Any

from budgetopt.allocation import Allocation
from budgetopt.report.numbers import Numbers, join_words, plural
from budgetopt.report.text import label, one_line
from budgetopt.scenario.limits import Limit, Mention, Words

__all__ = ["COVERAGE", "bound_words", "value_words"]

COVERAGE = "of full coverage"
"""The unit in which rules on coverages count."""

Row = Mapping[Hashable, Any]


def value_words(plan: Allocation, limit: Limit, row: Row, numbers: Numbers) -> str:
    """Return what a plan has beside a limit, from its row of ``plan.rules``."""
    value = float(row["value"])
    if math.isnan(value):
        return ""
    if row["sense"] == "holds":
        return f"holds {numbers.number(value)} of {plural(int(row['bound']), 'program', numbers=numbers)}"
    if limit.parts_are_programs:
        return f"{_programs(plan, [str(row['part'])])} {'funded' if value else 'not funded'}"
    if limit.unit == "programs":
        return f"{plural(int(value), 'program', numbers=numbers)} funded"
    return _figure(numbers, value, str(row["unit"]))


def bound_words(plan: Allocation, limit: Limit, row: Row, numbers: Numbers) -> str:
    """Return a limit in words: the figure that it comes to here, and what the scenario says."""
    if limit.statement:
        return _said(plan, limit.statement, str(row["part"]), numbers)
    if math.isnan(float(row["bound"])):
        return limit.unasked
    sense = str(row["sense"])
    text = f"{sense} {_figure(numbers, float(row['bound']), str(row['unit']))}"
    return text + _share(plan, limit, sense, str(row["period"]), numbers) + _said(plan, limit.remark, "", numbers)


def _share(plan: Allocation, limit: Limit, sense: str, period: str, numbers: Numbers) -> str:
    """Return the share that a limit asks for in a period; nothing if it asks for a number."""
    number = next((number for number in limit.numbers if number.sense == sense and number.of), None)
    share = None if number is None else number.in_period(period)
    if number is None or share is None:
        return ""
    return f" ({numbers.share(share, 2)} of {_said(plan, number.of, '', numbers)})"


def _said(plan: Allocation, words: Words, part: str, numbers: Numbers) -> str:
    """Return a part of a sentence; programs that are named without keys are the part that the row is about."""
    pieces = []
    for piece in words:
        if isinstance(piece, Mention):
            keys = piece.keys or (part,)
            pieces.append(_programs(plan, keys) if piece.what == "programs" else _fund(plan, keys[0]))
        else:
            pieces.append(piece if isinstance(piece, str) else numbers.share(float(piece), 2))
    return "".join(pieces)


def _programs(plan: Allocation, ids: Iterable[str]) -> str:
    programs, names = plan.scenario.programs, plan.scenario.programs.names()
    return join_words([f"“{one_line(names[programs.position(program)])}”" for program in dict.fromkeys(ids)])


def _fund(plan: Allocation, key: str) -> str:
    return label(key, plan.scenario.funds[key].name)


def _figure(numbers: Numbers, value: float, unit: str) -> str:
    if unit == COVERAGE:
        return f"{numbers.share(value)} {COVERAGE}"
    return numbers.with_unit(value, one_line(unit)) if unit else numbers.spoken_money(value)
