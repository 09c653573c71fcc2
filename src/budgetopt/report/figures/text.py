"""Text that others wrote, made safe to show: names may hold anything that a file can hold."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from budgetopt.errors import ISOLATES
from budgetopt.scenario.words import capital

__all__ = ["capital", "clean", "in_encoding", "label", "one_line", "one_lines", "one_of", "sentence"]

# What XML, and with it a workbook, cannot hold, and what would steer a terminal
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

_TURNS = {"R", "AL", "AN", "RLE", "RLO", "LRE", "LRO", "PDF", "RLI", "LRI", "FSI", "PDI"}
_ISOLATE, _END = ISOLATES


def clean(text: object) -> str:
    """Return a text with every character that a page, a workbook or a terminal cannot show replaced by U+FFFD."""
    return _UNFIT.sub("\ufffd", str(text).replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: object) -> str:
    """Return a text on one line; one that runs from right to left, or says so, cannot turn what stands around it."""
    if isinstance(text, str) and text.isascii() and text.isprintable():
        return " ".join(text.split())
    line = " ".join(clean(text).split())
    if line.isascii() or not any(unicodedata.bidirectional(character) in _TURNS for character in line):
        return line
    return f"{_ISOLATE}{line}{_END}"


def one_lines(texts: Sequence[str]) -> list[str]:
    """Return many texts, each on one line."""
    together = "\n".join(["", *texts, ""])
    letters = together.replace("\n", "")
    has_space = any(space in together for space in ("  ", "\n ", " \n"))
    if letters.isascii() and letters.isprintable() and together.count("\n") == len(texts) + 1 and not has_space:
        return list(texts)
    known = {text: one_line(text) for text in set(texts)}
    return [known[text] for text in texts]


def in_encoding(text: str, encoding: str) -> str:
    """Return a text as far as an encoding can hold it, question marks in place of the rest."""
    return text.encode(encoding, "replace").decode(encoding)


def label(key: str, name: str = "") -> str:
    """Return the name that something is called by in print: its name, or its key with spaces for underscores."""
    return one_line(name) or one_line(key.replace("_", " "))


def sentence(text: str) -> str:
    """Return a text with a capital first and a full stop last."""
    text = one_line(text)
    if not text:
        return ""
    text = capital(text) if unicodedata.category(text[0]) == "Ll" else text
    return text if text[-1] in ".!?…" else text + "."


def one_of(by: str) -> str:
    """Return what a group of programs by an attribute is called: ``district``."""
    return label(by.removesuffix("s") if by in ("districts", "tags") else by)
