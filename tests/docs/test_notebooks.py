"""The tutorial notebooks run, hold what they say, use public names alone, and open in Jupyter."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import jupytext
import nbformat
import pandas as pd
import pytest
from tests.docs.examples import pages

import budgetopt
from docs_site.notebooks import is_notebook, page_of, run_notebook

NOTEBOOKS = [page for page in pages() if is_notebook(page.read_text(encoding="utf-8"))]
HEAD = "---\njupyter:\n  jupytext:\n    text_representation: {extension: .md, format_name: markdown}\n---\n\n"


@pytest.mark.parametrize("page", NOTEBOOKS, ids=lambda page: page.stem)
def test_a_notebook_runs_and_checks_what_it_says(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    notebook = run_notebook(page.read_text(encoding="utf-8"))
    nbformat.validate(notebook)
    forms = [form for cell in notebook.cells for output in cell.get("outputs", []) for form in output.get("data", {})]
    assert forms.count("text/html") >= 5
    assert "image/svg+xml" in forms
    assert sum(cell.source.count("\nassert ") + cell.source.startswith("assert ") for cell in notebook.cells) >= 5


def test_there_are_three() -> None:
    assert [page.stem for page in NOTEBOOKS] == ["a-cut", "first-plan", "uncertainty"]


@pytest.mark.parametrize("page", NOTEBOOKS, ids=lambda page: page.stem)
def test_a_notebook_uses_public_names_alone(page: Path) -> None:
    cells = [cell for cell in jupytext.read(page).cells if cell.cell_type == "code"]
    tree = ast.parse("\n".join(cell.source for cell in cells))
    imported = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported <= {"budgetopt", "pandas", "pathlib"}
    attributes = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    asked = {node.attr for node in attributes if isinstance(node.value, ast.Name) and node.value.id == "bo"}
    assert asked - set(budgetopt.__all__) == set()
    assert [node.attr for node in attributes if node.attr.startswith("_")] == []


def test_what_cells_show_stands_below_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = (
        HEAD
        + "# Title\n\nWords.\n\n```python\nimport pandas as pd\n\npd.options.display.float_format = '{:.1f}'.format\n"
        "print('said')\npd.DataFrame({'a': [1.25]})\n```\n\n```python\nx = 3\n```\n\n```python\nx + 1\n```\n"
    )
    before = pd.options.display.float_format
    notebook = run_notebook(text)
    assert pd.options.display.float_format is before
    page = page_of(notebook, "it.ipynb")
    assert page.startswith('# Title\n\n!!! note "This page is a notebook"\n    [Download it](it.ipynb)')
    assert "```text\nsaid\n```\n\n<div" in page
    assert "<td>1.2</td>" in page
    assert page.rstrip().endswith("```python\nx + 1\n```\n\n```text\n4\n```")


def test_a_cell_that_is_wrong_ends_the_notebook() -> None:
    with pytest.raises(AssertionError):
        run_notebook(HEAD + "```python\nassert 1 == 2\n```\n")
    assert not is_notebook("# No notebook\n")
    assert "ipykernel" not in sys.modules
