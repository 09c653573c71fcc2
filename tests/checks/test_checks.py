"""What is written wrong, beside the files in tests/bad_scenarios, and what is no error."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgetopt.checks import notes
from budgetopt.errors import ScenarioError
from budgetopt.scenario import Scenario
from small_scenarios import town
from strategies import ALL, Case, cases

M = 1_000_000


def messages(document: dict[str, Any]) -> list[str]:
    try:
        Scenario.from_document(document)
    except ScenarioError as error:
        return [f"{problem.message} [{problem.code}]" for problem in error.problems]
    return []


def test_the_town_is_well_formed() -> None:
    assert messages(town()) == []


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
        "outcome 'seen' has no weight and no target: it is reported, and no part of the objective",
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
