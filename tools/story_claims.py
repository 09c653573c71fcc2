"""Draw scenarios, work out each sentence of their stories again, and print how many were checked and how many failed.

``python tools/story_claims.py 3000`` draws so many; the exit code is 1 if a sentence is not true, and the
scenario is printed.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import Any

from drawn import look_at_each

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

MOST_SHOWN = 10


def main(examples: int) -> int:
    """Check the stories of so many drawn scenarios, half of them with all-or-nothing decisions."""
    import budgetopt as bo

    # these stand in the folder of the tests, which is no package
    checked, drawing = import_module("story_checks").checked, import_module("strategies")

    total: Counter[str] = Counter()
    problems: list[tuple[str, str]] = []
    plans = 0

    def check(case: Any) -> None:
        nonlocal plans
        plans += 1
        for claim in checked(bo.solve(case.scenario)):
            total[claim.kind] += 1
            if claim.problem:
                problems.append((claim.kind, f"{claim.problem}\n  in {json.dumps(case.document, default=str)}"))

    for features in (drawing.CONVEX, drawing.ALL):
        strategy = drawing.cases(features=features, max_programs=5)
        look_at_each(check, examples // 2, strategy)
    failed = Counter(kind for kind, _ in problems)
    print(f"{plans:,} plans")
    for kind, count in total.items():
        print(f"{kind:<10} {count:>7,} checked {failed[kind]:>5,} failed")
    for _, problem in problems[:MOST_SHOWN]:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 3000))
