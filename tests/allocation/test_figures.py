"""When two figures of two documents are the same, and how a difference is told."""

from __future__ import annotations

from typing import Any

import pytest

from budgetopt.allocation.figures import differences


def wrap(path: str, value: Any, **beside: Any) -> dict[str, Any]:
    """Return a document with one value at a dotted path, and others beside it."""
    *above, last = path.split(".")
    document: dict[str, Any] = {last: value, **beside}
    for key in reversed(above):
        document = {key: document}
    return document


@pytest.mark.parametrize(
    ("path", "apart", "same", "beside", "size"),
    [
        # a trillionth of the larger figure
        ("objective.value", 0.9e-9, True, {}, 0),
        ("objective.value", 1.1e-9, False, {}, 0),
        # or of what they were computed from
        ("objective.value", 0.9e-6, True, {}, 1e6),
        ("objective.value", 1.1e-6, False, {}, 1e6),
        # prices are differences of larger figures
        ("rules.price", 0.9e-6, True, {}, 0),
        ("rules.price", 1.1e-6, False, {}, 0),
        # a change is one of level and baseline
        ("outcomes.helped.change", 0.9e-6, True, {"level": 1e6, "baseline": 5}, 0),
        ("outcomes.helped.change", 0.9e-6, True, {"level": 5, "baseline": -1e6}, 0),
        ("outcomes.helped.change", 1.1e-6, False, {"level": 1e6, "baseline": 5}, 0),
        ("outcomes.helped.change", 0.9e-6, False, {"level": None, "baseline": 5}, 0),
        ("outcomes.helped.level", 0.9e-6, False, {"change": 1e6}, 0),
        ("programs.help.change", 0.9e-6, False, {"level": 1e6, "baseline": 5}, 0),
        # what is noise may be any noise below a billionth
        ("certificate.gap", 0.9e-9, True, {}, 0),
        ("certificate.gap", 1.1e-9, False, {}, 1e6),
        ("certificate.checks.rows.worst", 0.9e-9, True, {}, 0),
        ("certificate.checks.rows.tolerance", 1.1e-9, False, {}, 0),
    ],
)
def test_how_far_two_figures_may_be_apart(
    path: str, apart: float, same: bool, beside: dict[str, Any], size: float
) -> None:
    start = 0.0 if path.startswith("certificate") and path.endswith(("gap", "worst")) else 1000.0
    for one, other in ((start, start + apart), (start + apart, start)):
        wrong, count = differences(wrap(path, one, **beside), wrap(path, other, **beside), {path: size})
        assert (wrong == []) is same, wrong
        assert count == 1 + len(beside)


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        ({"x": 1.0}, {}, ["x is 1, and it should be left out"]),
        ({}, {"x": "a"}, ["x is left out, and it should be 'a'"]),
        ({"x": 1234567.5}, {"x": None}, ["x is 1,234,567.5, and it should be null"]),
        ({"x": True}, {"x": 1}, ["x is True, and it should be 1"]),
        ({"x": "1"}, {"x": 1}, ["x is '1', and it should be 1"]),
        ({"x": 2}, {"x": 2.0}, []),
        ({"x": "y" * 80}, {"x": ""}, [f"x is '{'y' * 56}..., and it should be ''"]),
        ({"x": "y" * 58}, {"x": ""}, [f"x is '{'y' * 58}', and it should be ''"]),
        ({"x": [1, 2]}, {"x": [1, 3]}, ["x.1 is 2, and it should be 3"]),
        ({"x": [1, 2]}, {"x": [1]}, ["x is [1, 2], and it should be [1]"]),
        ({"x": "ab"}, {"x": "cd"}, ["x is 'ab', and it should be 'cd'"]),
        # lists of things that have ids are compared by these; of equal ids by their places
        ({"x": [{"id": "a", "n": 1}, {"id": "b", "n": 2}]}, {"x": [{"id": "b", "n": 2}, {"id": "a", "n": 1}]}, []),
        (
            {"x": [{"id": "a", "n": 1}, {"id": "a", "n": 2}]}, {"x": [{"id": "a", "n": 2}, {"id": "a", "n": 1}]},
            ["x.0.n is 1, and it should be 2", "x.1.n is 2, and it should be 1"],
        ),
        (
            {"x": [{"id": "a", "n": 1}, {"n": 2}]}, {"x": [{"n": 2}, {"id": "a", "n": 1}]},
            ["x.0.id is 'a', and it should be left out", "x.0.n is 1, and it should be 2",
             "x.1.n is 2, and it should be 1", "x.1.id is left out, and it should be 'a'"],
        ),
        # what says nothing of the plan
        ({"proof": 1, "provenance": {"seconds": 2, "x": 3}}, {"proof": 2, "provenance": {"seconds": 4, "x": 3}}, []),
    ],
)  # fmt: skip
def test_how_differences_are_told(one: dict[str, Any], other: dict[str, Any], words: list[str]) -> None:
    assert differences(one, other, {})[0] == words


def test_limits_are_compared_by_kind_name_part_and_period() -> None:
    def rule(**more: Any) -> dict[str, Any]:
        return {"kind": "sum", "name": "A", "part": "", "period": "FY1", "sense": "at most", "value": 1, **more}

    rules = [
        rule(),
        rule(kind="count", value=2),
        rule(name="B", value=3),
        rule(part="north", value=4),
        rule(period="FY2", value=5),
    ]
    assert differences({"rules": rules}, {"rules": rules[::-1]}, {}) == ([], 30)
    wrong, _ = differences({"rules": [*rules, rule(value=6)]}, {"rules": [rule(value=6), *rules]}, {})
    assert len(wrong) > 5


def test_the_smallest_figures_are_compared_to_as_many_digits_as_others() -> None:
    wrong, count = differences(wrap("objective.value", 1e-3), wrap("objective.value", 1e-3 + 1e-13), {})
    assert (len(wrong), count) == (1, 1)
    assert differences(wrap("objective.value", 1e-3), wrap("objective.value", 1e-3 + 1e-16), {}) == ([], 1)
