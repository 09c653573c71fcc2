"""Make a folder with a first scenario that solves as it is, to be changed into one's own; nothing is ever overwritten.

With --from FILE the programs come from an office's own budget file: CSV, XLSX, XLS, ODS or Parquet. The scenario file
then says which of its columns was taken for what and which rows count, to be looked over. What may mean two things is
asked on a terminal; elsewhere the message has the flags that settle it. A file of Pabulib, .pb, becomes a scenario of
its projects and votes.
"""

from __future__ import annotations

import argparse
from functools import partial
from importlib import resources
from pathlib import Path
from shlex import quote

from budgetopt.cli.file_choices import add_choices, asked, choices_of, given_choices
from budgetopt.cli.output import print_lines
from budgetopt.errors import OptionError, escaped_line
from budgetopt.whole_files import write_folder

__all__ = ["HELP", "NAME", "add_arguments", "run"]

NAME = "new"
HELP = "make a folder with a first scenario"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("folder", metavar="DIR", help="the folder to make; it must be new or empty")
    text = (
        "an office's budget file: CSV, XLSX, XLS, ODS or Parquet; office.xlsx!Offers names a sheet; "
        "or an election of a participatory budget, .pb"
    )
    parser.add_argument("--from", metavar="FILE", dest="table", help=text)
    add_choices(parser)


def run(arguments: argparse.Namespace) -> int:
    """Make the folder."""
    folder = Path(arguments.folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        kind = "is not empty" if folder.is_dir() else "is a file"
        message = f"{str(folder)!r} {kind}, and nothing is overwritten"
        raise OptionError(message, hint="name a folder that does not exist yet")
    if arguments.table is None:
        if names := ", ".join(given_choices(arguments)):
            raise OptionError(f"{names}: there is no file that this could be said of", hint="name it with --from FILE")
        source = resources.files("budgetopt.cli") / "starter"
        files = {name: (source / name).read_bytes() for name in ("scenario.yaml", "programs.csv", "effects.csv")}
        remarks: list[str] = []
    else:
        files, remarks = _from_file(arguments, folder)
    write_folder(folder, {name: partial(_write, content) for name, content in files.items()})
    made = [f"Made {escaped_line(str(folder / name))}" for name in files]
    print_lines([*made, *(f"note: {remark}" for remark in remarks)])
    shown = escaped_line(quote(str(folder)))
    print_lines([f"Next: budgetopt check {shown}", f"      budgetopt solve {shown}"])
    return 0


def _write(content: bytes, path: Path) -> None:
    path.write_bytes(content)


def _from_file(arguments: argparse.Namespace, folder: Path) -> tuple[dict[str, bytes], list[str]]:
    """Return the files of a scenario made of a budget file, and what was guessed."""
    from budgetopt.reading.budget_file import begin

    return asked(lambda choices: begin(arguments.table, folder.resolve().name, choices), choices_of(arguments))
