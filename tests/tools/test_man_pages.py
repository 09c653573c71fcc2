"""The man pages: every command and option stands in them, they are right roff, and a wheel brings them along."""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from budgetopt.cli import build_parser
from budgetopt.cli.arguments import COMMANDS
from docs_site.command_reference import commands
from docs_site.man_pages import man_pages

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return man_pages(build_parser(), "1.2")


@pytest.fixture(scope="module")
def folder(pages: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("man")
    for name, text in pages.items():
        (path / name).write_text(text, encoding="ascii")
    return path


def unescaped(roff: str) -> str:
    return re.sub(r"\\f[BIR]", "", roff).replace("\\-", "-")


def test_every_command_and_option_stands_in_a_page(pages: dict[str, str]) -> None:
    assert set(pages) == {"budgetopt.1"} | {f"budgetopt-{module.NAME}.1" for module in COMMANDS}
    for module in COMMANDS:
        assert f"budgetopt {module.NAME}\n" in unescaped(pages["budgetopt.1"])
    for name, parser in {"": build_parser(), **commands(build_parser())}.items():
        lines = unescaped(pages[f"budgetopt-{name}.1" if name else "budgetopt.1"]).splitlines()
        terms = [lines[place + 1] for place, line in enumerate(lines) if line == ".TP"]
        for action in parser._actions:
            for option in action.option_strings:
                found = any(re.search(rf"(^|, ){re.escape(option)}( |,|$)", term) for term in terms)
                assert found == (action.help != argparse.SUPPRESS), (name, option)


def test_what_would_steer_roff_is_shown_as_it_stands() -> None:
    parser = argparse.ArgumentParser(
        prog="tool", description="One, two.\n\n.TH not\n'so\n\n  a  table\n  .of it\n\nEnd “é”."
    )
    parser.add_argument("--back", help=r"a \fB path, 5%% of `it`, %(default)s", default="x^~")
    parser.add_argument("--hidden", help=argparse.SUPPRESS)
    parser.add_argument("FILE", nargs="*", help="'quoted'")
    page = man_pages(parser, "1")["tool.1"]
    assert page.isascii()
    assert [line for line in page.splitlines() if line.startswith(("'", ".of"))] == []
    assert page.count("\n.TH") == 0
    assert ".EX\na  table\n\\&.of it\n.EE" in page
    assert "a \\efB path, 5% of \\fBit\\fR, x\\(ha\\(ti\n" in page
    assert "End \\[u201C]\\[u00E9]\\[u201D]." in page
    assert "[OPTION]... [\\fIFILE...\\fR]\n" in page
    assert "hidden" not in page


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff is not installed")
def test_groff_finds_nothing_wrong(folder: Path) -> None:
    files = sorted(map(str, folder.iterdir()))
    done = subprocess.run(["groff", "-ww", "-man", "-Tutf8", "-z", *files], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(shutil.which("mandoc") is None, reason="mandoc is not installed")
def test_mandoc_finds_no_error(folder: Path) -> None:
    files = sorted(map(str, folder.iterdir()))
    done = subprocess.run(["mandoc", "-Tlint", "-Werror", *files], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_a_wheel_has_the_pages_and_needs_no_package_to_make_them(tmp_path: Path) -> None:
    pytest.importorskip("hatchling")
    # -S leaves out what is installed; hatchling alone is put back, as in an isolated build
    code = (
        "import sys; site, root, out = sys.argv[1:]; sys.path.append(site)\n"
        "from hatchling.builders.wheel import WheelBuilder\n"
        "print(*WheelBuilder(root).build(directory=out, versions=['standard']))\n"
        "print(*(name for name in ('numpy', 'pandas', 'pydantic', 'rich') if name in sys.modules))"
    )
    site = Path(pytest.importorskip("hatchling").__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code, str(site), str(ROOT), str(tmp_path)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    wheel, imported = done.stdout.splitlines()
    assert imported == ""
    with zipfile.ZipFile(wheel) as archive:
        inside = [name for name in archive.namelist() if ".data/data/share/man/man1/" in name]
        assert {Path(name).name for name in inside} == set(man_pages(build_parser(), ""))
        solve = next(name for name in inside if name.endswith("/budgetopt-solve.1"))
        assert b"\\fB\\-\\-report\\fR" in archive.read(solve)
