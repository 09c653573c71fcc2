"""Which fund may pay for which program, and what each pays of the baselines now."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import budgetopt as bo
from budgetopt.audit.eligibility import may_pay
from budgetopt.checks import notes
from budgetopt.scenario.payers import local_baselines


def town(program: dict[str, Any], **more: Any) -> bo.Scenario:
    """Return a town of three funds, a program `p`, a library and new homes."""
    return bo.Scenario.from_document(
        {
            "name": "Three funds",
            "funds": {
                "general": {"revenue": 100},
                "grant": {"kind": "grant", "revenue": 100, "only": {"tags": "housing"}},
                "parking": {"revenue": 100},
            },
            "programs": {
                "p": {"tags": ["housing"], **program},
                "library": {"baseline": 10},
                "homes": {"tags": ["housing"]},
            },
            "objective": {"minimize": "largest cut"},
            **more,
        }
    )


@pytest.mark.parametrize(
    ("program", "payers"),
    [
        # nothing said: every fund whose `only` admits it
        ({"baseline": 10}, ["general", "grant", "parking"]),
        ({"baseline": 10, "tags": []}, ["general", "parking"]),
        # those that pay now
        ({"baseline_by_fund": {"general": 6, "grant": 4}}, ["general", "grant"]),
        # a fund that pays nothing now is none of them, and where all pay nothing nobody is left out
        ({"baseline_by_fund": {"general": 6, "grant": 0}}, ["general"]),
        ({"baseline_by_fund": {"general": 0}}, ["general", "grant", "parking"]),
        # what is written comes first
        ({"baseline_by_fund": {"general": 6}, "funds": ["parking"]}, ["parking"]),
        ({"baseline_by_fund": {"general": 6}, "funds": []}, []),
        # fixed parts name their funds
        ({"baseline": 10, "fund_shares": {"general": "50%", "parking": "50%"}}, ["general", "parking"]),
        (
            {"baseline_by_fund": {"general": 10}, "fund_shares": {"general": "50%", "parking": "50%"}},
            ["general", "parking"],
        ),
        ({"baseline_by_fund": {"general": 10}, "fund_shares": {"parking": "100%"}}, ["parking"]),
        # `only` binds a fund that pays now, too
        ({"baseline_by_fund": {"general": 6, "grant": 4}, "tags": []}, ["general"]),
        ({"baseline_by_fund": {"grant": 4}, "tags": []}, []),
    ],
)
def test_who_may_pay(program: dict[str, Any], payers: list[str]) -> None:
    scenario = town(program)
    funds = list(scenario.funds)
    assert [funds[at] for at in np.flatnonzero(scenario.eligible[0])] == payers
    if "fund_shares" not in program:  # of fixed parts the audit has a check of its own
        assert np.array_equal(may_pay(scenario), scenario.eligible)
    assert scenario.eligible[1].tolist() == [True, False, True]


def test_the_parts_of_the_baselines_that_some_funds_pay() -> None:
    program = {"baseline": 30, "baseline_by_fund": {"general": 6, "grant": 4}, "inflation": "10%"}
    scenario = town(program, periods=["F1", "F2"])
    general, others = np.array([True, False, False]), np.array([False, True, True])
    # 60% of 30 and of 33; nothing says who pays for the library, so that all of it counts
    assert np.allclose(local_baselines(scenario, general), [[18, 19.8], [10, 10], [0, 0]])
    assert np.allclose(local_baselines(scenario, others), [[12, 13.2], [10, 10], [0, 0]])


def test_a_baseline_is_the_sum_of_its_parts_unless_it_is_given() -> None:
    assert town({"baseline_by_fund": {"general": 6, "grant": 4}}).programs["p"].baseline == 10
    assert town({"baseline_by_fund": {"general": 6}, "baseline": 9}).programs["p"].baseline == 9
    by_period = town({"baseline_by_fund": {"general": 6}, "baseline": {"F2": 9}}, periods=["F1", "F2"])
    assert by_period.programs["p"].baseline == {"F2": 9}


@pytest.mark.parametrize(
    ("change", "baseline"),
    [
        ("programs.p.baseline_by_fund.general=7", 11),
        ("programs.p.baseline_by_fund.general=-50%", 7),
        ("programs.p.baseline_by_fund.parking=5", 15),
        ("programs.*.baseline_by_fund.grant=0", 6),
        ("programs.p.baseline=-10%", 9),
        ("programs.p.baseline=20", 20),
    ],
)
def test_a_baseline_that_is_the_sum_stays_it(tmp_path: Path, change: str, baseline: float) -> None:
    scenario = town({"baseline_by_fund": {"general": 6, "grant": 4}})
    assert scenario.with_(change).programs["p"].baseline == baseline
    # the same after it was written, where the sum stands beside its parts
    assert bo.load(scenario.to_folder(tmp_path / "s")).with_(change).programs["p"].baseline == baseline


@pytest.mark.parametrize(
    ("layer", "baseline"),
    [
        ("baseline: -10%", 9),
        ("baseline: 20", 20),
        ("baseline_by_fund: {general: 7}", 11),
        ("baseline_by_fund: {general: +50%}", 13),
        ("baseline_by_fund: {general: 7}, baseline: 30", 30),
    ],
)
def test_a_file_that_extends_another_changes_the_sum(tmp_path: Path, layer: str, baseline: float) -> None:
    base = "name: Base\nfunds: {general: {revenue: 9}, grant: {revenue: 9}}\nobjective: {minimize: largest cut}\n"
    (tmp_path / "base.yaml").write_text(base + "programs: {p: {baseline_by_fund: {general: 6, grant: 4}}}\n")
    (tmp_path / "top.yaml").write_text(f"extends: base.yaml\nprograms: {{p: {{{layer}}}}}\n")
    assert bo.load(tmp_path / "top.yaml").programs["p"].baseline == baseline


def test_a_baseline_that_was_given_stays_when_a_part_is_changed() -> None:
    scenario = town({"baseline": 12, "baseline_by_fund": {"general": 6, "grant": 4}})
    assert scenario.with_("programs.p.baseline_by_fund.general=7").programs["p"].baseline == 12


def test_what_a_fund_pays_can_be_taken_away() -> None:
    scenario = town({"baseline_by_fund": {"general": 6, "grant": 4}})
    assert scenario.without("programs.p.baseline_by_fund.grant").programs["p"].baseline == 6
    without = scenario.without("programs.p.baseline_by_fund").programs["p"]
    assert (without.baseline, without.baseline_by_fund) == (10, {})


def test_what_does_not_agree_with_the_parts_is_noted() -> None:
    remark = "the parts in `baseline_by_fund` of program 'p' add up to another sum than its baseline: they are taken in"
    assert any(note.startswith(remark) for note in notes(town({"baseline": 12, "baseline_by_fund": {"general": 6}})))
    remark = "a fund pays for program 'p' by `baseline_by_fund`, and may not pay for it by other keys"
    for other in ({"tags": []}, {"funds": ["general"]}):
        assert any(note.startswith(remark) for note in notes(town({"baseline_by_fund": {"grant": 6}, **other})))
    agreed = notes(town({"baseline": 6, "baseline_by_fund": {"grant": 6}}))
    assert not any("baseline_by_fund" in note for note in agreed)
