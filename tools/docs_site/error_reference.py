"""The reference of the exceptions, made from their classes."""

from __future__ import annotations

from collections.abc import Iterator

from budgetopt.errors import BudgetoptError

__all__ = ["error_reference", "error_tree"]


Error = type[BudgetoptError]


def error_tree(root: Error = BudgetoptError, depth: int = 0) -> Iterator[tuple[int, Error]]:
    """Yield every exception with its depth below the root, each below its parent."""
    yield depth, root
    for child in root.__subclasses__():
        if child.__module__ == root.__module__:
            yield from error_tree(child, depth + 1)


def error_reference() -> str:
    """Return the reference in Markdown: a table of names, codes and exit codes."""
    lines = ["| Exception | Code | Exit code | Meaning |", "| --- | --- | --- | --- |"]
    for depth, error in error_tree():
        meaning = (error.__doc__ or "").strip().splitlines()[0]
        lines.append(f"| {'&emsp;' * depth}`{error.__name__}` | `{error.code}` | {error.exit_code} | {meaning} |")
    return "\n".join(lines)
