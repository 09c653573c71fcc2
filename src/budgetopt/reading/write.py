"""Write a scenario as files that read back as the same scenario."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from itertools import pairwise
from pathlib import Path as FilePath
from typing import Any

import numpy as np

from budgetopt.errors import OptionError
from budgetopt.reading.document_tree import document_tree, plain
from budgetopt.reading.scenario_files import SCENARIO_FILE
from budgetopt.reading.tables.cells import read_cells
from budgetopt.reading.tables.shape import normal
from budgetopt.reading.yaml_text import number_text, share_text, to_yaml
from budgetopt.scenario.amounts import Share
from budgetopt.scenario.keys import Leaf, fields_of, leaf_of
from budgetopt.scenario.model import FORMAT, Program
from budgetopt.scenario.programs import Bools, Column, ProgramTable, objects, put, split_key
from budgetopt.scenario.scenario import Scenario
from budgetopt.whole_files import write_folder as write_whole_folder

__all__ = ["UNCLEAR", "cell_texts", "ordered_keys", "scenario_yaml", "write_files", "write_folder"]

PROGRAMS_FILE = "programs.csv"
"""The table in which the programs of a written scenario stand."""
UNCLEAR = re.compile(r"(?<![0-9.])-?[0-9]{1,3}\.[0-9]{3}(?![0-9.])")
"""A number whose point might also separate thousands."""
MANY_PROGRAMS = 20
"""More programs than so many go into a table."""


def scenario_yaml(scenario: Scenario) -> str:
    """Return a scenario as the text of one YAML file that reads back as the same scenario."""
    return _yaml(scenario, _trees(scenario.programs, scenario.programs.columns), {})


def write_folder(scenario: Scenario, path: str | FilePath, *, overwrite: bool, table: bool | None) -> FilePath:
    """Write a scenario as a folder that reads back as the same scenario; see :meth:`Scenario.to_folder`.

    With ``table`` left out, more than 20 programs go into a table. A program of which anything fits in no cell stands
    in ``scenario.yaml`` in any case.
    """
    programs = scenario.programs
    if table is None:
        table = len(programs) > MANY_PROGRAMS
    if not table:
        return write_files(path, {SCENARIO_FILE: scenario_yaml(scenario)}, overwrite=overwrite)
    cells, rest = _split(programs)
    text = _csv(programs, cells)
    # 128.833 may be read with a mark of thousands unless the file says otherwise
    marked = {"file": PROGRAMS_FILE, "decimal": "."} if UNCLEAR.search(text) else PROGRAMS_FILE
    tables = {"tables": {"programs": marked}}
    files = {PROGRAMS_FILE: text, SCENARIO_FILE: _yaml(scenario, _trees(programs, rest), tables)}
    return write_files(path, files, overwrite=overwrite)


def _yaml(scenario: Scenario, programs: Mapping[str, Any], tables: Mapping[str, Any]) -> str:
    tree = {"format": FORMAT, **document_tree(scenario.document)}
    # what all of it is about stands first, then what the programs are, then what binds them
    first = {key: tree.pop(key) for key in list(tree) if key not in ("rules", "objective")}
    return to_yaml({**first, **tables, **({"programs": programs} if programs else {}), **tree})


def _trees(programs: ProgramTable, columns: Mapping[str, Column]) -> dict[str, Any]:
    """Return the programs that columns speak of as mappings; all of them, if the columns are all that there is."""
    trees: dict[str, Any] = {name: {} for name in programs.ids.tolist()}
    for key in ordered_keys(columns):
        column, path, leaf = columns[key], split_key(key), leaf_of(Program, key)
        whole = leaf is not None and leaf.kind == "whole"
        for cell, row in enumerate(column.rows.tolist()):
            value = int(column.cell(cell)) if whole else column.cell(cell)
            put(trees[programs.ids[row]], path, plain(value))
    for tree in trees.values():
        if "packages" in tree:
            tree["packages"] = [_package(tree["packages"][number]) for number in sorted(tree["packages"], key=int)]
    return trees if columns is programs.columns else {name: tree for name, tree in trees.items() if tree}


def _package(tree: Mapping[str, Any]) -> dict[str, Any]:
    """Return a package with what it does to an outcome as a plain number, where nothing more is said of it."""
    package = {key: value[0] if key == "cost" and len(value) == 1 else value for key, value in tree.items()}
    for name, units in package.get("uses", {}).items():
        package["uses"][name] = units[0] if isinstance(units, list) and len(units) == 1 else units
    for name, effect in package.get("outcomes", {}).items():
        if set(effect) == {"value"}:
            package["outcomes"][name] = effect["value"]
    return package


def ordered_keys(columns: Mapping[str, Column]) -> list[str]:
    """Return the keys of columns in the order in which the models name them."""
    order = {field: position for position, field in enumerate(fields_of(Program))}
    return sorted(columns, key=lambda key: order.get(split_key(key)[0], len(order)))


def _split(programs: ProgramTable) -> tuple[dict[str, list[str]], dict[str, Column]]:
    """Return the columns that a table holds, as texts, one a program; and those of programs that fit in no table.

    A program of which anything fits in no cell stands whole in the scenario file, and only its id in the table.
    """
    keys = ordered_keys(programs.columns)
    texts: dict[str, list[str]] = {}
    outside = np.zeros(len(programs), dtype=bool)
    for key in keys:
        column, leaf = programs.columns[key], leaf_of(Program, key)
        if leaf is None or leaf.kind == "other" or normal(key) != key or not key.isprintable():
            outside[column.rows] = True
            continue
        texts[key] = cell_texts(column, leaf)
        outside[column.rows[~_reads_back(column, leaf, texts[key])]] = True
    cells: dict[str, list[str]] = {}
    rest: dict[str, Column] = {}
    for key in keys:
        column = programs.columns[key]
        inside = ~outside[column.rows]
        lost = np.flatnonzero(~inside)
        if len(lost):
            rest[key] = column if len(lost) == len(column) else column.take(lost, column.rows[lost])
        if inside.any():
            column_texts = np.full(len(programs), "", dtype=object)
            column_texts[column.rows[inside]] = objects(texts[key])[inside]
            cells[key] = column_texts.tolist()
    return cells, rest


def cell_texts(column: Column, leaf: Leaf) -> list[str]:
    """Return the cells of a column as a table has them."""
    if leaf.kind == "points" and column.offsets is not None:
        points = [f"{number_text(x)}:{number_text(y)}" for x, y in column.values.tolist()]
        return [";".join(points[start:end]) for start, end in pairwise(column.offsets.tolist())]
    if column.offsets is not None:
        return ["; ".join(_word(item) for item in column.cell(cell)) for cell in range(len(column))]
    values = column.values.tolist()
    if leaf.kind == "number":
        pairs = zip(values, _shares(column).tolist(), strict=True)
        return [share_text(value) if is_share else number_text(value) for value, is_share in pairs]
    return [_word(value) for value in values]


def _shares(column: Column) -> Bools:
    return np.zeros(len(column), dtype=bool) if column.shares is None else column.shares


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Share):
        return share_text(value)
    if isinstance(value, int | float):
        # an exponent would be taken for a code
        return f"{Decimal(repr(value)):f}".removesuffix(".0")
    return str(value)


def _reads_back(column: Column, leaf: Leaf, texts: list[str]) -> Bools:
    """Return which texts read back as the cells that they were made of; shape (cells,)."""
    again, _ = read_cells(leaf, [text.strip() for text in texts])
    same = np.zeros(len(column), dtype=bool)
    if leaf.kind == "number":
        shares, shares_again = _shares(column), _shares(again)
        same[again.rows] = (again.values == column.values[again.rows]) & (shares_again == shares[again.rows])
        return same
    if column.offsets is None and leaf.kind in ("text", "choice"):
        same[again.rows] = again.values == column.values[again.rows]
        return same
    offsets = (column.offsets, again.offsets)
    if offsets[0] is not None and offsets[1] is not None and np.array_equal(offsets[0], offsets[1]):
        same[:] = np.array_equal(again.values, column.values)
        if same.all():
            return same
    for position, cell in enumerate(again.rows.tolist()):
        old, new = column.cell(cell), again.cell(position)
        same[cell] = old == new and isinstance(old, str | bool) == isinstance(new, str | bool)
    return same


def _csv(programs: ProgramTable, cells: Mapping[str, list[str]]) -> str:
    rows = [("program", *cells), *zip(programs.ids.tolist(), *cells.values(), strict=True)]
    # without a comma in any row another separator would be seen in the cells; a carriage return would end a row
    doubtful = not cells or any("\r" in cell for row in rows for cell in row)
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL if doubtful else csv.QUOTE_MINIMAL).writerows(rows)
    return text.getvalue()


def write_files(path: str | FilePath, files: Mapping[str, str | bytes], *, overwrite: bool = False) -> FilePath:
    """Write files, by their names, into a folder: all of them or none.

    Raises OptionError if one stands there already and is not to be replaced, or the folder cannot be written to.
    """
    folder = FilePath(path)
    if not overwrite and (taken := [name for name in files if (folder / name).exists()]):
        hint = "choose another folder, or allow that it is replaced"
        raise OptionError(f"there is already a {' and a '.join(taken)} in {folder}", hint=hint)
    contents = {name: content.encode() if isinstance(content, str) else content for name, content in files.items()}
    write_whole_folder(folder, {name: partial(_write, content) for name, content in contents.items()})
    return folder


def _write(content: bytes, file: FilePath) -> None:
    file.write_bytes(content)
