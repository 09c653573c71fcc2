"""The site is built without a warning, is whole, and asks nothing of the network."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.docs.examples import ROOT

import budgetopt
from budgetopt.scenario.model.described import field_texts
from docs_site.hooks import fill
from docs_site.mathematics import to_mathml
from docs_site.result_reference import RESULT
from docs_site.scenario_reference import SCENARIO, scenario_reference

REMOTE = re.compile(
    r"<(?:script|img|iframe|source|audio|video)\b[^>]*\bsrc=[\"']?(?:https?:)?//[^>]*>|<link\b[^>]*>|url\((?:https?:)?//[^)]*\)"
)
MEANT = re.compile(r"<link\b[^>]*rel=[\"']?(?:canonical|next|prev)\b|<link\b(?![^>]*href=[\"']?(?:https?:)?//)")


def test_the_site_is_built_strictly_and_offline(tmp_path: Path) -> None:
    site = tmp_path / "site"
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(site)],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert (site / "index.html").exists()
    assert (site / "tutorial" / "first-plan.ipynb").exists()
    assert "data:image/svg+xml;base64," in (site / "tutorial" / "first-plan.html").read_text(encoding="utf-8")
    fetched = [
        f"{page.relative_to(site)}: {match[0][:120]}"
        for page in [*site.rglob("*.html"), *site.rglob("*.css")]
        for match in REMOTE.finditer(page.read_text(encoding="utf-8"))
        if not MEANT.match(match[0])
    ]
    assert fetched == []
    left = [page.name for page in site.rglob("*.html") if "&lt;!-- generated" in page.read_text(encoding="utf-8")]
    assert left == []


def test_every_page_stands_in_the_navigation() -> None:
    navigation = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    pages = [path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")]
    assert [page for page in pages if page not in navigation] == []


@pytest.mark.parametrize("model", [*SCENARIO.models(), *RESULT.models()], ids=lambda model: model.__name__)
def test_every_key_of_a_file_is_explained(model: type) -> None:
    fields = {} if "root" in model.model_fields else model.model_fields  # type: ignore[attr-defined]
    assert model.__doc__
    assert [name for name in fields if not field_texts(model).get(name)] == []


def test_the_reference_shows_keys_as_they_are_written() -> None:
    text = scenario_reference()
    assert "| `from` |" in text
    assert "`from_`" not in text
    assert "| `revenue` | amount; or a mapping from period to that" in text


def test_every_public_name_stands_in_the_reference() -> None:
    folder = ROOT / "docs" / "reference"
    text = fill("".join((folder / name).read_text(encoding="utf-8") for name in ("api.md", "errors.md")))
    public = [name for name in budgetopt.__all__ if not name.startswith("_")]
    assert [name for name in public if f".{name}\n" not in text and f"`{name}`" not in text] == []


def test_the_reference_shows_nothing_but_public_names() -> None:
    text = (ROOT / "docs" / "reference" / "api.md").read_text(encoding="utf-8")
    shown = re.findall(r"^::: budgetopt\.(?:\w+\.)*(\w+)$", text, re.MULTILINE)
    assert len(shown) == len(set(shown)) > 30
    assert set(shown) - set(budgetopt.__all__) == set()


def test_generated_parts_take_their_place() -> None:
    assert fill("a\n\n<!-- generated: it -->\n", {"it": lambda: "THE PART"}) == "a\n\nTHE PART\n"
    with pytest.raises(KeyError):
        fill("<!-- generated: nothing of the kind -->\n")


def test_formulas_become_mathml() -> None:
    page = to_mathml(
        '<p><span class="arithmatex">\\(a \\le b\\)</span></p><div class="arithmatex">\\[\n a &lt; b\n\\]</div>'
    )
    assert page.count("<math") == 2
    assert "arithmatex" not in page
    assert 'display="block"' in page
