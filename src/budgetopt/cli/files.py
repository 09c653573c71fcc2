"""Files that a command is to write are refused before the work begins, not after it."""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

from budgetopt.cli.failures import say_written
from budgetopt.cli.output import print_lines, show
from budgetopt.errors import OptionError

if TYPE_CHECKING:
    import pandas as pd
    from altair import LayerChart

__all__ = [
    "STDIO",
    "add_chart",
    "check_chart",
    "check_folder",
    "check_target",
    "is_table",
    "jsonable",
    "print_csv",
    "print_found",
    "print_json",
    "read_text",
    "records",
    "write_chart",
]

STDIO = "-"
"""The name that stands for stdin or stdout."""


def is_table(name: str) -> bool:
    """Return whether a name is that of a table or a workbook, and of no scenario; a sheet may follow it."""
    path = Path(name.partition("!")[0])
    return path.suffix.lower() not in ("", ".yaml", ".yml") and not path.is_dir()


def check_target(option: str, name: str, suffixes: Iterable[str] = ()) -> None:
    """Refuse, with an OptionError, a file that could not be written in the end, or whose name should end otherwise."""
    path, folder, endings = Path(name), Path(name).parent, tuple(suffixes)
    if not name:
        raise OptionError(f"{option}: the name of the file is empty")
    if path.is_dir():
        raise OptionError(f"{option}: {name!r} is a folder", hint="name a file in it")
    if endings and path.suffix.lower() not in endings:
        message = f"{option}: the name {name!r} does not end in {' or '.join(endings)}"
        raise OptionError(message, hint=f"name it {path.stem}{endings[0]}")
    if not folder.is_dir():
        hint = f"make it first: mkdir -p {quote(str(folder))}"
        raise OptionError(f"{option}: there is no folder {str(folder)!r}", hint=hint)
    if not os.access(path if path.exists() else folder, os.W_OK):
        raise OptionError(f"{option}: {name!r} may not be written to", hint="name a file that you may write")


def check_folder(option: str, name: str) -> None:
    """Refuse, with an OptionError, a folder that could not be made or written into in the end."""
    path = Path(name)
    if name and path.exists() and not path.is_dir():
        raise OptionError(f"{option}: {name!r} is a file", hint="name a folder")
    if name and path.is_dir():
        if not os.access(path, os.W_OK):
            raise OptionError(f"{option}: {name!r} may not be written to", hint="name a folder that you may write")
        return
    check_target(option, name)


def add_chart(parser: argparse.ArgumentParser | argparse._ArgumentGroup, what: str) -> None:
    """Add the option that draws what a command finds, in words that follow *draw*."""
    parser.add_argument("--chart", metavar="FILE", help=f"draw {what}: .svg or .png")


def check_chart(name: str | None) -> None:
    """Refuse a file that --chart cannot write to, before anything is solved; None asks for no chart."""
    if name is not None:
        from budgetopt.report.plots.chart_parts import CHART_FILES, check_chart_library

        check_target("--chart", name, CHART_FILES)
        check_chart_library()


def write_chart(name: str | None, plot: Callable[[], LayerChart]) -> None:
    """Draw a chart, write it to the file of --chart, and say so; None asks for no chart."""
    if name is not None:
        from budgetopt.report.plots.chart_parts import save_chart

        save_chart(plot(), name)
        say_written(name)


def print_json(value: Any) -> None:
    """Print plain values as JSON: what is none of JSON's own kinds as text, a number that is not finite as null."""
    from budgetopt.scenario.inert_json import inert_json

    show(inert_json(_finite(value), indent=2) + "\n")


def print_found(
    form: str, document: Callable[[], Any], table: Callable[[], pd.DataFrame], lines: Callable[[], Iterable[str]]
) -> None:
    """Print what was found in the form that --format names: as JSON, CSV or text; only that form is made."""
    if form == "json":
        print_json(document())
    elif form == "csv":
        print_csv(table())
    else:
        print_lines(lines())


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table as JSON has them."""
    rows: list[dict[str, Any]] = json.loads(table.to_json(orient="records"))
    return rows


def print_csv(table: pd.DataFrame, *, index: bool = False) -> None:
    """Print a table as CSV in which no cell is a formula."""
    from budgetopt.scenario.inert_csv import inert_csv

    show(inert_csv(table, index=index))


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def jsonable(value: Any) -> Any:
    """Return a value of a scenario as JSON has it, shares as text."""
    from budgetopt.scenario.amounts import Share

    if isinstance(value, Share):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): jsonable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [jsonable(item) for item in value]
    return value if value is None or isinstance(value, str | int | float) else str(value)


def read_text(name: str) -> str:
    """Return the text of a file, or of stdin for ``-``; an OptionError says why it cannot be read."""
    from budgetopt.reading.input_file import UnreadableFileError, read_document

    try:
        return sys.stdin.read() if name == STDIO else read_document(name)
    except UnreadableFileError as error:
        raise OptionError(f"{name!r} cannot be read: {error.reason}", hint=error.hint) from None
    except (OSError, ValueError):
        raise OptionError("stdin cannot be read: it is not text in UTF-8") from None
