"""Motions on a plan in plain words: ``add 2M to library_hours``, ``cut parks by 10%``, ``restore pools``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic_core import PydanticCustomError

from budgetopt.errors import Place, Problem, ScenarioError, near
from budgetopt.scenario.amounts import Share, parse_number
from budgetopt.scenario.words import shown

__all__ = ["VERBS", "Motion", "parse_motions"]

VERBS = ("add", "cut", "raise", "set", "restore", "move", "freeze", "unfreeze", "fund", "defund")
"""What a motion may begin with; some have other words for the same."""
EXAMPLES = "add 2M to library_hours; cut parks by 10%; set parks to 90%; restore pools; move 1M from parks to pools"
_SAME = {
    "give": "add", "increase": "raise", "reduce": "cut", "lower": "cut", "decrease": "cut", "take": "cut",
    "hold": "freeze", "release": "unfreeze", "transfer": "move", "keep": "freeze",
}  # fmt: skip
_FORMS = {
    "add": (r"(?P<amount>.+?)\s+to\s+(?P<name>.+)",),
    "raise": (r"(?P<name>.+)\s+by\s+(?P<amount>.+)",),
    "cut": (r"(?P<name>.+)\s+by\s+(?P<amount>.+)", r"(?P<amount>.+?)\s+from\s+(?P<name>.+)"),
    "set": (r"(?P<name>.+)\s+to\s+(?P<amount>.+)",),
    "restore": (r"(?P<name>.+?)(?:\s+to\s+(?:its\s+)?baseline)?",),
    "move": (r"(?P<amount>.+?)\s+from\s+(?P<other>.+)\s+to\s+(?P<name>.+)",),
    "freeze": (r"(?P<name>.+)",),
    "unfreeze": (r"(?P<name>.+)",),
    "fund": (r"(?P<package>.+?)\s+of\s+(?P<name>.+)", r"(?P<name>.+)"),
    "defund": (r"(?P<package>.+?)\s+of\s+(?P<name>.+)", r"(?P<name>.+)"),
}
"""What may follow each verb."""
_SHAPES = {
    "add": "add AMOUNT to PROGRAM",
    "raise": "raise PROGRAM by AMOUNT",
    "cut": "cut PROGRAM by AMOUNT, or cut AMOUNT from PROGRAM",
    "set": "set PROGRAM to AMOUNT",
    "restore": "restore PROGRAM",
    "move": "move AMOUNT from PROGRAM to PROGRAM",
    "freeze": "freeze PROGRAM",
    "unfreeze": "unfreeze PROGRAM",
    "fund": "fund PROGRAM, or fund PACKAGE of PROGRAM",
    "defund": "defund PROGRAM, or defund PACKAGE of PROGRAM",
}
_WORDS = re.compile(r"(?<=[0-9])\s*(thousand|million|billion)\b", re.IGNORECASE)
_TAIL = re.compile(r"(?P<rest>.+)\s+(?P<word>in|paid by)\s+(?P<name>(?:\"[^\"]*\"|'[^']*'|.+?))", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Motion:
    """One motion as it is written, before its names are looked up.

    Parameters
    ----------
    text, place
        What was moved, and where it is written.
    verb
        One of :data:`VERBS`.
    name, other, package
        The program or group that it is about; the program that ``move`` takes from; the package of ``fund``.
    amount
        Dollars, a share of what is there, or None.
    period, fund
        In which period alone it holds, and which fund pays for what is added; empty for every period, and for the
        funds that have money left.
    """

    text: str
    place: Place
    verb: str
    name: str
    other: str = ""
    package: str = ""
    amount: float | None = None
    period: str = ""
    fund: str = ""


def parse_motions(texts: Sequence[str], periods: Sequence[str], file: str = "") -> list[Motion]:
    """Return the motions that are written in some texts, lines of a file where one is named.

    Empty lines, and what follows ``#``, say nothing.

    Raises
    ------
    ScenarioError
        If texts are no motions, with all problems and their places.
    """
    motions, problems = list[Motion](), list[Problem]()
    for line, written in enumerate(texts, 1):
        text = " ".join((re.sub(r"(?:^|\s)#.*", "", written) if file else written).split()).rstrip(".;")
        if not text and file:
            continue
        place = Place(file, line, len(written) - len(written.lstrip()) + 1) if file else Place(f"<motion> {text[:120]}")
        try:
            motions.append(_parsed(text, place, periods))
        except PydanticCustomError as error:
            said = error.context or {}
            problems.append(Problem("motion", error.message(), place, said.get("expected", ""), said.get("hint", "")))
        except _NoMotionError as error:
            problems.append(error.problem)
    if problems:
        raise ScenarioError(problems)
    return motions


class _NoMotionError(Exception):
    """A text is no motion; carries the problem that says why."""

    def __init__(self, message: str, place: Place, expected: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.problem = Problem("motion", message, place, expected, hint)


def _parsed(text: str, place: Place, periods: Sequence[str]) -> Motion:
    first, _, rest = text.partition(" ")
    verb = _SAME.get(first.lower(), first.lower())
    if verb not in VERBS:
        close = near(first, [*VERBS, *_SAME], 0.7)
        hint = f"did you mean {close!r}?" if close else f"such as: {EXAMPLES}"
        raise _NoMotionError(f"{shown(text)} is no motion", place, f"one that begins with {', '.join(VERBS)}", hint)
    rest, tail = _tails(rest, periods)
    found = next((match for form in _FORMS[verb] if (match := re.fullmatch(form, rest, re.IGNORECASE))), None)
    if found is None:
        raise _NoMotionError(f"{shown(text)} cannot be understood", place, _SHAPES[verb], f"such as: {EXAMPLES}")
    parts = {key: _bare(value) for key, value in found.groupdict().items() if value is not None}
    amount = _amount(parts.pop("amount"), verb, place) if "amount" in parts else None
    return Motion(text, place, verb, parts.pop("name"), amount=amount, **parts, **tail)


def _tails(rest: str, periods: Sequence[str]) -> tuple[str, dict[str, str]]:
    """Return a text without ``in PERIOD`` and ``paid by FUND`` at its end, and these."""
    tail: dict[str, str] = {}
    while (match := re.fullmatch(_TAIL, rest)) is not None:
        key, name = ("period" if match["word"].lower() == "in" else "fund"), _bare(match["name"])
        if key in tail or (key == "period" and name not in periods and not _is_like(name, periods)):
            break
        tail[key], rest = name, match["rest"]
    return rest, tail


def _is_like(name: str, periods: Sequence[str]) -> bool:
    """Return whether a name is meant to be a period: it is one but for a digit, as FY2030 is."""
    return any(re.sub(r"\d", "0", name.lower()) == re.sub(r"\d", "0", period.lower()) for period in periods)


def _bare(text: str) -> str:
    text = text.strip()
    return text[1:-1].strip() if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text


def _amount(text: str, verb: str, place: Place) -> float:
    written = _WORDS.sub(lambda match: {"t": "k"}.get(match[1][0].lower(), match[1][0]), text)
    if written.endswith("%"):
        amount: float = Share(parse_number(written[:-1].strip(), "a share", written) / 100)
    else:
        amount = parse_number(written)
    if amount < 0:
        hint = {"add": "cut AMOUNT from PROGRAM", "raise": "cut PROGRAM by AMOUNT", "cut": "raise PROGRAM by AMOUNT"}
        raise _NoMotionError(f"{shown(text)} is negative", place, "an amount of zero or more", hint.get(verb, ""))
    if verb == "cut" and isinstance(amount, Share) and amount > 1:
        raise _NoMotionError(f"{shown(text)} takes away more than there is", place, "at most 100%")
    if isinstance(amount, Share) and verb == "move":
        amount = Share(min(amount, 1.0))
    return amount
