"""What can be seen to be wrong without solving, beside the files in tests/bad_scenarios: sums, and what is no error."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgetopt.checks import notes
from budgetopt.errors import ScenarioError
from budgetopt.scenario import Scenario
from strategies import ALL, Case, cases

M = 1_000_000


def town(**changes: Any) -> dict[str, Any]:
    """Return a small town; ``funds__general__revenue=5`` changes a value, None takes a key away."""
    document: dict[str, Any] = {
        "periods": ["t1", "t2", "t3"],
        "funds": {"general": {"revenue": 10}, "grant": {"revenue": 4, "only": {"tags": "housing"}}},
        "outcomes": {"helped": {"weight": 2}},
        "programs": {
            "police": {
                "department": "Police",
                "baseline": 6,
                "outcomes": {"helped": {"per_dollar": 1, "evidence": "rct"}},
            },
            "shelter": {
                "department": "Housing",
                "tags": ["housing"],
                "baseline": 3,
                "outcomes": {"helped": {"unit_cost": 2, "evidence": "expert"}},
            },
        },
        "rules": [],
    }
    document = deepcopy(document)
    for path, value in changes.items():
        *above, last = path.split("__")
        place = document
        for key in above:
            place = place.setdefault(key, {})
        if value is None:
            del place[last]
        else:
            place[last] = value
    return document


def messages(document: dict[str, Any]) -> list[str]:
    try:
        Scenario.from_document(document)
    except ScenarioError as error:
        return [f"{problem.message} [{problem.code}]" for problem in error.problems]
    return []


def test_the_town_is_well_formed() -> None:
    assert messages(town()) == []


def floor(program: str, value: Any) -> dict[str, Any]:
    return {f"programs__{program}__spending__at_least": value}


ENOUGH = [
    floor("police", 10),
    floor("police", {"t1": 10, "t2": 10, "t3": 10}),
    floor("police", {"t1": 5, "t2": 5, "t3": 20}),  # carried over
    {**floor("police", 10), **floor("shelter", 4)},
    {**floor("police", 8), **floor("shelter", 6)},  # the grant pays four of them
    {**floor("police", 12), "funds__general__opening_balance": 6},
    {**floor("police", 12), "funds__general__one_time": 2},
    {
        **floor("police", 12),
        "funds__spare": {"revenue": 2, "only": {"tags": "housing"}, "transfers_to": {"general": {"at_most": 2}}},
    },
    {
        **floor("police", 9),
        "funds__general__reserve": 3,
    },  # 30 in all, 27 for police, 3 left at the end; 1 and 2 before that
    {"funds__general__reserve": {"at_least": "100%", "of": "revenue"}},
    {"funds__general__reserve": {"at_least": "500%", "of": "spending"}},
    {**floor("police", 10), "funds__general__structural_balance": True},
    {**floor("police", {"t1": 11}), "funds__general__one_time": 5, "funds__general__structural_balance": True}
    | {"programs__police__recurring": False},
    {"rules": [{"name": "r", "sum": "spending", "at_least": 14}]},
    {"rules": [{"name": "r", "sum": "spending", "at_least": 10, "funds": ["general"]}]},
    {"rules": [{"name": "r", "sum": "spending", "at_least": 42, "each": "total"}]},
    {"rules": [{"name": "r", "sum": "spending", "at_least": "100%", "of": "revenue"}]},
    {"rules": [{"name": "r", "sum": "spending", "at_least": "150%", "of": "baseline"}]},
    {"rules": [{"name": "r", "sum": "spending", "at_least": "100%", "of": "total spending"}]},
    {"funds__general__transfers_to": {"grant": {"at_least": 10, "at_most": 12}}},
]
"""Everything here can just be met."""


def _with_reserves_that_fit(changes: dict[str, Any]) -> dict[str, Any]:
    # a reserve holds at the close of every period, so the floor of the first one leaves less
    return (
        {**changes, "programs__police__spending__at_least": {"t1": 7, "t2": 10, "t3": 10}}
        if "funds__general__reserve" in changes
        else changes
    )


@pytest.mark.parametrize("changes", ENOUGH, ids=str)
def test_what_can_just_be_met_is_no_error(changes: dict[str, Any]) -> None:
    if "funds__general__reserve" in changes and "programs__police__spending__at_least" in changes:
        changes = _with_reserves_that_fit(changes)
    assert messages(town(**changes)) == []


TOO_MUCH = [
    (
        floor("police", 10.01),
        "the floor of program 'police' asks fund 'general' for 10.01 in t1, and it has at most 10",
    ),
    (
        floor("police", {"t3": 30.5}),
        "the floor of program 'police' asks fund 'general' for 30.50 from t1 to t3, and it has at most 30",
    ),
    (
        {**floor("police", {"t2": 11}), "funds__general__carryover": False},
        "the floor of program 'police' asks fund 'general' for 11 in t2, and it has at most 10",
    ),
    (
        {**floor("police", 10), **floor("shelter", 4.5)},
        (
            "the floors of 2 programs ('police' 10, 'shelter' 4.50) ask the funds general, grant together "
            "for 14.50 in t1, and they have at most 14"
        ),
    ),
    (
        {**floor("police", 12), "funds__general__opening_balance": 5},
        "the floor of program 'police' asks fund 'general' for 36 from t1 to t3, and it has at most 35",
    ),
    (
        {**floor("police", 9), "funds__general__reserve": 2},
        "the floor of program 'police' asks fund 'general' for 9 in t1, and it has at most 8",
    ),
    (
        {**floor("police", 9), "funds__general__transfers_to": {"grant": {"at_least": 2, "at_most": 3}}},
        "the floor of program 'police' asks fund 'general' for 9 in t1, and it has at most 8",
    ),
    (
        {**floor("police", 11), "funds__general__one_time": 5, "funds__general__structural_balance": True},
        "the floor of program 'police' asks fund 'general' for 11 in t1, and its recurring revenue is 10",
    ),
    (
        {"rules": [{"name": "r", "sum": "spending", "at_least": 14.5}]},
        "rule 'r' asks the funds general, grant together for 14.50 in t1, and they have at most 14",
    ),
    (
        {"rules": [{"name": "r", "sum": "spending", "at_least": 11, "funds": ["general"]}]},
        "rule 'r' asks fund 'general' for 11 in t1, and it has at most 10",
    ),
    (
        {"rules": [{"name": "r", "sum": "spending", "equals": 43, "each": "total"}]},
        "rule 'r' asks the funds general, grant together for 43 from t1 to t3, and they have at most 42",
    ),
    (
        {"rules": [{"name": "r", "sum": "spending", "at_least": "101%", "of": "revenue"}]},
        "rule 'r' asks the funds general, grant together for 14.14 in t1, and they have at most 14",
    ),
    (
        {**floor("shelter", 6)}
        | {"rules": [{"name": "r", "sum": "spending", "at_least": 9, "where": {"department": "Police"}}]},
        (
            "the floor of program 'shelter' and rule 'r' ask the funds general, grant together for 15 in t1, "
            "and they have at most 14"
        ),
    ),
    (
        {"funds__general__reserve": 11},
        "fund 'general' must keep 11 in t1, and has at most 10",
    ),
    (
        {"funds__general__reserve": 11, "funds__general__carryover": False, "funds__general__opening_balance": 5},
        "fund 'general' must keep 11 in t2, and has at most 10",
    ),
    (
        {"funds__general__transfers_to": {"grant": {"at_least": 11, "at_most": 12}}},
        "fund 'general' must transfer 11 in t1, and has at most 10",
    ),
]


@pytest.mark.parametrize(("changes", "expected"), TOO_MUCH, ids=str)
def test_what_can_never_be_met_is_told(changes: dict[str, Any], expected: str) -> None:
    found = messages(town(**changes))
    assert len(found) == 1
    assert found[0].partition(": ")[2] == f"{expected} [above-the-money]"


def test_a_scenario_above_the_money_can_still_be_looked_at() -> None:
    document = town(**floor("police", 11))
    assert messages(document)
    assert len(Scenario.from_document(document, check_sums=False).programs) == 2


def test_the_smallest_group_of_funds_is_named_and_not_the_larger_ones() -> None:
    document = town(**floor("police", 50), funds__other={"revenue": 1, "only": {"tags": "housing"}})
    assert len(messages(document)) == 1


@given(cases(features=ALL))
def test_no_scenario_that_has_a_plan_is_refused(case: Case) -> None:
    if case.feasible:
        assert messages(case.document) == []


@given(cases(features=ALL), st.data())
def test_floors_at_the_plan_itself_are_never_refused(case: Case, data: st.DataObject) -> None:
    if not case.feasible:
        return
    document = deepcopy(case.document)
    names = data.draw(st.sets(st.sampled_from(list(document["programs"]))))
    for name in names:
        paid = {
            period: sum(
                float(amount)
                for (program, _, when), amount in case.spending.items()
                if (program, when) == (name, period)
            )
            for period in document["periods"]
        }
        document["programs"][name].setdefault("spending", {})["at_least"] = paid
    assert messages(document) == []


def test_one_mistake_in_many_programs_is_told_ten_times_and_counted() -> None:
    programs = {f"p{number}": {"baseline": 1, "spending": {"at_least": 3, "at_most": 2}} for number in range(25)}
    found = messages(town(programs=programs, funds__grant__only=None))
    assert len(found) == 10
    assert sum("(and so for 15 more programs)" in message for message in found) == 1


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        # what depends on a wrong value is not told as a second mistake
        ({"programs__police__baseline": "x", "programs__police__spending": {"at_least": "50%"}}, ["number"]),
        ({"funds__general__revenue": "x", "programs__police__spending": {"at_least": 9}}, ["number"]),
        ({"programs__shelter__tags": 3.5}, ["list"]),
        ({"programs__police__funds": ["x"], "programs__police__spending": {"at_least": 1}}, ["unknown-fund"]),
        ({"programs__police__outcomes__helped": {"per_dollar": "x"}}, ["number"]),
        ({"outcomes__helped__weight": "x"}, ["number"]),
        ({"outcomes": {"helped": 5}}, ["mapping"]),
        ({"funds": {"general": 5, "grant": 4}}, ["mapping", "mapping"]),
        ({"objective": {"maximize": "x"}}, ["unknown-objective"]),
        ({"objective": {"maximise": "helped"}}, ["unknown-key"]),
        ({"rules": [{"name": "r", "sum": "spending", "at_least": "x"}]}, ["number"]),
        ({"rules": [{"name": "r", "sum": "spending", "at_least": "1%", "of": "revenu"}]}, ["not-possible"]),
        ({"programms": {}, "programs": None}, ["unknown-key"]),
        # and mistakes that have nothing to do with one another are all told
        (
            {
                "funds__general__revenue": "x",
                "outcomes__helped__direction": "up",
                "programs__police__funds": ["gneral"],
            },
            ["number", "not-possible", "unknown-fund"],
        ),
        (
            {
                "rules": [
                    5,
                    {"name": "a", "sum": "spending"},
                    {"name": "b", "sum": "spending", "at_least": 1, "funds": ["x"]},
                ]
            },
            ["mapping", "no-bound", "unknown-fund"],
        ),
    ],
    ids=str,
)
def test_each_mistake_is_told_once(changes: dict[str, Any], codes: list[str]) -> None:
    found = [message.rpartition("[")[2].rstrip("]") for message in messages(town(**changes))]
    assert sorted(found) == sorted(codes)


def test_rules_keep_their_number_when_one_before_them_is_wrong() -> None:
    rules = [5, {"name": "b", "sum": "spending", "at_least": 1, "where": {"department": "Polise"}}]
    assert any(
        message.startswith("rules.b.where.department: no program has 'Polise'")
        for message in messages(town(rules=rules))
    )


def test_nothing_is_remarked_on_where_there_is_nothing_to_remark() -> None:
    assert notes(Scenario.from_document(town())) == []


NOTES = [
    (
        {"programs__new": {"outcomes": {"helped": {"per_dollar": 1, "evidence": "rct"}}}}
        | {"rules": [{"name": "Steady", "change": {"at_most": "10%"}}]},
        "program 'new' has no baseline and is new: limits on change leave it alone",
    ),
    (
        {"programs__police__baseline": None, "programs__shelter__baseline": None}
        | {"rules": [{"name": "Steady", "change": {"at_most": "10%"}}]},
        "2 programs have no baseline and are new: limits on change leave them alone: police, shelter",
    ),
    (
        {"programs__police__baseline": None}
        | {"rules": [{"name": "Steady", "change": {"at_most": "10%"}, "where": {"department": "Police"}}]},
        "rule 'Steady' limits nothing: none of its programs has a baseline",
    ),
    ({"resources": {"nurses": {"capacity": 3}}}, "no program uses resource 'nurses'"),
    ({"outcomes__visits": {"weight": 1}}, "no program has an effect on outcome 'visits'"),
    (
        {"outcomes__helped__weight": -2},
        "outcome 'helped' has a negative weight: `direction: decrease` with a positive one is plainer",
    ),
    (
        {"outcomes__seen": {"unit": "x"}, "programs__police__outcomes__seen": {"per_dollar": 1, "evidence": "rct"}},
        "outcome 'seen' has no weight and no target: it is reported and not sought",
    ),
    (
        {"programs__police__outcomes": None},
        "program 'police' has no effect on any outcome, so it gets only what limits and rules ask for",
    ),
    (
        {"programs__police__outcomes__helped__evidence": None},
        "1 of 2 effects does not say how it is known (`evidence`)",
    ),
    ({"programs__police__outcomes__helped__evidence": "assumption"}, "1 of 2 effects is an assumption"),
    (
        {"funds__general__only": {"department": "Housing"}},
        "program 'police' may be paid for by no fund, so it gets nothing",
    ),
    (
        {"programs__police__funds": ["general", "grant"]},
        "program 'police' names a fund whose `only` excludes it, so that fund pays nothing for it",
    ),
    ({"programs__police__districts": {"north": "60%"}}, "the districts of program 'police' add up to less than 100%"),
    ({"funds__spare": {"kind": "capital"}}, "fund 'spare' has no money"),
    ({"funds__general__revenue": {"t1": 10, "t2": 10}}, "fund 'general' has no revenue in t3"),
    ({"programs__police__funds": [], "programs__shelter__funds": ["general"]}, "fund 'grant' may pay for no program"),
    (
        {"objective": {"minimize": "spending"}},
        "the cheapest plan spends nothing: there is no target, floor or rule that asks for more",
    ),
    (
        {"programs__shelter__department": "POLICE"},
        "'Police' and 'POLICE' are two values of 'department': are they one?",
    ),
]


@pytest.mark.parametrize(("changes", "note"), NOTES, ids=str)
def test_what_may_be_meant_otherwise_is_remarked_on(changes: dict[str, Any], note: str) -> None:
    assert note in notes(Scenario.from_document(town(**changes)))


@given(cases(features=ALL))
def test_remarks_are_sentences_about_any_scenario(case: Case) -> None:
    for note in notes(case.scenario):
        assert note
        assert "{" not in note
        assert "None" not in note
