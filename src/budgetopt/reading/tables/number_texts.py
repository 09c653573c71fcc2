"""Numbers as offices write them, brought to the one way in which amounts are read.

Accounting formats (``$ 1,234``, ``$ -``, ``(500)``), other currencies (``1 234 kr``) and the marks of other countries
(``1.234,50``) are rewritten; what could mean two numbers is left for the reader to refuse.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from budgetopt.reading.tables.text_cells import TextCells
from budgetopt.scenario.programs import Bools, Ints

__all__ = [
    "ambiguous", "ambiguous_items", "is_negative_text", "misplaced", "not_known", "plain_texts", "two_readings",
    "without_currency",
]  # fmt: skip

_OTHER = re.compile(r"[^0-9.\n]|\.(?=\n|\Z)")
"""What stands in no number that is plain already."""
_DASHES = re.compile(r"(?:[^\w\s.,()-]\s*)?[-\u2013\u2014\u2212]+")
_BRACKETS = re.compile(r"([^\w\s.,()-]?)\s*\(\s*([^\w\s.,()-]?)\s*([\d.,_' \u00a0\u202f\u2019]+)\s*\)")
_CURRENCY = re.compile(r"([-+\u2212]?)\s*\$\s*([-+\u2212]?)\s*(?=[\d.,])")
_SIGN = (
    r"(?:[\u20a0-\u20cf\xa2\xa3\xa5]|\w{1,2}\$|(?:kr|fr|sfr|z\u0142|k\u010d|ft|lei|tl|rs|euros?|chf|eur|usd|gbp|dkk|sek|nok"
    r"|pln|czk|huf|ron|brl|mxn|inr|jpy|zar|aud|cad|nzd)(?![^\W\d_])\.?)"
)
_NAMED = re.compile(
    rf"(?P<open>[-+\u2212(]?)\s*(?:(?P<before>{_SIGN})\s*)?(?P<sign>[-+\u2212]?)\s*(?P<number>[\d.,'\u2019][\d.,_'\s\u2019]*"
    rf"(?:\s?[kmb])?|[-\u2013\u2014]+)\s*(?P<after>{_SIGN}|\$|\.?[-\u2013\u2014]+)?\s*(?P<close>\)?)",
    re.IGNORECASE,
)
"""An amount with a currency before or behind it: ``EUR 1.234``, ``(\u00a3812)``, ``495 157 kr``, ``Fr. 12.-``."""
_GROUPED = re.compile(r"[-+]?\$?[1-9][0-9]{0,2}\.[0-9]{3}")
_BLANKS = re.compile(r"([-+]?\$?[0-9]{1,3})((?:[ '\u2019\u00a0\u202f\u2009][0-9]{3})+)(?:\.([0-9]+)|,([0-9]{1,2}))?")
"""A number whose thousands are parted by blanks or apostrophes, which no decimal mark can be."""
_FOOTNOTE = re.compile(r"(?<=[\d)])(?:\s*[*\u2020\u2021\u00a7\u00b9\u00b2\u00b3]+|\s+\([a-z]\)|\s*\[[\da-z]\])")
"""A mark that leads from an amount to a note below the table."""
_INDIAN = re.compile(r"[-+]?\$?[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}(?:\.[0-9]+)?")
"""A number whose thousands, lakhs and crores are parted by commas: ``12,34,567``."""
_BEHIND = re.compile(r"(\$?[\d.,]+)[-\u2212]")
_WORDS = {"thousand": "k", "million": "M", "mio": "M", "billion": "B", "bn": "B", "mrd": "B"}
_WORD = re.compile(rf"(?<=\d)\s*({'|'.join(_WORDS)})s?\.?(?=\s*(?:{_SIGN}|\$)?\s*\)?$)", re.IGNORECASE)
"""What multiplies an amount, in words in place of a letter: ``1.25 million``."""
_SIDE = re.compile(r"(.*\d)\s*(CR|DR)\.?")
"""An amount with the side of its account, as ledgers print it."""
_LEDGER = re.compile(r"\d\s*DR\b|\d,\d{3}(?:\.\d+)?\s*CR\b")
"""What only ledgers print; in India ``CR`` is ten million."""
_LAST_POINT = re.compile(r"[-+]?\$?(?:\d+|\d{1,3}(?:,\d{3})+)\.")
_POINT = re.compile(r"[0-9]*\.[0-9]+")
_UNKNOWN = re.compile(r"n\.?/?a\.?|t\.?b\.?[dac]\.?|unknown|none|nil|null|pending|\?+|#n/a", re.IGNORECASE)
_TOKEN = re.compile(r"\d(?:[\d.,'_\u2019]|[\x20\u00a0\u202f\u2009](?=\d))*")
_SEPARATORS = {",": "._'\u2019 \u00a0\u202f\u2009", ".": ",_'\u2019 \u00a0\u202f\u2009"}


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
    joined = "\n".join(texts)
    if decimal is None and not _OTHER.search(joined):
        return texts
    rewritten, is_ledger = {}, _LEDGER.search(joined) is not None
    for text in set(texts):
        plain = _without_side(text, is_signed=is_signed) if is_ledger else text
        if not text.isdecimal() and (new := _plain(plain, decimal, is_zero=is_zero, is_signed=is_signed)) != text:
            rewritten[text] = new
    if not rewritten:
        return texts
    typed = numbers.tolist()
    return [text if typed[at] else rewritten.get(text, text) for at, text in enumerate(texts)]


def _plain(text: str, decimal: str | None, *, is_zero: bool, is_signed: bool) -> str:
    if _DASHES.fullmatch(text):
        return "0" if is_zero else text
    note = _FOOTNOTE.search(text)
    new = text[: note.start()] if note is not None and note.end() == len(text) else text
    new = without_currency(_WORD.sub(lambda match: _WORDS[match[1].casefold()], new))
    if new != text and _DASHES.fullmatch(new):
        return "0" if is_zero else text
    new = _CURRENCY.sub(r"\1\2$", new).replace("\u2212", "-")
    if is_signed and (match := _BEHIND.fullmatch(new)):
        new = f"-{match[1]}"
    if is_signed and (match := _BRACKETS.fullmatch(new)):
        new = f"-{match[1] or match[2]}{match[3].strip()}"
    if decimal != "," and _LAST_POINT.fullmatch(new):
        new = new[:-1]
    if decimal is None and (match := _BLANKS.fullmatch(new)):
        fraction = match[3] or match[4]
        new = match[1] + re.sub(r"\D", "", match[2]) + (f".{fraction}" if fraction else "")
    if decimal is None and _INDIAN.fullmatch(new):
        new = new.replace(",", "")
    if decimal is not None:
        digits = "".join(mark for mark in new if mark not in _SEPARATORS[decimal])
        new = digits.replace(",", ".") if decimal == "," else digits
    return new


def _without_side(text: str, *, is_signed: bool) -> str:
    """Return an amount of a ledger with a minus sign for a credit; where no amount has a sign, a credit stays."""
    match = _SIDE.fullmatch(text)
    if match is None or (match[2] == "CR" and not is_signed):
        return text
    return f"-{match[1]}" if match[2] == "CR" else match[1]


def without_currency(text: str) -> str:
    """Return an amount without a currency other than ``$``, and without apostrophes that mark it as text."""
    plain = text.removeprefix("'").removesuffix("'") if text[:1] == "'" else text
    match = _NAMED.fullmatch(plain)
    if match is None or (match["open"] == "(") != (match["close"] == ")"):
        return text
    if match["before"] is None and match["after"] is None:
        return plain
    if match["number"].endswith((",", ".")) and match["after"] and not match["after"].strip("-.\u2013\u2014"):
        # a dash in place of the decimals: 12,- and 12.-
        return f"{match['open']}{match['sign']}{match['number'][:-1]}{match['close']}"
    if match["before"] is None and match["after"].strip("-.\u2013\u2014") == "" and not match["after"].startswith("."):
        return plain
    return f"{match['open']}{match['sign']}{match['number'].strip().rstrip('.')}{match['close']}"


def misplaced(texts: Sequence[str], numbers: Bools, decimal: str) -> Ints:
    """Return the cells whose numbers do not have the decimal mark that was said: ``1,234.5`` where it is a comma.

    Marks of thousands stand before the decimal mark alone, between groups of digits of which the last has three.
    """
    marks = f"[{re.escape(_SEPARATORS[decimal])}]"
    decimals = rf"(?:{re.escape(decimal)}\d*)?"
    fine = re.compile(rf"(?:\d+|\d{{1,3}}({marks})(?:\d{{2,3}}\1)*\d{{3}}){decimals}")
    odd = {text for text in set(texts) if not all(fine.fullmatch(token) for token in _TOKEN.findall(text))}
    return np.array([at for at, text in enumerate(texts) if text in odd and not numbers[at]], dtype=np.int64)


def ambiguous(texts: Sequence[str], numbers: Bools) -> Ints:
    """Return the cells of a column of money of which nobody can say whether a point separates decimals or thousands.

    That is so where every cell with a point has three digits behind it: ``46.000`` is 46 or 46,000.
    """
    if isinstance(texts, TextCells):
        plain, _, decimals = texts.numbers
        has_point = plain & (decimals > 0)
        if (has_point & (decimals != 3)).any() or not (has_point | (texts.filled & ~plain)).any():
            return np.empty(0, dtype=np.int64)
    elif "." not in "".join(texts):
        return np.empty(0, dtype=np.int64)
    points = [at for at, text in enumerate(texts) if "." in text]
    at = np.array([cell for cell in points if not numbers[cell]], dtype=np.int64)
    if not len(at) or not all(_GROUPED.fullmatch(without_currency(texts[cell])) for cell in at.tolist()):
        return np.empty(0, dtype=np.int64)
    return at


def ambiguous_items(texts: Sequence[str], numbers: Bools) -> dict[int, str]:
    """Return the cells of a column of lists of amounts, or of curves, with an amount that :func:`ambiguous` tells of.

    The first such amount of each stands beside it. Of the points of a curve, the spending counts.
    """
    found: dict[int, str] = {}
    for cell, text in enumerate(texts):
        if "." not in text or numbers[cell]:
            continue
        items = (item.partition(":")[0].strip() for item in text.split(";"))
        for item in (item for item in items if "." in item):
            if not _GROUPED.fullmatch(without_currency(item)):
                return {}
            found.setdefault(cell, item)
    return found


def two_readings(text: str) -> tuple[str, str]:
    """Return what a number with one mark may be: with that mark for the decimals, and with it for the thousands."""
    mark = "." if "." in text else ","
    before, _, behind = text.partition(mark)
    return f"{before}.{behind.rstrip('0')}".rstrip("."), f"{before},{behind}"


def not_known(text: str) -> bool:
    """Return whether a cell says that its number is not known or does not apply."""
    return _UNKNOWN.fullmatch(text) is not None or _DASHES.fullmatch(text) is not None


def is_negative_text(text: str) -> bool:
    """Return whether a cell is a negative amount, with a sign or in brackets."""
    is_credit = _LEDGER.search(text) is not None and text.rstrip(".").endswith("CR")
    return (
        is_credit
        or _BRACKETS.fullmatch(text) is not None
        or re.fullmatch(r"[-\u2212]\s*\$?\s*[\d.,_]+", text) is not None
    )
