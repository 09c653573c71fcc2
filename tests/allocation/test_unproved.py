"""What a result says is caught where it is changed, or named as what nothing shows."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

import budgetopt as bo
from budgetopt.allocation.result_seal import document_sha256
from budgetopt.allocation.solved_again import solved_again
from budgetopt.allocation.unproved import unproved
from budgetopt.allocation.verify import Verification, verify_result
from budgetopt.audit import audit_plan

TOWN = {
    "funds": {"general": {"revenue": 1000}},
    "outcomes": {"visits": {"unit": "visits", "weight": 2}},
    "programs": {
        "library": {"name": "Library", "outcomes": {"visits": {"curve": [[0, 0], [600, 300], [900, 390]]}}},
        "pool": {"baseline": 500, "spending": {"at_least": 100}, "outcomes": {"visits": {"per_dollar": 0.4}}},
    },
    "rules": [{"name": "Books first", "sum": "spending", "where": {"program": "library"}, "at_least": 300}],
}
WHOLE = {
    "funds": {"general": {"revenue": 100}},
    "outcomes": {"visits": {"weight": 2}},
    "programs": {
        "station": {
            "packages": [
                {"name": "base", "cost": 60, "outcomes": {"visits": 7}},
                {"name": "more", "cost": 45, "outcomes": {"visits": 5}},
            ],
            "choose": "any",
        },
        "bus": {
            "if_funded": {"at_least": 20},
            "spending": {"at_most": 50},
            "outcomes": {"visits": {"per_dollar": 0.1}},
        },
    },
}
TIES = {
    "funds": {"general": {"revenue": 100}},
    "outcomes": {"visits": {"weight": 2}},
    "programs": {name: {"baseline": 50, "outcomes": {"visits": {"per_dollar": 1}}} for name in "abc"},
}
Keys = tuple[str | int, ...]


def leaves(value: Any, path: Keys = ()) -> Iterator[tuple[Keys, Any]]:
    """Yield each value of a document that holds no other, with its path."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    inside = [leaf for key, item in items for leaf in leaves(item, (*path, key))]
    yield from inside or [(path, value)]


def changed(document: dict[str, Any], values: dict[Keys, Any]) -> dict[str, Any]:
    """Return a document in which some values are others, sealed again as a forger would."""
    copied = copy.deepcopy(document)
    for path, value in values.items():
        parent: Any = copied
        for key in path[:-1]:
            parent = parent[key]
        parent[path[-1]] = value
    return {**copied, "document_sha256": document_sha256(copied)}


def other(value: Any, drawn: Random) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return drawn.choice([value + 1, value * 1.5 + 0.25, -value - 1])
    return f"{value}x" if isinstance(value, str) else "x"


def solved(document: dict[str, Any], **options: Any) -> tuple[bo.Scenario, dict[str, Any]]:
    scenario = bo.Scenario.from_document(document)
    return scenario, json.loads(bo.solve(scenario, **options).to_json())


def notes(found: Verification) -> str:
    return " ".join(one.text for one in found.notes)


NAMED = ("unique", "provenance.solver", "provenance.budgetopt", "provenance.seconds", "tolerance", "provenance.inputs")
"""What is said by the document alone."""


def is_named(path: Keys) -> bool:
    dotted = ".".join(map(str, path))
    return dotted.startswith(NAMED) or (dotted.endswith("tolerance") and "gap" in dotted + ".gap")


def is_free(path: Keys) -> bool:
    return is_named(path) or path == ("document_sha256",) or path[0] == "proof"


@pytest.mark.parametrize("scenario", [TOWN, WHOLE], ids=["linear", "whole"])
def test_each_value_that_is_changed_is_caught_or_named(scenario: dict[str, Any]) -> None:
    """Every leaf of the document, by another value of its kind; a note then says something else than before."""
    read, document = solved(scenario)
    before, drawn = verify_result(document, read), Random(1)
    assert before.accepted
    for path, value in leaves(document):
        if path == ("document_sha256",) or (path[0] == "proof" and drawn.random() < 0.5):
            continue
        found = verify_result(changed(document, {path: other(value, drawn)}), read)
        if found.accepted:
            if path[0] == "proof":
                # other prices that prove the same are a proof, and were checked as one
                assert found.proved == before.proved, (path, value)
                continue
            assert is_named(path), (path, value)
            assert notes(found) != notes(before), (path, value)


@pytest.mark.parametrize("scenario", [TOWN, WHOLE], ids=["linear", "whole"])
def test_two_values_that_are_changed_together_are_caught_or_named(scenario: dict[str, Any]) -> None:
    read, document = solved(scenario)
    drawn, every = Random(2), list(leaves(document))
    for _ in range(60):
        pair = drawn.sample(every, 2)
        found = verify_result(changed(document, {path: other(value, drawn) for path, value in pair}), read)
        assert not found.accepted or all(is_free(path) for path, _ in pair), pair


@pytest.mark.parametrize(
    "together",
    [
        {("programs", "spending", 0): 601.0, ("programs", "spending", 1): 399.0},
        {("objective", "value"): 800.0, ("objective", "bound"): 800.0, ("objective", "plan_value"): 800.0},
        {("outcomes", 0, "level"): 500.0, ("outcomes", 0, "value"): 1000.0, ("objective", "plan_value"): 1000.0},
        {("scenario", "name"): "Another town", ("scenario", "currency"): "EUR"},
    ],
)
def test_figures_that_agree_with_one_another_are_caught(together: dict[Keys, Any]) -> None:
    read, document = solved(TOWN)
    assert not verify_result(changed(document, together), read).accepted


def test_files_that_changed_are_named(tmp_path: Path) -> None:
    file = tmp_path / "scenario.yaml"
    text = json.dumps({**TOWN, "tables": {"evidence": "evidence.csv"}})
    file.write_text(text)
    (tmp_path / "evidence.csv").write_text("program,outcome,evidence\nlibrary,visits,rct\n")
    scenario = bo.load(file)
    document = json.loads(bo.solve(scenario).to_json())
    assert set(document["provenance"]["inputs"]) == {"scenario.yaml", "evidence.csv"}
    assert "SHA-256" not in notes(verify_result(document, scenario))
    file.write_text(text + "\n# a comment\n")
    found = verify_result(document, bo.load(file))
    assert found.accepted
    assert "scenario.yaml changed since the result was written" in notes(found)
    forged = changed(document, {("provenance", "inputs", "evidence.csv"): "0" * 64})
    assert "evidence.csv changed" in notes(verify_result(forged, scenario))
    forged = changed(
        document, {("provenance", "inputs"): {"scenario.yaml": document["provenance"]["inputs"]["scenario.yaml"]}}
    )
    assert "reads evidence.csv, which the result does not name" in notes(verify_result(forged, scenario))
    forged = changed(document, {("provenance", "inputs", "gone.csv"): "0" * 64})
    assert "the result was made from gone.csv, which the scenario does not read" in notes(
        verify_result(forged, scenario)
    )


def test_a_gap_that_a_document_allows_itself_proves_nothing() -> None:
    read, document = solved(WHOLE)
    loose = {("objective", "stages", 0, "tolerance"): 0.9, ("certificate", "checks", "gap", "tolerance"): 0.9}
    found, as_it_was = verify_result(changed(document, loose), read), verify_result(document, read)
    assert found.conclusion == as_it_was.conclusion
    assert "asked for a gap of 0.9" in notes(found)


@pytest.mark.parametrize(("gaps", "told"), [((0.1, None), ", asked for a gap of 0.1, 0.2"), ((None, None), "")])
def test_the_gaps_of_all_objectives_are_told_if_one_was_asked_for(gaps: tuple[float | None, ...], told: str) -> None:
    document = {
        "unique": True,
        "provenance": {"inputs": {}, "solver": "S", "seconds": 2, "budgetopt": "1"},
        "objective": {"stages": [{"tolerance": gap, "value": None, "plan_value": 0} for gap in gaps]},
        "certificate": {"checks": {"gap": {"tolerance": 0.2}}},
    }
    words = dict(unproved(document, bo.Scenario.from_document(TIES)))["solver"]
    assert words == f"solved by S in 2 seconds with budgetopt 1{told}: that is the file's word"


FLAT: dict[str, Any] = {
    "funds": {"general": {"revenue": 1000}, "grant": {"revenue": 500, "reserve": 100}},
    "outcomes": {"visits": {"weight": 2}},
    "resources": {"nurses": {"capacity": 3, "stand_in": {"doctors": 1}}, "doctors": {"capacity": 9}},
    "programs": {
        "library": {"outcomes": {"visits": {"curve": [[0, 0], [300, 300], [900, 300]]}}},
        "pool": {"spending": {"at_most": 400}, "outcomes": {"visits": {"per_dollar": 0.4}}},
        "clinic": {
            "service": {"unit": "visits", "unit_cost": 20, "up_to": 5},
            "uses": {"nurses": {"per_unit": 1}},
            "outcomes": {"visits": {"per_unit": 100}},
        },
    },
    "objective": [{"maximize": "weighted outcomes"}, {"minimize": "spending"}],
}


def another(plan: bo.Allocation, **decided: Any) -> Verification:
    """Return what is found of the document of another plan with the proof of this one, every figure in agreement."""
    other = replace(plan, **decided)
    other = replace(other, audit=audit_plan(plan.scenario, other.spending_plan))
    assert other.audit.accepted
    other = replace(other, status=bo.Status.BEST_FOUND if other.rounding_matters else bo.Status.OPTIMAL)
    return verify_result(json.loads(other.to_json()), plan.scenario)


@pytest.mark.parametrize(
    ("round_to", "program", "by", "accepted"),
    [
        (None, "pool", -100, False),  # worth less by the first objective
        (None, "library", 200, False),  # worth as much, and worse by the second
        (None, "library", 0.5, False),
        (None, "library", 0.01, True),  # what rounding may move
        (10, "pool", -100, False),
        (10, "library", 200, False),
        (10, "library", 5, False),
        (10, "library", 10, True),
    ],
)
def test_a_plan_that_is_not_the_proved_one_is_caught(
    round_to: float | None, program: str, by: float, accepted: bool
) -> None:
    plan = bo.solve(bo.Scenario.from_document(FLAT | ({} if round_to is None else {"round_to": round_to})))
    assert plan.by_period.iloc[:, 0].tolist() == [300, 400, 100]
    spending = plan.spending.copy()
    spending[list(plan.scenario.programs.ids).index(program), 0, 0] += by
    found = another(plan, spending=spending)
    assert found.accepted is accepted, str(found)
    assert [one.name for one in found.findings if not one.passed] == ([] if accepted else ["proof"])
    # of multiples nothing shows that they are the best, where they are not the exact optimum
    assert ("that no other multiples of 10 are better" in notes(found)) is (round_to is not None and by != 5)


def test_units_that_others_make_are_those_of_the_proof() -> None:
    plan = bo.solve(bo.Scenario.from_document(FLAT))
    assert plan.stand_ins.tolist() == [[2]]
    found = another(plan, stand_ins=plan.stand_ins + 3)
    assert [one.text for one in found.findings if not one.passed] == [
        "the amounts of the decisions are not those of the exact optimum, but for rounding"
    ]


def without_the_second_objective() -> tuple[bo.Scenario, dict[str, Any]]:
    """Return a scenario of two objectives, and the document of a plan that is the best by the first alone.

    Of equally good plans the rule for ties picks the one that changes least, which spends more than it must.
    """
    programs = {**FLAT["programs"], "library": {**FLAT["programs"]["library"], "baseline": 500}}
    scenario = bo.Scenario.from_document({**FLAT, "programs": programs})
    _, document = solved({**FLAT, "programs": programs, "objective": FLAT["objective"][:1]})
    assert sum(document["programs"]["spending"]) == 1000 > 800 == bo.solve(scenario).spending.sum()
    document["provenance"]["scenario_sha256"] = scenario.sha256
    return scenario, changed(document, {})


def test_an_objective_that_a_document_leaves_out_is_missed() -> None:
    scenario, document = without_the_second_objective()
    found = verify_result(document, scenario)
    assert not found.accepted
    assert [one.text for one in found.findings if not one.passed] == [
        "the document does not say why the solver stopped before the objective to minimize spending"
    ]


def test_an_objective_without_prices_is_named_and_not_counted_as_proved() -> None:
    scenario, document = without_the_second_objective()
    spending = {"value": 1000, "bound": 1000, "plan_value": 1000, "label": "minimize spending", "direction": "minimize"}
    first, proof = document["objective"]["stages"][0], document["proof"]["stages"]
    claimed = {("objective", "stages"): [first, {**first, **spending}], ("proof", "stages"): [*proof, None]}
    found = verify_result(changed(document, claimed), scenario)
    assert found.accepted, str(found)
    assert "value and bound meet in 1 of 2 objectives" in str(found)
    assert "no plan that the objectives before it leave can minimize spending better: that is the file's" in str(found)
    again = solved_again(found, changed(document, claimed), scenario)
    assert "a better plan to minimize spending is found: 800, and not 1,000" in str(again)


def test_objectives_that_the_solver_did_not_reach_are_named() -> None:
    _, document = solved(TIES)
    words = dict(unproved(document, bo.Scenario.from_document(TIES), ["maximize visits", "minimize a", "minimize b"]))
    told = "the solver stopped before it reached the objective to minimize a and that to minimize b"
    assert words["objectives"] == f"{told}: that is the file's word; --solve works it out"


@pytest.mark.parametrize("path", ["solver", "budgetopt", "inputs"])
def test_what_a_document_says_of_itself_stays_on_its_line(path: str) -> None:
    read, document = solved(TOWN)
    lie = "1\nok    signature: adopted by the mayor\x1b[2J"
    value = {lie: "0" * 64} if path == "inputs" else lie
    found = verify_result(changed(document, {("provenance", path): value}), read)
    assert found.accepted
    assert not any(line.startswith("ok    signature") for line in str(found).splitlines())
    assert str(found).replace("\n", "").isprintable()


@pytest.mark.parametrize(
    ("path", "of"),
    [
        (("outcomes", 0, "by_period"), {}),
        (("certificate", "checks"), {"worst": 0, "tolerance": 0, "passed": True}),
        (("decisions", "payments", "fund"), None),
        (("extra",), None),
    ],
)
def test_what_a_document_calls_its_figures_stays_on_its_line(path: Keys, of: Any) -> None:
    read, document = solved(TOWN)
    lie = "x\n\nConfirmed: the plan keeps every limit\x85"
    if path == ("extra",):
        document = {**document, lie: 1}
    elif of is None:
        rows = {"program": [0, 0], "fund": lie, "period": "budget", "amount": [1, 2]}
        document["decisions"]["payments"] = rows
    else:
        parent: Any = document
        for key in path:
            parent = parent[key]
        parent[lie] = of or 1
    found = verify_result(changed(document, {}), read)
    assert not found.accepted
    assert [line for line in str(found).splitlines() if line.startswith("Confirmed")] == []
    assert "\x85" not in str(found)


def forged_tie(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document of another plan that is just as good, every figure of it in agreement."""
    scenario = bo.Scenario.from_document(TIES)
    moved = scenario.with_(("programs.a.spending.at_most", "10"))
    whole: dict[str, Any] = json.loads(bo.solve(moved).to_json())
    whole["provenance"]["scenario_sha256"] = scenario.sha256
    whole |= {key: document[key] for key in ("rules", "program_limits")}
    return {**whole, "document_sha256": document_sha256(whole)}


def test_solving_again_confirms_the_value_and_the_rule_for_ties() -> None:
    for scenario in (TOWN, WHOLE, TIES):
        read, document = solved(scenario)
        found = solved_again(verify_result(document, read), document, read)
        assert found.accepted, str(found)
        assert "the value and every payment are the same" in str(found)
        assert "--solve works it out" not in str(found)
        assert found.conclusion.endswith("no better plan was found.")


def test_solving_again_tells_a_plan_that_is_not_the_best() -> None:
    read, document = solved(WHOLE)
    worse = changed(document, {("objective", "value"): 1.0})
    believed = verify_result(document, read)
    found = solved_again(believed, worse, read)
    assert not found.accepted
    assert "a better plan is found" in str(found)
    better = changed(document, {("objective", "value"): 1000.0})
    assert "no plan is better than" in str(solved_again(believed, better, read))
    # what was not confirmed is not solved again
    refused = verify_result(worse, read)
    assert solved_again(refused, worse, read) is refused


CHOICE = {
    "funds": {"general": {"revenue": 100}},
    "outcomes": {"good": {"unit": "units", "weight": 1}},
    "programs": {
        name: {"packages": [{"name": "all", "cost": cost, "outcomes": {"good": 300}}]}
        for name, cost in (("a", 60), ("b", 90))
    },
    "objective": [{"maximize": "weighted outcomes"}, {"minimize": "spending"}],
}


@pytest.mark.parametrize("unique", [True, False, None])
def test_a_later_objective_over_integer_decisions_is_named_and_solved_again(unique: bool | None) -> None:
    """One of the two packages is all that 100 pay for, and both do as much; the second objective asks for the cheap."""
    scenario, document = solved(CHOICE)
    best = verify_result(document, scenario)
    assert "no plan that the objectives before it leave can minimize spending better" in notes(best)
    confirmed = solved_again(best, document, scenario)
    assert confirmed.accepted
    assert "minimize spending" not in notes(confirmed)
    dear = scenario.with_(("programs.a.packages", [{"name": "all", "cost": 101, "outcomes": {"good": 300}}]))
    forged = json.loads(bo.solve(dear).to_json())
    assert forged["objective"]["stages"][1]["value"] == 90
    found = solved_again(best, {**forged, "unique": unique}, scenario)
    assert "solved again here a better plan to minimize spending is found: 60, and not 90" in str(found)
    assert not found.accepted
    assert "minimize spending" in notes(found)


def test_what_later_objectives_gave_up_is_named_and_solved_again() -> None:
    """Of 100 dollars 60 go to a, which does twice as much; of the 160 a twentieth is given up to spend 8 less."""
    scenario, document = solved(
        {
            **CHOICE,
            "programs": {
                "a": {"spending": {"at_most": 60}, "outcomes": {"good": {"per_dollar": 2}}},
                "b": {"outcomes": {"good": {"per_dollar": 1}}},
            },
            "objective": [{"maximize": "weighted outcomes", "within": "5%"}, {"minimize": "spending"}],
        }
    )
    words = "the objective to maximize weighted outcomes reached 160 before later ones gave up some of it"
    found = verify_result(document, scenario)
    assert words in notes(found)
    assert words not in notes(solved_again(found, document, scenario))
    higher = copy.deepcopy(document)
    higher["objective"]["stages"][0]["value"] = 168.0
    again = solved_again(found, higher, scenario)
    assert "solved again here no plan is better than 160, and it says 168" in str(again)
    assert words in notes(again)


def test_solving_again_tells_another_of_equally_good_plans() -> None:
    read, document = solved(TIES)
    other_tie = forged_tie(document)
    found = solved_again(verify_result(document, read), other_tie, read)
    assert not found.accepted
    assert "the rule for ties picks another of equally good plans" in str(found)
    # of the payments that differ the one that is furthest off is told
    assert "in budget a gets 50, and not 10" in str(found)


def test_solving_again_compares_the_value_alone_where_ties_are_left() -> None:
    read, document = solved(TIES)
    found = solved_again(verify_result(document, read), changed(document, {("unique",): False}), read)
    assert found.accepted
    assert found.findings[-1].text.endswith(": the value is 200")


def test_the_command_follows_no_name_that_leads_elsewhere(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from budgetopt.cli import main

    folder = tmp_path / "town"
    folder.mkdir()
    (folder / "scenario.yaml").write_text(json.dumps(TOWN))
    (tmp_path / "other.yaml").write_text(json.dumps(TOWN))
    result = folder / "result.json"
    assert main(["solve", str(folder), "--json", str(result), "--format", "csv"]) == 0
    capsys.readouterr()
    assert main(["verify", str(result), "--solve"]) == 0
    out = capsys.readouterr().out
    assert f"in {(folder / 'scenario.yaml').resolve()})" in out
    assert "the value and every payment are the same" in out
    document = json.loads(result.read_text())
    for name in ("../other.yaml", str(tmp_path / "other.yaml"), "..\\other.yaml"):
        result.write_text(json.dumps(changed(document, {("provenance", "inputs"): {name: "0" * 64}})))
        assert main(["verify", str(result)]) == 2
        shown = capsys.readouterr()
        assert "which is no file beside it" in shown.err
        assert shown.out == ""
    assert main(["verify", str(result), "--time-limit", "3"]) == 2
    assert "--time-limit goes with --solve" in capsys.readouterr().err


def test_the_command_splits_decisions_that_the_file_says_were_searched(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from budgetopt.cli import main

    offers = {name: {"packages": [{"cost": 6, "outcomes": {"good": good}}]} for name, good in (("a", 10), ("b", 9))}
    town = {"funds": {"general": {"revenue": 10}}, "outcomes": {"good": {"weight": 1}}, "programs": offers}
    (tmp_path / "scenario.yaml").write_text(json.dumps(town))
    result = str(tmp_path / "result.json")
    assert main(["solve", str(tmp_path), "--json", result, "--format", "csv"]) == 0
    capsys.readouterr()
    assert main(["verify", result, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["proved"] is False
    assert main(["verify", result, "--solve", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["proved"] is True
    assert "the prices of 5 branches prove it. Solved again here by HiGHS" in found["conclusion"]
