"""The rules of the house that no other tool checks."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "budgetopt"
MODULES = sorted(SOURCE.rglob("*.py"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
TEXT = {".py", ".md", ".yaml", ".yml", ".toml", ".txt", ".csv", ".cfg", ".json", ".html", ".j2", ".css", ".js", ""}
NOT_OURS = {"__pycache__", "out", "build", "dist", "site"}


def files() -> Iterator[Path]:
    """Yield the text files of the repository, whether or not git is there to list them."""
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in NOT_OURS and (not name.startswith(".") or name == ".ci")]
        yield from (Path(folder, name) for name in names if Path(name).suffix in TEXT)


@cache
def imported(module: Path) -> set[str]:
    """Return the top-level packages that a module imports, those for type checking alone left out."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            node.body = []
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


def asks_the_clock(module: Path) -> bool:
    """Return whether a module calls ``datetime.now()``, ``date.today()`` or the like."""
    calls = [
        node.func for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)
    ]
    return any(isinstance(call, ast.Attribute) and call.attr in {"now", "utcnow", "today"} for call in calls)


def shown(paths: list[Path]) -> list[str]:
    return [path.relative_to(ROOT).as_posix() for path in paths]


def test_no_file_of_the_package_is_too_long_to_read_in_one_sitting() -> None:
    lengths = {
        path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES
    }
    assert {path: length for path, length in lengths.items() if length > 400} == {}


@pytest.mark.parametrize("solver", ["highspy", "pulp"])
def test_at_most_one_file_imports_a_solver(solver: str) -> None:
    doors = [module for module in MODULES if solver in imported(module)]
    assert len(doors) <= 1, shown(doors)
    assert all(door.parent == SOURCE / "solvers" for door in doors), shown(doors)


def test_nothing_imports_scipy() -> None:
    assert shown([module for module in MODULES if "scipy" in imported(module)]) == []


@pytest.mark.parametrize("room", ["scenario", "checks", "reading", "formulation"])
def test_a_scenario_and_its_formulation_depend_on_nothing_but_the_input(room: str) -> None:
    """No clock, no network, no chance."""
    outside = {"time", "socket", "ssl", "http", "urllib", "requests", "random", "secrets", "uuid", "getpass"}
    strays = [
        module for module in (SOURCE / room).rglob("*.py") if imported(module) & outside or asks_the_clock(module)
    ]
    assert shown(strays) == []


def test_every_room_is_under_the_contract_of_the_arrows() -> None:
    contracts = PROJECT["tool"]["importlinter"]["contracts"]
    layers = [layer for contract in contracts for layer in contract.get("layers", [])]
    known = {name.strip(" ()") for layer in layers for name in layer.split("|")}
    rooms = {
        f"budgetopt.{path.stem}"
        for path in SOURCE.iterdir()
        if not path.stem.startswith("_") and (path.suffix == ".py" or (path / "__init__.py").exists())
    }
    assert rooms - known == set()


def modules_after(statement: str) -> set[str]:
    """Return the top-level modules that a fresh Python holds after a statement."""
    code = f"import sys\n{statement}\nprint(*{{name.split('.')[0] for name in sys.modules}}, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stderr.split())


def test_importing_the_package_pays_for_nothing_heavy() -> None:
    heavy = {"pandas", "pulp", "highspy", "rich", "pydantic", "openpyxl", "jinja2", "ruamel"}
    assert modules_after("import budgetopt") & heavy == set()


def test_no_file_names_a_machine() -> None:
    """A path of somebody's machine works nowhere else, and tells what is nobody's business."""
    own = re.compile(r"(?<![\w./~-])/(?:root|home|Users|work|opt|mnt)/[\w.]")
    found = [
        f"{path.relative_to(ROOT).as_posix()}: {line.strip()[:100]}"
        for path in files()
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines()
        if own.search(line)
    ]
    assert found == []


def test_the_lock_names_versions_and_no_addresses() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pin = re.compile(r'[a-z0-9-]+==[\w.!+]+( ; python_version [<>]=? "3\.\d+"( and python_version [<>]=? "3\.\d+")?)?')
    assert [line for line in lines if line and not line.startswith("#") and not pin.fullmatch(line)] == []


def test_the_lock_pins_everything_that_the_project_asks_for() -> None:
    lock = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    project = PROJECT["project"]
    extras = project["optional-dependencies"].values()
    wanted = [*project["dependencies"], *(item for extra in extras for item in extra)]
    names = {re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~ ;]", item)[0]).lower() for item in wanted}
    assert {name for name in names if not re.search(rf"^{name}==", lock, re.MULTILINE)} == set()


def test_no_two_classes_of_the_package_have_one_name() -> None:
    classes = [
        node.name
        for module in MODULES
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
    ]
    assert {name for name in classes if classes.count(name) > 1} == set()
