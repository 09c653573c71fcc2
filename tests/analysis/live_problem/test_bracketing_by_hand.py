"""Where the next look goes: dollars of b bring as much as is asked at, those of a bring 3, and there are 10 of them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from budgetopt.analysis.live_problem.bracketing import CLOSE, Seen, _Bracket, _carried, _is_above, _Watched, bracketed
from budgetopt.formulation.linear_program import LinearProgram
from budgetopt.solvers import Solution, Termination
from budgetopt.solvers.highs import LiveModel
from linear_programs import linear_program

HALF = CLOSE / 2
NOTHING = Solution(Termination.OPTIMAL)


def problem_at(rate: float, used: float = 1.0) -> LinearProgram:
    """Return the problem in which a dollar of b brings ``rate`` and uses so much of the money."""
    return linear_program([[1, used]], -np.inf, 10, maximize=[3, rate])


def seen(rate: float, x: tuple[float, ...] | None = None, price: float | None = None, used: float = 1.0) -> Seen:
    """Return what solving shows at a rate: all of the money for the better one, priced at what that brings."""
    problem = problem_at(rate, used)
    best = (10.0, 0.0) if rate / used <= 3 else (0.0, 10.0 / used)
    x = best if x is None else x
    dual = np.array([max(3.0, rate / used) if price is None else price])
    reduced = problem.stages[0].reduced_costs(problem.matrix, dual)
    answer = Solution(Termination.OPTIMAL, np.array(x), dual, reduced, problem.stages[0].value(np.array(x)))
    return Seen(rate, problem, answer, rate > 3)


def without(place: Seen, *names: str) -> Seen:
    return replace(place, answer=replace(place.answer, **dict.fromkeys(names)))


def limited(place: Seen, upper: float) -> Seen:
    return replace(place, problem=replace(place.problem, upper=np.array([np.inf, upper])))


def same(number: float) -> float:
    return number


RISES, FALLS = (_Watched(same, np.array([1]), more) for more in (True, False))
OTHER_SHAPE = linear_program([[1, 1], [1, 0]], -np.inf, 10, maximize=[3, 5])
FULL = limited(seen(5, price=3.0), 10.0)


@pytest.mark.parametrize(
    ("watched", "place", "far", "number"),
    [
        # b brings nothing beyond its price until a dollar brings 3
        (RISES, seen(1), 5.0, 3.0),
        (RISES, seen(2), 5.0, 3.0),
        (RISES, seen(2), 100.0, 3.0),
        # not before the far place, and not at it
        (RISES, seen(1), 2.0, None),
        (RISES, seen(1), 3.0, None),
        (RISES, seen(1), 0.5, None),
        # at once: what costs nothing more, or lies between its limits
        (RISES, seen(3), 5.0, 3.0),
        (RISES, seen(1, (6, 4)), 5.0, 1.0),
        (FALLS, seen(5, (6, 4)), 1.0, 5.0),
        # nothing changes there
        (RISES, seen(1, (6, 4)), 1.0, None),
        # what has all falls
        (FALLS, FULL, 1.0, 3.0),
        (FALLS, FULL, 2.0, 3.0),
        (FALLS, FULL, 4.0, None),
        # what stands at the other limit does not move
        (RISES, FULL, 1.0, None),
        (FALLS, limited(seen(1), 10.0), 5.0, None),
        # without prices nothing is known
        (RISES, without(seen(1), "x"), 5.0, None),
        (RISES, without(seen(1), "row_dual"), 5.0, None),
        (RISES, without(seen(1), "reduced_cost"), 5.0, None),
    ],
)
def test_where_prices_say_that_something_moves(
    watched: _Watched, place: Seen, far: float, number: float | None
) -> None:
    problem = replace(problem_at(far), upper=place.problem.upper)
    found = watched.at_these_prices(place, far, problem)
    assert found == (None if number is None else pytest.approx(number))


def test_what_a_column_uses_counts_as_what_it_brings() -> None:
    # at 2 a dollar b is worth its price where it uses two thirds of the money
    place = replace(seen(2, used=1.0), at=1.0)
    assert RISES.at_these_prices(place, 0.25, problem_at(2, used=0.25)) == pytest.approx(2 / 3)
    assert RISES.at_these_prices(place, 0.75, problem_at(2, used=0.75)) is None


def test_of_several_columns_the_first_counts() -> None:
    three = linear_program([[1, 1, 1]], -np.inf, 10, maximize=[3, 1, 2])
    answer = Solution(Termination.OPTIMAL, np.array([10.0, 0, 0]), np.array([3.0]), np.array([0.0, -2, -1]), 30.0)
    far = linear_program([[1, 1, 1]], -np.inf, 10, maximize=[3, 5, 10])
    watched = _Watched(same, np.array([1, 2]), more=True)
    # from 1 to 5 b comes to 3 half of the way, and c from 2 to 10 an eighth of it
    assert watched.at_these_prices(Seen(1, three, answer, moved=False), 5.0, far) == pytest.approx(1.5)


def test_problems_of_other_shapes_say_nothing() -> None:
    assert RISES.at_these_prices(seen(1), 5.0, OTHER_SHAPE) is None
    other = replace(seen(5), problem=OTHER_SHAPE)
    assert RISES.where_lines_meet(seen(1), other) is None
    assert RISES.where_prices_meet(seen(1), other) is None


@pytest.mark.parametrize(
    ("one", "other", "number"),
    [
        (seen(1), seen(5), 3.0),
        (seen(2), seen(5), 3.0),
        (seen(2.5), seen(7), 3.0),
        (seen(7), seen(2.5), 3.0),
        (seen(2.99), seen(3.02), 3.0),
        # the same plan, or one that is better at the other place than what was found there
        (seen(1), seen(2), None),
        (seen(1), seen(2, (5, 5)), None),
        (without(seen(1), "x"), seen(5), None),
        (seen(1), without(seen(5), "x"), None),
    ],
)
def test_where_the_lines_of_two_plans_meet(one: Seen, other: Seen, number: float | None) -> None:
    found = RISES.where_lines_meet(one, other)
    assert found == (None if number is None else pytest.approx(number))


@pytest.mark.parametrize(
    ("one", "other", "number"),
    [
        # on the way there, and on the way away from a place nearer to the start
        (seen(1), seen(5, price=3.0), 3.0),
        (seen(2), seen(6, price=3.0), 3.0),
        (seen(2.5), seen(1), 3.0),
        (seen(2), seen(1), 3.0),
        # beyond the other place, or before this one
        (seen(1), seen(2), None),
        (seen(1), seen(3), None),
        (seen(2, price=1.0), seen(1, price=3.0), None),
        # prices that do not change, or are not known; and what does not wait
        (seen(1), seen(1), None),
        (without(seen(1), "reduced_cost"), seen(5), None),
        (seen(1), without(seen(5), "reduced_cost"), None),
        (seen(1, (6, 4)), seen(5, price=3.0), None),
    ],
)
def test_where_a_reduced_cost_comes_to_nothing(one: Seen, other: Seen, number: float | None) -> None:
    found = RISES.where_prices_meet(one, other)
    assert found == (None if number is None else pytest.approx(number))


@pytest.mark.parametrize(("away", "number"), [(False, 2.0), (True, 4.5)])
def test_of_several_reduced_costs_the_nearest_counts(away: bool, number: float) -> None:
    problem = linear_program([[1, 1, 1]], -np.inf, 10, maximize=[3, 1, 2])
    x, price = np.array([10.0, 0, 0]), np.array([3.0])
    here, there = ((-3, -1), (-4, -3)) if away else ((-3, -1), (1, 3))
    at, other = (4.0, 3.0) if away else (1.0, 5.0)
    one = Seen(at, problem, Solution(Termination.OPTIMAL, x, price, np.array([0.0, *here])), moved=False)
    two = Seen(other, problem, Solution(Termination.OPTIMAL, x, price, np.array([0.0, *there])), moved=True)
    watched = _Watched(same, np.array([1, 2]), more=True)
    # there: -3 to 1 is nothing after three quarters, and -1 to 3 after one; away: -1 rises by 2 with each step
    assert watched.where_prices_meet(one, two) == pytest.approx(number)


@pytest.mark.parametrize(
    ("changed", "value"),
    [
        # 4 dollars of a and 6 of b bring 12 and 30; the price of the money is 2, and a dollar of a brings 1 more
        ({}, 42),
        ({"upper": np.array([7.0, 20.0])}, 45),
        ({"upper": np.array([4.0, 30.0])}, 42),
        ({"lower": np.array([1.0, 0.0])}, 42),
        ({"matrix": problem_at(5, used=1.5).matrix}, 42 - 2 * 3),
        ({"matrix": problem_at(5, used=1.5).matrix, "upper": np.array([3.0, 20.0])}, 42 - 2 * 3 - 1),
    ],
)
def test_what_a_plan_and_its_prices_say_of_another_problem(changed: dict[str, object], value: float) -> None:
    own = replace(problem_at(5), upper=np.array([4.0, 20.0]))
    answer = Solution(Termination.OPTIMAL, np.array([4.0, 6.0]), np.array([2.0]), np.array([1.0, 3.0]), 42.0)
    place = Seen(5, own, answer, moved=False)
    other = replace(own, **changed)
    # b lies between its limits: its own reduced cost would only count if it stood at one
    expected = value if "upper" not in changed or changed["upper"][1] == 20 else value + 3 * (0 - 6)  # type: ignore[index]
    assert _carried(place, other) == pytest.approx(expected)
    plain = without(place, "row_dual")
    assert _carried(plain, other) == pytest.approx(42)
    assert _carried(without(place, "reduced_cost"), other) == pytest.approx(42)


def test_what_stands_at_its_lower_limit_goes_with_it() -> None:
    own = replace(problem_at(5), lower=np.array([4.0, 6.0]))
    answer = Solution(Termination.OPTIMAL, np.array([4.0, 6.0]), np.array([2.0]), np.array([-1.0, 0.0]), 42.0)
    place = Seen(5, own, answer, moved=False)
    assert _carried(place, replace(own, lower=np.array([2.0, 6.0]))) == pytest.approx(44)
    assert _carried(place, replace(own, lower=np.array([4.0, 1.0]))) == pytest.approx(42)


@pytest.mark.parametrize(
    ("value", "above"), [(30.0, False), (30.01, False), (30.03, True), (35.0, True), (29.97, True), (29.99, False)]
)
def test_a_value_above_both_lines_shows_a_third(value: float, above: bool) -> None:
    # the line of a says 30 everywhere, and at 5 it is 20 below the value there: a thousandth of that is 0.02
    middle = replace(seen(3), answer=replace(seen(3).answer, objective=value))
    assert _is_above(seen(1), middle, seen(5)) is above
    assert not _is_above(without(seen(1), "x"), middle, seen(5))
    assert not _is_above(seen(1), replace(middle, problem=OTHER_SHAPE), seen(5))
    assert not _is_above(seen(1), middle, replace(seen(5), problem=OTHER_SHAPE))


class Looking:
    """Looks that tell only whether something has moved, and remember where they were."""

    def __init__(self, change: float, side: float = 1.0) -> None:
        self.change, self.side = change, side
        self.places: list[float] = []

    def __call__(self, at: float) -> Seen:
        self.places.append(at)
        return Seen(at, problem_at(at), NOTHING, moved=self.side * at > self.side * self.change)

    def bracket(self, inside: float, far: float) -> _Bracket:
        return _Bracket(self, same, Seen(inside, problem_at(inside), NOTHING, moved=False), far)


@pytest.mark.parametrize("side", [1.0, -1.0])
def test_a_bracket_is_drawn_in_by_looks_within_it(side: float) -> None:
    look = Looking(3.0 * side, side)
    bracket = look.bracket(side, 9 * side)
    assert bracket.side == side
    for at in (side, 9 * side, 0.0, 10 * side):
        bracket.see(at)
    assert look.places == []
    for at in (2, 5, 6, 4, 1.5, 2.5):
        bracket.see(at * side)
    # what lies beyond what has moved, or before what has not, is not looked at
    assert look.places == [2 * side, 5 * side, 4 * side, 2.5 * side]
    assert bracket.outside is not None
    assert bracket.before is not None
    assert (bracket.before.at, bracket.inside.at, bracket.outside.at) == (2 * side, 2.5 * side, 4 * side)


@pytest.mark.parametrize("side", [1.0, -1.0])
def test_just_beyond_a_place_and_then_just_before_it(side: float) -> None:
    def looks(change: float, *tried: float | None) -> list[float]:
        look = Looking(change, side)
        bracket = _Bracket(look, lambda number: side * number, look(side), 9 * side)
        look.places.clear()
        for number in tried:
            bracket.try_at(number)
        return [round((side * at - 3) / HALF) for at in look.places]

    assert looks(3.0 * side) == []
    assert looks(3.0 * side, None) == looks(3.0 * side, 0.0) == looks(3.0 * side, -3.0) == []
    # it moves at the place
    assert looks(3.0 * side, 3.0) == [1, -1]
    # it moves only later: of nearly the same place a second time, farther
    assert looks(5.0 * side, 3.0) == [1]
    assert looks(5.0 * side, 3.0, 3.0 + 4 * HALF) == [1, 5, 64]
    # it moved before: a second time, a little farther back
    assert looks(2.0 * side, 3.0) == [1, -1]
    assert looks(2.0 * side, 3.0, 3.0 - 4 * HALF) == [1, -1, -3, -5, -64]
    # a place that is another one is no second time
    assert looks(5.0 * side, 3.0, 3.0 + 700 * HALF) == [1, 701]


def solved_looks(far: float, more: bool, start: float) -> tuple[list[float], tuple[Seen, Seen] | None]:
    """Bracket where b gets its first dollar, or loses its last, by solving; return the looks and the bracket."""
    places: list[float] = []

    def look(at: float) -> Seen:
        places.append(at)
        problem = replace(problem_at(at), upper=np.array([np.inf, 10.0]))
        answer = LiveModel(problem).solve()
        assert answer.x is not None
        return Seen(at, problem, answer, bool(answer.x[1] > 5) is more)

    inside = look(start)
    places.clear()
    at: Callable[[float], LinearProgram] = lambda rate: replace(problem_at(rate), upper=np.array([np.inf, 10.0]))  # noqa: E731
    found = bracketed(look, at, inside, far, same, same, np.array([1]), more)
    return places, found


@pytest.mark.parametrize(("start", "far", "more"), [(1.0, 100.0, True), (50.0, 0.01, False)])
def test_prices_need_two_looks(start: float, far: float, more: bool) -> None:
    places, found = solved_looks(far, more, start)
    side = 1 if more else -1
    assert places == pytest.approx([3 + side * HALF, 3 - side * HALF], abs=CLOSE / 100)
    assert found is not None
    assert [found[0].at, found[1].at] == pytest.approx([3 - side * HALF, 3 + side * HALF], abs=CLOSE / 100)


@pytest.mark.parametrize(("start", "far", "more"), [(1.0, 2.5, True), (50.0, 3.5, False)])
def test_where_nothing_changes_only_the_end_is_looked_at(start: float, far: float, more: bool) -> None:
    assert solved_looks(far, more, start) == ([far], None)


def test_where_nothing_leads_on_the_bracket_is_halved() -> None:
    look = Looking(math.pi)
    found = bracketed(look, problem_at, look(1.0), 9.0, same, same, np.array([1]), more=True)
    assert look.places[1:5] == [9.0, 5.0, 3.0, 4.0]
    assert found is not None
    assert found[0].at <= math.pi < found[1].at
    assert found[1].at - found[0].at <= CLOSE * 1.001
    # 8 halved 27 times is less than a ten-millionth
    assert len(look.places) == 2 + 27
