"""What a person says of a budget file, and what has to be asked because the file may mean two things."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from budgetopt.errors import OptionError, column_range, escaped_line

__all__ = ["ChoiceError", "Choices", "NoTableError", "Option"]


@dataclass(frozen=True)
class Choices:
    """What is known of a file beforehand; whatever is left out is found in the file itself.

    Parameters
    ----------
    sheet
        The sheet of a workbook.
    header
        The rows of the column headers, counted from 1.
    range
        The columns of the table, where another stands beside it: ``A:D``.
    columns
        Keys of programs and the headers (or letters) of their columns: ``{"baseline": "FY26 Adopted"}``. Columns with
        ``+`` between them are added up for a baseline; those under ``ignore`` are left alone.
    where, skip
        Rows that count and rows that are left out, as in ``tables`` of a scenario.
    group
        The columns that name a program together.
    merge
        Programs of the file whose lines are part of another.
    decimal
        The decimal mark.
    scale
        What amounts are multiplied by.
    """

    sheet: str = ""
    header: tuple[int, ...] = ()
    range: str = ""
    columns: dict[str, str] = field(default_factory=dict)
    where: dict[str, tuple[str, ...]] = field(default_factory=dict)
    skip: dict[str, tuple[str, ...]] = field(default_factory=dict)
    group: tuple[str, ...] = ()
    merge: dict[str, str] = field(default_factory=dict)
    decimal: str | None = None
    scale: float | None = None

    def __post_init__(self) -> None:
        if self.range and column_range(self.range) is None:
            raise OptionError(f"--range: {self.range!r} are no columns", hint="write their letters: --range A:D")


@dataclass(frozen=True)
class Option:
    """One answer to a question: the flag that gives it, what it means, and what is then known."""

    flag: str
    said: str
    choices: Choices


class ChoiceError(OptionError):
    """A file may mean two things; ``options`` are the answers, each with the flag that gives it."""

    def __init__(self, message: str, options: Sequence[Option]) -> None:
        self.options = tuple(options)
        super().__init__(message)
        lines = [escaped_line(f"{option.flag}   {option.said}") for option in self.options]
        self.hint = "\n      ".join(["add one of these:", *lines])


class NoTableError(OptionError):
    """A table is not that of programs and their money, or not the one of which something is said."""


def column_option(choices: Choices, key: str, name: str, said: str) -> Option:
    """Return the answer that a column holds a key."""
    flag = f"--column {key}={shell(name)}"
    return Option(flag, said, replace(choices, columns={**choices.columns, key: name}))


def group_option(choices: Choices, names: Sequence[str], said: str) -> Option:
    """Return the answer that some columns name a program together."""
    return Option(f"--group {shell(','.join(names))}", said, replace(choices, group=tuple(names)))


def where_option(choices: Choices, column: str, value: str, said: str) -> Option:
    """Return the answer that rows with a value in a column count."""
    return Option(
        f"--where {shell(f'{column}={value}')}", said, replace(choices, where={**choices.where, column: (value,)})
    )


def skip_option(choices: Choices, column: str, cells: Sequence[str], said: str) -> Option:
    """Return the answer that rows with some cells in a column are left out."""
    skip = {**choices.skip, column: (*choices.skip.get(column, ()), *cells)}
    return Option(skip_flags(column, cells), said, replace(choices, skip=skip))


def skip_flags(column: str, cells: Sequence[str]) -> str:
    """Return the flags by which rows with some cells in a column are left out."""
    return " ".join(f"--skip {shell(f'{column}={cell}')}" for cell in cells)


def shell(text: str) -> str:
    """Return a text as a word of a command line."""
    return (
        text
        if text and all(mark.isalnum() or mark in "_.,+-/" for mark in text)
        else '"' + text.replace('"', '\\"') + '"'
    )
