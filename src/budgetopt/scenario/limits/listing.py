"""All limits of a scenario in one list, to which everything else refers by position."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, overload

import numpy as np

from budgetopt.errors import UnknownNameError
from budgetopt.scenario.limits.funds import (
    fund_limits,
    money_limits,
    resource_limits,
    stand_in_limits,
    target_limits,
    unmeasured_limit,
)
from budgetopt.scenario.limits.record import Limit, Number, Provision, Sense
from budgetopt.scenario.limits.rules import rule_limit
from budgetopt.scenario.model import Outcome, Resource, Rule
from budgetopt.scenario.places import Places
from budgetopt.scenario.programs import Ints, ProgramTable, Texts
from budgetopt.scenario.words import capital
from budgetopt.scenario.worked_out import NEAR_RULES

if TYPE_CHECKING:
    from budgetopt.scenario.scenario import Scenario

__all__ = ["Limits", "differ_in_limits_alone"]

_OF_PROGRAMS: dict[str, tuple[Sense, str, tuple[str, ...]]] = {
    "floor": ("at least", "the floor of “{}”", ("spending.at_least", "service.at_least")),
    "ceiling": ("at most", "the ceiling of “{}”", ("spending.at_most",)),
    "most units": ("at most", "the most that “{}” can serve", ("service.up_to",)),
}
"""The limits of single programs by kind: sense, phrase, and the keys that set them, the first before the second."""
_FACTS: dict[str, tuple[str, str, str]] = {
    "whole units": ("the whole units of “{}”", "only whole units are served", "service.whole"),
    "one fund": ("the one fund that pays for “{}”", "one fund pays all of it", "one_fund"),
    "fund shares": ("the parts that funds pay of “{}”", "each fund pays its fixed part", "fund_shares"),
}
"""What holds for single programs without a number, by kind: phrase, statement, and the key that says it."""


def differ_in_limits_alone(one: ProgramTable, other: ProgramTable) -> bool:
    """Return whether two tables say the same of the same programs but for floors, ceilings and units."""
    if one is other or one.ids is not other.ids:
        return one is other
    names = one.columns.keys() | other.columns.keys()
    changed = [name for name in names if one.columns.get(name) is not other.columns.get(name)]
    keys = [key for _, _, keys in _OF_PROGRAMS.values() for key in keys]
    return all(any(name == key or name.startswith(f"{key}.") for key in keys) for name in changed)


@dataclass(frozen=True, slots=True)
class KnownRules:
    """The rules of a scenario as limits, and everything that these rest on."""

    programs: ProgramTable
    outcomes: Mapping[str, Outcome]
    resources: Mapping[str, Resource]
    places: Places
    rules: tuple[Rule, ...]
    limits: tuple[Limit, ...]

    def of(self, scenario: Scenario) -> dict[int, Limit]:
        """Return those that another scenario has too, by position."""
        parts = ("outcomes", "resources", "places")
        if any(getattr(self, name) is not getattr(scenario, name) for name in parts):
            return {}
        if not differ_in_limits_alone(self.programs, scenario.programs):
            return {}
        pairs = zip(self.rules, scenario.rules, self.limits, strict=False)
        return {at: limit for at, (own, other, limit) in enumerate(pairs) if own is other}


class Limits(Sequence[Limit]):
    """The limits of a scenario, in the order: rules, targets, resources, funds, money, and those of single programs.

    Those of programs are records only when they are asked for: there may be very many.

    Parameters
    ----------
    scenario
        The scenario. Of one that was made from a near one, the records of rules that are the same are those of that.

    Attributes
    ----------
    shared
        The limits that are not those of single programs, at the same positions.
    of_rules
        Those of rules, for near scenarios.
    """

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        near: KnownRules | None = scenario.__dict__.get(NEAR_RULES)
        known = {} if near is None else near.of(scenario)
        rules = tuple(known[at] if at in known else rule_limit(scenario, at) for at in range(len(scenario.rules)))
        parts = scenario.programs, scenario.outcomes, scenario.resources, scenario.places
        self.of_rules = KnownRules(*parts, scenario.rules, rules)
        self.shared: tuple[Limit, ...] = (
            *rules,
            *target_limits(scenario),
            *resource_limits(scenario),
            *stand_in_limits(scenario),
            *unmeasured_limit(scenario),
            *fund_limits(scenario),
            *money_limits(scenario),
        )
        self._known = {limit.provision: at for at, limit in enumerate(self.shared)}
        self._names = scenario.programs.names()
        self._rows: dict[str, Ints] = {}
        self._of_program: dict[str, Ints] = {}
        self._made: dict[int, Limit] = {}
        self._count = len(self.shared)
        for kind, (_, _, keys) in _OF_PROGRAMS.items():
            limited = np.zeros(len(scenario.programs), dtype=bool)
            for key in keys:
                values, _ = scenario.programs.per_period(key, scenario.periods)
                # a floor of nothing asks for nothing
                limited |= (np.nan_to_num(values) > 0).any(axis=1) if kind == "floor" else ~np.isnan(values).all(axis=1)
            rows = self._rows[kind] = np.flatnonzero(limited)
            positions = self._of_program[kind] = np.full(len(limited), -1)
            positions[rows] = self._count + np.arange(len(rows))
            self._count += len(rows)
        shared = ~np.isnan(scenario.fund_shares).all(axis=1)
        for kind, (_, _, key) in _FACTS.items():
            held = shared if kind == "fund shares" else scenario.programs.flag(key, default=False)
            rows = self._rows[kind] = np.flatnonzero(held)
            self._of_program[kind] = np.full(len(scenario.programs), -1)
            self._of_program[kind][rows] = self._count + np.arange(len(rows))
            self._count += len(rows)

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, position: int) -> Limit: ...
    @overload
    def __getitem__(self, position: slice) -> Sequence[Limit]: ...
    def __getitem__(self, position: int | slice) -> Limit | Sequence[Limit]:
        """Return the limit at a position."""
        if isinstance(position, slice):
            return tuple(self[at] for at in range(*position.indices(self._count)))
        if 0 <= position < len(self.shared):
            return self.shared[position]
        if position not in self._made:
            self._made[position] = self._of_position(position)
        return self._made[position]

    def _of_position(self, position: int) -> Limit:
        at = position - len(self.shared)
        for kind, rows in self._rows.items():
            if 0 <= at < len(rows):
                return self._of_one_program(kind, int(rows[at]))
            at -= len(rows)
        raise IndexError(position)

    def table(self, positions: Ints) -> dict[str, Texts]:
        """Return the kinds, reasons and places of limits of single programs, without a record of each.

        The columns are ``kind``, ``because`` and ``place``; shape (positions,) each.
        """
        programs, periods = self._scenario.programs, self._scenario.periods
        kinds, reasons, places = (np.full(len(positions), "", dtype=object) for _ in range(3))
        first, because = len(self.shared), programs.text("spending.because")
        for kind, limited in self._rows.items():
            at = np.flatnonzero((positions >= first) & (positions < first + len(limited)))
            rows, first = limited[positions[at] - first], first + len(limited)
            kinds[at] = kind
            keys: tuple[str, ...] = (_FACTS[kind][2],) if kind in _FACTS else _OF_PROGRAMS[kind][2]
            if kind not in _FACTS:
                reasons[at] = because[rows]
            # the place is that of the first key that is written
            key_of = np.zeros(len(at), dtype=np.int64)
            if len(keys) > 1:
                key_of[np.isnan(programs.per_period(keys[0], periods)[0][rows]).all(axis=1)] = 1
            for number, key in enumerate(keys):
                said = key_of == number
                places[at[said]] = programs.places_of(rows[said], key)
        return {"kind": kinds, "because": reasons, "place": places}

    def titles(self, positions: Ints) -> list[tuple[str, tuple[str, ...]]]:
        """Return the title of each limit, with a gap for each owner, and the owners, without a record of each."""
        first = len(self.shared)
        found = [(limit.title, limit.owners) for limit in self.shared]
        out = [found[at] if at < first else ("", ()) for at in positions.tolist()]
        for kind, limited in self._rows.items():
            at = np.flatnonzero((positions >= first) & (positions < first + len(limited)))
            title = capital(_FACTS[kind][0] if kind in _FACTS else _OF_PROGRAMS[kind][1])
            for place, name in zip(at.tolist(), self._names[limited[positions[at] - first]].tolist(), strict=True):
                out[place] = title, (str(name),)
            first += len(limited)
        return out

    def of_programs(self, kind: str) -> Ints:
        """Return the position of each program's limit of a kind (``floor`` ...), -1 for none; shape (programs,)."""
        return self._of_program[kind]

    def are_in_the_places_of(self, other: Limits) -> bool:
        """Return whether the limits of single programs stand where those of another list do."""
        kinds = self._of_program
        same = len(self.shared) == len(other.shared)
        return same and all(np.array_equal(kinds[kind], other.of_programs(kind)) for kind in kinds)

    def find(self, kind: str, name: str) -> int:
        """Return the position of a limit, -1 if there is none."""
        if kind in self._of_program:
            return int(self._of_program[kind][self._scenario.programs.position(name)])
        return self._known.get(Provision(kind, name), -1)

    def position(self, provision: Provision) -> int:
        """Return the position of a limit.

        Raises
        ------
        UnknownNameError
            If there is none.
        """
        at = self.find(provision.kind, provision.name)
        if at < 0:
            names = [known.name for known in self._known if known.kind == provision.kind]
            raise UnknownNameError(provision.kind, provision.name, names)
        return at

    def demands(self) -> tuple[Limit, ...]:
        """Return every limit that the scenario could do without."""
        return tuple(limit for limit in self if limit.is_demand)

    def _fact(self, kind: str, row: int) -> Limit:
        phrase, statement, key = _FACTS[kind]
        name = str(self._scenario.programs.ids[row])
        return Limit(
            kind=kind,
            name=name,
            path=("programs", name, *key.split(".")),
            address=f"programs[{name}].{key}",
            title=capital(phrase),
            phrase=phrase,
            owners=(str(self._names[row]),),
            place=self._scenario.programs.place(row, key),
            statement=(statement,),
            in_dollars=False,
            is_demand=False,
            is_linear=False,
            has_row_prices=False,
            of_program=True,
        )

    def _of_one_program(self, kind: str, row: int) -> Limit:
        if kind in _FACTS:
            return self._fact(kind, row)
        sense, phrase, keys = _OF_PROGRAMS[kind]
        programs = self._scenario.programs
        name = str(programs.ids[row])
        said = {key: value for key in keys if (value := self._written(row, key)) is not None}
        key = next(iter(said), keys[0])
        in_units = key.startswith("service")
        marked = programs.value(row, f"{key.partition('.')[0]}.negotiable")
        return Limit(
            kind=kind,
            name=name,
            path=("programs", name, *key.split(".")),
            address=f"programs[{name}]",
            title=capital(phrase),
            phrase=phrase,
            owners=(str(self._names[row]),),
            because=str(programs.value(row, "spending.because") or ""),
            place=programs.place(row, key),
            unit=(programs.value(row, "service.unit") or "units") if in_units else "",
            in_dollars=not in_units,
            numbers=tuple(Number(at, sense, said[at], counts_units=at.startswith("service")) for at in said),
            is_demand=kind != "most units" or marked is True,
            is_negotiable=marked is not False,
            of_program=True,
            sets_program_limits=True,
        )

    def _written(self, row: int, key: str) -> float | Mapping[str, float] | None:
        programs = self._scenario.programs
        value: float | None = programs.value(row, key)
        if value is not None:
            return value
        each = {period: programs.value(row, f"{key}.{period}") for period in self._scenario.periods}
        return {period: value for period, value in each.items() if value is not None} or None
