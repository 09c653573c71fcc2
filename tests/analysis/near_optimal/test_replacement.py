"""What is lost if a program did not exist: by hand, and against solving a scenario in which it gets nothing."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import budgetopt as bo
from small_scenarios import drawn_packages

PROGRAMS = {
    "pool": {"spending": {"at_least": 10, "at_most": 60}, "outcomes": {"good": {"per_dollar": 3}}},
    "park": {"department": "Parks", "outcomes": {"good": {"per_dollar": 2}}},
    "books": {"outcomes": {"good": {"curve": [[0, 5], [50, 55]]}}},
}


def town(*rules: dict[str, object], **more: object) -> bo.Scenario:
    """Return a town whose best plan gives the pool 60, the park 40 and books nothing, worth 260."""
    return bo.Scenario.from_document(
        {
            "funds": {"general": {"revenue": 100}},
            "outcomes": {"good": {"weight": 1}},
            "programs": PROGRAMS,
            "rules": list(rules),
            **more,
        }
    )


def test_the_money_goes_where_it_is_worth_most_then() -> None:
    table = bo.replacement_values(town()).set_index("program")
    # without the pool the park gets 100; its floor of 10 asks for nothing then. Without the park books get 40
    assert table["value"].tolist() == pytest.approx([205, 225, 265])
    assert table["lost"].tolist() == pytest.approx([60, 40, 0])
    assert table["spending"].tolist() == pytest.approx([60, 40, 0])
    assert table["lost_per_dollar"].tolist()[:2] == pytest.approx([1, 1])
    assert np.isnan(table.loc["books", "lost_per_dollar"])
    assert table["lost_share"].tolist() == pytest.approx([60 / 265, 40 / 265, 0])
    assert set(table["note"]) == {""}
    assert set(table["unit"]) == {"USD"}


def test_rules_on_changes_ask_nothing_of_a_program_that_does_not_exist() -> None:
    scenario = town({"name": "Steady", "change": {"at_most": "50%", "from": "baseline"}}).with_(
        "programs.pool.baseline=50",
        "programs.park.baseline=40",
        "objective=[{maximize: weighted outcomes}, {minimize: change from baseline}]",
    )
    table = bo.replacement_values(scenario).set_index("program")
    # the park may rise to 60, and books are new
    assert table.loc["pool", "value"] == pytest.approx(2 * 60 + 5 + 40)
    assert table.loc["park", "value"] == pytest.approx(3 * 60 + 5 + 40)


def test_a_program_that_other_limits_ask_for() -> None:
    rule = {"name": "Parks", "sum": "spending", "where": {"department": "Parks"}, "at_least": 20}
    table = bo.replacement_values(town(rule)).set_index("program")
    assert np.isnan(table.loc["park", "value"])
    assert table.loc["park", "note"] == "no plan keeps every limit without it"
    # the model is put back after it
    assert table.loc["books", "lost"] == 0
    assert bo.replacement_values(town(rule), ["Parks"])["program"].tolist() == ["park"]
    with pytest.raises(bo.UnknownNameError, match="no program or department named 'prk'"):
        bo.replacement_values(town(), ["prk"])


@pytest.mark.parametrize("seed", range(4))
def test_packages_against_every_combination(seed: int) -> None:
    cost, good, document = drawn_packages(seed, 70)
    scenario = bo.Scenario.from_document(document)
    combinations = np.array(list(itertools.product((0, 1), repeat=6)))
    fits = combinations[combinations @ cost <= 70]
    best = (fits @ good).max()
    lost = [best - (fits[fits[:, at] == 0] @ good).max() for at in range(6)]
    table = bo.replacement_values(scenario)
    assert table["lost"].tolist() == pytest.approx(lost)


def test_the_same_in_two_processes_and_as_a_command(capsys: pytest.CaptureFixture[str]) -> None:
    plan = bo.solve(town())
    assert bo.replacement_values(plan).equals(bo.replacement_values(plan, machines=bo.Machines(workers=2)))
    from budgetopt.cli import main

    assert main(["prices", "scenarios/classics/wyndor", "--replacement", "--format", "csv"]) == 0
    assert capsys.readouterr().out.startswith("program,name,spending,value,lost,lost_share,lost_per_dollar,unit,note\n")
    assert main(["prices", "scenarios/classics/wyndor", "--replacement", "--hold"]) == 2


@pytest.mark.parametrize("within", [0.0, 0.1])
def test_what_later_objectives_give_up_is_no_loss_by_a_program(within: float) -> None:
    goals = [{"maximize": "weighted outcomes", "within": within}, {"minimize": "spending"}]
    plan = bo.solve(town(objective=goals))
    assert plan.plan_value == pytest.approx(265 * (1 - within))
    table = bo.replacement_values(plan)
    alone = bo.replacement_values(town())
    assert table["lost"].tolist() == pytest.approx([60, 40, 0], abs=1e-6)
    assert table["lost_share"].tolist() == pytest.approx(alone["lost_share"].tolist(), abs=1e-9)
