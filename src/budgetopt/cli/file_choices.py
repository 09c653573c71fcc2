"""What is known of an office's file beforehand, as options, and what is asked on a terminal because it is not clear."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from budgetopt.errors import OptionError

if TYPE_CHECKING:
    from budgetopt.reading.office.choices import ChoiceError, Choices

__all__ = ["add_choices", "asked", "choices_of", "given_choices", "is_terminal"]

_OF_FILE = ("sheet", "header", "range", "column", "where", "skip", "group", "merge", "decimal", "scale")
_Answer = TypeVar("_Answer")


def add_choices(parser: argparse.ArgumentParser) -> None:
    """Add the options that say what is known of a file."""
    group = parser.add_argument_group("what is known of the file; left out, it is found in the file")
    group.add_argument("--sheet", metavar="NAME", help="the sheet of a workbook")
    group.add_argument("--header", metavar="ROWS", help="the row of the column headers, or rows that are joined: 7-9")
    group.add_argument("--range", metavar="A:D", help="the columns of the table, where another stands beside it")
    text = (
        "the column of a key, such as 'baseline=FY26 Adopted', by its header or its letter; 'baseline=Pay+Goods' adds "
        "columns up, ignore=HEADER leaves one alone; may be repeated"
    )
    group.add_argument("--column", metavar="KEY=HEADER", action="append", default=[], help=text)
    text = "rows count that have this value in a column, such as 'Type=Expense*'; may be repeated"
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


def given_choices(arguments: argparse.Namespace) -> list[str]:
    """Return the options of a file that are given."""
    return [f"--{name}" for name in _OF_FILE if getattr(arguments, name)]


def asked(read: Callable[[Choices], _Answer], choices: Choices) -> _Answer:
    """Return what a file is read as; what is unclear is asked on a terminal, elsewhere the error has the options."""
    from budgetopt.reading.office.choices import ChoiceError

    while True:
        try:
            return read(choices)
        except ChoiceError as error:
            if not is_terminal():
                raise
            choices = _chosen(error)


def is_terminal() -> bool:
    """Return whether a person can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def _chosen(error: ChoiceError) -> Choices:
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


def choices_of(arguments: argparse.Namespace) -> Choices:
    """Return what the options say of a file."""
    from budgetopt.reading.office.choices import Choices

    where, skip = (_values(getattr(arguments, name), f"--{name}") for name in ("where", "skip"))
    return Choices(
        sheet=arguments.sheet or "",
        header=_rows(arguments.header),
        range=arguments.range or "",
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
