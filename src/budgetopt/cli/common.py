"""What several commands share: naming a scenario, changing it, and reading it."""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from budgetopt.cli.progress import progress
from budgetopt.errors import OptionError

if TYPE_CHECKING:
    from budgetopt.analysis.members import Machines
    from budgetopt.scenario import Scenario

__all__ = [
    "add_allowed_folders",
    "add_changes",
    "add_format",
    "add_machines",
    "add_scenario",
    "add_time_limit",
    "load",
    "machines_of",
    "positive_count",
    "positive_seconds",
    "share",
    "share_of",
]

_SCENARIO = "a folder with scenario.yaml, or such a file"


class Without(argparse.Action):
    """Adds a path to take away to the changes, so that all of them are made in the order in which they are written."""

    def __call__(self, _: argparse.ArgumentParser, namespace: argparse.Namespace, values: Any, *__: Any) -> None:
        """Add the path."""
        from budgetopt.reading.changes import Removal

        setattr(namespace, self.dest, [*getattr(namespace, self.dest), Removal(values)])


def add_scenario(parser: argparse.ArgumentParser, *, optional: bool = False, text: str = _SCENARIO) -> None:
    """Add the argument that names a scenario, and the options that change or take away some of its values."""
    parser.add_argument("scenario", metavar="SCENARIO", nargs="?" if optional else None, help=text)
    add_changes(parser)


def add_changes(parser: argparse.ArgumentParser) -> None:
    """Add the options that change or take away some values of a scenario."""
    text = "change a value, such as funds.general.revenue=-5%% or outcomes.visits.weight=6; may be repeated"
    parser.add_argument("--set", metavar="PATH=VALUE", action="append", default=[], dest="changes", help=text)
    text = "take something away, such as 'rules[Public safety floor]' or programs.pools.spending; may be repeated"
    parser.add_argument("--without", metavar="PATH", action=Without, default=[], dest="changes", help=text)
    add_allowed_folders(parser)


def add_allowed_folders(parser: argparse.ArgumentParser) -> None:
    """Add the option that allows folders outside of a scenario's project."""
    text = "a folder outside of the scenario's project whose files it may extend and name as tables; may be repeated"
    parser.add_argument("--allow-folder", metavar="DIR", action="append", default=[], dest="allowed", help=text)


def add_format(parser: argparse.ArgumentParser, text: str, *more: str) -> None:
    """Add the option that says how data is printed: as text, as JSON, or in more ways."""
    parser.add_argument("--format", choices=["text", "json", *more], default="text", help=text)


def add_time_limit(parser: argparse.ArgumentParser, text: str) -> None:
    """Add the option that says after how long solving stops."""
    parser.add_argument("--time-limit", metavar="SECONDS", type=positive_seconds, help=text)


def add_machines(parser: argparse.ArgumentParser) -> None:
    """Add the options that say where many problems are solved; :func:`machines_of` reads them."""
    where = parser.add_mutually_exclusive_group()
    text = "processes that solve at the same time (1); the answers are the same"
    where.add_argument("--workers", metavar="N", type=positive_count, default=1, help=text)
    text = "solve on the Dask cluster whose scheduler has this address: tcp://host:8786"
    where.add_argument("--dask", metavar="ADDRESS", help=text)


def machines_of(arguments: argparse.Namespace) -> Machines:
    """Return where the arguments ask to solve many problems."""
    from budgetopt.analysis.members import Machines

    return Machines(workers=arguments.workers, dask=arguments.dask)


def load(arguments: argparse.Namespace, name: str | None = None) -> Scenario:
    """Return the scenario that the arguments name, with the changes that they ask for.

    A ScenarioError has everything that is wrong with it; an OptionError, a change that is not of the form PATH=VALUE.
    """
    return load_changed(name or arguments.scenario, arguments.changes, arguments.allowed)


def load_changed(name: str, changes: Sequence[Any], allowed: Sequence[str], option: str = "--set") -> Scenario:
    """Return a scenario with some changes: texts of the form PATH=VALUE that an option gives, and removals.

    The folders that are allowed are those outside of its project whose files it may name.
    """
    for change in changes:
        if isinstance(change, str) and "=" not in change.strip("="):
            message = f"{option}: {change!r} is not of the form PATH=VALUE"
            raise OptionError(message, hint="write it like funds.general.revenue=-5%")
    with progress("Reading the scenario"):
        from budgetopt.reading import load as load_scenario
        from budgetopt.reading.changes import alter

        scenario = load_scenario(name, allow_folders=allowed)
        return alter(scenario, changes) if changes else scenario


def share(text: str) -> float:
    """Return a share from 0 to below 1 that was written as 0.01 or 1%."""
    value = share_of(text)
    if not 0 <= value < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a share from 0 to below 1, such as 0.001 or 0.1%")
    return value


def share_of(text: str) -> float:
    """Return a number that was written as 0.3 or 30%; NaN if it is none."""
    number = text.strip()
    return _number(number.removesuffix("%")) / (100 if number.endswith("%") else 1)


def positive_seconds(text: str) -> float:
    """Return a number of seconds above zero."""
    value = _number(text)
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds above 0")
    return value


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def positive_count(text: str) -> int:
    """Return a whole number of at least one."""
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of at least 1")
    return int(text)
