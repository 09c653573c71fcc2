"""What was checked, cell by cell, and what was found wrong, in words."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from budgetopt.scenario.programs import Bools, Floats, Ints, Texts
from budgetopt.scenario.scenario import Scenario

__all__ = ["ALL_PERIODS", "Check", "Violation", "figures"]

ALL_PERIODS = -1
"""The position that stands for all periods together."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One limit that a plan does not keep.

    Parameters
    ----------
    kind
        The kind of limit: ``amount``, ``eligibility``, ``spending limit``, ``if funded``, ``service``, ``packages``,
        ``transfer``, ``fund balance``, ``reserve``, ``structural balance``, ``fund spending``, ``match``, ``maintenance
        of effort``, ``no supplanting``, ``target``, ``resource``; or of a rule ``sum``, ``change``, ``count``,
        ``requires``, ``excludes``, ``exactly one``, ``together``, ``substitutes``, ``follows``.
    name
        What it is called: the rule's name, or the key of the fund, program or outcome.
    period, program, fund
        Where it stands: the period (None for all periods together), the program's id, the fund's key.
    value, bound
        What the plan has there, and the limit.
    excess
        By how much the limit is missed, in the unit of the value; NaN where the value is no number.
    text
        All of it in a plain sentence.
    because
        The law or promise behind the limit.
    """

    kind: str
    name: str
    period: str | None
    program: str | None
    fund: str | None
    value: float
    bound: float
    excess: float
    text: str
    because: str = ""

    def __str__(self) -> str:
        return f"{self.text} ({self.because})" if self.because else self.text


@dataclass(frozen=True, slots=True, eq=False)
class Check:
    """One limit of the scenario, or many of one kind, as they were checked: one cell a value that is limited.

    Every array has the shape (cells,).

    Parameters
    ----------
    kind, name
        As in :class:`Violation`.
    value
        What the plan has.
    lower, upper
        The limits, infinite where there is none. They may be left out when there is none at all.
    allowed
        By how much a limit may be missed: what a computer's rounding and a plan in whole cents bring with them.
    period, program, fund, other
        Positions of what each cell is about; a period of ``-1`` is all periods together. ``other`` is the fund that
        receives a transfer. None where the check is not about programs or funds.
    item
        What else each cell is about, as it is printed: a group, a package, a list of programs. None for nothing else.
    share_of
        What a share is a share of, for limits that are shares.
    unit
        The unit of the values, empty for dollars; one for all cells, or one a cell.
    because
        The law or promise behind the limit; one for all cells, or one a cell.
    below, above
        The sentence that says how a limit was missed, with ``{value}``, ``{bound}``, ``{excess}``, ``{program}``,
        ``{fund}``, ``{other}``, ``{item}``, ``{at_period}``, ``{in_period}``, ``{name}`` and ``{unit}`` in it; one for
        all cells, or one a cell.
    is_goal
        Whether it is a goal, which the plan may miss.
    limit
        Position in the scenario's list of limits of what each cell keeps, -1 where it is no limit of that list; one for
        all cells, or one a cell.
    upper_limit
        The same for the upper side of each cell, where that is a limit of its own.
    part
        For each cell the position of the part of its limit that it is about; None where the limit has no parts.
    """

    kind: str
    name: str
    value: Floats
    period: Ints
    allowed: Floats
    lower: Floats = field(default_factory=lambda: np.empty(0))
    upper: Floats = field(default_factory=lambda: np.empty(0))
    program: Ints | None = None
    fund: Ints | None = None
    other: Ints | None = None
    item: Texts | None = None
    share_of: Floats | None = None
    unit: str | Texts = ""
    because: str | Texts = ""
    below: str | Texts = ""
    above: str | Texts = ""
    is_goal: bool = False
    limit: int | Ints = -1
    upper_limit: Ints | None = None
    part: Ints | None = None

    def __post_init__(self) -> None:
        for limit, none in (("lower", -np.inf), ("upper", np.inf)):
            if len(getattr(self, limit)) != len(self.value):
                object.__setattr__(self, limit, np.full(len(self.value), none))

    def __len__(self) -> int:
        return len(self.value)

    @property
    def missed(self) -> Bools:
        """Which cells miss a limit by more than is allowed; a value that is no number misses every limit.

        A goal may be missed, so none of its cells does. Shape (cells,).
        """
        if self.is_goal:
            return np.zeros(len(self), dtype=bool)
        kept = (self.value >= self.lower - self.allowed) & (self.value <= self.upper + self.allowed)
        return ~(kept & np.isfinite(self.value))

    @property
    def binding(self) -> Bools:
        """Which cells stand at a limit, to within what is allowed; shape (cells,)."""
        return (np.abs(self.value - self.lower) <= self.allowed) | (np.abs(self.value - self.upper) <= self.allowed)

    @property
    def holds(self) -> bool:
        """Whether no cell misses a limit."""
        return not bool(self.missed.any())

    def select(self, cells: Bools) -> Check:
        """Return the check of some cells."""
        values = {key: getattr(self, key) for key in self.__dataclass_fields__}
        chosen: dict[str, Any] = {key: value[cells] for key, value in values.items() if isinstance(value, np.ndarray)}
        return replace(self, **chosen)

    def violations(self, scenario: Scenario) -> tuple[Violation, ...]:
        """Return the cells that miss a limit, in words."""
        missed = np.flatnonzero(self.missed).tolist()
        if not missed:
            return ()
        names = scenario.programs.names()
        return tuple(self._violation(cell, scenario, names) for cell in missed)

    def _violation(self, cell: int, scenario: Scenario, names: Texts) -> Violation:
        value = float(self.value[cell])
        # what is no number is told by the limit that there is
        is_below = bool(np.isfinite(self.lower[cell])) and not value > self.upper[cell]
        bound = float(self.lower[cell] if is_below else self.upper[cell])
        at = int(self.period[cell])
        period = None if at == ALL_PERIODS else scenario.periods[at]
        program = None if self.program is None else int(self.program[cell])
        fund = _fund(self.fund, cell, scenario)
        other = _fund(self.other, cell, scenario)
        unit = _of_cell(self.unit, cell)
        shown, limit = figures(value, bound, money=not unit)
        name = self.name
        if self.kind in _BY_PROGRAM and program is not None:
            name = str(scenario.programs.ids[program])
        text = _of_cell(self.below if is_below else self.above, cell).format(
            name=name,
            value=shown,
            bound=limit,
            unit=unit,
            item="" if self.item is None else self.item[cell],
            program="" if program is None else names[program],
            fund=_printed(fund, scenario),
            other=_printed(other, scenario),
            excess=_figure(abs(value - bound), 2),  # no mutant: the one sentence that says it has the bound 0
            at_period=f" {period}" if period and len(scenario.periods) > 1 else "",
            in_period=_in_period(period, scenario),
        )
        because = _of_cell(self.because, cell)
        identity = None if program is None else str(scenario.programs.ids[program])
        return Violation(self.kind, name, period, identity, fund, value, bound, abs(value - bound), text, because)


_BY_PROGRAM = ("amount", "eligibility", "spending limit", "if funded", "service", "packages")
"""The kinds of limit that are called by the program that they limit."""


def _of_cell(text: str | Texts, cell: int) -> str:
    return text if isinstance(text, str) else str(text[cell])


def _fund(positions: Ints | None, cell: int, scenario: Scenario) -> str | None:
    return None if positions is None else list(scenario.funds)[int(positions[cell])]


def _printed(fund: str | None, scenario: Scenario) -> str:
    return "" if fund is None else scenario.funds[fund].name or fund


def _in_period(period: str | None, scenario: Scenario) -> str:
    if len(scenario.periods) == 1:
        return ""
    return f" in {period}" if period else " in all periods together"


def figures(value: float, bound: float, *, money: bool) -> tuple[str, str]:
    """Return a value and its limit as text, with as many decimals as it takes to tell them apart."""
    gap = abs(value - bound)
    if not math.isfinite(gap) or gap == 0:
        decimals = 2
    elif gap > 1:
        decimals = 0 if money or gap >= 100 else 2
    else:
        decimals = min(max(2, 1 - math.floor(math.log10(gap))), 15)
    return _figure(value, decimals), _figure(bound, decimals)


def _figure(value: float, decimals: int) -> str:
    if not math.isfinite(value):
        return "no number" if math.isnan(value) else ("an infinite amount" if value > 0 else "minus infinity")
    text = f"{value:,.{decimals}f}"
    if "." in text and (decimals != 2 or text.endswith(".00")):
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "-0.00") else text
