"""Small scenarios of which HiGHS once found no end, each solved by a process that is stopped if it takes too long."""

import json
import subprocess
import sys

import pytest

# a simplification that goes on for ever, before the search begins
FIXED_COST = {
    "funds": {"general": {"revenue": 1000, "transfers_to": {"other": {"at_most": 5000}}}, "other": {}},
    "outcomes": {"served": {"weight": 1}},
    "programs": {"clinic": {"if_funded": {"fixed_cost": 2000}, "outcomes": {"served": {"per_dollar": 1}}}},
}
# a correction of a proof that ends without an answer, and then without an end by the interior point method
CORRECTION = {
    "periods": ["FY1", "FY2"],
    "funds": {
        "general": {"reserve": 500000, "revenue": {"FY1": 2100000, "FY2": 2000000}},
        "first": {"reserve": {"at_least": 250000}, "opening_balance": 5000000},
        "other": {"revenue": {"FY1": 2600000}},
    },
    "outcomes": {"good": {"weight": 10}, "idle": {"weight": 1}},
    "programs": {
        "a": {"baseline": 900000, "outcomes": {"good": {"unit_cost": 250, "up_to": 50}}},
        "b": {"tags": ["building"], "baseline": 1600000, "outcomes": {"idle": {"unit_cost": 250}}},
        "c": {
            "outcomes": {"good": {"per_dollar": 0.0002}, "idle": {"curve": [[0, 0], [100000, 147], [200000, 181]]}},
            "funds": ["other"],
        },
        "d": {
            "outcomes": {"good": {"per_dollar": 0.003}, "idle": {"curve": [[0, 900], [1500000, 1755]]}},
            "funds": ["other"],
        },
        "e": {
            "outcomes": {"good": {"per_dollar": 0.003}, "idle": {"unit_cost": 12000, "up_to": 50}},
            "spending": {"at_most": 1100000},
        },
        "f": {"outcomes": {"good": {"per_dollar": 0.0002}, "idle": {"curve": [[0, 0], [1000000, -2940]]}}},
    },
    "rules": [
        {"name": "one", "sum": "spending", "of": "baseline", "funds": ["general", "first"], "at_most": "180.5%"},
        {
            "name": "two",
            "where": {"program": ["a"]},
            "sum": "spending",
            "of": "total spending",
            "at_least": {"FY1": "0.0%", "FY2": "24.3%"},
        },
        {"name": "three", "where": {"tags": "building"}, "periods": ["FY2"], "change": {"increase_at_most": "0%"}},
    ],
}
SOLVE = (
    "import json, sys, budgetopt as bo\n"
    "plan = bo.solve(bo.Scenario.from_document(json.load(sys.stdin)))\n"
    "print(plan.proved, plan.objective_value)"
)


@pytest.mark.parametrize(("document", "value"), [(FIXED_COST, 0.0), (CORRECTION, 168235.8348765432)])
def test_a_solve_ends(document, value):
    done = subprocess.run(
        [sys.executable, "-c", SOLVE], input=json.dumps({"name": "Small", **document}),
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    proved, reached = done.stdout.split()
    assert proved == "True"
    assert float(reached) == pytest.approx(value)
