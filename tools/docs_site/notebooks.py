"""The tutorial notebooks: Markdown, run while the site is built, so that a page shows what its cells print.

All cells run in one namespace in this process, without a kernel: they use nothing but Python.
"""

from __future__ import annotations

import ast
import contextlib
import html
import io
import os
import tempfile
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jupytext
import pandas as pd
from nbformat import NotebookNode
from nbformat.v4 import new_output

import budgetopt

__all__ = ["is_notebook", "page_of", "run_notebook"]

_OPENING = """\
!!! note "This page is a notebook"
    [Download it]({file}), or see [how to open it](notebooks.md#open-one). Below each cell stands what it prints.
"""


def is_notebook(text: str) -> bool:
    """Return whether a page of Markdown is a notebook."""
    return text.startswith("---\njupyter:\n")


def run_notebook(text: str) -> NotebookNode:
    """Return a notebook with what its cells show; files that they write go to the current folder.

    Raises
    ------
    Exception
        Whatever a cell raises.
    """
    notebook = jupytext.reads(text, fmt="md")
    namespace: dict[str, Any] = {"__name__": "__main__"}
    with pd.option_context("display.float_format", None, "display.max_colwidth", 50):  # and none of it stays set
        for number, cell in enumerate((cell for cell in notebook.cells if cell.cell_type == "code"), 1):
            cell.execution_count = number
            cell.outputs = list(_outputs(cell.source, namespace, number))
    return notebook


def page_of(notebook: NotebookNode, file: str) -> str:
    """Return a notebook as a page of Markdown, with what its cells show below them; ``file`` can be downloaded."""
    title, *parts = [part for cell in notebook.cells for part in _parts(cell)]
    heading, _, rest = title.partition("\n")
    return "\n\n".join([heading, _OPENING.format(file=file), rest.strip(), *parts])


def _parts(cell: NotebookNode) -> Iterator[str]:
    if cell.cell_type == "markdown":
        yield cell.source
        return
    yield f"```python\n{cell.source}\n```"
    for output in cell.outputs:
        data = output.get("data", {})
        if "image/svg+xml" in data:
            # as an image: what stands in one drawing cannot meet what stands in another
            source = b64encode(data["image/svg+xml"].encode()).decode()
            words = html.escape(data["text/plain"])
            yield f'<div class="output"><img alt="{words}" src="data:image/svg+xml;base64,{source}"></div>'
        elif "text/html" in data:
            # in the site's own style
            shown = data["text/html"].replace('<table border="1" class="dataframe">', "<table>")
            yield f'<div class="output" tabindex="0">\n{shown}\n</div>'
        else:
            yield f"```text\n{(output.get('text') or data['text/plain']).rstrip()}\n```"


def _outputs(source: str, namespace: dict[str, Any], number: int) -> Iterator[NotebookNode]:
    """Run a cell; yield what it prints, and then its last line if that is an expression with a value."""
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    printed, value = io.StringIO(), None
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, f"<cell {number}>", "exec"), namespace)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), f"<cell {number}>", "eval"), namespace)
    if printed.getvalue():
        yield new_output("stream", name="stdout", text=printed.getvalue())
    if value is not None:
        yield new_output("execute_result", data=_shown(value), execution_count=number)


def _shown(value: Any) -> dict[str, str]:
    """Return a value in the forms in which a notebook shows it."""
    if type(value).__module__.startswith("altair."):
        return {"image/svg+xml": _drawn(value), "text/plain": str(value.description)}
    shown = {"text/plain": repr(value)}
    if hasattr(value, "_repr_html_"):
        shown["text/html"] = value._repr_html_()
    return shown


def _drawn(chart: Any) -> str:
    handle, name = tempfile.mkstemp(suffix=".svg")
    os.close(handle)
    try:
        budgetopt.save_chart(chart, name)
        return Path(name).read_text(encoding="utf-8")
    finally:
        Path(name).unlink()
