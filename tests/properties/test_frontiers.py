"""The curve of the best value is what solving with ``--set`` gives at every number of its range, and bends one way."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import budgetopt as bo
from measures import few
from moved_figures import best, changed, paths_of
from strategies import CONVEX, cases


@few(1 / 3)
@given(data=st.data())
def test_the_curve_is_what_solving_again_gives(data: st.DataObject) -> None:
    scenario = data.draw(cases(max_programs=4, max_funds=2, max_periods=2, features=CONVEX)).scenario
    path = data.draw(st.sampled_from(paths_of(scenario)))
    assume(not bo.formulate(scenario).linear_program.is_integer)
    try:
        found = bo.frontier(scenario, path)
    except bo.InputError:
        assume(False)
    scale = max(float(found.points["value"].abs().max()), 1e-3)
    for start, end in pairwise(found.points["figure"].tolist()):
        place = start + data.draw(st.floats(0.1, 0.9)) * (end - start)
        if found.in_proportion:
            there = scenario.with_((path, f"*{place / found.now:.15f}")) if place >= 0 < found.now else None
        else:
            there = changed(scenario, path, place - found.now, is_share=found.is_share)
        value = None if there is None else best(there)
        if value is not None and found.is_exact:
            assert found.value_at(place) == pytest.approx(value, abs=2e-6 * scale), (path, place)
    if found.is_exact:
        assert_bends_one_way(found)
    if found.low <= found.now <= found.high and found.is_exact:
        assert found.value_at(found.now) == pytest.approx(best(scenario), abs=2e-6 * scale)


def assert_bends_one_way(found: bo.Frontier) -> None:
    """A maximum is concave where limits move and convex where costs do; one number moves both only by parts."""
    slopes = (found.pieces["price"] / found.unit).to_numpy()
    widths = (found.pieces["to"] - found.pieces["from"]).to_numpy()
    noise = 1e-6 * max(float(found.points["value"].abs().max()), 1e-3) / np.minimum(widths[1:], widths[:-1])
    rises = np.diff(slopes)
    assert (rises <= noise).all() or (rises >= -noise).all()
