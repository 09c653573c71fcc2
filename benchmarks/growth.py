"""How the ways grow with the problem: the exponent of each, and a chart on which both axes are logarithmic.

    python -m benchmarks.growth [out/benchmarks.json] [--chart out/growth.svg]

On such a chart a way whose time grows as a power of the number of programs is a straight line, and its slope the
exponent: 1 where twice the programs take twice the time. The chart needs the extra `charts`.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["chart_of", "exponents", "main"]

Run = dict[str, Any]
ENDINGS = (".svg", ".png", ".html")


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("figures", type=Path, nargs="?", default=Path("out/benchmarks.json"))
    parser.add_argument("--chart", type=Path, help=f"a file to draw: {', '.join(ENDINGS)}")
    arguments = parser.parse_args(argv)
    if arguments.chart is not None and arguments.chart.suffix not in ENDINGS:
        parser.error(f"{arguments.chart} is none of {', '.join(ENDINGS)}")
    runs = json.loads(arguments.figures.read_text(encoding="utf-8"))["runs"]
    for way, exponent in exponents(runs).items():
        print(f"{way:<26}{exponent:>6.2f}")
    if arguments.chart is not None:
        arguments.chart.parent.mkdir(parents=True, exist_ok=True)
        chart_of(runs).save(arguments.chart)
    return 0


def exponents(runs: list[Run]) -> dict[str, float]:
    """Return the exponent of each way that was run on two sizes or more, by least squares."""
    found = {}
    for way in dict.fromkeys(run["way"] for run in runs):
        points = [(run["programs"], run["whole"]) for run in runs if run["way"] == way and run["whole"]]
        if len({programs for programs, _ in points}) > 1:
            sizes, seconds = np.log(np.array(points)).T
            found[way] = float(np.polyfit(sizes, seconds, 1)[0])
    return found


def chart_of(runs: list[Run]) -> Any:
    """Return the chart: a line for each way, told apart by color, by its points and by its name with the exponent."""
    import altair as alt
    import pandas as pd

    slope = exponents(runs)
    rows = [
        {
            "way": f"{run['way']} ({slope[run['way']]:.2f})" if run["way"] in slope else run["way"],
            "programs": run["programs"],
            "seconds": run["whole"],
        }
        for run in runs
        if run["whole"]
    ]
    legend = alt.Legend(title="way (exponent)", labelLimit=300)
    return (
        alt.Chart(pd.DataFrame(rows), width=640, height=420, title="Time of the processor as the problem grows")
        .mark_line(point=True)
        .encode(
            x=alt.X("programs:Q", title="programs", scale=alt.Scale(type="log")),
            y=alt.Y("seconds:Q", title="seconds of the processor, files to plan", scale=alt.Scale(type="log")),
            color=alt.Color("way:N", legend=legend, sort=None),
            shape=alt.Shape("way:N", legend=legend, sort=None),
        )
    )


if __name__ == "__main__":
    sys.exit(main())
