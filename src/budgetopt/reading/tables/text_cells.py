"""The cells of one column of a text file: numbers are read from its bytes all at once, texts made when asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from budgetopt.scenario.programs import Bools, Floats, Ints

__all__ = ["PLAIN", "CellBytes", "PlainNumbers", "TextCells", "is_filled", "taken"]

PLAIN = re.compile(r"(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
"""A number that every type reads as the same one."""
_DIGITS = 15
"""Numbers of so many digits are exact in binary, and so are the powers of ten by which they are divided."""
_TENS = np.array([10**digits for digits in range(_DIGITS + 1)])
_EIGHT = 8
_ZEROS, _SIXES, _UPPER = (np.uint64(byte * 0x01010101_01010101) for byte in (ord("0"), 0x06, 0xF0))
_PAIRS = np.uint64(0x000000FF_000000FF)
_ZERO, _POINT, _MINUS, _BLANK = map(ord, "0.- ")

Bytes = NDArray[np.uint8]


class PlainNumbers(NamedTuple):
    """Which cells are plain numbers, their values, and how many decimals they are written with; shape (cells,) each."""

    plain: Bools
    values: Floats
    decimals: Ints


class CellBytes:
    """The bytes of a text in UTF-8."""

    def __init__(self, text: bytes) -> None:
        self.array: Bytes = np.frombuffer(text, dtype=np.uint8)
        # zeros behind them, so that eight can be read from each on
        behind = np.frombuffer(text + bytes(_EIGHT), dtype=np.uint8)
        self.eights = np.ndarray(len(text) + 1, dtype="<u8", buffer=behind, strides=(1,))

    @cached_property
    def points(self) -> Ints:
        """Where points stand, and last what is behind everything."""
        return np.append(np.flatnonzero(self.array == _POINT), len(self.array))


class TextCells(Sequence[str]):
    """Cells within a text in UTF-8; none has blanks at its ends.

    Parameters
    ----------
    data
        The bytes of the text.
    starts, ends
        Where each cell begins, and the byte behind it; shape (cells,).
    is_printable
        Whether all characters of the text are known to be of ASCII, and can be seen.
    """

    def __init__(self, data: CellBytes, starts: Ints, ends: Ints, *, is_printable: bool) -> None:
        self._data, self._starts, self._ends, self.is_printable = data, starts, ends, is_printable

    def __len__(self) -> int:
        return len(self._starts)

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> TextCells: ...
    def __getitem__(self, at: int | slice) -> str | TextCells:
        if isinstance(at, slice):
            return self._part(at)
        return self._data.array[self._starts[at] : self._ends[at]].tobytes().decode()

    def _part(self, cells: slice | Ints) -> TextCells:
        return TextCells(self._data, self._starts[cells], self._ends[cells], is_printable=self.is_printable)

    def __iter__(self) -> Iterator[str]:
        return iter(self.texts)

    def __contains__(self, text: object) -> bool:
        return not self.filled.all() if text == "" else text in self.texts

    def take(self, cells: Ints) -> TextCells:
        """Return some of the cells."""
        some = self._part(cells)
        if "numbers" in self.__dict__:
            plain, values, decimals = self.numbers
            some.numbers = PlainNumbers(plain[cells], values[cells], decimals[cells])
        return some

    @cached_property
    def filled(self) -> Bools:
        """Which cells are not empty; shape (cells,)."""
        return np.asarray(self._ends > self._starts)

    @cached_property
    def texts(self) -> list[str]:
        """The cells as texts."""
        return self._joined.tobytes().decode().split("\0")[:-1]

    @cached_property
    def _joined(self) -> Bytes:
        """The bytes of the cells one after another, a zero behind each."""
        lengths = self._ends - self._starts + 1
        behind = np.cumsum(lengths)
        joined = self._data.array.take(
            np.repeat(self._ends + 1 - behind, lengths) + np.arange(lengths.sum()), mode="clip"
        )
        joined[behind - 1] = 0
        return joined

    @cached_property
    def numbers(self) -> PlainNumbers:
        """The cells that are plain numbers."""
        found = _numbers(self._data, self._starts, self._ends)
        long = np.flatnonzero(~found.plain & (self._ends - self._starts > _DIGITS))
        for cell, text in zip(long.tolist(), self.take(long).texts, strict=True):
            if PLAIN.fullmatch(text):
                found.plain[cell], found.values[cell] = True, float(text)
                found.decimals[cell] = len(text.partition(".")[2])
        return found

    @cached_property
    def curves(self) -> tuple[Floats, Ints] | None:
        """The points of curves, ``0:0;5000:12``, shape (points, 2), and how many each filled cell has.

        None if any filled cell is no such curve. Figures behind a colon may have a minus sign, and a blank may follow a
        semicolon.
        """
        joined = (self if self.filled.all() else self.take(np.flatnonzero(self.filled)))._joined
        after = np.zeros(len(joined), dtype=bool)
        after[1:] = joined[:-1] == ord(";")
        joined = joined[~(after & (joined == _BLANK))]
        ends = np.flatnonzero((joined == ord(":")) | (joined == ord(";")) | (joined == 0))
        marks = joined[ends]
        if len(ends) % 2 or (marks[::2] != ord(":")).any() or (marks[1::2] == ord(":")).any():
            return None
        starts = np.concatenate(([0], ends + 1))[:-1]
        data = CellBytes(joined.tobytes())
        x, y = _numbers(data, starts[::2], ends[::2]), _numbers(data, starts[1::2], ends[1::2], is_signed=True)
        if not (x.plain.all() and y.plain.all()):
            return None
        last = np.flatnonzero(marks[1::2] == 0)
        return np.stack([x.values, y.values], axis=1), np.diff(last, prepend=-1)


def is_filled(cells: Sequence[str]) -> Bools:
    """Return which cells are not empty; shape (cells,)."""
    if isinstance(cells, TextCells):
        return cells.filled
    if "" not in cells:
        return np.ones(len(cells), dtype=bool)
    return np.fromiter(map(bool, cells), bool, len(cells))


def taken(cells: Sequence[str], chosen: Ints) -> Sequence[str]:
    """Return some of the cells."""
    return cells.take(chosen) if isinstance(cells, TextCells) else [cells[cell] for cell in chosen.tolist()]


def _numbers(data: CellBytes, starts: Ints, ends: Ints, *, is_signed: bool = False) -> PlainNumbers:
    """Return the numbers in cells of at most 15 digits, each the float that is nearest to what is written.

    The digits are read as one whole number, which is divided by a power of ten: both are exact, and so the quotient is
    rounded once (Clinger, How to read floating point numbers accurately, 1990).
    """
    is_negative = np.zeros(len(starts), dtype=bool)
    if is_signed:
        is_negative = (data.array.take(starts, mode="clip") == _MINUS) & (ends > starts)
        starts = starts + is_negative
    lengths, decimals = ends - starts, np.zeros(len(starts), dtype=np.int64)
    whole, plain = _whole(data, starts, ends)
    at = np.flatnonzero(~plain & (lengths > 0))
    if len(at):
        first, last = starts[at], ends[at]
        point = data.points[np.searchsorted(data.points, first)]
        at = at[(point > first) & (point < last - 1)]
        first, last = starts[at], ends[at]
        point = data.points[np.searchsorted(data.points, first)]
        (before, is_whole), (behind, too) = _whole(data, first, point), _whole(data, point + 1, last)
        decimals[at] = np.minimum(last - point - 1, _DIGITS)
        whole[at] = before * _TENS[decimals[at]] + behind
        plain[at], lengths[at] = is_whole & too, point - first
    plain &= (lengths > 0) & (lengths + decimals <= _DIGITS)
    plain &= (data.array.take(starts, mode="clip") != _ZERO) | (lengths == 1)
    values = whole / _TENS[decimals].astype(np.float64) if len(at) else whole.astype(np.float64)
    return PlainNumbers(plain, np.where(is_negative, -values, values) if is_signed else values, decimals)


def _whole(data: CellBytes, starts: Ints, ends: Ints) -> tuple[Ints, Bools]:
    """Return what is written in digits as numbers, and whether they are at most 16 digits alone; shape (cells,)."""
    middle = np.maximum(starts, ends - _EIGHT)
    numbers, plain = _eight_digits(data, middle, ends - middle)
    more = np.flatnonzero(middle > starts)
    if len(more):
        lengths = middle[more] - starts[more]
        first, is_whole = _eight_digits(data, starts[more], np.minimum(lengths, _EIGHT))
        numbers[more] += first * 10**_EIGHT
        plain[more] &= is_whole & (lengths <= _EIGHT)
    return numbers, plain


def _eight_digits(data: CellBytes, starts: Ints, lengths: Ints) -> tuple[Ints, Bools]:
    """Return what is written in at most eight digits as numbers, and whether it is digits alone; shape (cells,) both.

    The eight bytes are one number, in which digits, pairs and fours are put together by three products (Lemire, Number
    parsing at a gigabyte per second, 2021, section 8).
    """
    eight, bits = data.eights[starts], 8 * lengths.astype(np.uint64)
    # what stands behind the digits goes out at the end, and zeros come in before them
    eight = (eight << (np.uint64(64) - bits)) | (_ZEROS >> bits)
    plain: Bools = ((eight & _UPPER) == _ZEROS) & (((eight + _SIXES) & _UPPER) == _ZEROS)
    eight -= _ZEROS
    eight = eight * np.uint64(10) + (eight >> np.uint64(8))
    low, high = eight & _PAIRS, (eight >> np.uint64(16)) & _PAIRS
    eight = (low * np.uint64(0x000F4240_00000064) + high * np.uint64(0x00002710_00000001)) >> np.uint64(32)
    return eight.astype(np.int64), plain
