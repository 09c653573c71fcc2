"""Draw scenarios of every kind, solve each, and print how far plans in whole amounts are from the proved bounds.

``python tools/distances.py 3000`` draws so many, half of them counted in a money that makes their amounts thousandths
or billions; the exit code is 1 if a distance is more than what is said of it.
"""

from __future__ import annotations

import sys
from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from drawn import look_at_each

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

FACTORS = (1e-6, 1e-3, 1, 100, 1e3, 1e6)
"""How many of a new money make one of the old, in which drawn budgets are thousands to millions."""
MOST_SHOWN = 5


def main(examples: int) -> int:
    """Measure the distance between value and bound of so many drawn plans."""
    import budgetopt as bo
    from budgetopt.errors import NoAllocationError, ScenarioError

    # these stand in the folder of the tests, which is no package
    drawing, whole, other = (import_module(name) for name in ("strategies", "language.strategies", "transformations"))
    found: list[tuple[float, str]] = []
    kinds: Counter[str] = Counter()

    def measure(kind: str, document: Any) -> None:
        try:
            plan = bo.solve(bo.Scenario.from_document(document))
        except (NoAllocationError, ScenarioError) as error:
            # the words of a drawn scenario may not go together
            kinds[f"{kind}: {error.code}"] += 1
            return
        kinds[f"{kind}: {plan.status}, rounded to {plan.rounded_to:g}"] += 1
        # what the search leaves, or later objectives gave up, is said by the gap
        sign, size = plan.solver_result.stages[0].stage.sign, max(plan.certificate.gap.scale, abs(plan.bound))
        worse, beyond = plan.plan_value - plan.objective_value, plan.bound - plan.plan_value
        rounding = max(sign * worse, sign * beyond, 0.0) / size
        found.append((rounding, f"{kind}: {document}"))

    def in_money(case: Any, factor: float) -> None:
        measure("amounts", other.in_other_money(case.document, factor))

    def in_words(case: Any) -> None:
        measure("language", case.document)

    parts: list[tuple[Any, tuple[Any, ...]]] = [
        (in_money, (drawing.cases(features=drawing.ALL, max_programs=6), st.sampled_from(FACTORS))),
        (in_words, (whole.told(whole=True),)),
    ]
    for check, drawn in parts:
        look_at_each(check, examples // 2, *drawn)
    for kind, count in sorted(kinds.items()):
        print(f"{count:>6,}  {kind}")
    found.sort(key=lambda one: -one[0])
    print(f"{len(found):,} plans; the largest relative distance is {found[0][0]:.3g}")
    for distance, words in found[:MOST_SHOWN]:
        if distance > 1e-7:
            print(f"{distance:.3g}  {words}")
    return 1 if found[0][0] > 1e-7 else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 3_000))
