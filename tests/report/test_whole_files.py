from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from budgetopt.errors import OptionError
from budgetopt.report import write_text, write_whole


def test_a_text_is_written_with_plain_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    assert write_text(path, "é\nb\n") == path
    assert path.read_bytes() == "é\nb\n".encode()
    mask = os.umask(0o022)
    os.umask(mask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~mask


def test_what_fails_halfway_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text("old", encoding="utf-8")

    def fail(beside: Path) -> None:
        beside.write_text("half", encoding="utf-8")
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        write_whole(path, fail)
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_keeps_its_mode_and_a_link_its_target(tmp_path: Path) -> None:
    path = tmp_path / "real.html"
    path.write_text("old", encoding="utf-8")
    path.chmod(0o640)
    link = tmp_path / "link.html"
    link.symlink_to(path)
    write_text(link, "new")
    assert link.is_symlink()
    assert path.read_text(encoding="utf-8") == "new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_missing_folder_or_a_folder_as_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="there is no such folder"):
        write_text(tmp_path / "no" / "a.html", "a")
    with pytest.raises(OptionError, match="is a folder"):
        write_text(tmp_path, "a")
    assert list(tmp_path.iterdir()) == []


def test_a_pipe_is_written_to_directly() -> None:
    write_text("/dev/null", "a")
    assert Path("/dev/null").is_char_device()
