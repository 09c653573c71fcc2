"""What mkdocs calls while it builds the site: generated parts are put in, notebooks are run, formulas become MathML.

A page says ``<!-- generated: NAME -->`` where a part belongs that is made from the code, so that the two cannot differ.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import chdir
from pathlib import Path, PurePath
from typing import Any

import nbformat
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from docs_site.mathematics import to_mathml
from docs_site.notebooks import is_notebook, page_of, run_notebook
from docs_site.parts import PARTS

_PLACE = re.compile(r"^<!-- generated: (?P<name>[a-z ]+) -->$", re.MULTILINE)
_ROLE = re.compile(r":(?:attr|class|data|func|meth|mod):(?=<code>)")


def fill(markdown: str, parts: Mapping[str, Callable[[], str]] = PARTS) -> str:
    """Return a page with its generated parts in place.

    Raises
    ------
    KeyError
        If the page asks for a part that nothing makes.
    """
    return _PLACE.sub(lambda match: parts[match["name"]](), markdown)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Run the notebooks: each becomes a page with what its cells show, and a file that can be downloaded."""
    for file in files.documentation_pages():
        text = file.content_string
        if is_notebook(text):
            with tempfile.TemporaryDirectory() as folder, chdir(folder):
                notebook = run_notebook(text)
            name = PurePath(file.src_uri).with_suffix(".ipynb")
            files.append(File.generated(config, name.as_posix(), content=nbformat.writes(notebook)))
            file.content_string = page_of(notebook, name.name)
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Put the generated parts into a page before it is rendered."""
    return fill(markdown)


def on_page_content(html: str, **_: Any) -> str:
    """Draw the formulas of a rendered page, and take the marks of cross-references off the docstrings' names."""
    return to_mathml(_ROLE.sub("", html))
