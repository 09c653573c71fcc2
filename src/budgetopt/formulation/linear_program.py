"""A linear program as arrays, with labels that lead back to the scenario."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from budgetopt.formulation.sparse_matrix import Bools, Floats, Ints, Matrix, total_by

if TYPE_CHECKING:
    import pulp

__all__ = [
    "Block",
    "Bools",
    "Floats",
    "Ints",
    "Labels",
    "LinearProgram",
    "Matrix",
    "Stage",
    "TieBreak",
    "best_values",
    "resting",
    "total_by",
]


def resting(lower: Floats, upper: Floats) -> Floats:
    """Return a finite limit of each column, the lower one first, 0 without any; of the shape of the limits."""
    return np.where(np.isfinite(lower), lower, np.where(np.isfinite(upper), upper, 0.0))


def best_values(cost: Floats, lower: Floats, upper: Floats) -> Floats:
    """Return the values within limits that a minimization asks for, infinite where a limit is missing; same shape."""
    return np.where(cost > 0, lower, np.where(cost < 0, upper, resting(lower, upper)))


@dataclass(frozen=True, slots=True)
class Block:
    """Neighbouring rows, or neighbouring columns, of one kind.

    Parameters
    ----------
    kind
        What they are: ``segment``, ``spending``, ``closing balance``, ``fund balance``, ``rule`` ...
    start, stop
        The positions that they take up.
    keys
        For each of them, the positions of what it is about: ``program``, ``fund``, ``period``, ``rule`` ...;
        every array has shape (stop - start,).
    limit, part
        For rows, the position of the limit that each keeps in the scenario's list of limits, and of the part of that
        limit that it is about; -1 for none. Shape (stop - start,); None where no row of the block keeps a limit.
    """

    kind: str
    start: int
    stop: int
    keys: Mapping[str, Ints] = field(default_factory=dict)
    limit: Ints | None = None
    part: Ints | None = None

    def __len__(self) -> int:
        return self.stop - self.start

    @property
    def positions(self) -> Ints:
        """The positions that they take up; shape (stop - start,)."""
        return np.arange(self.start, self.stop)


@dataclass(frozen=True, slots=True)
class Labels:
    """What each row, or each column, stands for.

    Parameters
    ----------
    blocks
        The blocks, in order, without gaps.
    names
        The names behind the positions in the blocks' keys: ``names["fund"][3]``.
    """

    blocks: tuple[Block, ...]
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __len__(self) -> int:
        return self.blocks[-1].stop if self.blocks else 0

    def with_more(self, kind: str, count: int, keys: Mapping[str, Ints]) -> Labels:
        """Return the labels with one more block after the others."""
        return replace(self, blocks=(*self.blocks, Block(kind, len(self), len(self) + count, keys)))

    def of_kind(self, kind: str) -> tuple[Block, ...]:
        """Return the blocks of a kind."""
        return tuple(block for block in self.blocks if block.kind == kind)

    def name(self, position: int) -> str:
        """Return a readable name of one row or column, such as ``fund balance[general,FY2027]``."""
        for block in self.blocks:
            if block.start <= position < block.stop:
                return self._names_in(block, np.array([position - block.start]))[0]
        raise IndexError(position)

    def all_names(self) -> list[str]:
        """Return every name, in order."""
        return self.names_at(np.arange(len(self)))

    def names_at(self, positions: Ints) -> list[str]:
        """Return the names of rows or columns whose positions rise; unlike :meth:`name` in one pass."""
        out: list[str] = []
        for block in self.blocks:
            first, last = np.searchsorted(positions, (block.start, block.stop))
            out += self._names_in(block, positions[first:last] - block.start)
        return out

    def _names_in(self, block: Block, at: Ints) -> list[str]:
        parts = [self._key_names(key, values[at]) for key, values in block.keys.items()]
        if not parts:
            return [block.kind] * len(at)
        return [f"{block.kind}[{','.join(part)}]" for part in zip(*parts, strict=True)]

    def _key_names(self, key: str, values: Ints) -> list[str]:
        known = self.names.get(key, ())
        return [known[value] if 0 <= value < len(known) else str(value) for value in values.tolist()]


@dataclass(frozen=True, slots=True)
class Stage:
    """One objective of an ordered list.

    Parameters
    ----------
    label
        The objective in words.
    cost
        Its coefficients; shape (columns,).
    maximize
        Its direction.
    offset
        What is added to ``cost @ x`` to give its value.
    within
        The share of its best value that later stages may give up.
    """

    label: str
    cost: Floats
    maximize: bool
    offset: float = 0.0
    within: float = 0.0

    @property
    def sign(self) -> float:
        """What the costs are multiplied by to be minimized: -1 for a maximization."""
        return -1.0 if self.maximize else 1.0

    def value(self, x: Floats) -> float:
        """Return its value at a point of shape (columns,)."""
        # a sum, as the product @ wakes threads for long columns, which takes longer than the sum
        return float((self.cost * x).sum()) + self.offset

    def reduced_costs(self, matrix: Matrix, row_dual: Floats) -> Floats:
        """Return its reduced costs at prices of the rows, of shape (rows,); shape (columns,)."""
        return self.cost - matrix.transpose_times(row_dual)

    def cost_for(self, columns: int) -> Floats:
        """Return the coefficients for all columns: zero for those that were added after it. Shape (columns,)."""
        return np.concatenate((self.cost, np.zeros(columns - len(self.cost))))


@dataclass(frozen=True, slots=True)
class TieBreak:
    """How one plan is chosen among equally good ones: least change from a reference first, then the order of the file.

    A group is a program in a period. Its spending is the sum of ``weight * x[column]`` over its members.

    Parameters
    ----------
    group, column, weight
        Members: the group, the column and its coefficient; shape (members,).
    reference
        What each group should stay near, NaN where there is nothing to stay near; shape (groups,).
    least_change_is_a_stage
        Whether a stage minimizes just that change already, so that no tie in it is left to settle.
    even
        Whether cuts below the references are evened out first: of the plans whose largest cut is smallest those whose
        next largest is, and so on; a cut is a share of the reference.
    """

    group: Ints
    column: Ints
    weight: Floats
    reference: Floats
    least_change_is_a_stage: bool = False
    even: bool = False


@dataclass(frozen=True, slots=True)
class LinearProgram:
    """Optimize ``stages[0]``, then the others in turn, over ``row_lower <= A x <= row_upper``, ``lower <= x <= upper``.

    Parameters
    ----------
    matrix
        The matrix A.
    row_lower, row_upper
        Limits of the rows, infinite where there is none; shape (rows,).
    lower, upper
        Limits of the columns; shape (columns,).
    integer
        Which columns take integer values only; shape (columns,).
    stages
        At least one objective.
    column_labels, row_labels
        What the columns and rows stand for.
    tie_break
        How one plan is chosen among equally good ones.
    """

    matrix: Matrix
    row_lower: Floats
    row_upper: Floats
    lower: Floats
    upper: Floats
    integer: Bools
    stages: tuple[Stage, ...]
    column_labels: Labels
    row_labels: Labels
    tie_break: TieBreak | None = None

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return self.matrix.rows

    @property
    def columns(self) -> int:
        """How many columns there are."""
        return self.matrix.columns

    @property
    def is_integer(self) -> bool:
        """Whether some columns take integer values only."""
        return bool(self.integer.any())

    @property
    def contradicts_itself(self) -> bool:
        """Whether some column or row has a lower limit above its upper limit."""
        return bool((self.lower > self.upper).any() or (self.row_lower > self.row_upper).any())

    @property
    def resting(self) -> Floats:
        """A finite limit of each column, the lower one first, 0 without any; shape (columns,)."""
        return resting(self.lower, self.upper)

    @property
    def limit_of_rows(self) -> Ints:
        """The position of the limit that each row keeps in the scenario's list, -1 for none; shape (rows,)."""
        limit_of = np.full(self.rows, -1)
        for block in self.row_labels.blocks:
            if block.limit is not None:
                limit_of[block.positions] = block.limit
        return limit_of

    def relaxed(self) -> LinearProgram:
        """Return the problem without its integer conditions."""
        return replace(self, integer=np.zeros(self.columns, np.bool_))

    def with_more_columns(
        self,
        kind: str,
        lower: Floats,
        upper: Floats,
        *entries: tuple[Ints, Ints, Floats],
        keys: Mapping[str, Ints] | None = None,
        integer: bool = False,
    ) -> LinearProgram:
        """Return the problem with more columns after its own; the costs of its stages stay as long as they are.

        Parameters
        ----------
        kind, keys
            What they are, and are about, as in a :class:`Block`.
        lower, upper
            Their limits; shape (more columns,).
        *entries
            Rows, columns and values of their entries, in arrays of one shape each.
        integer
            Whether they take integer values only.
        """
        return replace(
            self,
            matrix=self.matrix.extended(0, len(lower), *entries),
            lower=np.concatenate((self.lower, lower)),
            upper=np.concatenate((self.upper, upper)),
            integer=np.concatenate((self.integer, np.full(len(lower), integer))),
            column_labels=self.column_labels.with_more(kind, len(lower), keys or {}),
        )

    def with_more_rows(
        self,
        kind: str,
        lower: Floats,
        upper: Floats,
        *entries: tuple[Ints, Ints, Floats],
        keys: Mapping[str, Ints] | None = None,
    ) -> LinearProgram:
        """Return the problem with more rows after its own; parameters as in :meth:`with_more_columns`."""
        return replace(
            self,
            matrix=self.matrix.extended(len(lower), 0, *entries),
            row_lower=np.concatenate((self.row_lower, lower)),
            row_upper=np.concatenate((self.row_upper, upper)),
            row_labels=self.row_labels.with_more(kind, len(lower), keys or {}),
        )

    @property
    def open_integers(self) -> int:
        """How many integer columns are not settled by their limits."""
        return int((self.integer & (self.lower < self.upper)).sum())

    def to_pulp(self) -> pulp.LpProblem:
        """Return the first stage as a plain ``pulp.LpProblem``, to extend by hand or to give to another solver."""
        from budgetopt.solvers.pulp_adapter import to_pulp

        return to_pulp(self)

    def summary(self) -> dict[str, Any]:
        """Return the size of the problem: rows, columns, entries, integer columns."""
        return {
            "rows": self.rows,
            "columns": self.columns,
            "entries": self.matrix.entries,
            "integers": int(self.integer.sum()),
        }
