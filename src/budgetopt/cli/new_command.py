"""Make a folder with a first scenario that solves as it is, to be changed into one's own; nothing is ever overwritten.

With --from FILE the programs come from an office's own table, CSV or XLSX: the scenario file then says which of its
columns was taken for what, to be looked over.
"""

from __future__ import annotations

import argparse
from importlib import resources
from pathlib import Path

from budgetopt.cli.files import print_lines
from budgetopt.errors import OptionError

__all__ = ["HELP", "NAME", "add_arguments", "run"]

NAME = "new"
HELP = "make a folder with a first scenario"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("folder", metavar="DIR", help="the folder to make; it must be new or empty")
    text = "a table of programs, CSV or XLSX; office.xlsx!Offers names a sheet"
    parser.add_argument("--from", metavar="FILE", dest="table", help=text)


def run(arguments: argparse.Namespace) -> int:
    """Make the folder."""
    folder = Path(arguments.folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        kind = "is not empty" if folder.is_dir() else "is a file"
        message = f"{str(folder)!r} {kind}, and nothing is overwritten"
        raise OptionError(message, hint="name a folder that does not exist yet")
    if arguments.table is None:
        source = resources.files("budgetopt.cli") / "starter"
        files = {name: (source / name).read_bytes() for name in ("scenario.yaml", "programs.csv", "effects.csv")}
        remarks: list[str] = []
    else:
        from budgetopt.reading.starting import from_table

        files, remarks = from_table(arguments.table, folder.resolve().name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            with (folder / name).open("xb") as file:
                file.write(content)
    except OSError as error:
        raise OptionError(f"{str(folder)!r} could not be made: {(error.strerror or str(error)).lower()}") from None
    print_lines([*(f"Made {folder / name}" for name in files), *(f"note: {remark}" for remark in remarks)])
    shown = f"'{folder}'" if " " in str(folder) else str(folder)
    print_lines([f"Next: budgetopt check {shown}", f"      budgetopt solve {shown}"])
    return 0
