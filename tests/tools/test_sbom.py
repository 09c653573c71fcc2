"""The software bill of materials."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sbom import write_bill


@pytest.mark.deep
def test_the_bill_names_budgetopt_and_what_it_needs_and_no_tool_of_the_tests(tmp_path: Path) -> None:
    write_bill(tmp_path / "bill.json")
    bill = json.loads((tmp_path / "bill.json").read_text(encoding="utf-8"))
    assert bill["metadata"]["component"]["name"] == "budgetopt"
    names = {one["name"].lower() for one in bill["components"]}
    assert {"highspy", "numpy", "pandas", "pulp", "pydantic", "pydantic-core", "altair"} <= {
        name.replace("_", "-") for name in names
    }
    assert not names & {"hypothesis", "mypy", "pytest", "ruff"}
    assert all(one.get("purl") for one in bill["components"])
