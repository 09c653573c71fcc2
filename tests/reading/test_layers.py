# ruff: noqa: E501 (messages are compared as they are printed)
"""Files that extend others: what is merged, shifted and taken away, and where every value came from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.measures import few

from budgetopt.errors import InputError, OptionError, Place, ScenarioError
from budgetopt.reading.load import load
from budgetopt.scenario.amounts import Share
from budgetopt.scenario.scenario import Scenario

BASE = """\
name: Base
periods: [A, B]
funds:
  general: {revenue: 118M, reserve: 16%, only: {department: [Fire, Parks]}}
  grant: {revenue: {A: 3M, B: 2M}}
outcomes:
  visits: {unit: visits, weight: 4}
tables: {programs: programs.csv, evidence: evidence.csv}
programs:
  pool:
    department: Parks
    baseline: 3M
    outcomes: {visits: {per_dollar: 0.2}}
  station:
    department: Fire
    packages:
      - {name: base, cost: 9M, outcomes: {visits: 40}}
      - {name: boat, cost: 1M, outcomes: {visits: 4}}
rules:
  - {name: Floor, sum: spending, at_least: 12%, of: baseline, where: {department: Parks}}
  - {name: Move, change: {at_most: 15%}, because: tradition, where: {department: Fire}}
"""
PROGRAMS = "program,department,baseline,spending.at_most\nlibrary,Parks,2M,6M\nhall,Parks,1M,90%\n"
EVIDENCE = "program,outcome,unit_cost\nlibrary,visits,5\nhall,visits,6\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    base = tmp_path / "base"
    base.mkdir()
    (base / "scenario.yaml").write_text(BASE)
    (base / "programs.csv").write_text(PROGRAMS)
    (base / "evidence.csv").write_text(EVIDENCE)
    return tmp_path


def write(folder: Path, text: str, name: str = "top/scenario.yaml") -> Path:
    file = folder / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)
    return file


def extended(folder: Path, text: str) -> Scenario:
    return load(write(folder, f"extends: ../base\n{text}"))


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(ScenarioError) as caught:
        extended(folder, text)
    return str(caught.value).replace(f"{folder}/", "")


def test_a_file_that_says_nothing_more_is_the_same_scenario(folder: Path) -> None:
    base, top = load(folder / "base"), extended(folder, "")
    assert top.sha256 == base.sha256
    assert top.document == base.document


def test_mappings_merge_and_values_shift(folder: Path) -> None:
    top = extended(
        folder,
        "name: Top\n"
        "funds:\n"
        "  general: {revenue: -5%, reserve: {of: spending}, opening_balance: 1M}\n"
        "  grant: {revenue: {B: +1M}}\n"
        "  bond: {kind: capital, revenue: 7M}\n"
        "outcomes: {visits: {weight: +1}}\n",
    )
    assert top.name == "Top"
    assert [fund.revenue for fund in top.funds.values()] == [112.1e6, {"A": 3e6, "B": 3e6}, 7e6]
    assert top.funds["general"].reserve is not None
    assert (top.funds["general"].reserve.at_least, top.funds["general"].reserve.of) == (Share(0.16), "spending")
    assert top.outcomes["visits"].weight == 5
    assert top.outcomes["visits"].unit == "visits"


@pytest.mark.parametrize(
    ("written", "weight"),
    [("6", 6), ("+6", 10), ("-3", 1), ("=-3", -3), ("-50%", 2), ('"*3"', 12), ("-1e0", 3), ("+.5", 4.5), ("=+2", 2)],
)
def test_a_sign_shifts_and_its_absence_sets(folder: Path, written: str, weight: float) -> None:
    assert extended(folder, f"outcomes:\n  visits:\n    weight: {written}\n").outcomes["visits"].weight == weight


def test_in_what_is_new_a_sign_is_a_sign(folder: Path) -> None:
    assert extended(folder, "outcomes: {harm: {weight: -4}}\n").outcomes["harm"].weight == -4
    assert (
        load(write(folder, BASE.replace("weight: 4", "weight: +4"), "base/scenario.yaml")).outcomes["visits"].weight
        == 4
    )


def test_one_amount_becomes_one_for_each_period(folder: Path) -> None:
    assert extended(folder, "funds: {general: {revenue: {B: -10%}}}").funds["general"].revenue == {
        "A": 118e6,
        "B": 106.2e6,
    }


def test_rules_merge_by_name(folder: Path) -> None:
    top = extended(
        folder,
        "rules:\n"
        "  - {name: Move, change: {at_most: '*2', increase_at_most: 50%}}\n"
        "  - {name: New, sum: spending, at_most: 500M}\n",
    )
    assert [rule.name for rule in top.rules] == ["Floor", "Move", "New"]
    move = top.rules[1]
    assert move.because == "tradition"
    assert (move.change.at_most, move.change.increase_at_most) == (Share(0.3), Share(0.5))  # type: ignore[union-attr]


def test_programs_merge_whether_a_file_or_a_table_says_them(folder: Path) -> None:
    top = extended(
        folder,
        "programs:\n"
        "  library: {baseline: -300_000, spending: {at_most: {B: -1M}}, note: cut}\n"
        "  pool: {baseline: '*2', outcomes: {visits: {per_dollar: +0.1}}}\n"
        "  station: {packages: [{name: boat, cost: +200k}, {name: crane, cost: 5}]}\n"
        "  slide: {department: Parks, baseline: 1M, outcomes: {visits: {per_dollar: 1}}}\n",
    )
    programs = top.programs
    assert programs.ids.tolist() == ["library", "hall", "pool", "station", "slide"]
    library = programs["library"]
    assert (library.baseline, library.note) == (1.7e6, "cut")
    assert library.spending is not None
    assert library.spending.at_most == {"A": 6e6, "B": 5e6}
    assert programs["pool"].baseline == 6e6
    assert programs["pool"].outcomes["visits"].per_dollar == pytest.approx(0.3)
    assert [package.cost for package in programs["station"].packages or ()] == [(9e6,), (1.2e6,), (5,)]
    assert programs["hall"].outcomes["visits"].unit_cost == 6


def test_tables_of_a_file_stand_beside_it_and_cover_what_is_below(folder: Path) -> None:
    write(folder, "program,baseline,name\nhall,5M,City hall\nmuseum,1M,Museum\n", "top/more.csv")
    write(folder, "program,outcome,unit_cost\nlibrary,visits,7\nmuseum,visits,8\n", "top/effects.csv")
    top = extended(
        folder, "tables: {programs: more.csv, evidence: effects.csv}\nprograms: {museum: {department: Parks}}\n"
    )
    assert top.programs.ids.tolist() == ["library", "hall", "pool", "station", "museum"]
    assert top.programs.number("baseline").tolist()[:2] == [2e6, 5e6]
    assert top.programs.names().tolist()[1] == "City hall"
    assert top.programs.number("outcomes.visits.unit_cost").tolist()[:2] == [7, 6]
    assert top.programs["museum"].department == "Parks"
    assert sorted(top.inputs) == [
        "../base/evidence.csv",
        "../base/programs.csv",
        "../base/scenario.yaml",
        "effects.csv",
        "more.csv",
        "scenario.yaml",
    ]


def test_remove(folder: Path) -> None:
    top = extended(
        folder,
        "remove: [rules.Floor, funds.grant, programs.hall, programs.pool.outcomes, programs.station.packages.boat, funds.general.only]\n"
        "programs: {pool: {outcomes: {visits: {unit_cost: 3}}}}\n",
    )
    assert [rule.name for rule in top.rules] == ["Move"]
    assert list(top.funds) == ["general"]
    assert top.funds["general"].only is None
    assert top.programs.ids.tolist() == ["library", "pool", "station"]
    assert top.programs["pool"].outcomes["visits"].unit_cost == 3
    assert [package.name for package in top.programs["station"].packages or ()] == ["base"]
    assert top.places.of("rules", 0, "change") == Place(str(folder / "base" / "scenario.yaml"), 21, 26)


def test_layers_on_layers(folder: Path) -> None:
    write(
        folder,
        "extends: ../base\nfunds: {general: {revenue: -50%}}\nprograms: {library: {baseline: '*2'}}\n",
        "middle/m.yaml",
    )
    top = load(
        write(
            folder, "extends: ../middle/m.yaml\nfunds: {general: {revenue: +1M}}\nprograms: {library: {baseline: +1}}\n"
        )
    )
    assert top.funds["general"].revenue == 60e6
    assert top.programs["library"].baseline == 4_000_001


class TestTrace:
    def trace(self, folder: Path, scenario: Scenario, path: str) -> list[tuple[str, Any]]:
        return [(str(place).replace(f"{folder}/", ""), value) for place, value in scenario.trace(path)]

    def test_through_files_tables_and_changes(self, folder: Path) -> None:
        write(
            folder,
            "extends: ../base\nfunds: {general: {revenue: -50%}}\nprograms: {library: {baseline: +1}}\n",
            "middle/m.yaml",
        )
        write(folder, "program,baseline\nlibrary,9M\n", "top/more.csv")
        top = load(
            write(
                folder,
                "extends: ../middle/m.yaml\ntables: {programs: more.csv}\nfunds: {general: {revenue: {B: +1M}}}\n",
            )
        )
        top = top.with_("funds.general.revenue.B=*2", "programs.library.baseline=7")
        assert self.trace(folder, top, "funds.general.revenue.B") == [
            ("base/scenario.yaml:4:22", "118M"),
            ("middle/m.yaml:2:28", 59_000_000),
            ("top/scenario.yaml:3:32", 60_000_000),
            ("<set> funds.general.revenue.B=*2", 120_000_000),
        ]
        assert self.trace(folder, top, "programs.library.baseline") == [
            ("base/programs.csv:2:3", 2e6),
            ("middle/m.yaml:3:32", 2_000_001),
            ("top/more.csv:2:2", 9e6),
            ("<set> programs.library.baseline=7", 7),
        ]
        assert self.trace(folder, top, "programs.library.outcomes.visits.unit_cost") == [("base/evidence.csv:2:3", 5)]
        assert self.trace(folder, top, "rules.Move.change.at_most") == [("base/scenario.yaml:21:36", "15%")]

    def test_of_one_file(self, folder: Path) -> None:
        base = load(folder / "base")
        assert self.trace(folder, base, "funds.general.reserve.at_least") == [("base/scenario.yaml:4:37", "16%")]
        assert self.trace(folder, base, "funds.general.one_time") == [("None", 0.0)]
        assert self.trace(folder, base, "programs.hall.note") == [("None", "")]

    def test_what_was_never_in_a_file(self) -> None:
        scenario = Scenario.from_document(
            {"funds": {"g": {"revenue": 5}}, "programs": {"a": {}}, "objective": {"minimize": "spending"}}
        )
        assert scenario.trace("funds.g.revenue") == [(None, 5)]

    def test_of_a_selection(self) -> None:
        scenario = Scenario.from_document(
            {
                "funds": {"g": {"revenue": 5, "only": {"program": ["a", "b"]}}},
                "programs": {"a": {}, "b": {}},
                "objective": {"minimize": "spending"},
            }
        )
        assert scenario.trace("funds.g.only.program.2") == [(None, "b")]
        # what does not stand there came from nowhere
        for part in ("3", "c", "not"):
            assert scenario.trace(f"funds.g.only.program.{part}") == [(None, None)]

    def test_of_a_shift_by_period(self, folder: Path) -> None:
        top = extended(folder, "programs: {library: {spending: {at_most: {B: -1M}}}}")
        assert self.trace(folder, top, "programs.library.spending.at_most") == [
            ("base/programs.csv:2:4", 6e6),
            ("top/scenario.yaml:2:46", {"A": 6e6, "B": 5e6}),
        ]

    @pytest.mark.parametrize(
        "path", ["funds.x.revenue", "programs.x.baseline", "programs.hall.basline", "funds.general.revenu"]
    )
    def test_what_leads_nowhere(self, folder: Path, path: str) -> None:
        with pytest.raises(InputError):
            load(folder / "base").trace(path)

    def test_several_values(self, folder: Path) -> None:
        for path in ("funds.*.revenue", "programs.*.baseline"):
            with pytest.raises(OptionError, match="means"):
                load(folder / "base").trace(path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("funds: {general: {revenue: -200M}}", "top/scenario.yaml:2:28: `revenue` of fund 'general': -82000000 is negative"),
        ("funds: {general: {reserve: -1%}}", "top/scenario.yaml:2:28: `reserve.at_least` of fund 'general': -1% of 16% could mean two things"),
        ("funds: {general: {revenu: 5}}", "top/scenario.yaml:2:19: unknown key 'revenu' in fund 'general'"),
        ("rules: [{name: Floor, equals: 5%}]", "both equals and another limit"),
        ("rules: [{name: Floor, equals: +5}]", "top/scenario.yaml:2:31: `equals` of rule number 1: there is nothing that '+5' could shift"),
        ("remove: [rules.Flor]", "top/scenario.yaml:2:10: there is no rule 'Flor' [unknown-rule]\n    expected: one of: Floor, Move\n    hint: did you mean 'Floor'?"),
        ("remove: [programs.library.note]", "top/scenario.yaml:2:10: nothing stands at programs.library.note"),
        ("remove: [5]", "top/scenario.yaml:2:10: 5 is no path"),
        ("remove: [a..b]", "top/scenario.yaml:2:10: 'a..b' is no path"),
        ("remove: [outcomes.visits]", "unknown outcome 'visits'"),
        ("programs: {library: {basline: 5}}", "top/scenario.yaml:2:22: unknown key 'basline' in program 'library'"),
        ("programs: {library: 5}", "top/scenario.yaml:2:21: program 'library': 5 is not a mapping"),
        ("programs: {library: {baseline: -9M}}", "top/scenario.yaml:2:32: `baseline` of program 'library': -7000000 is negative"),
        ("programs: {library: {outcomes: {visits: {per_dollar: 1}}}}", "the effect of program 'library' on 'visits' is given twice, as per_dollar and as unit_cost"),
        ("programs: {new: {basline: 5}}", "top/scenario.yaml:2:18: unknown key 'basline' in program 'new'"),
        ("tables: {evidence: e.csv}", "top/scenario.yaml:2:20: there is no file 'e.csv'"),
    ],
)  # fmt: skip
def test_mistakes_stand_in_the_file_that_makes_them(folder: Path, text: str, expected: str) -> None:
    assert expected in refusal(folder, text)


def test_a_table_and_its_file_do_not_set_one_key_twice(folder: Path) -> None:
    write(folder, "program,baseline\nlibrary,9M\n", "top/more.csv")
    text = refusal(folder, "tables: {programs: more.csv}\nprograms: {library: {baseline: 5}}\n")
    assert text.startswith(
        "top/scenario.yaml:3:32: `baseline` of program 'library' is set twice, first at top/more.csv:2:2"
    )


def test_an_effect_of_a_program_that_stands_nowhere(folder: Path) -> None:
    write(folder, "program,outcome,unit_cost\nlibary,visits,7\n", "top/e.csv")
    assert "top/e.csv:2:1: there is no program 'libary'" in refusal(folder, "tables: {evidence: e.csv}")


def test_what_is_extended_must_be_there(folder: Path) -> None:
    top = write(folder, "extends: ../bas\n")
    with pytest.raises(ScenarioError) as caught:
        load(top)
    (problem,) = caught.value.problems
    assert (problem.message, problem.hint) == ("there is no file '../bas' to extend", "did you mean 'base'?")
    assert problem.place == Place(str(top), 1, 10)
    with pytest.raises(ScenarioError, match="5 is no file"):
        load(write(folder, "extends: 5\n"))
    with pytest.raises(ScenarioError, match=r"there is nothing that 'funds\.x' could be removed from"):
        load(write(folder, "remove: [funds.x]\n"))
    write(folder, "funds: [", "base/scenario.yaml")
    with pytest.raises(ScenarioError, match=r"base/scenario\.yaml:1"):
        load(write(folder, "extends: ../base\n"))


def test_files_that_extend_each_other_in_a_circle(folder: Path) -> None:
    write(folder, "extends: b.yaml\n", "top/a.yaml")
    b = write(folder, "extends: a.yaml\n", "top/b.yaml")
    with pytest.raises(ScenarioError, match=r"in a circle: b\.yaml -> a\.yaml -> b\.yaml"):
        load(folder / "top" / "a.yaml")
    write(folder, "extends: b.yaml\n", "top/b.yaml")
    with pytest.raises(ScenarioError, match=r"circle"):
        load(b)


@few(1, at_most=100)
@given(st.lists(st.sampled_from(["+1M", "-5%", "*1.5", "7M", "-200k"]), min_size=1, max_size=3))
def test_files_say_the_same_as_changes(tmp_path_factory: pytest.TempPathFactory, values: list[str]) -> None:
    folder = tmp_path_factory.mktemp("layers")
    base = write(folder, BASE, "base/scenario.yaml")
    write(folder, PROGRAMS, "base/programs.csv")
    write(folder, EVIDENCE, "base/evidence.csv")
    changed, top = load(base), base
    for number, value in enumerate(values):
        changed = changed.with_(("funds.general.revenue", value), ("programs.library.baseline", value))
        text = f"funds: {{general: {{revenue: '{value}'}}}}\nprograms: {{library: {{baseline: '{value}'}}}}\n"
        top = write(folder, f"extends: {top}\n{text}", f"layer{number}/scenario.yaml")
    assert load(top).sha256 == changed.sha256
