"""What is known of one limit. Everything that prices, relaxes, drops, names or prints limits reads these records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from budgetopt.errors import Place
from budgetopt.scenario.amounts import Share
from budgetopt.scenario.places import Path

__all__ = ["Limit", "Measure", "Mention", "Number", "Provision", "Sense", "Words"]

Measure = Literal["value", "move", "increase", "decrease", "gap", "added"]
Sense = Literal["at least", "at most", "equals"]


@dataclass(frozen=True, slots=True, order=True)
class Provision:
    """What a limit is found by.

    Parameters
    ----------
    kind
        ``rule``, ``target``, ``resource``, ``stand-in``, ``reserve``, ``structural balance``, ``fund spending``,
        ``transfer``, ``match``, ``maintenance of effort``, ``no supplanting``, ``floor``, ``ceiling``, ``most units``,
        ``kept baseline``, ``money``, ``whole units``, ``one fund`` or ``fund shares``.
    name
        The rule's name, or the key of the outcome, resource, program or fund; for a transfer ``FROM to TO``, for a
        stand-in ``OTHER for RESOURCE``.
    """

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Mention:
    """Programs, or a fund, that a sentence names; they are printed by their names.

    Parameters
    ----------
    what
        What the keys are of.
    keys
        Their keys.
    """

    what: Literal["programs", "fund"]
    keys: tuple[str, ...]


Words = tuple[str | Share | Mention, ...]
"""A part of a sentence: text, shares, and the programs and funds that it names."""


@dataclass(frozen=True, slots=True, eq=False)
class Number:
    """A number of the scenario, which may be changed.

    Parameters
    ----------
    key
        Where it stands below the limit: ``at_least``, ``change.at_most``; empty for the limit's own value.
    sense
        Which side of what is limited it is.
    value
        The number, the share, or either by period.
    of
        What a share is a share of, in words; empty for an amount.
    measure
        What is compared with it: the value of a cell of the audit (as a share of what it is a share of), how far that
        has moved from what it is measured from, by which share a group stays below the one that has most (``gap``), or
        ``added`` for money, to which what is missing is added.
    counts_units
        Whether it counts units of a service where the limit has numbers in dollars too.
    per_unit
        By how much the limit moves in each period for one unit of the number, in dollars; shape (periods,). Left out,
        that follows from the limit and the number.
    """

    key: str
    sense: Sense
    value: Any
    of: Words = ()
    measure: Measure = "value"
    counts_units: bool = False
    per_unit: NDArray[np.float64] | None = None

    def in_period(self, period: str) -> Any:
        """Return the number of a period, None if it has none; an empty text is all periods together."""
        return self.value.get(period) if isinstance(self.value, Mapping) else self.value

    def is_share(self, value: Any) -> bool:
        """Return whether a value of it is a share: where only shares are possible they need no percent sign."""
        return isinstance(value, Share) or bool(self.of)


@dataclass(frozen=True, slots=True, eq=False)
class Limit:
    """One limit of a scenario.

    Parameters
    ----------
    kind, name
        What it is found by; see :class:`Provision`.
    form
        The kind in the table of limits: that of the rule (``sum``, ``change`` ...), or else ``kind``.
    family
        What kind of limit it is, as it is printed.
    path, address
        Where it stands in the scenario, as a path and as people write it: ``rules[Safety floor]``.
    title, phrase
        What it is called by itself and within a sentence, with ``{}`` in the place of each of ``owners``.
    owners
        The names of what it is a limit of, as they are printed.
    because, place
        The reason behind it, and where it stands in a file.
    unit
        What it counts, in the plural; empty for dollars and for what has no unit.
    in_dollars
        Whether it counts dollars.
    numbers
        The numbers that it is made of; none for what holds or does not.
    parts
        The groups or programs that each row of it is about.
    parts_are_programs
        Whether these are programs that are funded or not.
    statement
        The limit in words; where it is empty, its sense and its figure say it.
    remark
        What follows the figure.
    unasked
        What is said where it asks for nothing.
    relaxed
        How its relaxation is said, by its sense or by ``""`` for every sense.
    per
        What stands behind every figure of its rows, with the blank before it: `` per head``. Empty for none.
    is_demand
        Whether the scenario could do without it. Money and what can be served at most are facts.
    is_negotiable
        Whether a repair may change or drop it.
    is_linear
        Whether it can be relaxed little by little in one linear program.
    is_switch
        Whether it is only said to hold or not: ``structural_balance: true``.
    is_goal
        Whether a plan may miss it at a cost that the objective counts.
    is_never_negative
        Whether what it limits is never below zero, so that a floor of zero is none.
    in_every_period
        Whether it is told in every period, even where it asks for nothing.
    has_row_prices
        Whether each row of it has a price that is asked for by itself.
    of_program
        Whether it limits the spending or service of one program alone.
    of_each_program
        Whether it limits programs one by one, and is told by how many it holds.
    sets_program_limits
        Whether it sets floors or ceilings of programs.
    """

    kind: str
    name: str
    path: Path
    address: str
    title: str
    phrase: str
    owners: tuple[str, ...]
    form: str = ""
    family: str = ""
    because: str = ""
    place: Place | None = None
    unit: str = ""
    in_dollars: bool = True
    numbers: tuple[Number, ...] = ()
    parts: tuple[str, ...] = ()
    parts_are_programs: bool = False
    statement: Words = ()
    remark: Words = ()
    unasked: str = "asks for nothing here"
    relaxed: Mapping[str, str] = field(default_factory=dict)
    per: str = ""
    is_demand: bool = True
    is_negotiable: bool = True
    is_linear: bool = True
    is_switch: bool = False
    is_goal: bool = False
    is_never_negative: bool = False
    in_every_period: bool = False
    has_row_prices: bool = True
    of_program: bool = False
    of_each_program: bool = False
    sets_program_limits: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "form", self.form or self.kind)
        object.__setattr__(self, "family", self.family or self.form)

    @property
    def provision(self) -> Provision:
        """What it is found by."""
        return Provision(self.kind, self.name)

    def address_of(self, number: Number) -> str:
        """Return where a number of it stands, as people write it."""
        return f"{self.address}.{number.key}" if number.key else self.address
