from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from budgetopt.errors import OptionError
from budgetopt.whole_files import _owner, write_folder, write_text, write_whole


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


def test_a_folder_is_there_with_all_of_its_files_or_not_at_all(tmp_path: Path) -> None:
    folder = tmp_path / "out" / "tables"

    def fail(_: Path) -> None:
        raise OSError(28, "No space left on device")

    def text(words: str) -> Callable[[Path], object]:
        return lambda path: path.write_text(words, encoding="utf-8")

    with pytest.raises(OptionError, match="tables cannot be written: no space left on device"):
        write_folder(folder, {"a.csv": text("1"), "b.csv": fail})
    assert list(folder.parent.iterdir()) == []
    assert write_folder(folder, {"a.csv": text("1"), "b.csv": text("2")}) == [folder / "a.csv", folder / "b.csv"]
    (folder / "own.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(OptionError, match="no space left"):
        write_folder(folder, {"a.csv": text("3"), "b.csv": fail})
    write_folder(folder, {"b.csv": text("4")})
    assert {path.name: path.read_text() for path in folder.iterdir()} == {"a.csv": "1", "b.csv": "4", "own.txt": "mine"}
    assert list(folder.parent.iterdir()) == [folder]
    mask = os.umask(0o022)
    os.umask(mask)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o777 & ~mask


def test_what_an_ended_process_left_is_swept_by_the_next_one(tmp_path: Path) -> None:
    path, folder = tmp_path / "a[1].txt", tmp_path / "tables"
    left = [tmp_path / ".a[1].txt.part-old.txt", tmp_path / ".tables.part-old"]
    left[0].write_text("half", encoding="utf-8")
    left[1].mkdir()
    kept = [tmp_path / ".a[1].txt.part-new.txt", tmp_path / ".b.txt.part-old.txt"]
    for each in kept:
        each.write_text("half", encoding="utf-8")
    for each in (*left, kept[1]):
        os.utime(each, (1, 1))
    write_text(path, "whole")
    write_folder(folder, {})
    assert sorted(tmp_path.iterdir()) == sorted([path, folder, *kept])


def test_what_an_ended_process_left_is_swept_at_once(tmp_path: Path) -> None:
    ended = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    machine = _owner().partition(".")[2]
    left = tmp_path / f".a.txt.part-{int(ended.stdout)}.{machine}x.txt"
    of_another_machine = tmp_path / f".a.txt.part-{int(ended.stdout)}.0-x.txt"
    of_this_process = tmp_path / f".a.txt.part-{os.getpid()}.{machine}x.txt"
    for each in (left, of_another_machine, of_this_process):
        each.touch()
    write_text(tmp_path / "a.txt", "whole")
    assert sorted(tmp_path.iterdir()) == sorted([tmp_path / "a.txt", of_another_machine, of_this_process])


def test_a_folder_that_is_there_is_exchanged_as_a_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No moment has files of both: where the system exchanges folders, no file of the old one is written over."""
    folder = tmp_path / "tables"
    names = [f"{letter}.csv" for letter in "abcdef"]

    def texts(words: str) -> dict[str, Callable[[Path], object]]:
        return {name: lambda path: path.write_text(words) for name in names}

    write_folder(folder, texts("old"))
    (folder / "own.txt").write_text("mine")
    before = os.open(folder, os.O_RDONLY)
    write_folder(folder, texts("new"))
    assert {path.read_text() for path in folder.glob("*.csv")} == {"new"}
    assert (folder / "own.txt").read_text() == "mine"
    if sys.platform == "linux":
        assert os.fstat(before).st_ino != folder.stat().st_ino
    os.close(before)
    # where somebody works, or other folders stand, each file is exchanged by itself
    (folder / "own").mkdir()
    (folder / "own" / "deep.txt").write_text("mine")
    write_folder(folder, texts("third"))
    monkeypatch.chdir(folder)
    write_folder(".", texts("fourth"))
    assert {path.read_text() for path in Path().glob("*.csv")} == {"fourth"}
    assert (folder / "own" / "deep.txt").read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["tables"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that are copied")
def test_a_writer_that_is_killed_leaves_what_was_there_or_what_it_wrote(tmp_path: Path) -> None:
    """Whenever it is killed: the moments are spread over the time that writing takes."""
    path, folder = tmp_path / "result.json", tmp_path / "tables"
    texts = {"old": "old\n" * 100_000, "new": "new\n" * 400_000}

    def write(words: str) -> None:
        write_text(path, texts[words])
        write_folder(folder, {f"{name}.csv": lambda file: file.write_text(texts[words]) for name in "ab"})

    begin = time.monotonic()
    write("new")
    whole, ended = time.monotonic() - begin, set()
    for turn in range(24):
        write("old")
        child = os.fork()
        if not child:
            write("new")
            os._exit(0)
        time.sleep(1.5 * whole * turn / 24)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        found = [file.read_text() for file in (path, folder / "a.csv", folder / "b.csv")]
        assert set(found) <= set(texts.values())
        assert sorted(file.name for file in folder.iterdir()) == ["a.csv", "b.csv"]
        ended.add(found[0] == texts["new"])
    assert ended == {True, False}
    for beside in tmp_path.glob(".*"):
        os.utime(beside, (1, 1))
    write("new")
    assert sorted(tmp_path.iterdir()) == [path, folder]
