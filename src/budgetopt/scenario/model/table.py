"""Long lists in files of their own: which file, and which of its columns is which key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from budgetopt.scenario.model.base import Model, Name, Text, one_or_many

__all__ = ["IGNORE", "Table", "TableFiles", "Tables"]

IGNORE = "ignore"
"""What a column is mapped to that is to be left alone."""


def _from_name(value: Any) -> Any:
    return value if isinstance(value, Mapping | Table) else {"file": value}


class Table(Model):
    """A file that holds a long list, and how its columns are read."""

    file: Name
    """A CSV or XLSX file beside the scenario file; `office.xlsx!Offers` names a sheet of a workbook."""
    columns: dict[Text, Text] = Field(default_factory=dict)
    """An office's own column headers and the keys that they mean, such as `FY26 adopted: baseline`, or `ignore`."""
    header: Annotated[int, Field(ge=1)] = 1
    """The row of the column headers."""
    last_row: Annotated[int, Field(ge=1)] | None = None
    """The last row that is read, where totals or notes stand below the list; left out, the last row of the file."""


TableFiles = Annotated[tuple[Annotated[Table, BeforeValidator(_from_name)], ...], BeforeValidator(one_or_many)]
"""One file or a list of files, each a name or a mapping."""


class Tables(Model):
    """Long lists, kept in CSV or XLSX beside the scenario file; ``office.xlsx!Offers`` names a sheet."""

    programs: TableFiles = ()
    """One row a program: a column `program` with its id, and columns named like its keys, nested ones dotted."""
    evidence: TableFiles = ()
    """One row an effect: columns `program`, `outcome`, and the keys of an effect."""
    packages: TableFiles = ()
    """One row a decision package, in their order: columns `program`, `cost` (`2M; 9M` for a project's years), `name`,
    `outcomes.NAME`, `uses.NAME`, and the other keys of a package."""
    curves: TableFiles = ()
    """One row a point of a curve: columns `program`, `outcome`, `spending`, `value`."""
