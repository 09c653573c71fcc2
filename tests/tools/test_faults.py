"""Writers are broken at drawn moments; `make test-deep` does so 100 times each."""

from __future__ import annotations

import os
from pathlib import Path
from random import Random

import pytest

import faults

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs the signals of Unix")


@pytest.mark.parametrize("loop", faults.LOOPS)
def test_what_is_broken_leaves_whole_files_and_a_sentence(loop: object) -> None:
    assert callable(loop)
    assert sum(loop(1, Random(3)).values()) == 1


def test_half_a_file_and_a_folder_of_two_are_seen(tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    for name in "abc":
        (tmp_path / "tables" / f"{name}.csv").write_text("new" * 5_000)
    (tmp_path / "result.json").write_text("new\n" * 19_999)
    with pytest.raises(faults.BrokenPromiseError, match="half a file"):
        faults._state(tmp_path)
    (tmp_path / "result.json").write_text("new\n" * 20_000)
    assert faults._state(tmp_path) == "new file and new folder"
    (tmp_path / "tables" / "b.csv").write_text("old" * 5_000)
    with pytest.raises(faults.BrokenPromiseError, match="two writers"):
        faults._state(tmp_path)
