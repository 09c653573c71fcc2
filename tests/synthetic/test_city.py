from dataclasses import replace

import numpy as np
import pytest

import budgetopt as bo
from budgetopt import synthetic
from budgetopt.errors import OptionError
from budgetopt.formulation import Stage
from budgetopt.scenario.model import RULE_KINDS
from budgetopt.solvers import Options, Termination
from budgetopt.solvers.highs import LiveModel

ALL_KINDS = set(RULE_KINDS.values())


def test_same_arguments_give_the_same_city():
    assert synthetic.city(60, seed=7).sha256 == synthetic.city(60, seed=7).sha256


def test_another_seed_gives_another_city():
    assert synthetic.city(60, seed=7).sha256 != synthetic.city(60, seed=8).sha256


@pytest.mark.parametrize(
    "seed", [pytest.param(seed, marks=[pytest.mark.deep] if seed % 3 else []) for seed in range(10)]
)
@pytest.mark.parametrize("features", ["linear", "all"])
def test_what_is_written_reads_back_and_has_a_plan(tmp_path, seed, features):
    programs, funds, periods = 5 + 3 * seed, 1 + (5 * seed) % 9, 1 + seed % 4
    city = synthetic.city(programs, funds, periods, seed, features=features)
    folder = city.to_folder(tmp_path / "city")
    again = bo.load(folder)
    assert again.sha256 == city.sha256
    assert has_a_plan(again)


def has_a_plan(city):
    problem = bo.formulate(city).linear_program
    nothing = Stage("nothing", np.zeros(problem.columns), maximize=False)
    return LiveModel(replace(problem, stages=(nothing,)), Options()).solve().termination is Termination.OPTIMAL


@pytest.mark.deep
@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("features", ["linear", "all"])
def test_every_city_has_a_plan(seed, features):
    assert has_a_plan(synthetic.city(5 + 4 * seed, 1 + seed % 9, 1 + seed % 5, seed, features=features))


@pytest.mark.parametrize("feature", sorted(synthetic.ALL))
def test_each_feature_stands_alone(feature):
    city = synthetic.city(40, periods=3, seed=3, features=feature)
    assert has_a_plan(city)
    assert bo.formulate(city).linear_program.is_integer <= (feature not in synthetic.LINEAR)


@pytest.mark.parametrize("seed", range(5))
def test_a_linear_city_has_no_integer_decisions(seed):
    assert not bo.formulate(synthetic.city(300, seed=seed, features="linear")).linear_program.is_integer


def test_a_linear_city_is_solved_and_audited():
    plan = bo.solve(synthetic.city(60, periods=3, features="linear"))
    assert plan.status is bo.Status.OPTIMAL
    assert plan.audit.accepted


def test_a_city_uses_every_part_of_the_language():
    city = synthetic.city(500)
    assert {type(rule) for rule in city.rules} == ALL_KINDS
    keys = {key.split(".")[0] for key in city.programs.columns}
    assert keys >= {
        *("name", "department", "priority", "tags", "districts", "attributes", "baseline", "spending", "funds"),
        *(
            "if_funded",
            "service",
            "packages",
            "choose",
            "start",
            "uses",
            "inflation",
            "recurring",
            "outcomes",
            "source",
        ),
    }
    funds = city.funds.values()
    for key in ("one_time", "reserve", "structural_balance", "transfers_to", "only", "spending", "starts", "ends"):
        assert any(getattr(fund, key) for fund in funds), key
    for key in ("match", "maintenance_of_effort", "no_supplanting", "growth", "opening_balance"):
        assert any(getattr(fund, key) for fund in funds), key
    assert not all(fund.carryover for fund in funds)
    assert any(outcome.target for outcome in city.outcomes.values())
    sums = [rule for rule in city.rules if getattr(rule, "sum", None)]
    for key in ("by", "each_at_least", "population", "parity", "of", "funds"):
        assert any(getattr(rule, key) for rule in sums), key


def test_sizes_are_unequal_and_baselines_are_near_last_years():
    city = synthetic.city(20_000)
    baseline, last_year = city.programs.baseline(), city.programs.number("attributes.last_year")
    known = baseline[~np.isnan(baseline)]
    assert np.median(known) < 0.6 * known.mean()
    assert np.nanmedian(np.abs(baseline / last_year - 1)) < 0.06
    shares = np.unique(city.programs.text("department").astype(str), return_counts=True)[1] / 20_000
    assert shares.max() > 2 * shares.min()
    landed = sum(
        np.nan_to_num(city.programs.number(f"districts.{name}")) for name in ("north", "south", "east", "west")
    )
    assert (landed <= 1 + 1e-9).all()


def test_curves_bend_down_but_for_s_curves():
    city = synthetic.city(400, features="linear")
    effects = city.effects
    for effect in range(len(effects)):
        points = slice(effects.offsets[effect], effects.offsets[effect + 1])
        slopes = np.abs(np.diff(effects.value[points]) / np.diff(effects.spending[points]))
        assert (np.diff(slopes) < 0).all()


@pytest.mark.deep
def test_a_million_programs():
    city = synthetic.city(1_000_000, features="linear")
    assert len(city.programs) == 1_000_000
    assert len(city.eligible) == 1_000_000


@pytest.mark.parametrize(
    ("arguments", "message"), [((4,), "programs is 4"), ((5, 0), "funds is 0"), ((5, 1, 0), "periods is 0")]
)
def test_too_small_a_city_is_refused(arguments, message):
    with pytest.raises(OptionError, match=message):
        synthetic.city(*arguments)


def test_an_unknown_feature_is_refused_with_the_near_one():
    with pytest.raises(OptionError, match="there is no feature 'linaer'") as caught:
        synthetic.city(5, features="linaer")
    assert "linear" in caught.value.hint
