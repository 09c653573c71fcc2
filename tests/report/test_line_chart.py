"""Lines, steps, bands and points as a drawing: well formed, escaped, in the right places, and said in words."""

from __future__ import annotations

import math
from xml.etree import ElementTree

import pytest

from budgetopt.report.line_chart import ChartAxis, ChartSeries, line_chart, ticks_between

SVG = "{http://www.w3.org/2000/svg}"
MONEY, VALUE = ChartAxis("revenue ($)"), ChartAxis("people served", includes=(0.0,))


def drawn(*series, words="", **more):
    return ElementTree.fromstring(line_chart("A <title> & more", MONEY, VALUE, series, words, **more))


def places(line):
    return [tuple(map(float, place.split(","))) for place in line.attrib["points"].split()]


def test_a_line_goes_through_its_points_in_proportion():
    drawing = drawn(ChartSeries("best value", [0, 50, 100], [0, 40, 50]), words="It rises.")
    (line,) = drawing.findall(f"{SVG}polyline")
    (left, bottom), (middle, high), (right, top) = places(line)
    assert middle == pytest.approx((left + right) / 2)
    assert bottom - high == pytest.approx(0.8 * (bottom - top), abs=0.02)
    assert drawing.find(f"{SVG}title").text == "A <title> & more"
    assert drawing.find(f"{SVG}desc").text == "It rises."
    texts = [text.text for text in drawing.findall(f"{SVG}text")]
    assert {"revenue ($)", "people served", "0", "100", "50"} <= set(texts)


def test_a_step_keeps_its_value_up_to_the_next_point():
    (line,) = drawn(ChartSeries("price", [0, 1, 2], [3, 2, 2], "step")).findall(f"{SVG}polyline")
    first, corner, second, *_ = places(line)
    assert corner == (second[0], first[1])


def test_a_line_is_broken_where_there_is_no_value():
    lines = drawn(ChartSeries("value", [0, 1, 2, 3, 4], [1, 2, math.nan, 2, 1])).findall(f"{SVG}polyline")
    assert [len(places(line)) for line in lines] == [2, 2]


def test_a_band_lies_between_its_two_sides():
    (band,) = drawn(ChartSeries("nine in ten", [0, 1], [4, 4], "band", low=[2, 2])).findall(f"{SVG}polygon")
    heights = sorted({y for _, y in places(band)})
    assert len(places(band)) == 4
    assert len(heights) == 2


def test_points_say_their_labels_and_each_series_has_a_mark_of_its_own():
    drawing = drawn(
        ChartSeries("plans", [0, 1], [0, 1], "points", labels=["first <plan>", "second"]),
        ChartSeries("others", [0], [1], "points"),
        ChartSeries("a third & last", [1], [1], "points"),
    )
    marks = [f"{SVG}{name}" for name in ("circle", "rect", "polygon")]
    assert [len(drawing.findall(mark)) for mark in marks] == [3, 2, 2]  # the legend has one of each
    assert [mark.find(f"{SVG}title").text for mark in drawing.findall(marks[0])[1:]] == ["first <plan>", "second"]
    assert "a third & last" in "".join(drawing.itertext())


def test_what_stands_now_is_marked():
    drawing = drawn(ChartSeries("value", [0, 10], [0, 1]), now=(5, "now: <5>"))
    assert "now: <5>" in [text.text for text in drawing.findall(f"{SVG}text")]


def test_an_empty_chart_has_its_axes():
    assert drawn().findall(f"{SVG}line")
    assert not drawn(ChartSeries("nothing", [], [])).findall(f"{SVG}polyline")


def test_sides_of_different_length_are_refused():
    with pytest.raises(ValueError, match="'uneven' has not as many"):
        drawn(ChartSeries("uneven", [0, 1], [0]))


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 100, [0, 20, 40, 60, 80, 100]),
        (-3, 7, [-4, -2, 0, 2, 4, 6, 8]),
        (95e6, 105e6, [94e6, 96e6, 98e6, 100e6, 102e6, 104e6, 106e6]),
        (4, 4, [2, 3, 4, 5, 6]),
        (0, 0, [-0.6, -0.4, -0.2, 0, 0.2, 0.4, 0.6]),
        (1e-12, 3e-12, [1e-12, 1.5e-12, 2e-12, 2.5e-12, 3e-12]),
    ],
)
def test_ticks_are_round_and_enclose_the_range(low, high, ticks):
    assert ticks_between(low, high) == pytest.approx(ticks)
