"""The result document of a small town, worked out by hand, and what is said of one that is changed."""

from __future__ import annotations

import copy
from typing import Any

import pytest

import budgetopt as bo
from budgetopt.allocation.result_seal import document_sha256
from budgetopt.allocation.verify import verify_result
from budgetopt.scenario.scenario import Scenario
from first_format import written_first

# 9 dollars a year: 6 for help, which may have no more, and 3 for the small package; the free service serves all it can
TOWN: dict[str, Any] = {
    "name": "Small town",
    "periods": ["FY1", "FY2"],
    "funds": {
        "general": {
            "name": "General fund",
            "revenue": 10,
            "carryover": False,
            "transfers_to": {"gift": {"at_most": 3}},
        },
        "gift": {"kind": "grant", "revenue": {"FY1": 2}, "only": {"program": "free"}, "carryover": False},
    },
    "outcomes": {
        "helped": {"name": "People helped", "unit": "people", "weight": 5},
        "waiting": {"unit": "days", "weight": 2, "direction": "decrease"},
    },
    "programs": {
        "help": {
            "name": "Help",
            "department": "Health",
            "priority": "First",
            "baseline": 4,
            "spending": {"at_most": 6},
            "outcomes": {"helped": {"per_dollar": 1}, "waiting": {"curve": [[0, 9], [6, 3]]}},
        },
        "pool": {
            "packages": [
                {"cost": 3, "name": "small", "outcomes": {"helped": 2}},
                {"cost": 5, "outcomes": {"helped": 0.25}},
            ]
        },
        "free": {
            "service": {"unit": "hours", "unit_cost": 0, "up_to": 7},
            "outcomes": {"helped": {"per_unit": 0.5}},
        },
    },
    "rules": [{"name": "Cap", "sum": "spending", "at_most": 9, "because": "Charter 4"}],
}


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return Scenario.from_document(TOWN)


@pytest.fixture(scope="module")
def document(scenario: Scenario) -> dict[str, Any]:
    return written_first(bo.solve(scenario))


def test_what_was_sought_and_reached(document: dict[str, Any]) -> None:
    words = {"label": "maximize weighted outcomes", "direction": "maximize"}
    # 23 people at 5 and 6 days at 2
    value = {"value": 103, "bound": 103, "plan_value": 103}
    (stage,) = document["objective"]["stages"]
    assert document["objective"] == {
        **words,
        **value,
        "gap": 0,
        "conceded": None,
        "distance": 0,
        "rounded_to": 0.01,
        "relaxation_bound": 103,
        "stages": [stage],
    }
    assert 0 < stage["tolerance"] < 1e-8
    reached = {"within": 0, "termination": "optimal", "proved": True, "tolerance": stage["tolerance"]}
    assert stage == {**words, **value, **reached}
    assert document["status"] == "optimal"


def test_programs(document: dict[str, Any]) -> None:
    help_, pool, free = document["programs"]
    assert help_ == {
        "id": "help", "name": "Help", "department": "Health", "priority": "First", "baseline": 8, "spending": 12,
        "change": 4, "change_share": 0.5, "by_fund": {"general": 12}, "by_period": {"FY1": 6, "FY2": 6}, "units": {},
        "packages": {}, "outcomes": {"helped": 12, "waiting": 6}, "reason": "at its ceiling",
        "outcome_ranges": {}, "assumed": ["helped", "waiting"],
    }  # fmt: skip
    assert (pool["name"], pool["baseline"], pool["change"], pool["change_share"]) == ("pool", None, 6, None)
    assert (pool["packages"], pool["outcomes"]) == ({"small": ["FY1", "FY2"]}, {"helped": 4})
    assert free["units"] == {"FY1": 7, "FY2": 7}
    assert (free["by_fund"], free["by_period"], free["outcomes"]) == ({}, {"FY1": 0, "FY2": 0}, {"helped": 7})


def test_funds(document: dict[str, Any]) -> None:
    general, gift = document["funds"]
    assert (general["id"], general["name"], general["kind"]) == ("general", "General fund", "general")
    assert (gift["id"], gift["name"], gift["kind"]) == ("gift", "gift", "grant")
    year = {"opening": 0, "one_time": 0, "transfers_in": 0, "transfers_out": 0, "reserve": 0, "price": None,
            "price_less": None}  # fmt: skip
    paid = {"revenue": 10, "spending": 9, "closing": 1}
    assert general["by_period"] == [{"period": period, **year, **paid} for period in ("FY1", "FY2")]
    assert [(row["period"], row["revenue"], row["closing"]) for row in gift["by_period"]] == [
        ("FY1", 2, 2),
        ("FY2", 0, 0),
    ]


def test_outcomes(document: dict[str, Any]) -> None:
    assert document["outcomes"] == [
        {"id": "helped", "name": "People helped", "unit": "people", "direction": "increase", "weight": 5, "baseline": 8,
         "level": 23, "change": 15, "value": 115, "by_period": {"FY1": 11.5, "FY2": 11.5}, "range": None,
         "evidence": {"effects": 3, "with_range": 0, "assumed": 3}},
        {"id": "waiting", "name": "waiting", "unit": "days", "direction": "decrease", "weight": 2, "baseline": 10,
         "level": 6, "change": -4, "value": -12, "by_period": {"FY1": 3, "FY2": 3}, "range": None,
         "evidence": {"effects": 1, "with_range": 0, "assumed": 1}},
    ]  # fmt: skip


def test_rules(document: dict[str, Any]) -> None:
    cap = {"kind": "sum", "name": "Cap", "part": "", "sense": "at most", "value": 9, "bound": 9, "unit": "",
           "binding": True, "price": None, "total_cost": None, "because": "Charter 4"}  # fmt: skip
    assert [rule for rule in document["rules"] if rule["name"] == "Cap"] == [
        {**cap, "period": year} for year in ("FY1", "FY2")
    ]


def test_the_decisions(document: dict[str, Any]) -> None:
    assert document["proof"]["decisions"] == {
        "payments": {"help": {"general": {"FY1": 6, "FY2": 6}}, "pool": {"general": {"FY1": 3, "FY2": 3}}},
        "transfers": {},
        "packages": {"pool": {"small": ["FY1", "FY2"]}},
        "units": {"free": {"FY1": 7, "FY2": 7}},
        "stand_ins": {},
        "rounded_to": 0.01,
    }


def changed(document: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Return the document with a value at a path of keys, sealed again; a value of None takes the key away."""
    copied = copy.deepcopy(document)
    *above, last = path.split("/")
    place: Any = copied
    for key in above:
        place = place[int(key)] if isinstance(place, list) else place[key]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return {**copied, "document_sha256": document_sha256(copied)}


DECISIONS, POINT, STAGE = "proof/decisions", "proof/point", "objective/stages/0"


@pytest.mark.parametrize(
    ("path", "value", "failed", "words"),
    [
        (f"{DECISIONS}/payments/help/general/FY1", 6.005, "audit", "is not in whole cents"),
        (f"{DECISIONS}/payments/help/general/FY3", 1, "audit", "the decisions name the period 'FY3'"),
        (f"{DECISIONS}/payments/help/generale", {"FY1": 1}, "audit", "the decisions name the fund 'generale'"),
        (f"{DECISIONS}/payments/helb", {"general": {"FY1": 1}}, "audit", "the decisions name the program 'helb'"),
        (f"{DECISIONS}/transfers/general", {"gift": {"FY1": 4}}, "audit", "General fund transfers 4 to gift in FY1"),
        (f"{DECISIONS}/transfers/general", {"gift": {"FY1": 1}}, "figures", "transfers_out is 0, and it should be 1"),
        (f"{DECISIONS}/packages/pool/large", ["FY1"], "audit", "the decisions name the package of pool 'large'"),
        (f"{DECISIONS}/packages/pool/small", ["FY3"], "audit", "the decisions name the period 'FY3'"),
        (f"{DECISIONS}/packages/pool/small", ["FY1"], "audit", "pool gets 3 in FY2, and the packages taken cost 0"),
        (f"{DECISIONS}/packages/pool/package 2", ["FY1"], "audit", "pool gets 3 in FY1, and the packages taken cost 8"),
        (f"{DECISIONS}/units/free/FY1", 8, "audit", "free serves 8 hours in FY1, and the most are 7"),
        (f"{DECISIONS}/units/free/FY1", 6.5, "figures", "objective.plan_value is 103, and it should be 101.75"),
        (f"{DECISIONS}/payments/help/general/FY1", 5.9, "figures", "plan_value is 103, and it should be 102.3"),
        # the exact optimum, and what the solver says of it
        (f"{POINT}/package[pool,0,FY1]", None, "proof", "says that it reached 103, and the point has 93"),
        (f"{POINT}/package[pool,0,FY9]", 1, "proof", "the proof speaks of the column 'package[pool,0,FY9]'"),
        (f"{STAGE}/value", 104, "proof", "says that it reached 104, and the point has 103"),
        (f"{STAGE}/value", 102, "figures", "status is 'optimal', and it should be 'best found'"),
        (f"{STAGE}/termination", "lucky", "proof", "a solver does not end 'lucky'"),
        # figures that follow
        ("programs/0/spending", 12.01, "figures", "programs.help.spending is 12.01, and it should be 12"),
        ("outcomes/1/value", 12, "figures", "outcomes.waiting.value is 12, and it should be -12"),
        ("rules/2/bound", 10, "figures", "bound is 10, and it should be 9"),
        ("status", "best found", "figures", "status is 'best found', and it should be 'optimal'"),
    ],
)  # fmt: skip
def test_what_is_changed_is_told(scenario: Scenario, path: str, value: Any, failed: str, words: str) -> None:
    written = written_first(bo.solve(scenario))
    verification = verify_result(changed(written, path, value), scenario)
    wrong = [finding for finding in verification.findings if not finding.passed]
    assert wrong[0].name == failed, str(verification)
    assert words in wrong[0].text
    assert not verification.accepted
    assert not verification.proved
    assert verification.conclusion == "The result is NOT confirmed."


def test_five_of_many_differences_are_told_and_the_rest_is_counted(scenario: Scenario) -> None:
    written = written_first(bo.solve(scenario))
    for at, row in enumerate(written["outcomes"]):
        row.update(unit=f"unit {at}", level=at, change=at, value=at, baseline=at + 1)
    written["document_sha256"] = document_sha256(written)
    (wrong,) = [finding for finding in verify_result(written, scenario).findings if not finding.passed]
    assert wrong.text.count("should be") == 5
    # of both outcomes the unit, the baseline, the level, the change and the value
    assert wrong.text.endswith("; and 5 more")


def test_what_is_confirmed_is_said(scenario: Scenario) -> None:
    written = written_first(bo.solve(scenario))
    verification = verify_result(written, scenario)
    texts = {finding.name: finding.text for finding in verification.findings}
    assert texts["proof"] == "the exact point meets every row; the bound of the relaxation follows from its prices"
    assert texts["audit"].startswith("the plan keeps all ")
    assert verification.conclusion == (
        "Confirmed: the plan keeps every limit of this scenario, and no plan can maximize weighted outcomes better: "
        "the prices prove it."
    )
    # whoever changes something and does not seal again
    broken = verify_result({**written, "status": "best found"}, scenario)
    assert [finding.name for finding in broken.findings if not finding.passed] == ["seal", "figures"]
    unsealed = verify_result({**written, "document_sha256": "0" * 64}, scenario, check_seal=False)
    assert unsealed.accepted
    assert "seal" not in {finding.name for finding in unsealed.findings}


def test_prices_that_prove_each_of_several_objectives() -> None:
    linear = {**TOWN, "programs": {"help": TOWN["programs"]["help"]}, "funds": {"general": {"revenue": 10}}}
    both = {**linear, "objective": [{"maximize": "helped"}, {"minimize": "spending"}]}
    for objectives, many in ((linear, ""), (both, " in each of 2 objectives")):
        scenario = Scenario.from_document(objectives)
        written = written_first(bo.solve(scenario))
        verification = verify_result(written, scenario)
        texts = {finding.name: finding.text for finding in verification.findings}
        assert texts["proof"] == f"value and bound meet{many}: worked out from the prices alone, without a solver"
        assert verification.proved
        last = len(written["objective"]["stages"]) - 1
        raised = written["objective"]["stages"][last]["value"] + 1
        (wrong, *_) = [
            one for one in verify_result(changed(written, f"objective/stages/{last}/value", raised), scenario).findings
            if not one.passed
        ]  # fmt: skip
        assert wrong.name == "proof"
        assert f"objective {last + 1} says that it reached" in wrong.text
