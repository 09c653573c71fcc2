"""Long lists in files of their own: which rows of a file count, and which of its columns is which key."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from budgetopt.errors import column_range
from budgetopt.scenario.amounts import SignedAmount
from budgetopt.scenario.model.base import Flag, Model, Name, Names, Text, one_or_many
from budgetopt.scenario.words import refuse, shown

__all__ = ["ANY", "IGNORE", "PLUS", "Table", "TableFiles", "Tables"]

IGNORE = "ignore"
"""What a column is mapped to that is to be left alone."""
ANY = "*"
"""Stands for any characters in the cells of a row that counts or is left out."""
PLUS = "+"
"""Stands between the headers of columns that are added up."""


def _from_name(value: Any) -> Any:
    return value if isinstance(value, Mapping | Table) else {"file": value}


def _rising(rows: tuple[int, ...]) -> tuple[int, ...]:
    if not rows or any(after <= before for before, after in pairwise(rows)):
        raise refuse("rows", "{shown} are no rows of column headers", "row numbers that rise", shown=str(list(rows)))
    return rows


def _not_zero(scale: float) -> float:
    if not scale:
        raise refuse("scale", "a table cannot be multiplied by 0", "a number such as 1000, or -1 to turn signs round")
    return scale


def _row_numbers(value: Any) -> list[int]:
    """Return single rows and ranges such as ``90-93`` as the numbers of rows."""
    rows: list[int] = []
    for item in one_or_many(value):
        first, mark, last = str(item).replace(" ", "").partition("-")
        if isinstance(item, bool) or not (first.isdecimal() and (last.isdecimal() if mark else True)):
            raise refuse("rows", "{shown} is no row", "a row number, or rows such as 90-93", shown=shown(item))
        if len(first) > 7 or len(last) > 7 or not 0 < int(first) <= int(last or first):
            raise refuse("rows", "{shown} are no rows", "row numbers that rise, such as 90-93", shown=shown(item))
        rows += range(int(first), int(last or first) + 1)
    return rows


def _from_to(text: str) -> str:
    """Return the letters of the first and the last column, in capitals."""
    if text and column_range(text) is None:
        hint = "rows are said by `header` and `last_row`" if any(map(str.isdecimal, text)) else ""
        raise refuse("range", "{shown} are no columns", "letters such as A:D", hint, shown=shown(text))
    return text.replace(" ", "").upper()


def _cell_texts(value: Any) -> list[str]:
    """Return what cells are compared with, as texts: a number of a sheet is compared with its digits."""
    plain = (int(item) if isinstance(item, float) and item.is_integer() else item for item in one_or_many(value))
    return [item if isinstance(item, str) else str(item).lower() for item in plain]


def _one_or_list(*kinds: str) -> WithJsonSchema:
    """Return the schema of one value of some types, or a list of them."""
    one = {"type": list(kinds) if len(kinds) > 1 else kinds[0]}
    return WithJsonSchema({"anyOf": [one, {"type": "array", "items": one}]})


Cells = Annotated[tuple[Text, ...], BeforeValidator(_cell_texts), _one_or_list("string", "number", "boolean")]
"""One value of a cell or several; ``*`` stands for any characters, an empty text for an empty cell."""


class Table(Model):
    """A file that holds a long list, which of its rows count, and how its columns are read.

    A column is named by its header or, where headers are empty or the same, by its letter.
    """

    file: Name
    """A CSV, XLSX, XLS, ODS or Parquet file beside the scenario file; `office.xlsx!Offers` names a sheet."""
    columns: dict[Text, Text] = Field(default_factory=dict)
    """An office's own column headers and the keys that they mean, such as `FY26 adopted: baseline`, or `ignore`.
    Columns with `+` between them are added up: `Personnel + Operating + Capital: baseline`."""
    header: Annotated[
        tuple[Annotated[int, Field(ge=1)], ...],
        BeforeValidator(one_or_many),
        AfterValidator(_rising),
        _one_or_list("integer"),
    ] = (1,)
    """The row of the column headers; or several, `[7, 8]`, whose cells are joined."""
    last_row: Annotated[int, Field(ge=1)] | None = None
    """The last row that is read, where totals or notes stand below the list; left out, the last row of the file."""
    range: Annotated[Text, AfterValidator(_from_to)] = ""
    """The columns of the table, by their letters, where another table stands beside it: `A:D`."""
    where: dict[Text, Cells] = Field(default_factory=dict)
    """The rows that count, by their cells: `{Type: Expense, Fiscal Year: [2024, 2025]}`; `*` stands for any characters
    and `""` for an empty cell."""
    skip: dict[Text, Cells] = Field(default_factory=dict)
    """The rows that are left out, such as totals: `{Program: [Total*, "* total"]}`."""
    skip_rows: Annotated[tuple[int, ...], BeforeValidator(_row_numbers), _one_or_list("integer", "string")] = ()
    """Rows that are left out, by their numbers: `[17, 90-93]`."""
    fill_down: Names = ()
    """Columns in which an empty cell has the value of the cell above, but not that of a total such as `Police Total`;
    merged cells are filled without a word."""
    headings: Text = ""
    """The key that is written once above its rows, in the column of the programs: `department`. Rows that have nothing
    else are such headings."""
    id: Names = ()
    """The columns whose cells name a program together: `[Department, Class]` makes `Police / Supplies`."""
    add_up: Flag = False
    """Whether several rows of a program are lines of one budget: their amounts are added up, negative ones too. Where a
    column names a fund, the lines of a fund become what it pays of the baseline."""
    merge: dict[Text, Name] = Field(default_factory=dict)
    """Programs of the file whose lines are part of another: `{Vacancy discount: Patrol}`; goes with `add_up`."""
    decimal: Literal[".", ","] | None = None
    """The decimal mark of the texts of numbers; the others of `. , ' _` and blanks then separate thousands."""
    scale: Annotated[SignedAmount, AfterValidator(_not_zero)] = 1.0
    """What amounts of money are multiplied by: 1000 for a table in thousands, -1 for one with spending below zero."""

    @model_validator(mode="after")
    def _fits(self) -> Table:
        if self.last_row is not None and self.last_row <= self.header[-1]:
            message = "the last row is {last}, and the column headers stand in row {header}"
            expected = "a row below the headers"
            raise refuse("rows", message, expected, at="last_row", last=str(self.last_row), header=str(self.header[-1]))
        for name, into in self.merge.items():
            if into in self.merge:
                message = "{name} is part of {into}, which is itself part of {last}"
                hint = f"write `{name}: {self.merge[into]}`" if name not in (into, self.merge[into]) else ""
                words = {"name": shown(name), "into": shown(into), "last": shown(self.merge[into])}
                raise refuse("merge", message, "a program that stays", hint, at="merge", **words)
        return self


TableFiles = Annotated[tuple[Annotated[Table, BeforeValidator(_from_name)], ...], BeforeValidator(one_or_many)]
"""One file or a list of files, each a name or a mapping."""


class Tables(Model):
    """Long lists, kept in CSV or XLSX beside the scenario file; ``office.xlsx!Offers`` names a sheet."""

    programs: TableFiles = ()
    """One row a program: a column `program` with its id, and columns named like its keys, nested ones dotted."""
    evidence: TableFiles = ()
    """One row an effect: columns `program`, `outcome`, and the keys of an effect."""
    packages: TableFiles = ()
    """One row a decision package, in their order: columns `program`, `cost` (`2M; 9M` for a project's years, or a
    column for each: `cost.1`, `cost.2`), `name`, `outcomes.NAME`, `uses.NAME`, and the other keys of a package."""
    curves: TableFiles = ()
    """One row a point of a curve: columns `program`, `outcome`, `spending`, `value`."""
