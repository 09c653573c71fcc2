"""Make the pictures of README.md and docs/: what a terminal shows, and the report page in Chromium.

    python tools/screenshots.py            # all; without Chromium those of the terminal

A terminal is drawn by rich as SVG, with no font from elsewhere; a page is a PNG, as Chromium shows it in light colors.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import chdir, contextmanager, redirect_stdout
from os import environ
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

from rich.console import Console
from rich.terminal_theme import DEFAULT_TERMINAL_THEME
from rich.text import Text

from budgetopt.cli import main as budgetopt

__all__ = ["PICTURES", "TERMINALS", "TerminalPicture", "terminal_svg", "text_of"]

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "assets"
WIDTH = 80
_FONT_FROM_ELSEWHERE = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
_SVG = "{http://www.w3.org/2000/svg}"


class TerminalPicture(NamedTuple):
    """A picture of a terminal: its file, the command, and how many lines of the answer it shows."""

    file: str
    command: str
    lines: int


TERMINALS = (
    TerminalPicture("terminal-solve.svg", "budgetopt solve scenarios/charlotte", 42),
    TerminalPicture("terminal-explain.svg", "budgetopt explain scenarios/charlotte vision_zero", 40),
)
PAGES = (("report-desk.png", "", 1200, 760), ("report-money.png", "money", 1200, 1150))
"""Pictures of the report page: the file, the section that it shows by itself, width and height."""


def terminal_svg(picture: TerminalPicture) -> str:
    """Return a command and what it prints, as an SVG drawing."""
    out = io.StringIO()
    with chdir(ROOT), _environment(COLUMNS=str(WIDTH), FORCE_COLOR="1", TERM="xterm-256color"), redirect_stdout(out):
        code = budgetopt(picture.command.split()[1:])
    if code:
        raise RuntimeError(f"{picture.command} ended with {code}")
    shown = out.getvalue().rstrip().splitlines()[: picture.lines]
    console = Console(width=WIDTH, record=True, file=io.StringIO(), force_terminal=True, legacy_windows=False)
    console.print(Text.assemble(("$ ", "bold"), picture.command))
    console.print(Text.from_ansi("\n".join(shown)))
    name = picture.file.removesuffix(".svg")
    drawn = console.export_svg(title="budgetopt", theme=DEFAULT_TERMINAL_THEME, unique_id=name)
    return _FONT_FROM_ELSEWHERE.sub("", drawn)


def text_of(svg: str) -> list[str]:
    """Return the texts of a drawing, from its top."""
    found = [node.text or "" for node in ElementTree.fromstring(svg).iter(f"{_SVG}text")]
    return [text.replace("\N{NO-BREAK SPACE}", " ").strip() for text in found]


@contextmanager
def _environment(**values: str) -> Iterator[None]:
    before = {name: environ.get(name) for name in (*values, "NO_COLOR")}
    environ.pop("NO_COLOR", None)
    environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            environ.pop(name, None)
            if value is not None:
                environ[name] = value


def _page_pictures(chromium: str, folder: Path) -> None:
    """Write what Chromium shows of the report page."""
    with tempfile.TemporaryDirectory() as scratch:
        page = Path(scratch, "charlotte.html")
        with chdir(ROOT), redirect_stdout(io.StringIO()):
            budgetopt(["solve", "scenarios/charlotte", "--report", str(page)])
        whole = page.read_text(encoding="utf-8")
        for file, section, width, height in PAGES:
            if section:
                others = rf'<(header|nav|section)(?=[ >])(?! id="{section}")'
                page.write_text(re.sub(others, r"<\1 hidden", whole), encoding="utf-8")
            switches = ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
            window = [f"--window-size={width},{height}", f"--screenshot={folder / file}"]
            subprocess.run([chromium, *switches, *window, page.as_uri()], check=True, capture_output=True)


def main() -> int:
    """Write the pictures, and return 1 if those of the page could not be made."""
    for picture in TERMINALS:
        (PICTURES / picture.file).write_text(terminal_svg(picture), encoding="utf-8")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        print("Chromium is not installed: the pictures of the page are left as they are", file=sys.stderr)
        return 1
    _page_pictures(chromium, PICTURES)
    return 0


if __name__ == "__main__":
    sys.exit(main())
