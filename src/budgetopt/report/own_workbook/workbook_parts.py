"""The parts of a workbook file, of which some are written anew and all others are kept as they are."""

from __future__ import annotations

import io
import math
import posixpath
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from budgetopt.errors import OptionError
from budgetopt.report.own_workbook.sheet_text import range_of

__all__ = ["WorkbookParts"]

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
_CELL_SIZE = {"cx": 500_000, "cy": 180_000}
"""What the cells of a sheet are at least across and down unless they are made smaller, in the unit of drawings."""


def _corner(element: ElementTree.Element | None) -> tuple[int, int] | None:
    """Return the row and the column of a corner of a drawing, counted from 1."""
    if element is None:
        return None
    at = {child.tag.rpartition("}")[2]: int(child.text or 0) for child in element}
    return at.get("row", 0) + 1, at.get("col", 0) + 1


class WorkbookParts:
    """A workbook as the parts that its file holds.

    Parameters
    ----------
    data
        The file.
    name
        What it is called in messages.
    """

    def __init__(self, data: bytes, name: str) -> None:
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
            self._changed: dict[str, bytes] = {}
            self._removed: set[str] = set()
            self.book = next(target for kind, target in self._targets("") if kind == "officeDocument")
            ElementTree.fromstring(self._archive.read(self.book))
        except (zipfile.BadZipFile, KeyError, StopIteration, ElementTree.ParseError):
            raise OptionError(f"{name} is not an XLSX workbook", hint="save it as .xlsx, without a password") from None

    def read(self, part: str) -> str:
        """Return a part as text."""
        return (self._changed.get(part) or self._archive.read(part)).decode("utf-8-sig")

    def write(self, part: str, text: str) -> None:
        """Put a text in the place of a part."""
        self._changed[part] = text.encode("utf-8")

    def sheet(self, name: str) -> str:
        """Return the part of a sheet; an empty name stands for the first one."""
        by_id = {key: target for _, key, target in self._relations(self.book)}
        for element in ElementTree.fromstring(self.read(self.book).encode()).iter():
            if element.tag in (f"{_MAIN}sheet", f"{_STRICT}sheet") and name in ("", element.get("name")):
                key = next(value for attribute, value in element.items() if attribute.endswith("}id"))
                return by_id[key]
        raise OptionError(f"the workbook has no sheet {name!r}")

    def related(self, part: str, kind: str) -> list[str]:
        """Return the parts of a kind, such as ``table`` or ``drawing``, that a part refers to."""
        return [target for found, target in self._targets(part) if found == kind]

    def drawn_until(self, part: str, first_row: int) -> int:
        """Return the last column of a sheet that charts, pictures or shapes cover, from a row on; 0 without any."""
        last = 0
        for drawing in self.related(part, "drawing"):
            for anchor in ElementTree.fromstring(self.read(drawing).encode()):
                found = {child.tag.rpartition("}")[2]: child for child in anchor}
                start, end = _corner(found.get("from")), _corner(found.get("to"))
                if end is None and start is not None and (size := found.get("ext")) is not None:
                    across, down = (math.ceil(int(size.get(key, 0)) / unit) for key, unit in _CELL_SIZE.items())
                    end = start[0] + down, start[1] + across
                if end is not None and end[0] >= first_row:
                    last = max(last, end[1])
        return last

    def tables(self, part: str) -> list[tuple[str, tuple[int, int, int, int]]]:
        """Return the tables of a sheet that a spreadsheet program knows: part and range (rows and columns from 1)."""
        found = []
        for table in self.related(part, "table"):
            match = re.search(r'<(?:\w+:)?table\b[^>]*?\sref="([^"]+)"', self.read(table), re.DOTALL)
            if match:
                found.append((table, range_of(match[1])))
        return found

    def widen_filter(self, sheet: str, area: str, wider: str) -> None:
        """Let the hidden name of a sheet's filter cover a wider range."""
        text = self.read(self.book)
        was, becomes = (re.sub(r"\$?([A-Z]+)\$?([0-9]+)", r"$\1$\2", one) for one in (area, wider))
        quoted = f"'{sheet.replace(chr(39), chr(39) * 2)}'"
        for name in (escape(sheet), escape(quoted)):
            text = text.replace(f">{name}!{was}</", f">{name}!{becomes}</")
        self.write(self.book, text)

    def _targets(self, part: str) -> Iterator[tuple[str, str]]:
        return ((kind, target) for kind, _, target in self._relations(part))

    def _relations(self, part: str) -> Iterator[tuple[str, str, str]]:
        """Yield the kind, the id and the target of what a part refers to."""
        folder, name = posixpath.split(part)
        listed = posixpath.join(folder, "_rels", f"{name}.rels")
        if listed not in self._archive.namelist():
            return
        for element in ElementTree.fromstring(self.read(listed).encode()):
            target = element.get("Target", "")
            if element.get("TargetMode") != "External":
                path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")
                yield element.get("Type", "").rpartition("/")[2], element.get("Id", ""), path.lstrip("/")

    def recalculate(self) -> None:
        """Let a spreadsheet program work out every formula when it opens the file, and their order anew."""
        text = self.read(self.book)
        match = re.search(r"<((?:\w+:)?)calcPr\b([^>]*?)(/?)>", text)
        if match:
            kept = re.sub(r'\s*fullCalcOnLoad="[^"]*"', "", match[2])
            changed = f'<{match[1]}calcPr{kept} fullCalcOnLoad="1"{match[3]}>'
            text = text[: match.start()] + changed + text[match.end() :]
        else:
            before = r"</((?:\w+:)?)(definedNames|externalReferences|sheets)>"
            last = max(re.finditer(before, text), key=lambda found: found.end())
            text = f'{text[: last.end()]}<{last[1]}calcPr fullCalcOnLoad="1"/>{text[last.end() :]}'
        self.write(self.book, text)
        for chain in self.related(self.book, "calcChain"):
            self._removed.add(chain)
            self._drop_element("[Content_Types].xml", chain)
            folder, name = posixpath.split(self.book)
            self._drop_element(posixpath.join(folder, "_rels", f"{name}.rels"), posixpath.basename(chain))

    def _drop_element(self, part: str, name: str) -> None:
        pattern = rf'<(?:\w+:)?(?:Override|Relationship)\b[^>]*"[^"]*{re.escape(name)}"[^>]*?/>'
        self.write(part, re.sub(pattern, "", self.read(part)))

    def save(self, path: Path) -> None:
        """Write the workbook: its parts in their order, the changed ones among them."""
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
            for entry in self._archive.infolist():
                if entry.filename not in self._removed:
                    content = self._changed.get(entry.filename) or self._archive.read(entry.filename)
                    target.writestr(entry, content, compress_type=entry.compress_type)
