"""One malformed file for each mistake, with the exact message that an analyst reads.

After a message was changed on purpose, ``python tests/scenario/test_bad_scenarios.py`` writes the new ones. Read each.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from budgetopt.errors import ScenarioError
from budgetopt.scenario import load

FOLDER = Path(__file__).parents[1] / "bad_scenarios"
CASES = sorted(path.stem for path in FOLDER.iterdir() if path.suffix == ".yaml" or path.is_dir())
NOT_FILES = {"file_missing": "no_such_file.yaml"}


def message_of(case: str) -> str:
    name = NOT_FILES.get(case) or (case if (FOLDER / case).is_dir() else f"{case}.yaml")
    with pytest.raises(ScenarioError) as caught:
        load(name)
    return f"{caught.value}\n"


@pytest.mark.parametrize("case", [*CASES, *NOT_FILES])
def test_a_malformed_scenario_gets_exactly_this_message(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)
    assert message_of(case) == (FOLDER / f"{case}.expected").read_text(encoding="utf-8")


def test_every_expected_message_has_its_malformed_file() -> None:
    assert {path.stem for path in FOLDER.glob("*.expected")} == {*CASES, *NOT_FILES}


def test_no_message_speaks_the_language_of_programmers() -> None:
    jargon = (
        "Input should",
        "pydantic",
        "Traceback",
        "dict",
        "str ",
        "NoneType",
        "<class",
        "validation error",
        "ruamel",
    )
    for path in FOLDER.glob("*.expected"):
        text = path.read_text(encoding="utf-8")
        assert not [word for word in jargon if word in text], path.name


if __name__ == "__main__":
    os.chdir(FOLDER)
    for each in (*CASES, *NOT_FILES):
        (FOLDER / f"{each}.expected").write_text(message_of(each), encoding="utf-8")
