"""The words by which a budget names a total, in the languages of its files."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

__all__ = ["has_total_word", "names_total"]

_BEHIND = (
    r"(?:gesamt|zwischen|teil|end)?(?:summe|ergebnis)|(?:total)?summa|(?:eind|sub)?totaal|totale|totalt|celkem"
    r"|\u0438\u0442\u043e\u0433"
)
"""Words that stand behind the name of what is added up, as spreadsheet programs print them."""
_SUM = (
    rf"{_BEHIND}|gesamt(?:betrag|ausgaben|aufwand|aufwendungen|auszahlungen|haushalt|kosten|budget)?|insgesamt|razem"
    r"|og[\u00f3o][\u0142l]em|suma|soma|somme|tota(?:les|ux)|totalsum|loppusumma|i alt|yhteens[\u00e4a]|celkom"
    r"|[\u00f6o]sszesen|toplam|ukupno|\u0438\u0442\u043e\u0433\u043e|\u0432\u0441\u0435\u0433\u043e"
)
"""Words for a total in other languages than English, French and Spanish."""
_ASIAN = (
    r".*(?:[\u5408\u5c0f\u7dcf\u603b\u7e3d\u5171] ?[\u8a08\u8ba1]|[\uc18c\ud569\ucd1d] ?\uacc4)\u984d?"
    r"|[\u8a08\u8ba1]|.+ (?:[\u8a08\u8ba1]|\u96c6\u8a08|\u6c47\u603b|\uc694\uc57d)"
)
"""How a name of a total ends in Japanese, Chinese and Korean, which part no words; within a name they mean others."""
_TOTAL = re.compile(
    rf"(?:.*\b)?(?:sub[ -]?|grand )?totals?\b.*|.*\b(?:sum|all funds|{_SUM})\b.*|ensemble|{_ASIAN}", re.IGNORECASE
)
_NAME = re.compile(
    rf"(?:{_SUM}):?|(?:{_SUM}) .+|.+[ -](?:{_BEHIND}):?|(?:grand |sub ?-?)?totals?:?|sum|.+[ -]+(?:sub)?totals?:?"
    r"|sub ?-?totals? .+|total (?:general|geral|g\u00e9n\u00e9ral)"
    r"|(?:grand |sub ?-?)?total (?:all )?(?:budget|expenditures?|expenses|appropriations?|funds|departments|programs"
    rf"|general fund|operating budget|city|county)|{_ASIAN}",
    re.IGNORECASE,
)


@lru_cache(maxsize=1 << 16)
def has_total_word(cell: str) -> bool:
    """Return whether a cell has a word for a total, which may be a part of the name of a program too."""
    return _TOTAL.fullmatch(_plain(cell)) is not None


@lru_cache(maxsize=1 << 16)
def names_total(cell: str) -> bool:
    """Return whether a cell is the name of a total, such as ``Police Total``."""
    return _NAME.fullmatch(_plain(cell)) is not None


def _plain(text: str) -> str:
    """Return a text with single blanks and with CamelCase parted, so that ``allDepartmentTotal`` has its words."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", unicodedata.normalize("NFKC", " ".join(text.split())))
