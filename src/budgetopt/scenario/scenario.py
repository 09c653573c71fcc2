"""The scenario: everything that a budget office said, checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

import numpy as np

from budgetopt.scenario.accuracy import least_amount
from budgetopt.scenario.ceilings import ceilings_of
from budgetopt.scenario.drawable import Drawable
from budgetopt.scenario.effects import Effects, effects_of, uses_of
from budgetopt.scenario.fingerprint import fingerprint
from budgetopt.scenario.kept_baselines import kept_baselines
from budgetopt.scenario.limits import Limits
from budgetopt.scenario.model import Document, Fund, Objective, Outcome, Resource, Rule
from budgetopt.scenario.packages import PackageTable, packages_of
from budgetopt.scenario.payers import eligible, fund_shares
from budgetopt.scenario.places import Places
from budgetopt.scenario.programs import Bools, Floats, ProgramTable
from budgetopt.scenario.responses import baseline_dollars, calculated
from budgetopt.scenario.stand_ins import StandIns, stand_ins_of

if TYPE_CHECKING:
    import pandas as pd

    from budgetopt.errors import Place
    from budgetopt.reading.changes import Change

__all__ = ["Scenario"]


@dataclass(frozen=True, eq=False)
class Scenario(Drawable):
    """A checked scenario: funds, outcomes, programs, rules and the objective.

    Make one with :func:`budgetopt.load` from files, with :meth:`from_document` from a mapping, or with
    :meth:`from_frame` from a table. It never changes; :meth:`with_` returns another one.

    Parameters
    ----------
    document
        Everything but the programs.
    programs
        The programs, as columns.
    places
        Where each value stands.
    inputs
        The files that it was read from, with the SHA-256 of each.
    """

    document: Document
    programs: ProgramTable
    places: Places = field(default_factory=Places, repr=False)
    inputs: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def name(self) -> str:
        """The scenario's name."""
        return self.document.name

    @property
    def currency(self) -> str:
        """The currency of every amount."""
        return self.document.currency

    @property
    def periods(self) -> tuple[str, ...]:
        """The periods, in order."""
        return self.document.periods

    @property
    def funds(self) -> dict[str, Fund]:
        """The funds, by name."""
        return self.document.funds

    @property
    def outcomes(self) -> dict[str, Outcome]:
        """The outcomes, by name."""
        return self.document.outcomes

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules, in the order of the file."""
        return self.document.rules

    @property
    def objective(self) -> tuple[Objective, ...]:
        """The entries of the objective, in order of importance."""
        return self.document.objective

    @property
    def resources(self) -> dict[str, Resource]:
        """The limits other than money, by name."""
        return self.document.resources

    @cached_property
    def cent(self) -> float:
        """The least amount of money that matters: a cent, or less where there is little money."""
        return least_amount(self)

    @cached_property
    def limits(self) -> Limits:
        """Every limit that binds a plan: rules, targets, capacities, what funds ask for, floors and ceilings."""
        return Limits(self)

    @cached_property
    def calculated(self) -> ProgramTable:
        """The programs with every effect and use as it is calculated with.

        Results at the baseline are slopes and curves; curves that only the rounding of figures bends are smoothed.
        """
        return calculated(self.programs, baseline_dollars(self.programs, self.periods, self.price_level))

    @cached_property
    def effects(self) -> Effects:
        """What spending does to outcomes, one row an effect."""
        return effects_of(self.calculated, tuple(self.outcomes))

    @cached_property
    def uses(self) -> Effects:
        """What spending uses of resources, one row a program and resource; an ``outcome`` of it is a resource."""
        return uses_of(self.calculated, tuple(self.resources), tuple(self.outcomes), self.effects)

    @cached_property
    def stand_ins(self) -> StandIns:
        """Which resources can stand in for others, at which rate and up to which limit."""
        return stand_ins_of(self)

    @cached_property
    def packages(self) -> PackageTable:
        """The decision packages of all programs."""
        return packages_of(self.programs, tuple(self.outcomes), tuple(self.resources))

    @cached_property
    def price_level(self) -> Floats:
        """What costs one dollar in the first period costs in each, for each program; shape (programs, periods)."""
        rate = self.programs.number("inflation")
        rate = np.where(np.isnan(rate), float(self.document.inflation), rate)
        return (1.0 + rate[:, None]) ** np.arange(len(self.periods))

    @cached_property
    def baselines(self) -> Floats:
        """Current service level in dollars of each period, NaN for new programs; shape (programs, periods)."""
        said, _ = self.programs.per_period("baseline", self.periods)
        # one amount is that of the first period, and grows with costs
        return np.where(self.programs.has("baseline")[:, None], said * self.price_level, said)

    @cached_property
    def total_baselines(self) -> Floats:
        """The baselines of all periods together, NaN for programs without one in any period; shape (programs,)."""
        is_new = np.isnan(self.baselines).all(axis=1)
        return np.where(is_new, np.nan, np.nan_to_num(self.baselines).sum(axis=1))

    @cached_property
    def kept(self) -> Floats:
        """What each program keeps because nothing of it is measured; dollars, shape (programs, periods)."""
        return kept_baselines(self)

    def dollars(self, key: str) -> Floats:
        """Return a limit of the programs in dollars, shares of the baseline worked out, NaN where there is none.

        Shape (programs, periods).
        """
        values, shares = self.programs.per_period(key, self.periods)
        return np.where(shares, values * self.baselines, values)

    def revenue(self, fund: str) -> Floats:
        """Return a fund's recurring revenue, grown from the first period where it is given as one amount.

        Shape (periods,).
        """
        said = self.funds[fund]
        growth = 0.0 if isinstance(said.revenue, Mapping) else said.growth
        return self.per_period(said.revenue) * (1.0 + growth) ** np.arange(len(self.periods))

    @cached_property
    def carries_over(self) -> Bools:
        """Which funds keep what they leave unspent for the next period; shape (funds,)."""
        return np.array([fund.carryover for fund in self.funds.values()], dtype=bool)

    @cached_property
    def eligible(self) -> Bools:
        """Which fund may pay for which program; shape (programs, funds)."""
        return eligible(self)

    @cached_property
    def fund_shares(self) -> Floats:
        """The fixed part that each fund pays of each program, NaN where parts are free; shape (programs, funds)."""
        return fund_shares(self)

    @cached_property
    def ceilings(self) -> Floats:
        """The spending at which each program covers all that it could serve, infinite where nothing says so.

        It is the program's own ceiling; without one the cost of all units of its service, or of all of its packages
        (of the most expensive if one at most is taken); without these the spending from which on more buys nothing,
        fixed cost included. Dollars, shape (programs, periods).
        """
        return ceilings_of(self)

    def per_period(self, value: Any, default: float = 0.0) -> Floats:
        """Return a value that may differ by period as an array, the default where it is silent; shape (periods,)."""
        if isinstance(value, Mapping):
            return np.array([float(value.get(period, default)) for period in self.periods])
        return np.full(len(self.periods), default if value is None else float(value))

    def period_mask(self, periods: tuple[str, ...] | None) -> Bools:
        """Return which periods a rule holds in; shape (periods,)."""
        return np.array([periods is None or period in periods for period in self.periods], dtype=bool)

    @cached_property
    def sha256(self) -> str:
        """The SHA-256 of what the scenario says, by which a result is tied to it.

        It does not depend on how it is divided into files, nor on comments, the order of keys, or on whether a
        default is written. It depends on the order of programs, funds and rules, because ties are settled by it.
        """
        return fingerprint(self.document, self.programs)

    @classmethod
    def from_document(cls, document: Mapping[str, Any], *, allow_folders: Iterable[str | FilePath] = ()) -> Scenario:
        """Return the scenario that a mapping describes: what stands in a scenario file, as plain Python values.

        Parameters
        ----------
        document
            The mapping. A value of None is one that is left out.
        allow_folders
            Folders outside of the project of the current folder whose files it may extend and name as tables.

        Raises
        ------
        ScenarioError
            With every problem that was found.
        """
        from budgetopt.reading.load import from_mapping

        return from_mapping(document, allow_folders)

    @classmethod
    def from_frame(
        cls,
        programs: pd.DataFrame,
        budget: float | str | Mapping[str, Any],
        *,
        name: str = "Untitled",
        outcomes: Mapping[str, Any] | None = None,
        columns: Mapping[str, str] | None = None,
        periods: Sequence[str] | str | None = None,
        rules: Sequence[Mapping[str, Any]] = (),
        objective: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
        **more: Any,
    ) -> Scenario:
        """Return the scenario of a pandas table of programs, paid by one fund, ``general``.

        Parameters
        ----------
        programs
            One row a program, with the columns of a table of programs: ``program`` (or the index), ``baseline``,
            ``spending.at_most``, ``outcomes.visits.per_dollar`` and so on. Missing cells say nothing.
        budget
            The revenue of the fund in each period: an amount, or amounts by period.
        name
            The scenario's name.
        outcomes
            What one unit of each outcome is worth, or a mapping of all that is said of it. Left out, every outcome that
            the table names weighs 1, and the scenario says that this is assumed.
        columns
            Column headers of the table and the keys that they stand for, or ``ignore``.
        periods, rules, objective
            As in a scenario file; left out, one period.
        **more
            Other parts of a scenario file: ``source``, ``resources`` ...

        Raises
        ------
        ScenarioError
            With every problem that was found; rows of the table are counted from 1.
        """
        from budgetopt.reading.frame import scenario_from_frame

        return scenario_from_frame(
            programs,
            budget,
            name=name,
            outcomes=outcomes,
            columns=columns,
            periods=periods,
            rules=rules,
            objective=objective,
            **more,
        )

    def to_frame(self) -> pd.DataFrame:
        """Return the programs as a pandas table with the columns of a table of programs.

        Numbers are numbers. Where a column has amounts and shares, a share is a text such as ``90%``; lists are texts
        separated by semicolons. What a program does not say is missing.
        """
        from budgetopt.reading.frame import programs_frame

        return programs_frame(self)

    def with_(self, *changes: Change) -> Scenario:
        """Return another scenario in which some values are changed.

        Parameters
        ----------
        *changes
            Each a path and a value, or both as one text with ``=`` between them: ``("funds.general.revenue", "-5%")``,
            ``"funds.general.revenue=-5%"``. Names with dots in them may stand in brackets, ``*`` stands for every name:
            ``rules[No. 5].at_most``, ``funds.*.revenue``. A text that begins with a sign shifts the value that stands
            there (``-5%``, ``+2M``), ``*0.95`` multiplies it, any other value takes its place, and ``=-4`` is minus
            four. A mapping is merged with the one that stands there.

        Raises
        ------
        OptionError
            If a change cannot be read.
        ScenarioError
            If a path leads nowhere, or the changed scenario is wrong.
        """
        from budgetopt.reading.changes import alter

        return alter(self, changes)

    def without(self, *paths: str) -> Scenario:
        """Return another scenario without what stands at some paths: ``rules.Safety floor``, ``programs.library``.

        Parameters
        ----------
        *paths
            What is taken away.

        Raises
        ------
        ScenarioError
            If nothing stands at a path, or the scenario is wrong without it.
        """
        from budgetopt.reading.changes import Removal, alter

        return alter(self, map(Removal, paths))

    def trace(self, path: str) -> list[tuple[Place | None, Any]]:
        """Return where a value came from: each place that set or shifted it, and what it was from there on.

        The lowest file comes first. The place is None for a default, and for what was never in a file.

        Raises
        ------
        ScenarioError
            If the path leads nowhere.
        """
        from budgetopt.reading.trace import trace

        return trace(self, path)

    def to_yaml(self) -> str:
        """Return the scenario as the text of one file that reads back as the same scenario."""
        from budgetopt.reading.write import scenario_yaml

        return scenario_yaml(self)

    def to_folder(self, path: str | FilePath, *, overwrite: bool = False, table: bool | None = None) -> FilePath:
        """Write the scenario as a folder that reads back as the same scenario: all of its files, or none.

        Parameters
        ----------
        path
            The folder; it is made if it is not there.
        overwrite
            Whether a scenario that stands there already is replaced.
        table
            Whether programs go into ``programs.csv``; left out, if there are more than 20.

        Raises
        ------
        OptionError
            If a scenario stands there already and is not to be replaced, or the folder cannot be written to.
        """
        from budgetopt.reading.write import write_folder

        return write_folder(self, path, overwrite=overwrite, table=table)

    def __repr__(self) -> str:
        return (
            f"Scenario({self.name!r}: {len(self.programs)} programs, {len(self.funds)} funds, "
            f"{len(self.outcomes)} outcomes, {len(self.rules)} rules, {len(self.periods)} periods)"
        )

    def _repr_html_(self) -> str:
        from budgetopt.scenario.scenario_html import scenario_html

        return scenario_html(self)
