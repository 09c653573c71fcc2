"""Draw the files of a case for the fuzzer: scenarios, tables, results and budget files, most of them nearly right."""

from __future__ import annotations

import contextlib
import json
import random
import sys
from collections.abc import Iterator
from copy import deepcopy
from functools import reduce
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import pandas as pd

ROOT = Path(__file__).resolve().parent.parent

NUMBERS: tuple[Any, ...] = (
    *(0, -1, 1, 3, 1e-320, 1e-12, 1e12, 1e148, 1.7e308, float("inf"), float("nan"), -0.0, 10**30, 0.1, "9" * 400),
    *["5%", "-5%", "1e400", "1,000", "12.", "", " 7 ", "ten", "½", "100%", "0%", "250%", "0x10", "1_000", "1k"],
)
VALUES: tuple[Any, ...] = (
    *(None, True, False, [], {}, [[]], [None], {"": 1}, {"a": {"a": {}}}, [1, 2]),
    *("x", 0, -1, "2027-02-30"),
)
NAMES: tuple[str, ...] = (
    *("", " ", "a b", "général", "<b>bold</b>", "=1+1", "null", "a.b", "[0]", "*", "&a", "{}", "-", "on", "1", "1.0"),
    *("~", "a#b", "#", "a: b", "'", "!!python/object:os.system", "a\u0000b", "\u202eabc", "\ud800", "\u2028"),
    *("x" * 5000, "é" * 50),
)
BYTES: tuple[bytes, ...] = tuple(b"\x00|\xff\xfe|\xef\xbb\xbf|\t|\r|\x1b[31m|&a *a|? :|- -|'|\"|%|\xc3".split(b"|"))
COMMANDS = (
    *(
        ["check"],
        ["solve", "--format", "json"],
        ["solve"],
        ["prices"],
        ["explain"],
        ["explain", "--all"],
        ["conflicts"],
    ),
    *(["prices", "--dollars"], ["solve", "--format", "csv"], ["export", "model.mps"], ["compare"], ["outlook"]),
)


class Case(NamedTuple):
    """One run of the command line, in a folder of its own."""

    arguments: list[str]
    kind: str


def places(document: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every value of a document."""
    children = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    for key, value in children:
        yield (*path, key)
        yield from places(value, (*path, key))


def changed(document: dict[str, Any], donors: list[dict[str, Any]], rng: random.Random) -> dict[str, Any]:
    """Return a document with one change, at a place that the grammar has."""
    document = deepcopy(document)
    every = list(places(document))
    if not every:
        return document
    path = rng.choice(every)
    holder, key = value_at(document, path[:-1]), path[-1]
    value = holder[key]
    match rng.randrange(9):
        case 0 | 1 if isinstance(value, int | float):
            near = [value * factor for factor in (0.5, 0.9, 1.1, 2)]
            holder[key] = rng.choice([*near, value * rng.choice([-1, 1e6, 1e-6]), rng.choice(NUMBERS)])
        case 0 | 1 | 2:
            holder[key] = rng.choice([*NUMBERS, *VALUES])
        case 3:
            del holder[key]
        case 4 if isinstance(holder, dict):
            name = rng.choice([*NAMES, f"{key}s", str(key)[:-1], str(key).upper()])
            holder[name] = holder.pop(key)
        case 5 if isinstance(value, str):
            holder[key] = rng.choice([*NAMES, value + "x", value[:-1]])
        case 6 | 7:
            # what another scenario has at a place of the same name
            donor = rng.choice(donors)
            same = [other for other in places(donor) if other[-1] == key or isinstance(key, int)]
            if same:
                holder[key] = deepcopy(value_at(donor, rng.choice(same)))
        case _ if isinstance(holder, list):
            holder.append(deepcopy(value))
        case _:
            holder[rng.choice(NAMES)] = deepcopy(value)
    return document


def corpus(examples: int) -> list[dict[str, Any]]:
    """Return documents that are right: draws of the whole language, and the scenarios of the repository.

    A draw that `check` refuses is left out.
    """
    sys.path.insert(0, str(ROOT / "tests"))
    from drawn import look_at_each

    found: list[dict[str, Any]] = []
    drawing = import_module("language.strategies")
    look_at_each(lambda case: found.append(deepcopy(case.document)), examples, drawing.told())
    from budgetopt.reading.yaml_file import parse_yaml

    for path in sorted((ROOT / "scenarios").rglob("scenario.yaml")):
        plain = json.loads(json.dumps(parse_yaml(path.read_text(encoding="utf-8")).tree, default=str))
        if "tables" not in plain and len(json.dumps(plain)) < 20_000:
            found.append(plain)
    return [{"format": "budgetopt/1", **document} for document in found if is_right(document)]


def is_right(document: dict[str, Any]) -> bool:
    """Return whether a document is read without a problem."""
    from budgetopt.errors import BudgetoptError
    from budgetopt.scenario.scenario import Scenario

    try:
        Scenario.from_document(document)
    except BudgetoptError:
        return False
    return True


def written(document: dict[str, Any], rng: random.Random) -> bytes:
    """Return a document as a file: as YAML in one of its styles, seldom with bytes changed."""
    text = json.dumps(document, ensure_ascii=rng.random() < 0.5, default=str, indent=rng.choice([None, 1]))
    data = text.encode("utf-8", "surrogatepass")
    if rng.random() < 0.04:
        at = rng.randrange(len(data) + 1)
        data = data[:at] + rng.choice(BYTES) + data[at + rng.randrange(3) :]
    return data


def put_table(document: dict[str, Any], folder: Path, rng: random.Random) -> None:
    """Move the programs of a document into a table of a kind, with one cell that may be changed."""
    import pandas as pd

    programs = document.get("programs")
    if not isinstance(programs, dict) or not all(isinstance(row, dict) for row in programs.values()):
        return
    plain = ("name", "department", "baseline", "recurring")
    flat = [key for key in plain if any(key in row for row in programs.values())]
    if rng.random() < 0.9:
        flat = [key for key in flat if not any(isinstance(row.get(key), dict | list) for row in programs.values())]
    rows = [{"id": str(name), **{key: row.get(key) for key in flat}} for name, row in programs.items()]
    rest = {name: {key: value for key, value in row.items() if key not in flat} for name, row in programs.items()}
    if rows and rng.random() < 0.3:
        rng.choice(rows)[rng.choice(["id", *flat])] = rng.choice([*NUMBERS, *NAMES])
    cells = [{key: None if value is None else str(value) for key, value in row.items()} for row in rows]
    # as objects: a half of a character is no text of pandas, and is one of a case
    table = pd.DataFrame(cells, dtype=object)
    kind = rng.choices(["csv", "xlsx", "parquet", "json"], [4, 4, 4, 1])[0]
    target = folder / f"programs.{kind}"
    with contextlib.suppress(Exception):  # what cannot be written is no case
        if kind == "csv":
            target.write_bytes(table.to_csv(index=False).encode("utf-8", "surrogatepass"))
        elif kind == "json":
            target.write_text(table.to_json(orient="records"), encoding="utf-8")
        elif kind == "xlsx":
            write_workbook(table, target)
        else:
            table.to_parquet(target)
        if rng.random() < 0.1:
            data = bytearray(target.read_bytes())
            for _ in range(rng.randrange(1, 4)):
                data[rng.randrange(len(data))] = rng.randrange(256)
            target.write_bytes(bytes(data))
        document["programs"] = rest
        document["tables"] = {"programs": target.name}


def write_workbook(table: pd.DataFrame, target: Path) -> None:
    """Write a table as a workbook; raises UnicodeEncodeError before it writes what no workbook can hold."""
    table.to_csv(index=False).encode("utf-8")
    table.to_excel(target, index=False)


def drawn_case(documents: list[dict[str, Any]], folder: Path, rng: random.Random) -> Case:
    """Write the files of a case into a folder, and return it."""
    document = deepcopy(rng.choice(documents))
    for _ in range(rng.choice([0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 3])):
        document = changed(document, documents, rng)
    kind = rng.choices(["scenario", "table", "result", "office"], [78, 9, 7, 6])[0]
    if kind == "table":
        put_table(document, folder, rng)
    (folder / "scenario.yaml").write_bytes(written(document, rng))
    scenario = str(folder)
    if kind == "result":
        return Case(["verify", str(folder / "plan.json"), scenario], kind)
    if kind == "office":
        return Case(["new", str(folder / "made"), "--from", str(office_file(document, folder, rng))], kind)
    command = list(rng.choices(COMMANDS, [1, 5, 3, 6, 4, 3, 1, 1, 1, 1, 1, 1])[0])
    arguments = [command[0], scenario, *command[1:]]
    if command[0] == "export":
        arguments = ["export", scenario, str(folder / command[1])]
    if command == ["explain"]:
        names = [name for key in ("programs", "funds") if isinstance(document.get(key), dict) for name in document[key]]
        arguments.append(str(rng.choice(names or ["none"])))
    if rng.random() < 0.1:
        arguments.append(f"--set={drawn_change(document, rng)}")
    return Case(arguments, kind)


def drawn_change(document: dict[str, Any], rng: random.Random) -> str:
    """Return a path of a document and a value for it: half of them another number for a number."""
    every = list(places(document)) or [("name",)]
    numbers = [path for path in every if isinstance(value_at(document, path), int | float)]
    if numbers and rng.random() < 0.5:
        return f"{'.'.join(map(str, rng.choice(numbers)))}={rng.choice(['-5%', '+5%', '*1.1', '0', '1'])}"
    return f"{'.'.join(map(str, rng.choice(every)))}={rng.choice([*NUMBERS, *NAMES])}"


def value_at(document: Any, path: tuple[Any, ...]) -> Any:
    """Return what a document has at a path."""
    return reduce(lambda holder, key: holder[key], path, document)


def office_file(document: dict[str, Any], folder: Path, rng: random.Random) -> Path:
    """Write a budget file as offices have them, with heads, totals, marks and empty cells, and return its path."""
    import pandas as pd

    programs = document.get("programs")
    names = [str(name) for name in programs] if isinstance(programs, dict) else ["one"]
    money = ["1,000", "$ 2,500", "(300)", "-", "", "n/a", 1000, 12.5, "1.234,56", "46.000", float("nan")]
    heads = rng.choice([["Program", "Adopted"], ["Service", "FTE", "FY2027 Budget"], ["", "Amount"], ["Item", "Item"]])
    strange = rng.random() < 0.5
    rows = [
        [
            rng.choice([name, rng.choice(NAMES)]) if strange else name,
            *(rng.choice(money[: 11 if strange else 2]) for _ in heads[1:]),
        ]
        for name in names
    ]
    if rng.random() < 0.4:
        rows.append(["Total", *("9,999" for _ in heads[1:])])
    if rng.random() < 0.3:
        rows.insert(0, ["City of Somewhere", *("" for _ in heads[1:])])
    table, target = pd.DataFrame(rows, columns=heads, dtype=object), folder / f"budget.{rng.choice(['csv', 'xlsx'])}"
    with contextlib.suppress(Exception):
        if target.suffix == ".csv":
            target.write_bytes(table.to_csv(index=False, sep=rng.choice(",;\t")).encode("utf-8", "surrogatepass"))
        else:
            write_workbook(table, target)
    return target
