"""The pieces of an explorer as JSON for the page: every affine map once, however many pieces use it.

A map is a list: its constant, then pairs of the position of a figure and what the whole range of that figure adds. A
piece names maps by their positions: its conditions (one more than the position, negative for the opposite), the amounts
of the programs that differ from the plan's, its outcomes, and the rows of its value.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from budgetopt.analysis.exploring.explorer import Explorer
from budgetopt.analysis.exploring.plan_pieces import PlanPiece
from budgetopt.formulation.linear_program import Floats

__all__ = ["MOST_BYTES", "carried_pieces", "in_json"]

MOST_BYTES = 400_000
"""So many bytes the pieces take at most; those that were found last are left out beyond."""
CONDITION, AMOUNT = 11, 14
"""With so many digits conditions are written, and amounts."""


def in_json(value: Any) -> str:
    """Return a value as JSON that can stand in a page: nothing in it begins a tag."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text


def carried_pieces(found: Explorer) -> dict[str, Any]:
    """Return the maps, the pieces and the cuts of an explorer, as far as they fit."""
    maps = _Maps()
    pieces: list[dict[str, Any]] = []
    cuts = [maps.position(cut / np.abs(cut[1:]).max(), CONDITION) for cut in found.impossible]
    size = maps.bytes
    for piece in found.pieces:
        before = maps.bytes
        written = _piece(piece, found.pieces[0], maps)
        size += maps.bytes - before + len(in_json(written)) + 1
        if size > MOST_BYTES and pieces:
            break
        pieces.append(written)
    return {"maps": maps.written, "pieces": pieces, "cuts": cuts}


class _Maps:
    """Affine maps, each written once."""

    def __init__(self) -> None:
        self.written: list[list[float]] = []
        self.bytes = 0
        self._known: dict[tuple[float, ...], int] = {}

    def position(self, numbers: Floats, digits: int) -> int:
        """Return the position of a map: a constant, and what each figure adds."""
        key = _key(numbers, digits)
        if key not in self._known:
            self._known[key] = len(self.written)
            pairs = [part for at, rate in enumerate(key[1:]) if rate for part in (at, _short(rate))]
            self.written.append([_short(key[0]), *pairs])
            self.bytes += len(in_json(self.written[-1])) + 1
        return self._known[key]

    def signed(self, numbers: Floats, digits: int) -> int:
        """Return one more than the position of a map, negative where it is the opposite of one that is known."""
        opposite = _key(-numbers, digits)
        return -1 - self._known[opposite] if opposite in self._known else 1 + self.position(numbers, digits)


def _key(numbers: Floats, digits: int) -> tuple[float, ...]:
    # what rounding leaves of nothing is nothing; minus zero is zero
    least = 1e-13 * float(np.abs(numbers).max(initial=0.0))
    return tuple(0.0 if abs(one) <= least else float(f"{one:.{digits}g}") for one in numbers.tolist())


def _short(value: float) -> float:
    """Return a number, without a decimal point where it is whole."""
    return int(value) if value.is_integer() and abs(value) < 1e15 else value


def _piece(piece: PlanPiece, plan: PlanPiece, maps: _Maps) -> dict[str, Any]:
    still = (np.abs(piece.spending[1:]).max(axis=0, initial=0.0) == 0) & (piece.spending[0] == plan.spending[0])
    moved = np.flatnonzero(~still)
    rows = np.flatnonzero(np.abs(piece.value).max(axis=1) > 0)
    order = np.argsort(piece.of_prices, kind="stable")
    return {
        # those of limits first, so many of them, then those of prices
        "c": [maps.signed(piece.conditions[at], CONDITION) for at in order.tolist()],
        "n": int((~piece.of_prices).sum()),
        "s": [part for at in moved.tolist() for part in (at, maps.position(piece.spending[:, at], AMOUNT))],
        "o": [maps.position(one, AMOUNT) for one in piece.outcomes.T],
        "v": [part for at in rows.tolist() for part in (at, maps.position(piece.value[at], AMOUNT))],
        "b": list(piece.limits),
    }
