"""Numbers as offices write them, brought to the one way in which amounts are read.

Accounting formats (``$ 1,234``, ``$ -``, ``(500)``) and the marks of other countries (``1.234,50``) are rewritten; what
could mean two numbers is left for the reader to refuse.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from budgetopt.scenario.programs import Bools, Ints

__all__ = ["ambiguous", "is_negative_text", "not_known", "plain_texts"]

_OTHER = re.compile(r"[^0-9.\n]")
"""What stands in no number that is plain already."""
_DASHES = re.compile(r"(?:[^\w\s.,()-]\s*)?[-\u2013\u2014\u2212]+")
_BRACKETS = re.compile(r"([^\w\s.,()-]?)\s*\(\s*([^\w\s.,()-]?)\s*([\d.,_' \u00a0\u202f\u2019]+)\s*\)")
_CURRENCY = re.compile(r"([-+\u2212]?)\s*\$\s*([-+\u2212]?)\s*(?=[\d.,])")
_GROUPED = re.compile(r"[-+]?\$?[1-9][0-9]{0,2}\.[0-9]{3}")
_POINT = re.compile(r"[0-9]*\.[0-9]+")
_UNKNOWN = re.compile(r"n\.?/?a\.?|t\.?b\.?[dac]\.?|unknown|none|nil|null|pending|\?+|#n/a", re.IGNORECASE)
_SEPARATORS = {",": "._'\u2019 \u00a0\u202f", ".": ",_'\u2019 \u00a0\u202f"}


def plain_texts(
    texts: Sequence[str], numbers: Bools, decimal: str | None, *, is_zero: bool, is_signed: bool
) -> Sequence[str]:
    """Return the texts of numbers as amounts are read; what is no such text stays as it is.

    Parameters
    ----------
    texts
        The cells; those that are ``numbers`` already stay, shape (cells,).
    decimal
        The decimal mark, point or comma, if it was said.
    is_zero
        Whether a dash stands for zero, as in accounting formats, or for nothing.
    is_signed
        Whether brackets are read as a minus sign.
    """
    if decimal is None and not _OTHER.search("\n".join(texts)):
        return texts
    rewritten = {}
    for text in set(texts):
        if not text.isdecimal() and (new := _plain(text, decimal, is_zero=is_zero, is_signed=is_signed)) != text:
            rewritten[text] = new
    if not rewritten:
        return texts
    typed = numbers.tolist()
    return [text if typed[at] else rewritten.get(text, text) for at, text in enumerate(texts)]


def _plain(text: str, decimal: str | None, *, is_zero: bool, is_signed: bool) -> str:
    if _DASHES.fullmatch(text):
        return "0" if is_zero else text
    new = _CURRENCY.sub(r"\1\2$", text).replace("\u2212", "-")
    if is_signed and (match := _BRACKETS.fullmatch(new)):
        new = f"-{match[1] or match[2]}{match[3].strip()}"
    if decimal is not None:
        digits = "".join(mark for mark in new if mark not in _SEPARATORS[decimal])
        new = digits.replace(",", ".") if decimal == "," else digits
    return new


def ambiguous(texts: Sequence[str], numbers: Bools) -> Ints:
    """Return the cells of a column of money of which nobody can say whether a point separates decimals or thousands.

    That is so where every cell with a point has three digits behind it: ``46.000`` is 46 or 46,000.
    """
    if "." not in "".join(texts):
        return np.empty(0, dtype=np.int64)
    points = [at for at, text in enumerate(texts) if "." in text]
    at = np.array([cell for cell in points if not numbers[cell]], dtype=np.int64)
    if not len(at) or not all(_GROUPED.fullmatch(texts[cell]) for cell in at.tolist()):
        return np.empty(0, dtype=np.int64)
    return at


def not_known(text: str) -> bool:
    """Return whether a cell says that its number is not known or does not apply."""
    return _UNKNOWN.fullmatch(text) is not None or _DASHES.fullmatch(text) is not None


def is_negative_text(text: str) -> bool:
    """Return whether a cell is a negative amount, with a sign or in brackets."""
    return _BRACKETS.fullmatch(text) is not None or re.fullmatch(r"[-\u2212]\s*\$?\s*[\d.,_]+", text) is not None
