"""Draw scenarios, work out again each sentence of their stories and each reason that `explain` gives, and count.

``python tools/story_claims.py 3000`` draws so many for the stories and as many for the reasons. It prints how many of
each kind were checked and how many failed; the exit code is 1 if one is not true, and its scenario is printed.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from typing import Any

from drawn import look_at_each

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

MOST_SHOWN = 10


class Counts:
    """How many sentences of each kind were checked over drawn plans, and what is wrong with those that failed."""

    def __init__(self, check: Callable[[Any], Iterable[Any]]) -> None:
        self.check = check
        self.plans = 0
        self.checked: Counter[str] = Counter()
        self.failed: Counter[str] = Counter()
        self.problems: list[str] = []

    def add(self, case: Any) -> None:
        """Check every sentence about the plan of a drawn scenario."""
        self.plans += 1
        for found in self.check(case):
            self.checked[found.kind] += 1
            if found.problem:
                self.failed[found.kind] += 1
                self.problems.append(f"{found.problem}\n  in {json.dumps(case.document, default=str)}")

    def print(self, what: str) -> None:
        """Print the counts."""
        print(f"{what} of {self.plans:,} plans")
        width = max(map(len, self.checked), default=0)
        for kind, count in sorted(self.checked.items()):
            print(f"  {kind:<{width}} {count:>7,} checked {self.failed[kind]:>5,} failed")
        for problem in self.problems[:MOST_SHOWN]:
            print(problem)


def main(examples: int) -> int:
    """Check the stories and the reasons of so many drawn scenarios, half of them with all-or-nothing decisions."""
    import budgetopt as bo

    # these stand in the folder of the tests, which is no package
    drawing, telling = import_module("strategies"), import_module("language.strategies")
    sentences, reasons = import_module("story_checks").checked, import_module("reason_checks").checked_reasons
    story = Counts(lambda case: sentences(bo.solve(case.scenario)))
    for features in (drawing.CONVEX, drawing.ALL):
        look_at_each(story.add, examples // 2, drawing.cases(features=features, max_programs=5))
    story.print("Sentences of the stories")
    explained = Counts(lambda case: reasons(case.document, bo.solve(case.scenario)))
    for concave in (True, False):
        look_at_each(explained.add, examples // 2, telling.told(concave=concave, max_programs=5))
    explained.print("Reasons that `explain` gives")
    return 1 if story.problems or explained.problems else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 3000))
