"""One period of a revenue that grows: the growth becomes amounts, and then that one is changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgetopt.errors import ScenarioError
from budgetopt.reading.load import load
from budgetopt.scenario.scenario import Scenario

PERIODS = ["FY1", "FY2", "FY3"]


def town(**fund: Any) -> Scenario:
    return Scenario.from_document({
        "periods": PERIODS,
        "funds": {"general": fund, "bond": {"one_time": "2M"}},
        "outcomes": {"good": {"weight": 1}},
        "programs": {"a": {"outcomes": {"good": {"per_dollar": 1}}}},
    })  # fmt: skip


GROWING = town(revenue="1M", growth="3%")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("funds.general.revenue.FY2=5M", [1_000_000, 5_000_000, 1_060_900]),
        ("funds.general.revenue.FY2=-5%", [1_000_000, 978_500, 1_060_900]),
        ("funds.general.revenue.FY3=+100", [1_000_000, 1_030_000, 1_061_000]),
        ("funds.general.revenue={FY2: 5M}", [1_000_000, 5_000_000, 1_060_900]),
        ("funds.general={revenue: {FY2: 5M}}", [1_000_000, 5_000_000, 1_060_900]),
        ("funds.*.revenue.FY1=*2", [2_000_000, 1_030_000, 1_060_900]),
        # all of it: the growth goes on
        ("funds.general.revenue=2M", [2_000_000, 2_060_000, 2_121_800]),
        ("funds.general.revenue=-50%", [500_000, 515_000, 530_450]),
    ],
)
def test_one_period_is_changed(change: str, expected: list[float]) -> None:
    changed = GROWING.with_(change)
    assert changed.revenue("general").tolist() == pytest.approx(expected, abs=1e-6)
    assert changed.revenue("bond").tolist() == [0, 0, 0]


def test_a_growth_given_beside_amounts_is_still_refused() -> None:
    for change in ("funds.general={revenue: {FY2: 5M}, growth: 2%}", "funds.general.revenue={FY2: 5M}"):
        changes = (change, "funds.general.growth=2%")
        with pytest.raises(ScenarioError, match="has a growth, and its revenue is given period by period"):
            GROWING.with_(*changes)


def test_an_extending_file_changes_one_period(tmp_path: Path) -> None:
    GROWING.to_folder(tmp_path / "base")
    top = tmp_path / "top.yaml"
    top.write_text("extends: base\nfunds: {general: {revenue: {FY2: +70k}}}\n")
    layered = load(top)
    assert layered.revenue("general").tolist() == [1_000_000, 1_100_000, 1_060_900]
    # each amount knows where it came from: the file that changed it, or the revenue that grew
    assert "top.yaml" in str(layered.trace("funds.general.revenue.FY2"))
    assert "base" in str(layered.trace("funds.general.revenue.FY3"))
    assert load(layered.to_folder(tmp_path / "flat")).sha256 == layered.sha256


@given(amount=st.integers(0, 10**10), growth=st.integers(-99, 99), period=st.sampled_from(PERIODS))
def test_setting_a_period_to_what_it_is_changes_nothing(amount: int, growth: int, period: str) -> None:
    scenario = town(revenue=amount, growth=f"{growth}%")
    now = scenario.revenue("general")
    changed = scenario.with_((f"funds.general.revenue.{period}", float(now[PERIODS.index(period)])))
    assert np.allclose(changed.revenue("general"), now, rtol=1e-12, atol=1e-6)


@pytest.mark.parametrize(
    ("change", "hint"),
    [
        ("funds.bond.revenue=-60%", "fund 'bond' sets one_time: shift that, or give `revenue` a value of its own"),
        ("funds.bond.revenue=*0.4", "fund 'bond' sets one_time: shift that, or give `revenue` a value of its own"),
        ("funds.bond.reserve=-60%", "fund 'bond' sets one_time: shift that, or write =60%"),
        ("funds.bond.revenue=-60k", "fund 'bond' sets one_time: shift that, or write =60k"),
        ("programs.a.spending.at_most=-5%", "write =5%"),
    ],
)
def test_a_shift_of_what_is_not_set_says_what_is(change: str, hint: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        GROWING.with_(change)
    assert "there is nothing that" in str(caught.value)
    assert str(caught.value).endswith(f"expected: a value of its own\n    hint: {hint}")


def test_what_is_left_out_can_be_added_to() -> None:
    assert GROWING.with_("funds.bond.revenue=+60k").revenue("bond").tolist() == [60_000] * 3
    # a key that may be negative takes the sign as its own
    assert town(revenue=100).with_("funds.general.growth=-10%").revenue("general").tolist() == pytest.approx(
        [100, 90, 81]
    )


def test_a_cut_of_every_fund_leaves_those_alone_that_have_none() -> None:
    changed = GROWING.with_("funds.*.revenue=-5%")
    assert changed.revenue("general")[0] == 950_000
    assert changed.funds["bond"].revenue == 0
    # but one of them must have some
    with pytest.raises(ScenarioError, match="there is nothing that '-5%' could shift"):
        town(one_time=5).with_("funds.*.revenue=-5%")
