"""The rules of the architecture that no other tool checks."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "budgetopt"
MODULES = sorted(SOURCE.rglob("*.py"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
TEXT = {".py", ".md", ".yaml", ".yml", ".toml", ".txt", ".csv", ".cfg", ".json", ".html", ".j2", ".css", ".js", ""}
NOT_OURS = {"__pycache__", "out", "build", "dist", "site"}
ONWARD_IMPORTS = ROOT / "docs" / "decisions" / "0008-onward-imports.md"


def files() -> Iterator[Path]:
    """Yield the text files of the repository, whether or not git is there to list them."""
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in NOT_OURS and (not name.startswith(".") or name == ".ci")]
        yield from (Path(folder, name) for name in names if Path(name).suffix in TEXT and name != ".git")


@cache
def tree_of(module: Path) -> ast.Module:
    return ast.parse(module.read_text(encoding="utf-8"))


@cache
def imported(module: Path) -> set[str]:
    """Return the top-level packages that a module imports, those for type checking alone left out."""
    tree = tree_of(module)
    for_types = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
        for each in node.body
        for inner in ast.walk(each)
    }
    names = set()
    for node in (node for node in ast.walk(tree) if node not in for_types):
        if isinstance(node, ast.Import):
            names.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


def asks_the_clock(module: Path) -> bool:
    """Return whether a module calls ``datetime.now()``, ``date.today()`` or the like."""
    calls = [node.func for node in ast.walk(tree_of(module)) if isinstance(node, ast.Call)]
    return any(isinstance(call, ast.Attribute) and call.attr in {"now", "utcnow", "today"} for call in calls)


def shown(paths: list[Path]) -> list[str]:
    return [path.relative_to(ROOT).as_posix() for path in paths]


class Import(NamedTuple):
    """One import between modules of the package, and the function in which it stands ("" for the module itself)."""

    importer: str
    imported: str
    function: str


def module_name(path: Path) -> str:
    parts = path.relative_to(SOURCE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


NAMES = {module_name(path): path for path in MODULES}


@cache
def imports() -> tuple[Import, ...]:
    """Return every import between modules of the package, lazy ones included, those for type checking left out."""
    found: list[Import] = []

    def visit(node: ast.AST, module: str, function: str) -> None:
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            return
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            function = f"{function}.{node.name}".strip(".")
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            whole = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [name if name in NAMES else node.module for name in whole]
        found.extend(Import(module, name, function) for name in dict.fromkeys(names) if name in NAMES)
        for child in ast.iter_child_nodes(node):
            if not isinstance(child, ast.expr):  # no import stands in an expression
                visit(child, module, function)

    for module, path in NAMES.items():
        visit(tree_of(path), module, "")
    return tuple(found)


def facade_methods() -> set[str]:
    """Return the methods that may import onward, as decision 0008 lists them."""
    text = ONWARD_IMPORTS.read_text(encoding="utf-8")
    return set(
        re.findall(r"`((?:Scenario|LinearProgram|Allocation|PlanFiles|Drawable|Explanation|Outlook)\.\w+)`", text)
    )


def onward_imports() -> list[tuple[str, str]]:
    """Return the imports that the contract of the layers leaves out: pairs of patterns."""
    contracts = PROJECT["tool"]["importlinter"]["contracts"]
    ignored = [line for contract in contracts for line in contract.get("ignore_imports", [])]
    return [(importer, imported) for importer, _, imported in (line.split() for line in ignored)]


def test_there_are_no_import_cycles_beside_the_listed_methods() -> None:
    """Lazy imports count: they only put off the cycle."""
    allowed = facade_methods()
    graph: dict[str, set[str]] = defaultdict(set)
    for found in imports():
        if found.importer != found.imported and found.function not in allowed:
            graph[found.importer].add(found.imported)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_every_listed_method_imports_onward_and_the_contract_names_its_module() -> None:
    listed = [found for found in imports() if found.function in facade_methods()]
    assert {found.function for found in listed} == facade_methods()
    layer = {name: number for number, names in enumerate(reversed(layers())) for name in names}
    package = {name: ".".join(name.split(".")[:2]) for name in NAMES}
    onward = [found for found in listed if layer[package[found.imported]] > layer[package[found.importer]]]
    for importer, imported in onward_imports():
        assert any(fnmatch(found.importer, importer) and fnmatch(found.imported, imported) for found in onward), (
            imported
        )


def too_long(least: int) -> dict[str, int]:
    """Return the functions of more lines than some, nested ones counted with those around them."""
    return {
        f"{path.relative_to(ROOT).as_posix()}: {node.name}": (node.end_lineno or 0) - node.lineno + 1
        for path in MODULES
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.end_lineno or 0) - node.lineno >= least
    }


def test_no_function_of_the_package_has_more_than_60_lines() -> None:
    assert too_long(60) == {}


def test_no_two_modules_have_one_name() -> None:
    """A name is looked for in one place; a name that stands twice is two things or one thing twice."""
    named: dict[str, list[Path]] = defaultdict(list)
    for path in MODULES:
        named[path.stem].append(path)
    for name in ("__init__",):
        named.pop(name, None)
    assert {name: shown(paths) for name, paths in named.items() if len(paths) > 1} == {}


def test_no_file_of_the_package_has_more_than_400_lines() -> None:
    lengths = {
        path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES
    }
    assert {path: length for path, length in lengths.items() if length > 400} == {}


@pytest.mark.parametrize("solver", ["highspy", "pulp"])
def test_at_most_one_file_imports_a_solver(solver: str) -> None:
    importers = [module for module in MODULES if solver in imported(module)]
    assert len(importers) <= 1, shown(importers)
    assert all(module.parent == SOURCE / "solvers" for module in importers), shown(importers)


@pytest.mark.parametrize("library", ["scipy", "statsmodels"])
def test_only_fitting_imports_a_library_of_statistics(library: str) -> None:
    importers = [module for module in MODULES if library in imported(module)]
    assert importers == [SOURCE / "fitting" / "estimation.py"]


def test_only_one_file_imports_the_library_of_clusters() -> None:
    importers = [module for module in MODULES if imported(module) & {"dask", "distributed"}]
    assert importers == [SOURCE / "analysis" / "members.py"]


def test_only_one_file_imports_the_library_of_charts() -> None:
    importers = [module for module in MODULES if imported(module) & {"altair", "vl_convert"}]
    assert importers == [SOURCE / "report" / "plots" / "chart_parts.py"]


@pytest.mark.parametrize("package", ["scenario", "checks", "reading", "formulation"])
def test_a_scenario_and_its_formulation_depend_on_nothing_but_the_input(package: str) -> None:
    """No clock, no network, no chance."""
    outside = {"time", "socket", "ssl", "http", "urllib", "requests", "random", "secrets", "uuid", "getpass"}
    strays = [
        module for module in (SOURCE / package).rglob("*.py") if imported(module) & outside or asks_the_clock(module)
    ]
    assert shown(strays) == []


def layers() -> list[set[str]]:
    """Return the layers of the contract in ``pyproject.toml``, the last first."""
    contracts = PROJECT["tool"]["importlinter"]["contracts"]
    lines = [line for contract in contracts for line in contract.get("layers", [])]
    return [{name.strip(" ()") for name in line.split("|")} for line in lines]


def test_every_package_is_under_the_contract_of_the_layers() -> None:
    packages = {
        f"budgetopt.{path.stem}"
        for path in SOURCE.iterdir()
        if not path.stem.startswith("_") and (path.suffix == ".py" or (path / "__init__.py").exists())
    }
    assert packages - set().union(*layers()) == set()


def modules_after(statement: str) -> set[str]:
    """Return the top-level modules that a fresh Python holds after a statement."""
    code = f"import sys\n{statement}\nprint(*{{name.split('.')[0] for name in sys.modules}}, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stderr.split())


def test_importing_the_package_pays_for_nothing_heavy() -> None:
    heavy = {
        "altair",
        "babel",
        "pandas",
        "pulp",
        "highspy",
        "rich",
        "pydantic",
        "openpyxl",
        "xlsxwriter",
        "python_calamine",
        "jinja2",
        "ruamel",
    }
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
    asked_for = [*project["dependencies"], *(item for extra in extras for item in extra)]
    # peers of the benchmarks are no part of an installation, and name their versions themselves
    wanted = [item for item in asked_for if "==" not in item]
    names = {re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~ ;]", item)[0]).lower() for item in wanted}
    assert {name for name in names if not re.search(rf"^{name}==", lock, re.MULTILINE)} == set()


def test_no_two_classes_of_the_package_have_one_name() -> None:
    classes = [node.name for module in MODULES for node in ast.walk(tree_of(module)) if isinstance(node, ast.ClassDef)]
    assert {name for name in classes if classes.count(name) > 1} == set()
