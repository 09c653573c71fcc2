"""What stands under `residents` is read, written and compared, and changes nothing of a plan."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.report.residents.towns import town

from budgetopt.errors import ScenarioError
from budgetopt.reading import load
from budgetopt.scenario.scenario import Scenario


def scenario(**changes: Any) -> Scenario:
    return Scenario.from_document({**town(), **changes})


def test_it_is_no_part_of_the_fingerprint_and_what_was_asked_for_is() -> None:
    plain = scenario()
    assert scenario(residents={}).sha256 == plain.sha256
    assert plain.with_("programs.shelter.requested=4M").sha256 != plain.sha256


def test_it_is_written_and_reads_back(tmp_path: Path) -> None:
    plain = scenario()
    path = tmp_path / "town.yaml"
    path.write_text(plain.to_yaml(), encoding="utf-8")
    again = load(path)
    assert again.document.residents == plain.document.residents
    assert again.sha256 == plain.sha256


def test_what_was_asked_for_may_stand_in_a_table(tmp_path: Path) -> None:
    (tmp_path / "programs.csv").write_text(
        "program,baseline,requested.FY2027,outcomes.visits.per_dollar\nlibrary,1M,1.5M,0.2\n", encoding="utf-8"
    )
    text = (
        "periods: [FY2027, FY2028]\nfunds: {general: {revenue: 2M}}\noutcomes: {visits: {weight: 1}}\n"
        "tables: {programs: programs.csv}\n"
    )
    (tmp_path / "scenario.yaml").write_text(text, encoding="utf-8")
    asked, _ = load(tmp_path).programs.per_period("requested", ["FY2027", "FY2028"])
    assert asked[0, 0] == 1.5e6
    assert asked[0, 1] != asked[0, 1]


@pytest.mark.parametrize("day", ["2027-02-30", "12.5.2027", "soon", ""])
def test_a_day_is_a_day_of_the_calendar(day: str) -> None:
    with pytest.raises(ScenarioError, match="is no date"):
        scenario(residents={"until": day})
