"""What `import budgetopt as bo` offers: every type of a signature, nothing unlabelled, one way to name a plan."""

from __future__ import annotations

import ast
import collections.abc
import dataclasses
import functools
import inspect
import re
import sys
import types
import typing
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import budgetopt as bo

PUBLIC = {name: getattr(bo, name) for name in bo.__all__}
CLASSES = {value for value in PUBLIC.values() if isinstance(value, type)}
OURS = "budgetopt"
SCENARIO = Path(__file__).resolve().parent.parent / "scenarios" / "classics" / "wyndor"
ASKED = {
    name: PUBLIC[name]
    for name in (
        "budget_steps",
        "conflicts",
        "explain",
        "explain_all",
        "marginal_returns",
        "prices",
        "repairs",
        "rules_one_by_one",
        "solve",
    )
}


@functools.cache
def names_of(module: str) -> dict[str, Any]:
    """Return the names of a module, those for type checking alone among them."""
    names = dict(vars(sys.modules[module]))
    file = sys.modules[module].__file__
    assert file is not None
    tree = ast.parse(Path(file).read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            exec(compile(ast.Module(node.body, []), file, "exec"), names)  # imports of our own source
    return names


def annotations(thing: Any) -> Iterator[tuple[str, Any]]:
    for name, written in inspect.get_annotations(thing).items():
        if not name.startswith("_"):
            yield name, eval(written, names_of(thing.__module__)) if isinstance(written, str) else written


def types_in(annotation: Any) -> Iterator[type]:
    """Yield every type that stands in an annotation."""
    origin = typing.get_origin(annotation)
    if isinstance(origin or annotation, type):
        yield origin or annotation
    for part in typing.get_args(annotation):
        for item in part if isinstance(part, list) else [part]:
            yield from types_in(item)


def own_classes(cls: type) -> list[type]:
    return [part for part in cls.__mro__ if part.__module__.startswith(OURS)]


def methods(cls: type) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield the public methods and properties of a class, and how it is made."""
    for part in own_classes(cls):
        for name, value in list(vars(part).items()):
            value = getattr(value, "fget", None) or getattr(value, "func", None) or getattr(value, "__func__", value)
            makes = name == "__init__" and not dataclasses.is_dataclass(part)
            if inspect.isfunction(value) and (makes or not name.startswith("_")):
                yield f"{cls.__name__}.{name}", value


def signatures(thing: Any) -> Iterator[tuple[str, Any]]:
    """Yield every annotation of a public function or class, with the place where it stands."""
    if isinstance(thing, type):
        for part in own_classes(thing):
            yield from ((f"{thing.__name__}.{name}", annotation) for name, annotation in annotations(part))
        for place, method in methods(thing):
            yield from ((f"{place}({name})", annotation) for name, annotation in annotations(method))
    elif inspect.isfunction(thing):
        yield from ((f"{thing.__name__}({name})", annotation) for name, annotation in annotations(thing))


def is_ours(found: type) -> bool:
    return found.__module__.split(".")[0] == OURS


@pytest.mark.parametrize("name", PUBLIC)
def test_every_type_of_a_signature_can_be_imported(name: str) -> None:
    known = {"altair", "builtins", "numpy", "pandas", "pulp", *sys.stdlib_module_names}
    strangers = {
        f"{place}: {found.__module__}.{found.__qualname__}"
        for place, annotation in signatures(PUBLIC[name])
        for found in types_in(annotation)
        if not (found in CLASSES if is_ours(found) else found.__module__.split(".")[0] in known)
    }
    assert strangers == set()


def aliases(thing: Any) -> Iterator[str]:
    """Yield the names of our own under which unions stand in a signature."""
    parts = [*own_classes(thing), *(method for _, method in methods(thing))] if isinstance(thing, type) else [thing]
    for part in parts:
        for name, written in inspect.get_annotations(part).items():
            if isinstance(written, str) and not name.startswith("_"):
                found = {node.id for node in ast.walk(ast.parse(written)) if isinstance(node, ast.Name)}
                known = names_of(part.__module__)
                yield from (name for name in found if isinstance(known.get(name), types.UnionType))


def test_every_union_of_a_signature_has_a_public_name() -> None:
    functions = [thing for thing in PUBLIC.values() if inspect.isfunction(thing) or isinstance(thing, type)]
    found = {name for thing in functions for name in aliases(thing)}
    assert {"Change", "Subject"} <= found
    assert found - set(PUBLIC) == set()


def test_the_types_of_signatures_are_found() -> None:
    """What the test above looks at is not empty, wherever a type stands."""
    found = {place for thing in PUBLIC.values() for place, _ in signatures(thing)}
    assert {"Allocation.formulation", "Scenario.trace(return)", "prices(question)", "WhatIf.__init__(options)"} <= found
    assert set(types_in(dict[str, Callable[[Path], bo.Audit | None]])) >= {dict, Path, bo.Audit, types.NoneType}


@pytest.mark.parametrize("name", PUBLIC)
def test_every_error_that_is_raised_can_be_imported(name: str) -> None:
    thing = PUBLIC[name]
    documented = [thing, *(method for _, method in methods(thing))] if isinstance(thing, type) else [thing]
    raised = {
        error
        for item in documented
        if callable(item)
        for section in re.findall(r"\n *Raises\n *-+\n(.*?)(?=\n *\w+\n *-+\n|\Z)", inspect.getdoc(item) or "", re.S)
        for error in re.findall(r"^[\w, ]+$", section, re.M)
        for error in re.split(r", *", error)
    }
    assert {error for error in raised if error not in PUBLIC} == set()
    assert raised or name not in ASKED, "what takes a path can fail"


def test_no_public_function_answers_with_a_bare_array_or_a_generator() -> None:
    bare = {np.ndarray, collections.abc.Iterator, collections.abc.Generator, collections.abc.Iterable}
    functions = [thing for thing in PUBLIC.values() if inspect.isfunction(thing)]
    answers = [(thing.__name__, dict(annotations(thing))["return"]) for thing in functions]
    assert [name for name, answer in answers if bare & set(types_in(answer))] == []
    lazy = bare - {np.ndarray}
    made = [(place, dict(annotations(method)).get("return")) for cls in CLASSES for place, method in methods(cls)]
    assert [place for place, answer in made if lazy & set(types_in(answer))] == []


def test_every_public_array_says_its_shape() -> None:
    without = [
        place
        for cls in CLASSES
        for place, method in methods(cls)
        if np.ndarray in set(types_in(dict(annotations(method)).get("return")))
        and "shape" not in (inspect.getdoc(method) or "").lower()
    ]
    without += [
        f"{cls.__name__}.{name}"
        for cls in CLASSES
        for part in own_classes(cls)
        for name, annotation in annotations(part)
        if np.ndarray in set(types_in(annotation)) and "shape" not in (part.__doc__ or "").lower()
    ]
    assert without == []


def test_what_a_type_checker_sees_is_what_is_exported() -> None:
    tree = ast.parse(Path(bo.__file__).read_text(encoding="utf-8"))
    seen = {
        (alias.asname, node.module)
        for block in tree.body
        if isinstance(block, ast.If)
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert seen == {(name, home) for home, names in bo._EXPORTS.items() for name in names.split()}


@pytest.mark.parametrize(("old", "new"), bo._OLD_NAMES.items())
def test_an_old_name_still_works_and_is_not_listed(old: str, new: str) -> None:
    assert getattr(bo, old) is getattr(bo, new)
    assert old not in dir(bo)


def same(one: Any, other: Any) -> bool:
    return bool(one.equals(other)) if isinstance(one, pd.DataFrame) else str(one) == str(other)


@pytest.mark.parametrize("name", ASKED)
def test_a_question_is_asked_of_a_scenario_a_plan_or_a_path(name: str) -> None:
    ask = ASKED[name]
    scenario = bo.load(SCENARIO)
    answer = ask(bo.solve(scenario))
    for subject in (scenario, SCENARIO, str(SCENARIO)):
        assert same(ask(subject), answer)


def test_break_evens_and_differences_are_asked_of_paths_too() -> None:
    plan = bo.solve(SCENARIO)
    of_path, of_plan = (bo.break_even_factors(one, "doors") for one in (SCENARIO, plan))
    # a factor that is not there is NaN, which equals nothing
    assert repr(of_path) == repr(of_plan) != "()"
    assert not bo.diff(SCENARIO, plan)


WRONG: dict[str, tuple[Any, str, str]] = {
    "frame": (pd.DataFrame({"program": ["a"]}), "a DataFrame", "Scenario.from_frame"),
    "mapping": ({"funds": {}}, "a dict", "Scenario.from_document"),
    "nothing": (None, "None", "load reads a scenario"),
    "array": (np.zeros(2), "a ndarray", "load reads a scenario"),
    "number": (3, "an int", "load reads a scenario"),
}


@pytest.mark.parametrize("name", [*ASKED, "diff"])
@pytest.mark.parametrize("kind", WRONG)
def test_what_is_no_scenario_is_named(name: str, kind: str) -> None:
    subject, shown, hint = WRONG[kind]
    with pytest.raises(bo.OptionError) as caught:
        PUBLIC[name](*[subject] * (2 if name == "diff" else 1))
    assert caught.value.message == f"{name} takes a scenario, a plan or the path of a scenario, not {shown}"
    assert hint in caught.value.hint


def test_a_spending_plan_is_no_plan_of_a_scenario() -> None:
    plan = bo.SpendingPlan.current(bo.load(SCENARIO))
    with pytest.raises(bo.OptionError, match="not a SpendingPlan"):
        bo.solve(plan)  # type: ignore[arg-type]
    with pytest.raises(bo.OptionError, match="audit_plan says"):
        bo.prices(plan)  # type: ignore[arg-type]


def test_a_path_that_leads_nowhere_is_said() -> None:
    with pytest.raises(bo.ScenarioError, match="nowhere"):
        bo.prices("nowhere")
