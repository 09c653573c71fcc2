"""The formula of a total in an office's column, as it has to be in the column of a plan."""

from __future__ import annotations

import re
from collections.abc import Mapping

from budgetopt.errors import column_letters

__all__ = ["like_formula", "result_of"]

_CELL = re.compile(r"(\$?)([A-Z]{1,3})(\$?[0-9]+)")
_BY_CONDITION = re.compile(r"\b(SUMIFS?|SUMPRODUCT)\(", re.IGNORECASE)
_PART = r"[A-Z]+[0-9]+(?::[A-Z]+[0-9]+)?"
_SUM = re.compile(rf"(?:SUM\(|SUBTOTAL\((?:9|109),)({_PART}(?:,{_PART})*)\)")
_ADDED = re.compile(r"[A-Z]+[0-9]+(?:\+[A-Z]+[0-9]+)*")


def like_formula(formula: str, own: int, ours: int) -> str:
    """Return a formula with one column in the place of another, both counted from 1; empty if it adds up no column.

    Other columns may only stand in it as conditions: ``SUMIF(A2:A9,"Police",C2:C9)``.
    """
    from openpyxl.formula import Tokenizer

    tokenizer = Tokenizer(f"={formula}")
    parts, moved, others = [], False, False
    for token in tokenizer.items:
        text = token.value
        if token.type == "OPERAND" and token.subtype == "RANGE":
            cells = _CELL.findall(text)
            if not cells or _CELL.sub("", text).strip(":") or "!" in text:
                return ""
            is_own = all(letters == column_letters(own) for _, letters, _ in cells)
            moved, others = moved or is_own, others or not is_own
            if is_own:
                text = _CELL.sub(lambda cell: f"{cell[1]}{column_letters(ours)}{cell[3]}", text)
        parts.append(text)
    allowed = moved and (not others or _BY_CONDITION.search(formula))
    return "".join(parts) if allowed else ""


def result_of(formula: str, values: Mapping[int, float], subtotals: set[int]) -> float | None:
    """Return what a sum of cells of one column comes to, None for any other formula.

    ``values`` are those of the column by row; ``subtotals`` the rows that ``SUBTOTAL`` leaves out.
    """
    plain = formula.replace("$", "").replace(" ", "").upper()
    if _ADDED.fullmatch(plain):
        cells = plain.split("+")
        leave_out: set[int] = set()
    elif match := _SUM.fullmatch(plain):
        cells = match[1].split(",")
        leave_out = subtotals if plain.startswith("SUBTOTAL") else set()
    else:
        return None
    total = 0.0
    for cell in cells:
        rows = [int(number) for number in re.findall(r"[0-9]+", cell)]
        for row in range(rows[0], rows[-1] + 1):
            if row not in leave_out:
                total += values.get(row, 0.0)
    return total
