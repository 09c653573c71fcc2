"""Segments: every outcome changes at a constant rate within one."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from budgetopt.formulation.segments import segments_of
from budgetopt.scenario.effects import effects_of
from budgetopt.scenario.programs import ProgramTable
from budgetopt.scenario.scenario import Scenario


def scenario_of(programs, outcomes=("saved", "helped")):
    return Scenario.from_document(
        {
            "funds": {"general": {"revenue": 100}},
            "outcomes": {name: {"weight": 1} for name in outcomes},
            "programs": programs,
        }
    )


def test_two_curves_of_one_program_share_their_breakpoints():
    scenario = scenario_of(
        {
            "a": {
                "outcomes": {"saved": {"curve": [[0, 0], [10, 5], [30, 7]]}, "helped": {"unit_cost": 2, "up_to": 10}}
            },
            "b": {},
            "c": {"outcomes": {"helped": {"per_dollar": 3}}},
        }
    )
    segments, slopes = segments_of(scenario.effects, 3)
    assert segments.program.tolist() == [0, 0, 0, 0, 1, 2]
    assert segments.start.tolist() == [0, 10, 20, 30, 0, 0]
    assert segments.width.tolist() == [10, 10, 10, np.inf, np.inf, np.inf]
    assert segments.number.tolist() == [0, 1, 2, 3, 0, 0]
    assert segments.counts.tolist() == [4, 1, 1]
    rates = {(int(e), int(s)): r for e, s, r in zip(slopes.effect, slopes.segment, slopes.slope, strict=True)}
    assert rates == {
        (0, 0): 0.5, (0, 1): 0.1, (0, 2): 0.1, (0, 3): 0.0,
        (1, 0): 0.5, (1, 1): 0.5, (1, 2): 0.0, (1, 3): 0.0,
        (2, 5): 3.0,
    }  # fmt: skip


points = st.lists(st.integers(1, 40), min_size=1, max_size=5, unique=True).map(sorted)


@given(
    st.lists(st.tuples(points, points, st.lists(st.integers(-9, 9), min_size=12, max_size=12)), min_size=1, max_size=4)
)
def test_summing_slopes_gives_the_curve_back(shapes):
    programs = {}
    for number, (first, second, heights) in enumerate(shapes):
        curves = [
            [[0, heights[-1]], *([x, y] for x, y in zip(xs, heights[offset:], strict=False))]
            for offset, xs in ((0, first), (5, second))
        ]
        programs[f"p{number}"] = {"outcomes": {"saved": {"curve": curves[0]}, "helped": {"curve": curves[1]}}}
    scenario = scenario_of(programs)
    effects = scenario.effects
    segments, slopes = segments_of(effects, len(programs))
    for spent in (0.0, 7.5, 19.0, 60.0):
        filled = np.clip(spent - segments.start, 0.0, segments.width)
        rise = np.zeros(len(effects))
        np.add.at(rise, slopes.effect, slopes.slope * filled[slopes.segment])
        for effect in range(len(effects)):
            at = slice(effects.offsets[effect], effects.offsets[effect + 1])
            xs, ys = effects.spending[at], effects.value[at]
            assert np.isclose(ys[0] + rise[effect], np.interp(spent, xs, ys))


def test_no_programs_and_no_effects():
    segments, slopes = segments_of(effects_of(ProgramTable(np.empty(0, dtype=object)), ("saved",)), 0)
    assert len(segments) == 0
    assert len(slopes.effect) == 0
