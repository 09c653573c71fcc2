"""Make a folder with a first scenario that solves as it is, to be changed into one's own; nothing is ever overwritten.

With --from FILE the programs come from an office's own budget file: CSV, XLSX, XLS, ODS or Parquet. The scenario file
then says which of its columns was taken for what and which rows count, to be looked over. What may mean two things is
asked on a terminal; elsewhere the message has the flags that settle it.
"""

from __future__ import annotations

import argparse
import sys
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from budgetopt.cli.files import print_lines
from budgetopt.errors import OptionError

if TYPE_CHECKING:
    from budgetopt.reading.office.choices import ChoiceError, Choices

__all__ = ["HELP", "NAME", "add_arguments", "run"]

NAME = "new"
HELP = "make a folder with a first scenario"
_OF_FILE = ("sheet", "header", "column", "where", "skip", "group", "merge", "decimal", "scale")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("folder", metavar="DIR", help="the folder to make; it must be new or empty")
    text = "an office's budget file: CSV, XLSX, XLS, ODS or Parquet; office.xlsx!Offers names a sheet"
    parser.add_argument("--from", metavar="FILE", dest="table", help=text)
    group = parser.add_argument_group("what is known of the file; left out, it is found in the file")
    group.add_argument("--sheet", metavar="NAME", help="the sheet of a workbook")
    group.add_argument("--header", metavar="ROWS", help="the row of the column headers, or rows that are joined: 7-9")
    text = "the column of a key, such as 'baseline=FY26 Adopted'; a column may be named by its letter; may be repeated"
    group.add_argument("--column", metavar="KEY=HEADER", action="append", default=[], help=text)
    text = "rows count that have this value in a column, such as Type=Expense; may be repeated"
    group.add_argument("--where", metavar="HEADER=VALUE", action="append", default=[], help=text)
    text = "rows are left out that have this value, such as 'Program=*total'; may be repeated"
    group.add_argument("--skip", metavar="HEADER=VALUE", action="append", default=[], help=text)
    text = "the columns that name a program together, such as Department,Class; the amounts of its rows are added up"
    group.add_argument("--group", metavar="HEADERS", help=text)
    text = "the rows of a program are part of another, such as 'Vacancy discount=Patrol'; may be repeated"
    group.add_argument("--merge", metavar="THIS=THAT", action="append", default=[], help=text)
    group.add_argument("--decimal", choices=[".", ","], help="the decimal mark")
    text = "what amounts are multiplied by: 1000 for a table in thousands"
    group.add_argument("--scale", metavar="NUMBER", type=float, help=text)


def run(arguments: argparse.Namespace) -> int:
    """Make the folder."""
    folder = Path(arguments.folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        kind = "is not empty" if folder.is_dir() else "is a file"
        message = f"{str(folder)!r} {kind}, and nothing is overwritten"
        raise OptionError(message, hint="name a folder that does not exist yet")
    if arguments.table is None:
        if any(getattr(arguments, name) for name in _OF_FILE):
            names = ", ".join(f"--{name}" for name in _OF_FILE if getattr(arguments, name))
            raise OptionError(f"{names}: there is no file that this could be said of", hint="name it with --from FILE")
        source = resources.files("budgetopt.cli") / "starter"
        files = {name: (source / name).read_bytes() for name in ("scenario.yaml", "programs.csv", "effects.csv")}
        remarks: list[str] = []
    else:
        files, remarks = _from_file(arguments, folder)
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


def _from_file(arguments: argparse.Namespace, folder: Path) -> tuple[dict[str, bytes], list[str]]:
    """Return the files of a scenario made of a budget file, and what was guessed; ask on a terminal what is unclear."""
    from budgetopt.reading.office.choices import ChoiceError
    from budgetopt.reading.starting import from_table

    choices = _choices(arguments)
    while True:
        try:
            return from_table(arguments.table, folder.resolve().name, choices)
        except ChoiceError as error:
            if not (sys.stdin.isatty() and sys.stderr.isatty()):
                raise
            choices = _asked(error)


def _asked(error: ChoiceError) -> Choices:
    """Return what a person chooses of the options; raise the error if nothing is chosen."""
    lines = [error.message, *(f"  {number}  {option.said}" for number, option in enumerate(error.options, 1))]
    print("\n".join(lines), file=sys.stderr)  # noqa: T201 (a question is no output)
    while True:
        print(f"Which one, 1 to {len(error.options)}? ", end="", file=sys.stderr, flush=True)  # noqa: T201
        answer = sys.stdin.readline()
        if not answer.strip():
            raise error
        if answer.strip().isdecimal() and 1 <= int(answer) <= len(error.options):
            return error.options[int(answer) - 1].choices


def _choices(arguments: argparse.Namespace) -> Choices:
    from budgetopt.reading.office.choices import Choices

    where, skip = (_values(getattr(arguments, name), f"--{name}") for name in ("where", "skip"))
    return Choices(
        sheet=arguments.sheet or "",
        header=_rows(arguments.header),
        columns=dict(_pair(text, "--column", "baseline=FY26 Adopted") for text in arguments.column),
        where=where,
        skip=skip,
        group=tuple(name.strip() for name in arguments.group.split(",")) if arguments.group else (),
        merge=dict(_pair(text, "--merge", "Vacancy discount=Patrol") for text in arguments.merge),
        decimal=arguments.decimal,
        scale=arguments.scale,
    )


def _pair(text: str, flag: str, example: str) -> tuple[str, str]:
    name, mark, value = text.partition("=")
    if not mark or not name.strip():
        raise OptionError(f"{flag}: {text!r} has no equals sign", hint=f'write it like {flag} "{example}"')
    return name.strip(), value.strip()


def _values(texts: list[str], flag: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for text in texts:
        name, value = _pair(text, flag, "Type=Expense")
        found[name] = (*found.get(name, ()), value)
    return found


def _rows(text: str | None) -> tuple[int, ...]:
    if text is None:
        return ()
    first, mark, last = text.replace(" ", "").partition("-")
    if not first.isdecimal() or (mark and not last.isdecimal()) or not 0 < int(first) <= int(last or first):
        raise OptionError(
            f"--header: {text!r} is no row of a file", hint="write it like --header 7, or 7-9 for three rows"
        )
    return tuple(range(int(first), int(last or first) + 1))
