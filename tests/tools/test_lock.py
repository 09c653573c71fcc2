"""The lock: versions with markers, and files that are the ones that were locked."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from lock import HASHES, ROOT, ChangedFileError, given_hashes, lines, unchanged


def test_pythons_that_differ_have_markers() -> None:
    resolved = {"3.11": {"a": "1", "b": "1"}, "3.12": {"a": "2", "b": "1"}, "3.13": {"a": "2", "b": "1", "c": "3"}}
    assert lines(resolved) == [
        'a==1 ; python_version < "3.12"',
        'a==2 ; python_version >= "3.12"',
        "b==1",
        "c==3",
    ]


def installed(name: str, **archive: Any) -> dict[str, Any]:
    url = f"https://files.example/{name.replace('-', '_')}-1.0%2Bcpu-py3-none-any.whl"
    return {"metadata": {"name": name, "version": "1.0+cpu"}, "download_info": {"url": url, "archive_info": archive}}


def test_hashes_are_checked_where_the_index_gives_them() -> None:
    report = [installed("one", hashes={"sha256": "aa"}), installed("two", hashes={}), installed("three")]
    assert given_hashes(report) == ({"one-1.0+cpu-py3-none-any.whl": "aa"}, ["one==1.0+cpu --hash=sha256:aa"])


def test_a_file_that_changed_under_its_name_is_refused_and_old_files_are_dropped() -> None:
    assert unchanged({"a-1.whl": "aa", "b-1.whl": "bb"}, {"c-1.whl": "cc", "a-1.whl": "aa"}) == {
        "a-1.whl": "aa",
        "c-1.whl": "cc",
    }
    with pytest.raises(ChangedFileError, match=re.escape("a-1.whl")):
        unchanged({"a-1.whl": "aa"}, {"a-1.whl": "ab"})


def test_the_hashes_that_are_kept_are_of_versions_that_are_locked() -> None:
    locked = {
        tuple(line.split(" ;")[0].replace("-", "_").lower().split("=="))
        for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
        if "==" in line
    }
    files = json.loads(HASHES.read_text(encoding="utf-8"))
    kept = {tuple(re.split(r"-(?=\d)", file.lower(), maxsplit=1)) for file in files}
    stray = {
        (name, rest)
        for name, rest in kept
        if not any(
            name.replace(".", "_") == locked_name.replace(".", "_") and re.split(r"-|\.tar|\.zip", rest)[0] == version
            for locked_name, version in locked
        )
    }
    assert stray == set()
    assert all(re.fullmatch("[0-9a-f]{64}", sha) for sha in files.values())
