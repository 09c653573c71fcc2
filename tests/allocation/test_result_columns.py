"""Columns of a result document, from arrays."""

from __future__ import annotations

import numpy as np
import pytest

from budgetopt.allocation.result_columns import flags, labelled
from budgetopt.formulation.linear_program import Block, Labels


@pytest.mark.parametrize("keys", [([0, 1], [1, 0]), ([0, 1, 1], [2, 0, -1]), ([3, 4], [5, 4]), ([0, 1], [2, 0])])
def test_rows_whose_keys_differ_are_not_numbered(keys: tuple[list[int], list[int]]) -> None:
    fund, period = (np.array(each) for each in keys)
    labels = Labels((Block("limit", 0, len(fund), {"fund": fund, "period": period}),))
    found = labelled(np.ones(len(fund)), labels)
    assert found is not None
    assert [table["again"] for table in found] == [None]


def test_rows_with_the_same_keys_are_numbered_wherever_they_stand() -> None:
    keys = {"fund": np.array([1, 0, 1, 1]), "period": np.array([2, 3, 2, 3])}
    found = labelled(np.ones(4), Labels((Block("limit", 0, 4, keys),)))
    assert found is not None
    assert found[0]["again"].tolist() == [1, 1, 2, 1]


def test_flags_that_are_all_alike_are_said_once() -> None:
    assert [flags(np.full(3, said)) for said in (True, False)] == [True, False]
    assert flags(np.array([True, False])).tolist() == [True, False]
    assert flags(np.zeros(0, np.bool_)).tolist() == []
