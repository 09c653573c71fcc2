"""The tables of a plan as Parquet files, the units of their columns in the metadata of their schemas."""

from __future__ import annotations

import json
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from budgetopt.allocation.result import TABLES
from budgetopt.errors import OptionError
from budgetopt.scenario.column_units import units_of
from budgetopt.whole_files import write_folder

if TYPE_CHECKING:
    import pandas as pd

    from budgetopt.allocation.allocation import Allocation

__all__ = ["check_parquet_library", "write_parquet"]


def check_parquet_library() -> None:
    """Raise an OptionError where the package that writes Parquet is not installed."""
    if find_spec("pyarrow") is None:
        message = "a Parquet file is written with the package pyarrow, which is not installed"
        raise OptionError(message, hint="pip install 'budgetopt[parquet]'")


def write_parquet(plan: Allocation, folder: str | Path) -> list[Path]:
    """Write every table of an allocation as a Parquet file into a folder, made if it is missing; return the files."""
    check_parquet_library()
    about = {"scenario": plan.scenario.name, "currency": plan.scenario.currency, "status": str(plan.status)}
    tables = {name: getattr(plan, name) for name in TABLES}
    return write_folder(
        folder,
        {f"{name}.parquet": partial(_write_table, table, {**about, "table": name}) for name, table in tables.items()},
    )


def _write_table(table: pd.DataFrame, about: dict[str, str], file: Path) -> None:
    """Write one table: columns of texts are texts where they are empty too, and what is not known is null."""
    import pyarrow
    from pyarrow import parquet

    units = units_of(table)
    plain = table.reset_index() if table.index.name is not None else table
    fields = []
    for name, kind in plain.dtypes.items():
        type_ = pyarrow.string() if kind.kind == "O" else pyarrow.from_numpy_dtype(kind)
        unit = {"unit": units[str(name)]} if name in units else None
        fields.append(pyarrow.field(str(name), type_, metadata=unit))
    # pandas reads the attributes of a table from here
    said = {**about, "PANDAS_ATTRS": json.dumps(table.attrs)}
    schema = pyarrow.schema(fields, metadata=said)
    parquet.write_table(pyarrow.Table.from_pandas(plain, schema=schema), file)
