"""The pictures of the docs show what budgetopt prints now, are small, and fetch nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from screenshots import PAGES, PICTURES, ROOT, TERMINALS, TerminalPicture, terminal_svg, text_of


@pytest.mark.parametrize("picture", TERMINALS, ids=lambda picture: picture.file)
def test_a_terminal_shows_what_the_command_prints(picture: TerminalPicture) -> None:
    kept = (PICTURES / picture.file).read_text(encoding="utf-8")
    now = text_of(terminal_svg(picture))
    assert any(picture.command in text for text in now)
    assert text_of(kept) == now, "python tools/screenshots.py makes it anew"


@pytest.mark.parametrize("file", [*(picture.file for picture in TERMINALS), *(file for file, *_ in PAGES)])
def test_a_picture_is_small_and_is_shown(file: str) -> None:
    picture = PICTURES / file
    assert picture.stat().st_size < 150_000
    shown = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    assert any(re.search(rf"!\[[^]]{{20,}}\]\([^)]*{re.escape(file)}\)", path.read_text("utf-8")) for path in shown)
    if Path(file).suffix == ".svg":
        text = picture.read_text(encoding="utf-8")
        assert re.findall(r"(?:src|href)=|url\((?!#)|@import|@font-face", text) == []


def test_a_command_that_fails_makes_no_picture() -> None:
    with pytest.raises(RuntimeError, match="ended with 2"):
        terminal_svg(TerminalPicture("x.svg", "budgetopt solve scenarios/nowhere", 5))
