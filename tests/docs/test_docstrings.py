"""Every example in a docstring runs, and prints what it shows."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest
from tests.docs.examples import ROOT

WITH_EXAMPLES = [
    path for path in sorted((ROOT / "src" / "budgetopt").rglob("*.py")) if ">>> " in path.read_text(encoding="utf-8")
]


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT / "src").with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@pytest.mark.parametrize("name", [module_name(path) for path in WITH_EXAMPLES])
def test_the_examples_of_a_module_do_what_they_show(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    results = doctest.testmod(importlib.import_module(name), optionflags=flags)
    assert results.attempted > 0
    assert results.failed == 0
