# ruff: noqa: E501 (messages are compared as they are printed)
"""Changes: new values and shifts by path, the same as words in a file, with errors that name the change."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgetopt.errors import InputError, OptionError, Place, ScenarioError
from budgetopt.reading.changes import parse_change
from budgetopt.reading.load import load
from budgetopt.reading.paths import parse_path
from budgetopt.scenario.amounts import Share
from budgetopt.scenario.scenario import Scenario
from language.small import document_of

TREE: dict[str, Any] = {
    "periods": ["FY27", "FY28"],
    "funds": {
        "general": {"revenue": "118M", "reserve": "16%", "only": {"department": ["Fire", "Library"]}},
        "grant": {"kind": "grant", "revenue": {"FY27": "3M", "FY28": "2M"}},
        "St. Mary": {"revenue": 10},
    },
    "outcomes": {"visits": {"unit": "visits", "weight": 4}},
    "resources": {"staff": {"capacity": 64}},
    "programs": {
        "library": {
            "department": "Library",
            "tags": ["books"],
            "baseline": "2M",
            "spending": {"at_least": "10%", "at_most": "6M"},
            "outcomes": {"visits": {"unit_cost": 5, "up_to": 400, "std_error": "15%"}},
        },
        "fire": {
            "department": "Fire",
            "packages": [
                {"name": "base", "cost": "9M", "outcomes": {"visits": 40}},
                {"name": "ladder company", "cost": ["2M", "1M"], "outcomes": {"visits": {"value": 6, "evidence": "expert"}}},
            ],
        },
        "v1.2": {"baseline": 7, "outcomes": {"visits": {"per_dollar": 0.5}}},
    },
    "rules": [
        {"name": "No. 5", "sum": "spending", "at_most": "50%", "of": "total spending", "where": {"department": "Library"}},
        {"name": "Floor", "sum": "spending", "at_least": 5, "because": "law"},
    ],
}  # fmt: skip
SCENARIO = Scenario.from_document(TREE)


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(InputError) as caught:
        call()
    return str(caught.value)


class TestPaths:
    @pytest.mark.parametrize(
        ("text", "parts"),
        [
            ("funds.general.revenue", ("funds", "general", "revenue")),
            ("rules[No. 5].at_most", ("rules", "No. 5", "at_most")),
            ('rules."No. 5".at_most', ("rules", "No. 5", "at_most")),
            ("rules['No. 5'].at_most", ("rules", "No. 5", "at_most")),
            ('programs["v1.2"]["baseline"]', ("programs", "v1.2", "baseline")),
            ("funds.*.revenue", ("funds", "*", "revenue")),
            ("name", ("name",)),
        ],
    )
    def test_parts(self, text: str, parts: tuple[str, ...]) -> None:
        assert parse_path(text) == parts

    @pytest.mark.parametrize("text", ["", ".", "a..b", "a.", ".a", "rules[a", 'rules."a.b', "a. .b", "rules[a]b"])
    def test_what_is_no_path(self, text: str) -> None:
        with pytest.raises(OptionError, match="is no path"):
            parse_path(text)

    @pytest.mark.parametrize(
        ("text", "parts", "value"),
        [
            ("a.b=5", ("a", "b"), "5"),
            ("a.b = -5% ", ("a", "b"), "-5%"),
            ("a.b==-4", ("a", "b"), "=-4"),
            ("rules[x=y].at_most=5", ("rules", "x=y", "at_most"), "5"),
            ('rules."x=y".because=a=b', ("rules", "x=y", "because"), "a=b"),
        ],
    )
    def test_a_change_in_one_text(self, text: str, parts: tuple[str, ...], value: str) -> None:
        path, given_value = parse_change(text)
        assert tuple(part.strip() for part in path) == parts
        assert given_value == value

    def test_what_is_no_change(self) -> None:
        assert "is no change" in refusal(lambda: parse_change("funds.general.revenue"))
        assert "has no value" in refusal(lambda: parse_change("funds.general.revenue="))
        assert "takes a path and a value" in refusal(lambda: SCENARIO.with_(("a", "b", "c")))  # type: ignore[arg-type]


class TestDocument:
    @pytest.mark.parametrize(
        ("change", "expected"),
        [
            ("funds.general.revenue=110M", 110e6),
            ("funds.general.revenue=-5%", 112.1e6),
            ("funds.general.revenue=+2M", 120e6),
            ("funds.general.revenue=-300k", 117.7e6),
            ("funds.general.revenue=*0.5", 59e6),
            ("funds.general.revenue=*110%", 129.8e6),
            (("funds.general.revenue", 5), 5.0),
            (("funds.general.revenue", {"FY28": "-10%"}), {"FY27": 118e6, "FY28": 106.2e6}),
            ("funds.general.revenue.FY28=5M", {"FY27": 118e6, "FY28": 5e6}),
            (("funds.general.revenue", {"FY27": 1, "FY28": 2}), {"FY27": 1.0, "FY28": 2.0}),
            ("funds.general.revenue={FY27: 1, FY28: 2M}", {"FY27": 1.0, "FY28": 2e6}),
            ((("funds", "general", "revenue"), "-5%"), 112.1e6),
        ],
    )
    def test_a_new_value_and_a_shift(self, change: Any, expected: Any) -> None:
        changed = SCENARIO.with_(change)
        assert changed.funds["general"].revenue == expected
        assert SCENARIO.funds["general"].revenue == 118e6

    def test_each_period_is_shifted(self) -> None:
        changed = SCENARIO.with_("funds.grant.revenue=-10%")
        assert changed.funds["grant"].revenue == {"FY27": 2.7e6, "FY28": 1.8e6}

    def test_every_fund(self) -> None:
        changed = SCENARIO.with_(("funds.*.revenue", "-50%"))
        assert [fund.revenue for fund in changed.funds.values()] == [59e6, {"FY27": 1.5e6, "FY28": 1e6}, 5.0]

    def test_changes_are_made_one_after_another(self) -> None:
        changed = SCENARIO.with_("funds.general.revenue=100", "funds.general.revenue=-10%", "funds.general.revenue=+5")
        assert changed.funds["general"].revenue == 95

    @pytest.mark.parametrize("path", ["rules[No. 5].at_most", "rules.No. 5.at_most", "rules.1.at_most"])
    def test_a_rule_by_its_name_or_number(self, path: str) -> None:
        assert SCENARIO.with_((path, "40%")).rules[0].at_most == Share(0.4)  # type: ignore[union-attr]

    def test_names_with_dots_need_no_brackets(self) -> None:
        assert SCENARIO.with_("funds.St. Mary.revenue=5").funds["St. Mary"].revenue == 5

    def test_lists_and_words(self) -> None:
        changed = SCENARIO.with_(
            "funds.general.only.department=Fire",
            "funds.general.reserve.of=spending",
            "funds.general.carryover=false",
            ("rules.Floor", {"at_least": "+1", "because": "a new law"}),
            ("outcomes.fires", {"unit": "fires"}),
            "outcomes.visits.weight==-4",
            "objective={minimize: spending}",
            "name=-5% everywhere",
            "resources.staff.capacity.FY28=+6",
        )
        general = changed.funds["general"]
        assert general.only is not None
        assert general.only.root["department"] == "Fire"
        assert general.reserve is not None
        assert (general.reserve.at_least, general.reserve.of, general.carryover) == (Share(0.16), "spending", False)
        assert changed.rules[1].because == "a new law"
        assert changed.rules[1].at_least == 6  # type: ignore[union-attr]
        assert list(changed.outcomes) == ["visits", "fires"]
        assert changed.outcomes["visits"].weight == -4
        assert [entry.minimize for entry in changed.objective] == ["spending"]
        assert changed.name == "-5% everywhere"
        assert changed.resources["staff"].capacity == {"FY27": 64, "FY28": 70}

    def test_a_plain_value_in_place_of_a_mapping_changes_the_key_it_stands_for(self) -> None:
        changed = SCENARIO.with_("funds.general.reserve.of=spending", "funds.general.reserve=20%")
        assert changed.funds["general"].reserve is not None
        assert changed.funds["general"].reserve.at_least == Share(0.2)
        assert changed.funds["general"].reserve.of == "spending"

    def test_the_place_of_a_changed_value_is_the_change(self) -> None:
        changed = SCENARIO.with_("funds.general.revenue=-5%", ("programs.library.baseline", 3))
        assert changed.places.of("funds", "general", "revenue") == Place("<set> funds.general.revenue=-5%")
        assert changed.programs.place("library", "baseline") == Place("<set> programs.library.baseline=3")

    def test_what_holds_is_handed_on(self) -> None:
        effects, eligible = SCENARIO.effects, SCENARIO.eligible
        changed = SCENARIO.with_("funds.general.revenue=-5%")
        assert changed.programs is SCENARIO.programs
        assert changed.effects is effects
        assert changed.eligible is eligible
        assert SCENARIO.with_("funds.general.only={department: Fire}").eligible is not eligible
        assert SCENARIO.with_(("outcomes.fires", {"unit": "fires"})).effects is not effects


class TestPrograms:
    def test_values_and_shifts(self) -> None:
        changed = SCENARIO.with_(
            "programs.library.baseline=+10%",
            "programs.library.spending.at_most=-1M",
            "programs.library.spending.at_least=*0.5",
            "programs.library.outcomes.visits.unit_cost=6",
            "programs.library.tags=[books, films]",
            "programs.library.attributes.size=3",
            "programs.library.recurring=false",
            "programs.v1.2.outcomes.visits.per_dollar=-0.1",
            ("programs.library.spending", {"at_most": {"FY28": "5.5M"}, "because": "a promise"}),
        ).programs
        library = changed["library"]
        assert library.baseline == 2.2e6
        assert library.spending is not None
        assert library.spending.at_most == {"FY27": 5e6, "FY28": 5.5e6}
        assert library.spending.at_least == Share(0.05)
        assert library.spending.because == "a promise"
        assert library.outcomes["visits"].unit_cost == 6
        assert (library.tags, library.attributes, library.recurring) == (("books", "films"), {"size": 3}, False)
        assert changed["v1.2"].outcomes["visits"].per_dollar == 0.4
        assert SCENARIO.programs["library"].baseline == 2e6

    def test_every_program(self) -> None:
        changed = SCENARIO.with_(
            "programs.*.baseline=-50%", "programs.*.note=cut", ("programs.*.spending.at_most", 9e6)
        )
        np.testing.assert_array_equal(changed.programs.baseline(), [1e6, np.nan, 3.5])
        assert changed.programs.text("note").tolist() == ["cut"] * 3
        assert changed.programs.number("spending.at_most").tolist() == [9e6] * 3
        assert changed.programs.columns["department"] is SCENARIO.programs.columns["department"]

    def test_shifting_twice_shifts_the_shifted(self) -> None:
        changed = SCENARIO.with_(*["programs.library.baseline=-50%"] * 2, "programs.*.baseline=*2")
        assert changed.programs["library"].baseline == 1e6

    def test_one_period_after_all(self) -> None:
        path = "programs.library.spending.at_most"
        changed = SCENARIO.with_(f"{path}=8M", f"{path}.FY28=-1M", f"{path}=*2").programs["library"]
        assert changed.spending is not None
        assert changed.spending.at_most == {"FY27": 16e6, "FY28": 14e6}

    def test_packages_by_name_or_number(self) -> None:
        packages = [{"name": "base", "then_costs": 5}, {"name": "boat", "cost": "1M"}]
        changed = SCENARIO.with_(
            "programs.fire.packages.ladder company.cost=-50%",
            "programs.fire.packages.0.cost=+1M",
            "programs.fire.packages[ladder company].outcomes.visits=+4",
            ("programs.fire.packages", packages),
        ).programs["fire"]
        assert changed.packages is not None
        assert [package.name for package in changed.packages] == ["base", "ladder company", "boat"]
        assert [package.cost for package in changed.packages] == [(10e6,), (1e6, 5e5), (1e6,)]
        assert [package.then_costs for package in changed.packages] == [5, 0, 0]
        assert changed.packages[1].outcomes["visits"].value == 10
        assert changed.packages[1].outcomes["visits"].evidence == "expert"

    def test_a_new_program(self) -> None:
        changed = SCENARIO.with_(("programs.pool", {"baseline": "1M", "outcomes": {"visits": {"per_dollar": 1}}}))
        assert changed.programs.ids.tolist() == ["library", "fire", "v1.2", "pool"]
        assert changed.programs["pool"].baseline == 1e6

    def test_an_effect_cannot_be_given_two_sizes(self) -> None:
        text = refusal(lambda: SCENARIO.with_("programs.library.outcomes.visits.per_dollar=1"))
        assert "is given twice" in text
        without = ("programs.library.outcomes.visits.unit_cost", "programs.library.outcomes.visits.up_to")
        assert "has no size" in refusal(lambda: SCENARIO.without(*without))
        changed = SCENARIO.with_("programs.library.outcomes.visits.unit_cost=3")
        assert changed.programs["library"].outcomes["visits"].unit_cost == 3

    def test_what_does_not_go_together_is_found(self) -> None:
        text = refusal(lambda: SCENARIO.with_("programs.fire.service.unit_cost=5"))
        assert text.startswith("<set> programs.fire.service.unit_cost=5: program 'fire': packages and service")


class TestWithout:
    def test_named_things(self) -> None:
        changed = SCENARIO.without("rules.No. 5", "funds.grant", "programs.fire", "funds.general.only")
        assert [rule.name for rule in changed.rules] == ["Floor"]
        assert list(changed.funds) == ["general", "St. Mary"]
        assert changed.programs.ids.tolist() == ["library", "v1.2"]
        assert changed.funds["general"].only is None

    def test_keys_of_programs(self) -> None:
        changed = SCENARIO.without(
            "programs.library.outcomes", "programs.*.baseline", "programs.library.spending.at_least"
        )
        library = changed.programs["library"]
        assert library.outcomes == {}
        assert library.baseline is None
        assert library.spending is not None
        assert (library.spending.at_least, library.spending.at_most) == (None, 6e6)

    def test_one_package(self) -> None:
        changed = SCENARIO.without("programs.fire.packages.base").programs["fire"]
        assert changed.packages is not None
        assert [package.name for package in changed.packages] == ["ladder company"]

    def test_rules_keep_their_places(self) -> None:
        changed = SCENARIO.with_("rules.Floor.at_least=6").without("rules.No. 5")
        assert changed.places.of("rules", 0, "at_least") == Place("<set> rules.Floor.at_least=6")

    def test_nothing_there(self) -> None:
        for path in ("rules.Flor", "funds.general.one_time", "programs.library.note", "programs.*.note", "programs.x"):
            text = refusal(lambda path=path: SCENARIO.without(path))  # type: ignore[misc]
            assert text.startswith(f"<without> {path}: ")

    def test_what_is_still_needed_is_missed(self) -> None:
        assert "unknown outcome 'visits'" in refusal(lambda: SCENARIO.without("outcomes.visits"))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("funds.genral.revenue=1", "there is no fund 'genral' [unknown-fund]\n    expected: one of: general, grant, St. Mary\n    hint: did you mean 'general'?"),
        ("fund.general.revenue=1", "there is no key 'fund' in the scenario [unknown-key]\n"),
        ("funds.general.revenu=1", "there is no key 'revenu' in funds.general [unknown-key]\n"),
        ("funds.general.revenue.FY29=1", "there is no period 'FY29' in funds.general.revenue [unknown-period]\n    expected: one of: FY27, FY28\n"),
        ("funds.general.revenue.FY27.x=1", "funds.general.revenue.FY27 is one value: there is no 'x' in it"),
        ("funds.general=5", "'5' is not a mapping"),
        ("funds.general.revenue=lots", "`revenue` of fund 'general': 'lots' is not an amount"),
        ("funds.general.revenue=-200M", "`revenue` of fund 'general': -82000000 is negative"),
        ("funds.general.revenue=-200%", "`revenue` of fund 'general': '-200%' takes away more than there is"),
        ("funds.general.revenue=*x", "`revenue` of fund 'general': '*x' is no factor"),
        ("funds.general.reserve=-5%", "`reserve.at_least` of fund 'general': -5% of 16% could mean two things [ambiguous-shift]\n    expected: for a share, a factor such as *0.95, or the new share itself\n    hint: write *0.95 for 15.2%, or =11%"),
        ("funds.general.carryover=no", "`carryover` of fund 'general': 'no' is neither true nor false"),
        ("funds.general.only=[a", "'[a' cannot be read: "),
        ("rules.No 5.at_most=1", "there is no rule 'No 5' [unknown-rule]\n    expected: one of: No. 5, Floor\n    hint: did you mean 'No. 5'?"),
        ("rules.9.at_most=1", "there is no rule '9'"),
        ("rules.Floor.at_most=+1", "`at_most` of rule number 2: there is nothing that '+1' could shift [nothing-to-shift]\n    expected: a value of its own\n    hint: rule number 2 sets at_least: shift that, or write =1"),
        ("tables.programs=x.csv", "tables have been read: change the programs themselves"),
        ("programs.librry.baseline=1", "there is no program 'librry' [unknown-program]\n    expected: one of: library, fire, v1.2\n    hint: did you mean 'library'?"),
        ("programs.library.basline=1", "a program has no key 'basline' [unknown-key]\n"),
        ("programs.library.outcomes.visits.unitcost=1", "a program has no key 'outcomes.visits.unitcost' [unknown-key]\n    hint: did you mean 'outcomes.visits.unit_cost'?"),
        ("programs.library.spending=5", "`spending` of program 'library': '5' is not a mapping [mapping]\n    expected: a mapping, `key: value`, with the keys at_least, at_most, because, negotiable\n    hint: write `spending: {at_most: 5}`"),
        ("programs.library.baseline=-5M", "`baseline` of program 'library': -3000000 is negative"),
        ("programs.*.baseline=-8", "baseline of programs: for 'v1.2', -1 is negative"),
        ("programs.fire.baseline=+5", "`baseline` of program 'fire': there is nothing that '+5' could shift"),
        ("programs.library.spending.at_least=-12%", "`spending.at_least` of program 'library': -12% of 10% could mean two things [ambiguous-shift]\n    expected: for a share, a factor such as *0.95, or the new share itself\n    hint: write *0.88 for 8.8%, or =-12%"),
        ("programs.library.spending.at_least=-1%", "`spending.at_least` of program 'library': -1% of 10% could mean two things"),
        ("programs.library.outcomes.visits.evidence=rtc", "`evidence` of the effect of program 'library' on 'visits': 'rtc' is not possible here"),
        ("programs.library.outcomes.visit.unit_cost=5", "unknown outcome 'visit'"),
        ("programs.fire.packages.boat.cost=5", "program 'fire' has nothing named 'boat' in packages [unknown-path]\n    expected: one of: base, ladder company"),
        ("programs=5", "programs are changed one by one"),
    ],
)  # fmt: skip
def test_a_change_that_cannot_be_made_is_named(change: str, expected: str) -> None:
    text = refusal(lambda: SCENARIO.with_(change))
    assert text.startswith(f"<set> {change}: {expected}")


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(ScenarioError) as caught:
        SCENARIO.with_("funds.x.revenue=1", "programs.y.baseline=2", "outcomes.visits.weight=z")
    assert len(caught.value.problems) == 2
    with pytest.raises(ScenarioError) as caught:
        SCENARIO.with_("outcomes.visits.weight=z", "funds.general.revenue=z")
    assert len(caught.value.problems) == 2


def test_floors_above_the_money_are_no_mistake_of_writing() -> None:
    changes = ("funds.general.revenue=0", "funds.grant.revenue=0", "funds.St. Mary.revenue=0")
    assert SCENARIO.with_(*changes).funds["general"].revenue == 0


PLAIN = SCENARIO.with_("objective={minimize: spending}").without("programs.library.spending")
amounts = st.integers(0, 10**11)


@given(amounts, st.integers(-100, 300))
def test_a_percentage_is_that_of_a_calculator(amount: int, percent: int) -> None:
    changed = PLAIN.with_(("outcomes.visits.weight", amount), ("outcomes.visits.weight", f"{percent:+d}%"))
    assert changed.outcomes["visits"].weight == amount * (100 + percent) / 100


@given(amounts, st.integers(-(10**6), 10**6))
def test_an_amount_is_added(amount: int, plus: int) -> None:
    changed = PLAIN.with_(("outcomes.visits.weight", amount), f"outcomes.visits.weight={plus:+d}")
    assert changed.outcomes["visits"].weight == amount + plus


@given(amounts, st.integers(-100, 300))
def test_programs_are_shifted_alike_one_by_one_and_all_at_once(amount: int, percent: int) -> None:
    base = PLAIN.with_(("programs.library.baseline", amount))
    one = base.with_(f"programs.library.baseline={percent:+d}%", f"programs.v1.2.baseline={percent:+d}%")
    every = base.with_(f"programs.*.baseline={percent:+d}%")
    assert one.sha256 == every.sha256
    assert one.programs["library"].baseline == amount * (100 + percent) / 100


def test_changed_scenarios_are_written_and_read_like_any_other(tmp_path: Path) -> None:
    from budgetopt.reading.load import load

    changed = SCENARIO.with_("funds.*.revenue=-5%", "programs.*.baseline=*1.1", "rules.Floor.at_least=6")
    assert load(changed.to_folder(tmp_path / "new")).sha256 == changed.sha256


@pytest.mark.parametrize(
    ("path", "where", "value"),
    [
        ("funds.St. Mary.revenue.FY27", ("funds", "St. Mary", "revenue"), {"FY28": 10.0}),
        ("rules.Floor.at_least.FY28", ("rules", 1, "at_least"), {"FY27": 5.0}),
        ("programs.library.spending.at_most.FY27", ("programs", "library", "spending.at_most.FY28"), 6e6),
        ("programs.*.baseline.FY28", ("programs", "v1.2", "baseline.FY27"), 7.0),
    ],
)
def test_a_period_of_one_value_for_all_is_taken_away_alone(
    path: str, where: tuple[Any, ...], value: object, tmp_path: Path
) -> None:
    left = SCENARIO.without(path)
    section, name, key = where
    if section == "programs":
        assert left.programs.value(name, key) == value
        of_periods = [at for at in left.programs.columns if at.startswith(key[:-5])]
        assert [at for at in of_periods if left.programs.value(name, at) is not None] == [key]
    else:
        assert getattr(getattr(left, section)[name], key) == value
    # what is left reads back as the same
    (tmp_path / "left.yaml").write_text(left.to_yaml())
    assert load(tmp_path / "left.yaml").sha256 == left.sha256


def test_the_growth_of_a_revenue_is_kept_where_a_period_is_taken_away(tmp_path: Path) -> None:
    scenario = SCENARIO.with_("funds.St. Mary.growth=10%")
    left = scenario.without("funds.St. Mary.revenue.FY27")
    assert left.funds["St. Mary"].revenue == {"FY28": 11.0}
    assert left.funds["St. Mary"].growth == 0
    # so it is in a file that extends another
    (tmp_path / "below.yaml").write_text(scenario.to_yaml())
    (tmp_path / "top.yaml").write_text("extends: below.yaml\nremove: ['funds.St. Mary.revenue.FY27']\n")
    assert load(tmp_path / "top.yaml").sha256 == left.sha256


@pytest.mark.parametrize(
    ("change", "selection"),
    [
        ("funds.general.only.department.2=Parks", {"department": ("Fire", "Parks")}),
        ("funds.general.only.department.not=Fire", {"department": {"not": "Fire"}}),
        ("-funds.general.only.department.1", {"department": ("Library",)}),
        ("rules.No. 5.where.department.not=Fire", {"department": {"not": "Fire"}}),
    ],
)
def test_parts_of_selections_are_changed(change: str, selection: dict[str, Any]) -> None:
    scenario = SCENARIO.with_("programs.v1.2.department=Parks")
    changed = scenario.without(change[1:]) if change[0] == "-" else scenario.with_(change)
    found = changed.rules[0].where if change.startswith("rules") else changed.funds["general"].only
    assert found is not None
    assert found.model_dump(by_alias=True, exclude_unset=True) == selection


@pytest.mark.parametrize(
    ("path", "message"),
    [
        (
            "rules.No. 5.where.departmnt",
            "there is no key 'departmnt' in rules.1.where [unknown-key]\n    expected: one of: department\n    hint: did you mean 'department'?",
        ),
        ("rules.No. 5.where.department.1", "rules.1.where.department is one value: there is no '1' in it"),
        ("funds.general.only.tags.1", "there is no key 'tags' in funds.general.only"),
        (
            "funds.general.only.department.3",
            "there is no key '3' in funds.general.only.department [unknown-key]\n    expected: one of: 1, 2",
        ),
        ("programs.library.spending.at_most.FY29", "nothing stands at programs.library.spending.at_most.FY29"),
        ("programs.fire.baseline.FY27", "nothing stands at programs.fire.baseline.FY27"),
    ],
)
def test_what_does_not_stand_cannot_be_taken_away(path: str, message: str) -> None:
    assert message in refusal(lambda: SCENARIO.without(path))


def test_a_part_of_an_objective_without_a_list_is_taken_away(tmp_path: Path) -> None:
    (tmp_path / "below.yaml").write_text(SCENARIO.to_yaml() + "objective: {minimize: spending, within: 5%}\n")
    (tmp_path / "top.yaml").write_text("extends: below.yaml\nremove: [objective.1.within]\n")
    (objective,) = load(tmp_path / "top.yaml").objective
    assert (objective.minimize, objective.within) == ("spending", None)


LISTS = Scenario.from_document(
    document_of(
        {
            "road": {"packages": [{"name": "all", "cost": [4, 6], "outcomes": {"good": 9}, "uses": {"staff": [2, 3]}}]},
            "pool": {"outcomes": {"good": {"curve": [[0, 0], [50, 40], [90, 60]]}}},
        },
        resources={"staff": {"capacity": 9}},
    )
)


@pytest.mark.parametrize(
    ("change", "key", "cell"),
    [
        ("programs.road.packages.all.cost.1=+50%", "packages.0.cost", (4.0, 9.0)),
        ("programs.road.packages.0.uses.staff.1=+2", "packages.0.uses.staff", (2.0, 5.0)),
        ("programs.road.packages.0.cost.0==7", "packages.0.cost", (7.0, 6.0)),
        ("programs.pool.outcomes.good.curve.1.1=-10", "outcomes.good.curve", ((0.0, 0.0), (50.0, 30.0), (90.0, 60.0))),
        ("programs.pool.outcomes.good.curve.2.0=120", "outcomes.good.curve", ((0.0, 0.0), (50.0, 40.0), (120.0, 60.0))),
        ("programs.pool.outcomes.good.curve.1=[30, 2]", "outcomes.good.curve", ((0.0, 0.0), (30.0, 2.0), (90.0, 60.0))),
    ],
)
def test_an_item_of_a_list_is_changed_alone(change: str, key: str, cell: tuple[Any, ...]) -> None:
    row = 0 if "road" in change else 1
    before = LISTS.programs.value(row, key)
    # a change before it in the same list stays
    first = change.partition("=")[0] + "=*1"
    assert LISTS.with_(*([first] if "=[" not in change else []), change).programs.value(row, key) == cell
    assert LISTS.programs.value(row, key) == before


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("programs.road.packages.0.cost.2=5", "has no item 2 [unknown-path]\n    expected: one of: 0, 1"),
        (
            "programs.road.packages.0.cost.1=x",
            "entry 2 of `cost` of entry 1 of `packages` of program 'road': 'x' is not",
        ),
        ("programs.pool.outcomes.good.curve.1.0=-60", "-10 is negative"),
        ("programs.pool.outcomes.good.curve.1.0=100", "the spending of the curve goes backwards"),
        ("programs.pool.outcomes.good.curve.1=30", "is no point of a curve"),
        ("programs.*.outcomes.good.curve.1.1=3", "an item of a list is changed program by program"),
    ],
)
def test_what_no_item_of_a_list_can_be(change: str, message: str) -> None:
    assert message in refusal(lambda: LISTS.with_(change))


def of_packages(*named: str) -> Scenario:
    packages = [{"name": name, "cost": at, "outcomes": {"visits": 1}} for at, name in enumerate(named, 1)]
    return Scenario.from_document(
        {
            **TREE,
            "funds": {"general": {"revenue": 5}},
            "programs": {"port": {"packages": packages}, "library": {}},
            "rules": [],
        }
    )


@pytest.mark.parametrize(
    ("named", "part", "changed"),
    [
        # a name counts before a number, which is counted from 0
        (("1", "2", "3"), "1", "1"),
        (("1", "2", "3"), "3", "3"),
        (("1", "2", "3"), "0", "1"),
        (("2027", "2028"), "2028", "2028"),
        (("v1.5", "1.5"), "1.5", "1.5"),
        (("base", "boat"), "1", "boat"),
    ],
)
def test_a_package_whose_name_is_a_number(named: tuple[str, ...], part: str, changed: str) -> None:
    scenario = of_packages(*named)
    after = scenario.with_(f"programs.port.packages.{part}.cost=9").programs["port"].packages or ()
    assert [package.name for package in after] == list(named)
    assert [package.name for package in after if package.cost == (9,)] == [changed]
    left = scenario.without(f"programs.port.packages.{part}").programs["port"].packages or ()
    assert [package.name for package in left] == [name for name in named if name != changed]


@pytest.mark.parametrize("part", ["2", "2027", "bota"])
def test_a_package_that_does_not_stand_is_not_added_by_its_number(part: str) -> None:
    text = refusal(lambda: of_packages("base", "boat").with_(f"programs.port.packages.{part}.cost=9"))
    assert f"program 'port' has nothing named '{part}' in packages" in text
    assert "one of: base, boat" in text
    text = refusal(lambda: of_packages("base").with_(f"programs.library.packages.{part}.cost=9"))
    assert "program 'library' has nothing named" in text


def test_the_path_of_a_message_leads_to_its_entry() -> None:
    packages = [{"name": name, "cost": cost} for name, cost in (("base", "9M"), ("ladder company", "lots"))]
    tree = {**TREE, "programs": {**TREE["programs"], "fire": {"packages": packages}}}
    text = refusal(lambda: Scenario.from_document(tree))
    path = "programs.fire.packages.ladder company.cost"
    assert f"{path}: 'lots' is not an amount" in text
    assert SCENARIO.with_(f"{path}=5").packages.cost[-1].tolist() == [5.0]
