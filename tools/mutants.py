"""Small changes of a module, each of which a test should notice: what a mutation tester makes.

Only the bodies of functions change. What says nothing about behaviour stays as it is: texts, annotations, assertions,
the arguments of an error that is raised, tolerances, and lines that end in a comment ``# no mutant: REASON``.

Changes that cannot make a difference are no mutants either: a function of type bool that returns None instead of False,
which is as untrue; zero subtracted instead of added, which at most changes the sign of a zero; a product with what is 1
or -1 turned into a quotient, or the other way round; ``<=`` instead of ``<`` beside a tolerance, beside a half
of what amounts are rounded to, or beside what is 1 or -1.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import CodeType
from typing import Any

__all__ = ["Mutant", "code_of", "mutants"]

COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.GtE, ast.LtE),
    ast.LtE: (ast.Gt, ast.Lt),
    ast.Gt: (ast.LtE, ast.GtE),
    ast.GtE: (ast.Lt, ast.Gt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
OPERATIONS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
PAIRS = (
    ("min", "max"),
    ("any", "all"),
    ("minimum", "maximum"),
    ("argmin", "argmax"),
    ("nanmin", "nanmax"),
    ("floor", "ceil"),
    ("logical_and", "logical_or"),
    ("zeros", "ones"),
    ("zeros_like", "ones_like"),
)
NAMES = {**dict(PAIRS), **{other: one for one, other in PAIRS}}
"""Functions and methods that stand for one another in a mutant."""
KEPT_KEYWORDS = {"allow_nan", "because", "copy", "dtype", "encoding", "hint", "kind", "strict"}
"""Keyword arguments that stay as they are: words, and what makes no difference to a value."""
TOLERANCES = {"small", "tolerance", "_tolerance", "_slack"}
HALVES = {"_half", "half_a_cent"}
"""A half of what amounts are rounded to: no amount is just as large."""
SIGNS = {"direction", "gain", "relaxes", "side", "sign"}
"""Names of what is 1 or -1: multiplied by it and divided by it is the same, and it is never zero."""
SMALL = 1e-3
"""A constant below this is a tolerance."""
LARGE = 100
"""A constant above this says when something is worth its time."""


@dataclass(frozen=True)
class Mutant:
    """One change of a module.

    Parameters
    ----------
    number
        Its position among the mutants of the module.
    function
        The qualified name of the outermost function that holds it.
    lines
        The first and the last line of the statement that holds it, or of its head if it holds other statements.
    line
        Where the change is.
    text
        What it changes, such as ``a < b  ->  a <= b``.
    """

    number: int
    function: str
    lines: tuple[int, int]
    line: int
    text: str


def mutants(tree: ast.Module, source: str) -> Iterator[Mutant]:
    """Yield the mutants of a module; while one is yielded, the tree is changed as it says."""
    left_alone = {number for number, line in enumerate(source.splitlines(), 1) if "# no mutant" in line}
    number = 0
    for name, function in _functions(tree):
        of_bools = function.returns is not None and _name_of(function.returns) == "bool"
        for place in _places(function, (function.lineno, function.lineno)):
            line = getattr(place.node, "lineno", place.lines[0])
            if line in left_alone or (of_bools and _is_false(place.node)):
                continue
            for replacement in _alternatives(place.node):
                place.put(ast.fix_missing_locations(ast.copy_location(replacement, place.node)))
                yield Mutant(number, name, place.lines, line, f"{_short_of(place.node)}  ->  {_short_of(replacement)}")
                place.put(place.node)
                number += 1


def code_of(tree: ast.Module, path: str, function: str) -> CodeType:
    """Return the code of a function as the tree has it."""

    def search(code: CodeType) -> Iterator[CodeType]:
        for constant in code.co_consts:
            if isinstance(constant, CodeType):
                if constant.co_qualname == function:
                    yield constant
                yield from search(constant)

    return next(search(compile(tree, path, "exec")))


def _functions(node: ast.AST, prefix: str = "") -> Iterator[tuple[str, ast.FunctionDef]]:
    """Yield the functions that stand in a module or in a class, with their qualified names."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef) and child.name not in ("__repr__", "__hash__"):
            yield prefix + child.name, child
        elif isinstance(child, ast.ClassDef):
            yield from _functions(child, f"{prefix}{child.name}.")


@dataclass(frozen=True)
class _Place:
    """A node, where it stands in the node above, and the lines that run where it is."""

    node: Any
    above: ast.AST
    field: str
    position: int | None
    lines: tuple[int, int]

    def put(self, node: ast.AST) -> None:
        if self.position is None:
            setattr(self.above, self.field, node)
        else:
            getattr(self.above, self.field)[self.position] = node


def _places(node: ast.AST, lines: tuple[int, int]) -> Iterator[_Place]:
    """Yield every node below one that may change, itself left out."""
    for field, value in ast.iter_fields(node):
        if (type(node), field) in LEFT_ALONE or (isinstance(node, ast.keyword) and node.arg in KEPT_KEYWORDS):
            continue
        for position, child in enumerate(value if isinstance(value, list) else [value]):
            if not isinstance(child, ast.AST) or isinstance(child, UNTOUCHED) or _is_docstring(child):
                continue
            # a jump leaves no trace of its own: a test that runs what decides on it may take it
            around = _lines(child) if isinstance(child, ast.stmt) and not isinstance(child, JUMPS) else lines
            yield _Place(child, node, field, position if isinstance(value, list) else None, around)
            yield from _places(child, around)


LEFT_ALONE = {
    (ast.FunctionDef, "decorator_list"),
    (ast.FunctionDef, "args"),
    (ast.FunctionDef, "returns"),
    (ast.AnnAssign, "annotation"),
    (ast.Raise, "exc"),
    (ast.Raise, "cause"),
}
JUMPS = (ast.Continue, ast.Break)
UNTOUCHED = (ast.Assert, ast.JoinedStr, ast.Import, ast.ImportFrom, ast.ClassDef)


def _lines(statement: ast.stmt) -> tuple[int, int]:
    body = getattr(statement, "body", None)
    last = body[0].lineno - 1 if body else statement.end_lineno or statement.lineno
    return statement.lineno, max(last, statement.lineno)


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_false(node: ast.AST) -> bool:
    return isinstance(node, ast.Return) and isinstance(node.value, ast.Constant) and node.value.value is False


def _alternatives(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what may stand in the place of a node."""
    for kind, change in CHANGES:
        if isinstance(node, kind):
            yield from change(node)


def _comparison(node: ast.Compare) -> Iterator[ast.AST]:
    tolerant = any(_is_tolerance(part) or _name_of(part) in HALVES for part in ast.walk(node))
    tolerant |= any(_name_of(side) in SIGNS for side in (node.left, *node.comparators))
    for position, operator in enumerate(node.ops):
        for other in COMPARISONS[type(operator)][: 1 if tolerant else None]:
            ops = [*node.ops[:position], other(), *node.ops[position + 1 :]]
            yield ast.Compare(node.left, ops, node.comparators)


def _operation(node: ast.BinOp) -> Iterator[ast.AST]:
    other = OPERATIONS.get(type(node.op))
    if isinstance(node.op, ast.Mult | ast.Div) and _name_of(node.right) in SIGNS:
        return
    if isinstance(node.op, ast.Add | ast.Sub) and isinstance(node.right, ast.Constant) and node.right.value == 0:
        return
    if other and not any(_is_text_or_list(side) or _is_tolerance(side) for side in (node.left, node.right)):
        yield ast.BinOp(node.left, other(), node.right)


def _both(node: ast.BoolOp) -> Iterator[ast.AST]:
    yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)


def _sign(node: ast.UnaryOp) -> Iterator[ast.AST]:
    yield node.operand


def _constant(node: ast.Constant) -> Iterator[ast.AST]:
    if isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node.value, int | float) and not _is_tolerance(node) and node.value <= LARGE:
        yield ast.Constant(type(node.value)(0) if node.value == 1 else node.value + 1)


def _name(node: ast.Name) -> Iterator[ast.AST]:
    if node.id in NAMES and isinstance(node.ctx, ast.Load):
        yield ast.Name(NAMES[node.id], node.ctx)


def _attribute(node: ast.Attribute) -> Iterator[ast.AST]:
    if node.attr in NAMES and isinstance(node.ctx, ast.Load):
        yield ast.Attribute(node.value, NAMES[node.attr], node.ctx)


def _call(node: ast.Call) -> Iterator[ast.AST]:
    for position, keyword in enumerate(node.keywords):
        if keyword.arg is not None and keyword.arg not in KEPT_KEYWORDS and not _is_text_or_list(keyword.value):
            yield ast.Call(node.func, node.args, [*node.keywords[:position], *node.keywords[position + 1 :]])


def _choice(node: ast.IfExp) -> Iterator[ast.AST]:
    if not _is_text_or_list(node.body) and not _is_text_or_list(node.orelse):
        yield ast.IfExp(node.test, node.orelse, node.body)


def _condition(node: ast.If | ast.While) -> Iterator[ast.AST]:
    if isinstance(node.test, ast.Name | ast.Attribute | ast.Call):
        changed = copy.copy(node)
        changed.test = ast.copy_location(ast.UnaryOp(ast.Not(), node.test), node.test)
        yield changed


def _filter(node: ast.comprehension) -> Iterator[ast.AST]:
    for position in range(len(node.ifs)):
        ifs = [*node.ifs[:position], *node.ifs[position + 1 :]]
        yield ast.comprehension(node.target, node.iter, ifs, node.is_async)


def _statement(node: ast.stmt) -> Iterator[ast.AST]:
    """Leave a statement out, if what follows can run without it."""
    stores = isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript | ast.Attribute)
    does = isinstance(node, ast.Expr | ast.AugAssign | ast.Raise | ast.Continue | ast.Break)
    if stores or does:
        yield ast.Pass()


def _returned(node: ast.Return) -> Iterator[ast.AST]:
    if node.value is not None and not (isinstance(node.value, ast.Constant) and node.value.value is None):
        yield ast.Return(ast.Constant(None))


CHANGES: tuple[tuple[type[ast.AST], Callable[[Any], Iterator[ast.AST]]], ...] = (
    (ast.Compare, _comparison),
    (ast.BinOp, _operation),
    (ast.BoolOp, _both),
    (ast.UnaryOp, _sign),
    (ast.Constant, _constant),
    (ast.Name, _name),
    (ast.Attribute, _attribute),
    (ast.Call, _call),
    (ast.IfExp, _choice),
    (ast.If, _condition),
    (ast.While, _condition),
    (ast.comprehension, _filter),
    (ast.stmt, _statement),
    (ast.Return, _returned),
)


def _name_of(node: ast.AST) -> str:
    """Return the name of a variable or an attribute, nothing for anything else."""
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _is_tolerance(node: ast.AST) -> bool:
    """Return whether a node is a small number, one that is almost 1, or what is called a constant or a tolerance."""
    if name := _name_of(node):
        return name.isupper() or name in TOLERANCES
    if isinstance(node, ast.BinOp):
        return isinstance(node.left, ast.Constant) and _is_tolerance(node.right)
    if isinstance(node, ast.Constant) and isinstance(node.value, float):
        return 0 < abs(node.value) < SMALL or 0 < abs(node.value - 1) < SMALL
    return False


def _is_text_or_list(node: ast.AST) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str)
    return isinstance(node, ast.JoinedStr | ast.List | ast.Tuple | ast.ListComp)


def _short_of(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 100 else f"{text[:97]}..."
