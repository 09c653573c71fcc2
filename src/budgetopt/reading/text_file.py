"""Read a text file that people saved with whatever program they had."""

from __future__ import annotations

import codecs
import hashlib
import re
from pathlib import Path

from budgetopt.errors import Place, Problem, ScenarioError
from budgetopt.reading.input_file import MissingFileError, UnreadableFileError, read_bytes

__all__ = ["read_text"]

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ufffe\uffff\ud800-\udfff]")
_INDENTED_BY_OTHER_SPACES = re.compile(r"^ *[\u00a0\u2000-\u200b\u202f\u3000\ufeff]", re.MULTILINE)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BINARY = {b"PK\x03\x04": "a workbook or another zip file", b"%PDF": "a PDF", b"\xd0\xcf\x11\xe0": "an old Office file"}


def read_text(path: Path, file: str) -> tuple[str, str]:
    """Return the text of a file, which messages call ``file``, and its SHA-256.

    It is in UTF-8, or in UTF-16 or UTF-32 with a byte order mark. Raises ScenarioError if it cannot be opened, is not
    text, or holds characters that nobody can see.
    """
    try:
        content = read_bytes(path, "text")
    except MissingFileError:
        raise _refusal(file, "there is no such file") from None
    except UnreadableFileError as error:
        hint = f"keep long lists of programs in a CSV file: see `tables`; {error.hint}" if error.expected else ""
        raise _refusal(file, f"the file cannot be read: {error.reason}", error.expected, hint) from None
    text = _decode(content, file)
    if (found := _CONTROL.search(text)) is not None:
        message = f"an invisible control character (U+{ord(found[0]):04X}) stands here"
        raise ScenarioError([Problem("encoding", message, _place(text, found.start(), file), "visible characters")])
    if (found := _INDENTED_BY_OTHER_SPACES.search(text)) is not None:
        message = f"the indentation has a space of another kind (U+{ord(found[0][-1]):04X})"
        hint = "it may have come with a copied text: type the spaces again"
        place = _place(text, found.end() - 1, file)
        raise ScenarioError([Problem("encoding", message, place, "common spaces", hint)])
    return text, hashlib.sha256(content).hexdigest()


def _decode(content: bytes, file: str) -> str:
    for start, kind in _BINARY.items():
        if content.startswith(start):
            raise _refusal(file, f"this is {kind}, not a text file", "a scenario file in YAML")
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), "utf-8")
    expected, hint = "a text file in UTF-8", "save it as UTF-8"
    if encoding == "utf-8" and b"\x00" in content:
        raise _refusal(file, "this is not text in UTF-8", expected, hint)
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding not in ("utf-8", "utf-8-sig"):
            raise _refusal(file, f"this is not text in {encoding.upper()}", expected, hint) from None
        before = content[: error.start].decode(encoding, errors="replace")
        byte = content[error.start : error.start + 1]
        meant = byte.decode("cp1252", errors="replace")
        guess = f" (in Windows-1252 it would be '{meant}')" if meant.isprintable() and meant != "\ufffd" else ""
        message = f"the byte {byte[0]:#04x} is not UTF-8{guess}"
        place = _place(before, len(before), file)
        raise ScenarioError([Problem("encoding", message, place, expected, hint)]) from None


def _place(text: str, position: int, file: str) -> Place:
    """Return the place of a character; lines end as they do in YAML: by LF, CR LF or CR."""
    before = text[:position].replace("\r\n", "\n").replace("\r", "\n")
    return Place(file, before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)


def _refusal(file: str, message: str, expected: str = "", hint: str = "") -> ScenarioError:
    return ScenarioError([Problem("file", message, Place(file), expected, hint)])
