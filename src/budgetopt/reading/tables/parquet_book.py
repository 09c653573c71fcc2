"""Read Parquet files, and pandas tables as the files that they would be."""

from __future__ import annotations

import io
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from budgetopt.errors import Place, Problem, ScenarioError
from budgetopt.reading.input_file import check_limit, whatever_is_raised
from budgetopt.reading.tables.contents import check_content
from budgetopt.reading.tables.sheet import Book, Sheet
from budgetopt.reading.tables.value_texts import column_texts
from budgetopt.scenario.programs import Bools

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["book_of_frame", "header_text", "number_cells", "open_parquet", "series_texts"]


def open_parquet(data: bytes, file: str) -> Book:
    """Return the one table of a Parquet file, or raise ScenarioError; its first row is the names of its columns."""
    import pandas as pd

    check_content(data, file, ("parquet",))
    if find_spec("pyarrow") is None:
        message = "a Parquet file is read with the package pyarrow, which is not installed"
        raise ScenarioError([Problem("parquet", message, Place(file), hint="pip install 'budgetopt[parquet]'")])
    damaged = Problem("parquet", "the Parquet file is damaged", Place(file), "a .parquet file", "write it again")
    with whatever_is_raised(ScenarioError([damaged])):
        _check_size(data, file)
        frame = pd.read_parquet(io.BytesIO(data), engine="pyarrow")
    return book_of_frame(frame, file)


def _check_size(data: bytes, file: str) -> None:
    """Refuse a file of too many rows or cells, and texts that are very long when each cell has its own.

    A text that stands in many cells is stored once.
    """
    parquet = import_module("pyarrow.parquet")
    whole = parquet.ParquetFile(io.BytesIO(data))
    about = whole.metadata
    groups = [about.row_group(at) for at in range(about.num_row_groups)]
    values = [group.column(at).num_values for group in groups for at in range(group.num_columns)]
    unpacked = sum(group.total_byte_size for group in groups)
    for name, found in (("rows", about.num_rows), ("cells", sum(values)), ("unpacked", unpacked)):
        check_limit(name, found, file)
    held = [whole.schema.column(at) for at in range(len(whole.schema.names))]
    texts = [column.path for column in held if column.physical_type == "BYTE_ARRAY"]
    length = 0
    for field in filter(_has_texts, whole.schema_arrow):
        column = parquet.ParquetFile(io.BytesIO(data), read_dictionary=texts).read([field.name]).column(0)
        length += sum(map(_text_length, column.chunks))
        check_limit("unpacked", length, file)


def _has_texts(typed: Any) -> bool:
    """Return whether what Arrow has a type for, such as a column, is of texts, or of lists or structures of them."""
    return any(word in str(typed.type) for word in ("string", "binary"))


def _text_length(cells: Any) -> int:
    """Return how many bytes the texts of an array of Arrow have, those in its lists and structures included."""
    kinds, arrow = import_module("pyarrow").types, import_module("pyarrow.compute")
    kind = cells.type
    if not _has_texts(cells):
        return 0
    if kinds.is_dictionary(kind):
        sizes = arrow.binary_length(cells.dictionary).cast("int64").take(cells.indices)
    elif kinds.is_map(kind):
        return _text_length(cells.keys) + _text_length(cells.items)
    elif kind.num_fields:
        parts = cells.flatten()
        return sum(map(_text_length, parts)) if kinds.is_struct(kind) else _text_length(parts)
    elif kinds.is_fixed_size_binary(kind):
        return int(kind.byte_width) * len(cells)
    else:
        sizes = arrow.binary_length(cells)
    return int(arrow.sum(sizes).as_py() or 0)


def book_of_frame(frame: pd.DataFrame, name: str) -> Book:
    """Return a pandas table as a file of one sheet, whose first row is the names of its columns.

    An index that has a name, or holds texts, is a column too, unless a column has its name. What is missing is empty.

    Parameters
    ----------
    name
        Stands for the file in the places of its cells.
    """
    named = [(header_text(header), frame.iloc[:, position]) for position, header in enumerate(frame.columns)]
    taken = {header for header, _ in named}
    levels = []
    for level in range(frame.index.nlevels):
        index = frame.index.get_level_values(level)
        header = "" if index.name is None else header_text(index.name)
        if header not in taken and (header or index.inferred_type in ("string", "mixed")):
            levels.append((header, index.to_series()))
    columns, numbers = [], []
    for header, series in [*levels, *named]:
        columns.append([header, *series_texts(series)])
        numbers.append(np.concatenate([[False], number_cells(series)]))
    sheet = Sheet(name, "", tuple(columns), tuple(numbers))
    return Book(name, ("",), lambda _name: sheet)


def header_text(header: Any) -> str:
    """Return the name of a column; of a header in several rows the parts are joined by points, without empty ones."""
    parts = header if isinstance(header, tuple) else (header,)
    return ".".join(text for part in parts if (text := str(part).strip()))


def series_texts(series: pd.Series[Any]) -> list[str]:
    """Return the cells of a column as a file would hold them; what is missing is empty."""
    if series.dtype in (np.float32, np.float16):
        # their shortest decimals: 0.1 rather than 0.10000000149
        series = series.astype(str).astype(float)
    values, missing = series.tolist(), series.isna()
    if missing.any():
        values = [None if gone else value for value, gone in zip(values, missing.tolist(), strict=True)]
    return column_texts(values)


def number_cells(series: pd.Series[Any]) -> Bools:
    """Return which cells of a column are numbers, or lists of numbers; shape (cells,)."""
    import pandas as pd

    if series.dtype.kind in "iuf" or isinstance(series.dtype, pd.StringDtype):
        is_number = np.full(len(series), series.dtype.kind in "iuf")
        return np.asarray(is_number & ~series.isna().to_numpy(dtype=bool))

    values, missing = series.tolist(), series.isna().tolist()
    return np.array([not gone and _is_number(value) for value, gone in zip(values, missing, strict=True)], dtype=bool)


def _is_number(value: Any) -> bool:
    from decimal import Decimal

    if isinstance(value, list | tuple | np.ndarray):
        return len(value) > 0 and all(map(_is_number, value))
    return isinstance(value, int | float | Decimal | np.integer | np.floating) and not isinstance(value, bool)
