"""The justice scenario: its derived figures follow from the published ones, and its plan from its figures."""

from __future__ import annotations

import csv
import importlib.util
import math
from pathlib import Path
from statistics import NormalDist
from types import ModuleType

import pytest

import budgetopt as bo

FOLDER = Path(__file__).parents[2] / "scenarios" / "justice"


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def derivation() -> ModuleType:
    spec = importlib.util.spec_from_file_location("justice_derive", FOLDER / "derive.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def plan() -> bo.Allocation:
    return bo.solve(bo.load(FOLDER))


def published() -> dict[str, dict[str, str]]:
    source = {(row["program"], row["dollar_year"]): row for row in rows("wsipp_programs.csv")}
    return {
        choice["program"]: source[choice["source_program"], choice["dollar_year"]]
        for choice in rows("choices.csv")
        if choice["program"]
    }


def test_the_derived_files_are_what_the_derivation_gives(derivation: ModuleType) -> None:
    for name, expected in derivation.derive().items():
        filled = [{key: value for key, value in row.items() if value} for row in rows(name)]
        assert filled == [{key: value for key, value in row.items() if value} for row in expected], name


def test_the_published_figures_add_up() -> None:
    for row in rows("wsipp_programs.csv"):
        total, net = float(row["total_benefits_per_participant"]), float(row["benefits_minus_costs"])
        if row["net_program_cost_per_participant"]:
            assert total - float(row["net_program_cost_per_participant"]) == pytest.approx(net, abs=1.01)
        if row["other_benefits"]:
            keys = ("taxpayer_benefits", "participant_benefits", "other_benefits", "indirect_benefits")
            assert sum(float(row[key]) for key in keys) == pytest.approx(total, abs=2.01)


def test_every_published_row_is_used_or_left_out_for_a_reason() -> None:
    choices = rows("choices.csv")
    assert len(choices) == len(rows("wsipp_programs.csv")) == 27
    for choice in choices:
        assert bool(choice["program"]) != bool(choice["left_out_because"])
        assert bool(choice["program"]) == bool(choice["participants_at_most"])
    used = [choice["program"] for choice in choices if choice["program"]]
    assert len(used) == len(set(used)) == 18


def test_nothing_that_saves_money_outright_is_bought() -> None:
    for row in published().values():
        assert not row["net_program_cost_per_participant"] or float(row["net_program_cost_per_participant"]) > 0


def test_benefits_per_dollar_are_the_published_ratio() -> None:
    effects = {(row["program"], row["outcome"]): row for row in rows("evidence.csv")}
    for program, row in published().items():
        ratio = float(effects[program, "benefits"]["per_dollar"])
        assert ratio == pytest.approx(float(row["benefit_cost_ratio"]), rel=0.01)


def test_a_normal_error_of_that_size_gives_the_published_chance() -> None:
    effects = {(row["program"], row["outcome"]): row for row in rows("evidence.csv")}
    for program, row in published().items():
        effect = effects[program, "benefits"]
        if not row["chance_benefits_exceed_costs"]:
            assert not effect["std_error"]
            continue
        benefits, net = float(row["total_benefits_per_participant"]), float(row["benefits_minus_costs"])
        error = float(effect["std_error"].rstrip("%")) / 100 * abs(benefits)
        chance = 1 - NormalDist(net, error).cdf(0)
        expected = min(max(float(row["chance_benefits_exceed_costs"]), 0.005), 0.995)
        assert chance == pytest.approx(expected, abs=0.0006)


def test_costs_are_in_dollars_of_2023() -> None:
    index = {row["year"]: float(row["index"]) for row in rows("cpi_u.csv")}
    effects = {(row["program"], row["outcome"]): row for row in rows("evidence.csv")}
    for program, row in published().items():
        cost = row["net_program_cost_per_participant"] or "4142"
        inflated = float(cost) * index["2023"] / index[row["dollar_year"]]
        assert float(effects[program, "participants"]["unit_cost"]) == pytest.approx(inflated, abs=0.006)


def test_ceilings_are_labelled_as_assumptions() -> None:
    assert all(row["spending.because"].startswith("Assumption: ") for row in rows("ceilings.csv"))
    scenario = bo.load(FOLDER)
    assert all(rule.because.startswith("Assumption: ") for rule in scenario.rules)
    assert scenario.funds["what_works"].description.startswith("Assumption: ")


def test_the_parts_of_the_benefits_add_up_to_the_whole(plan: bo.Allocation) -> None:
    level = plan.outcomes["level"]
    parts = [name for name in level.index if name not in ("benefits", "participants")]
    assert len(parts) == 5
    assert level[parts].sum() == pytest.approx(level["benefits"], rel=2e-4)  # whole dollars were published


def test_the_plan(plan: bo.Allocation) -> None:
    assert plan.proved
    spending = plan.programs["spending"]
    assert spending.sum() == pytest.approx(40e6, abs=0.01)
    # what does harm, or less good than the margin, gets nothing
    for program in ("life_skills", "methadone_post_release", "juvenile_chemical_dependency", "healthy_families"):
        assert spending[program] == 0
    # the margin: the best of the uncertain programs and the best of the certain ones that are left
    assert spending["nurse_family_partnership"] == pytest.approx(4e6, abs=0.01)
    assert spending["early_childhood"] == pytest.approx(12e6, abs=0.01)
    ceilings = {row["program"]: float(row["spending.at_most"]) for row in rows("ceilings.csv")}
    assert 0 < spending["reentry_community_safety"] < ceilings["reentry_community_safety"]
    at_ceiling = [program for program in spending.index if math.isclose(spending[program], ceilings[program])]
    assert len(at_ceiling) == 8


def test_the_prices_follow_from_the_two_programs_at_the_margin(plan: bo.Allocation) -> None:
    """One more dollar goes 60 cents to the certain programs and 40 to the others, as the rule demands."""
    ratio = {row["program"]: float(row["per_dollar"]) for row in rows("evidence.csv") if row["outcome"] == "benefits"}
    certain, other, family = (
        ratio[name] for name in ("reentry_community_safety", "early_childhood", "nurse_family_partnership")
    )
    rules = plan.rules.set_index("name")["price"]
    assert rules["Most of the money where benefits are nearly certain"] == pytest.approx(other - certain)
    assert rules["Prevention keeps a tenth"] == pytest.approx(other - family)
    money = 0.6 * certain + 0.4 * other - 0.1 * (other - family)
    assert plan.funds["price"].iloc[0] == pytest.approx(money)
