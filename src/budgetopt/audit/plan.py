"""A spending plan: who pays how much for what, and when. Any plan, good or bad, from wherever it came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from budgetopt.audit.current import charge_baseline, current_packages, current_units
from budgetopt.errors import OptionError, UnknownNameError
from budgetopt.scenario.column_units import with_units
from budgetopt.scenario.programs import Bools, Floats, Ints, objects
from budgetopt.scenario.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SpendingPlan"]

_UNITS = {"units": "units of service", "stand_ins": "units of the resource"}


@dataclass(frozen=True, eq=False)
class SpendingPlan:
    """Every decision that a plan takes, as arrays; :meth:`to_frames` has them as tables with names.

    Parameters
    ----------
    spending
        Dollars that each fund pays for each program in each period; shape (programs, funds, periods).
    transfers
        Dollars that each fund gives to each other fund in each period; shape (funds from, funds to, periods).
    packages
        Which decision packages are taken in each period, or for projects start in it; shape (packages, periods). Left
        out, none.
    units
        Units of each service, 0 for programs that are none; NaN, and left out, what the money pays for, and none of a
        service that costs no money. Shape (programs, periods).
    stand_ins
        Units of a resource that others make by standing in for it, for each pair of the scenario's ``stand_ins``; shape
        (stand-ins, periods). Left out, none.
    """

    spending: Floats
    transfers: Floats
    packages: Bools | None = None
    units: Floats | None = None
    stand_ins: Floats | None = None

    @classmethod
    def nothing(cls, scenario: Scenario) -> SpendingPlan:
        """Return the plan that spends, transfers, takes and serves nothing."""
        programs, funds, periods = len(scenario.programs), len(scenario.funds), len(scenario.periods)
        return cls(
            np.zeros((programs, funds, periods)),
            np.zeros((funds, funds, periods)),
            np.zeros((len(scenario.packages), periods), dtype=bool),
            units_of_money(scenario),
            np.zeros((len(scenario.stand_ins), periods)),
        )

    @classmethod
    def current(cls, scenario: Scenario) -> SpendingPlan:
        """Return the current service level: every program's baseline in every period, new programs nothing.

        Where `baseline_by_fund` or `fund_shares` says who pays, those funds are charged. Where neither does, the funds
        are charged as a budget office would charge them. In each period the funds first spend what comes in again and
        again (recurring revenue and transfers), then one-time revenue, then balances above the reserves; and funds that
        may pay for fewer programs are used up before those that may pay for more. If the funds can carry all baselines
        of the period, they do; what they cannot carry is charged to the broadest fund that may pay for the program, and
        the audit then says by how much that fund falls short. A program that no fund may pay for is charged to the
        first fund, which the audit reports too. No transfer is made beyond those that the scenario demands
        (``at_least`` of ``transfers_to``).

        A baseline buys the decision packages that fit into it: in their order for as long as their costs add up to no
        more, or the most expensive one that fits where one at most may be taken. No project is started. A service that
        costs no money serves the fewest units that it must.
        """
        spending, transfers = charge_baseline(scenario)
        return cls(spending, transfers, current_packages(scenario), current_units(scenario))

    def packages_in(self, scenario: Scenario) -> Bools:
        """Return which packages are taken, none where the plan does not say; shape (packages, periods)."""
        if self.packages is None:
            return np.zeros((len(scenario.packages), len(scenario.periods)), dtype=bool)
        return np.asarray(self.packages, dtype=bool)

    def units_in(self, scenario: Scenario) -> Floats:
        """Return the units of services, NaN where they are what the money pays for; shape (programs, periods)."""
        if self.units is None:
            return units_of_money(scenario)
        return np.asarray(self.units, dtype=np.float64)

    def stand_ins_in(self, scenario: Scenario) -> Floats:
        """Return what others make of each resource by standing in, none if left out; shape (stand-ins, periods)."""
        if self.stand_ins is None:
            return np.zeros((len(scenario.stand_ins), len(scenario.periods)))
        return np.asarray(self.stand_ins, dtype=np.float64)

    @classmethod
    def from_frame(
        cls,
        scenario: Scenario,
        spending: pd.DataFrame,
        *,
        transfers: pd.DataFrame | None = None,
        packages: pd.DataFrame | None = None,
        units: pd.DataFrame | None = None,
        stand_ins: pd.DataFrame | None = None,
    ) -> SpendingPlan:
        """Return the plan that tables describe.

        Parameters
        ----------
        scenario
            The scenario whose programs, funds and periods the tables name.
        spending
            One row a payment: columns ``program``, ``fund``, ``period``, ``amount``. Rows of the same payment are
            added; what has no row is not spent. ``fund`` may be left out where the scenario has one fund, and
            ``period`` where it has one period.
        transfers
            One row a transfer: columns ``from``, ``to``, ``period``, ``amount``.
        packages
            One row a decision package that is taken, or a project that starts: columns ``program``, ``package`` (its
            name, or its number in the list, from 1 on) and ``period``.
        units
            One row for what a service serves: columns ``program``, ``period``, ``units``. Left out, or where a service
            that costs money has no row at all, its units are what its money pays for.
        stand_ins
            One row for what another resource makes by standing in: columns ``resource``, ``by``, ``period``, ``units``.

        Raises
        ------
        UnknownNameError
            If a program, fund, period or package does not exist.
        OptionError
            If a column is missing, unknown or given twice, or an amount is not a finite number.
        """
        plan = cls.nothing(scenario)
        assert plan.packages is not None
        assert plan.units is not None
        programs, funds = scenario.programs.ids.tolist(), tuple(scenario.funds)
        where, amount = _read(spending, {"program": programs, "fund": funds, "period": scenario.periods}, "spending")
        np.add.at(plan.spending, where, amount)
        if transfers is not None:
            where, amount = _read(transfers, {"from": funds, "to": funds, "period": scenario.periods}, "transfers")
            np.add.at(plan.transfers, where, amount)
        if units is not None:
            where, amount = _read(units, {"program": programs, "period": scenario.periods}, "units", "units")
            plan.units[where[0]] = 0.0
            np.add.at(plan.units, where, amount)
        if packages is not None:
            columns = {"program": programs, "package": None, "period": scenario.periods}
            where, _ = _read(packages, columns, "packages", "")
            plan.packages[_packages(scenario, where[0], packages["package"].tolist()), where[2]] = True
        return plan if stand_ins is None else replace(plan, stand_ins=_stood_in(scenario, stand_ins))

    def to_frames(self, scenario: Scenario) -> dict[str, pd.DataFrame]:
        """Return the plan as tables that name programs, funds and periods; :meth:`from_frame` reads them back.

        ``spending``, ``transfers``, ``packages``, ``units`` and ``stand_ins``, each with the columns that
        :meth:`from_frame` takes, and a row for each amount that is not zero and each package that is taken. Units that
        are what the money pays for have no row.
        """
        import pandas as pd

        periods = np.array(scenario.periods, dtype=object)
        funds = np.array(list(scenario.funds), dtype=object)
        ids, packages = scenario.programs.ids, scenario.packages
        units = np.nan_to_num(self.units_in(scenario))
        program, fund, when = np.nonzero(self.spending)
        giver, taker, moved = np.nonzero(self.transfers)
        package, start = np.nonzero(self.packages_in(scenario))
        served, during = np.nonzero(units)
        pairs, made, names = scenario.stand_ins, self.stand_ins_in(scenario), objects(list(scenario.resources))
        pair, then = np.nonzero(made)
        called = np.where(packages.name == "", (packages.number + 1).astype(str), packages.name)
        columns: dict[str, dict[str, Any]] = {
            "spending": {
                "program": ids[program],
                "fund": funds[fund],
                "period": periods[when],
                "amount": self.spending[program, fund, when],
            },
            "transfers": {
                "from": funds[giver],
                "to": funds[taker],
                "period": periods[moved],
                "amount": self.transfers[giver, taker, moved],
            },
            "packages": {
                "program": ids[packages.program[package]],
                "package": called[package],
                "period": periods[start],
            },
            "units": {"program": ids[served], "period": periods[during], "units": units[served, during]},
            "stand_ins": {
                "resource": names[pairs.resource[pair]],
                "by": names[pairs.by[pair]],
                "period": periods[then],
                "units": made[pair, then],
            },
        }
        return {
            name: with_units(pd.DataFrame(table), scenario, {"units": _UNITS.get(name, "")})
            for name, table in columns.items()
        }

    def check_shape(self, scenario: Scenario) -> None:
        """Refuse a plan that belongs to another scenario.

        Raises
        ------
        OptionError
            If an array has not the scenario's shape.
        """
        programs, funds, periods = len(scenario.programs), len(scenario.funds), len(scenario.periods)
        for name, array, shape, order in (
            ("spending", self.spending, (programs, funds, periods), "programs, funds, periods"),
            ("transfers", self.transfers, (funds, funds, periods), "funds, funds, periods"),
            ("packages", self.packages, (len(scenario.packages), periods), "packages, periods"),
            ("units", self.units, (programs, periods), "programs, periods"),
            ("stand-ins", self.stand_ins, (len(scenario.stand_ins), periods), "stand-ins, periods"),
        ):
            if array is not None and np.shape(array) != shape:
                raise OptionError(
                    f"the plan's {name} have the shape {np.shape(array)}, and the scenario's is {shape}",
                    hint=f"the order is {order}",
                )


def units_of_money(scenario: Scenario) -> Floats:
    """Return NaN for services that cost money and 0 for all other programs; shape (programs, periods)."""
    costs = scenario.programs.number("service.unit_cost") > 0
    return np.repeat(np.where(costs, np.nan, 0.0)[:, None], len(scenario.periods), axis=1)


def _read(
    frame: pd.DataFrame, columns: Mapping[str, Sequence[str] | None], what: str, value: str = "amount"
) -> tuple[tuple[Ints, ...], Floats]:
    """Return the positions that the rows of a table name (0 for a column without known names), and their values."""
    import pandas as pd

    known = [*columns, *([value] if value else [])]
    given = [str(column) for column in frame.columns]
    for column in given:
        if column not in known or given.count(column) > 1:
            fault = "twice" if given.count(column) > 1 else "an unknown column"
            raise OptionError(
                f"the table of {what} has {column!r}, {fault}", hint=f"its columns are {', '.join(known)}"
            )
    names_of = {column: names for column, names in columns.items() if column in given or not _may_lack(column, names)}
    for column in (*names_of, *known[len(columns) :]):
        if column not in given:
            raise OptionError(
                f"the table of {what} has no column {column!r}", hint=f"its columns are {', '.join(known)}"
            )
    positions: list[Ints] = []
    for column, names in columns.items():
        if column not in names_of or names is None:
            positions.append(np.zeros(len(frame), dtype=np.int64))
            continue
        cells = frame[column].astype(str)
        where = {name: position for position, name in enumerate(names)}
        position: Ints = np.asarray(cells.map(where).fillna(-1), dtype=np.int64)
        if (position < 0).any():
            kind = "fund" if column in ("from", "to") else column
            raise UnknownNameError(kind, str(cells.iloc[int(np.argmin(position))]), names)
        positions.append(position)
    if not value:
        return tuple(positions), np.empty(0)
    amount = pd.to_numeric(frame[value], errors="coerce").to_numpy(dtype=np.float64)
    if not np.isfinite(amount).all():
        row = int(np.argmin(np.isfinite(amount)))
        raise OptionError(
            f"row {row + 1} of the table of {what} has the {value} {frame[value].tolist()[row]!r}",
            hint="every amount is a finite number of dollars" if value == "amount" else "every cell is a finite number",
        )
    return tuple(positions), amount


def _may_lack(column: str, names: Sequence[str] | None) -> bool:
    """Return whether a table may leave a column out, because all of its cells would be the same."""
    return column in ("fund", "period") and names is not None and len(names) == 1


def _stood_in(scenario: Scenario, table: pd.DataFrame) -> Floats:
    """Return what resources make by standing in for others, from a table; shape (stand-ins, periods)."""
    made, names = np.zeros((len(scenario.stand_ins), len(scenario.periods))), tuple(scenario.resources)
    where, units = _read(table, {"resource": names, "by": names, "period": scenario.periods}, "stand_ins", "units")
    np.add.at(made, (_pairs(scenario, where[0], where[1]), where[2]), units)
    return made


def _pairs(scenario: Scenario, resource: Ints, by: Ints) -> Ints:
    """Return the positions of the stand-ins of some resources by others."""
    pairs, names = scenario.stand_ins, list(scenario.resources)
    known = {pair: at for at, pair in enumerate(zip(pairs.resource.tolist(), pairs.by.tolist(), strict=True))}
    found = []
    for pair in zip(resource.tolist(), by.tolist(), strict=True):
        if pair not in known:
            others = [names[other] for made, other in known if made == pair[0]]
            raise UnknownNameError(f"stand-in for {names[pair[0]]}", names[pair[1]], others)
        found.append(known[pair])
    return np.array(found, dtype=np.int64)


def _packages(scenario: Scenario, program: Ints, said: Sequence[object]) -> Ints:
    """Return the positions of packages that are called by their names, or by their numbers from 1 on."""
    packages, ids = scenario.packages, scenario.programs.ids
    called: dict[tuple[int, str], int] = {}
    for position, (owner, number, name) in enumerate(
        zip(packages.program.tolist(), packages.number.tolist(), packages.name.tolist(), strict=True)
    ):
        called.setdefault((owner, str(number + 1)), position)
        if name:
            called[owner, str(name)] = position
    found = [called.get((owner, str(word)), -1) for owner, word in zip(program.tolist(), said, strict=True)]
    if -1 in found:
        row = found.index(-1)
        known = [name for owner, name in called if owner == program[row]]
        raise UnknownNameError(f"package of {ids[program[row]]}", str(said[row]), known)
    return np.array(found, dtype=np.int64)
