"""Reading whole scenarios: folders, files and mappings."""

from __future__ import annotations

import hashlib
import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgetopt.errors import Place, ScenarioError
from budgetopt.reading import load
from budgetopt.reading.yaml_file import parse_yaml
from budgetopt.scenario import Scenario, Share
from strategies import ALL, Case, cases

DATA = Path(__file__).parent / "data"
RIVERTON = DATA / "riverton.yaml"

SMALL = """\
name: Small
periods: [t1, t2]
funds:
  general: {revenue: 10M}
  grant: {kind: grant, revenue: {t1: 2M}, only: {tags: housing}}
outcomes:
  helped: {unit: people, weight: 4}
programs:
  shelter:
    tags: [housing]
    baseline: 2M
    spending: {at_least: 50%, at_most: {t1: 3M, t2: 4M}}
    outcomes:
      helped: {unit_cost: 1k, up_to: 5000}
  library:
    department: Library
    outcomes:
      helped: {curve: [[0, 0], [1M, 5], [2M, 8]]}
rules:
  - {name: Floor, sum: spending, at_least: 10%, of: total spending, where: {department: Library}}
"""


@pytest.fixture(scope="module")
def riverton() -> Scenario:
    return load(RIVERTON)


def test_riverton_says_what_its_files_say(riverton: Scenario) -> None:
    assert riverton.name == "Riverton FY2027"
    assert riverton.periods == ("FY2027", "FY2028", "FY2029")
    assert list(riverton.funds) == ["general", "housing_grant", "capital"]
    assert riverton.funds["general"].reserve is not None
    assert riverton.funds["general"].reserve.at_least == Share(0.1667)
    assert riverton.per_period(riverton.funds["general"].revenue).tolist() == [118e6, 120e6, 121e6]
    assert list(riverton.programs) == ["fire_station", "parks", "rapid_rehousing", "vision_zero", "library_hours"]
    assert np.array_equal(riverton.programs.baseline(), [9e6, 1.2e6, 2.4e6, 5e6, np.nan], equal_nan=True)
    assert riverton.eligible.tolist() == [[True, False, True]] * 2 + [[True, True, False]] + [[True, False, True]] * 2
    assert riverton.rules[0].name == "Public safety floor"
    assert [entry.maximize or entry.minimize for entry in riverton.objective] == [
        "weighted outcomes",
        "change from baseline",
    ]
    floor = riverton.dollars("spending.at_least")[0]
    assert np.array_equal(floor, [np.nan, 8.1e6, np.nan], equal_nan=True)


def test_every_value_has_its_place(riverton: Scenario) -> None:
    assert riverton.places.of("funds", "general", "revenue", "FY2028") == Place(str(RIVERTON), 11, 37)
    assert riverton.programs.place("rapid_rehousing", "baseline") == Place(str(RIVERTON), 40, 15)
    assert riverton.programs.place("rapid_rehousing") == Place(str(RIVERTON), 34, 3)
    assert riverton.programs.place("parks", "baseline") == Place(str(DATA / "riverton_programs.csv"), 3, 5)


def test_everything_that_the_language_has_is_read_in_one_scenario() -> None:
    scenario = load(DATA / "whole_language")
    assert list(scenario.resources) == ["case_workers", "firefighters"]
    assert [type(rule).__name__ for rule in scenario.rules] == [
        "SumRule",
        "ChangeRule",
        "SumRule",
        "CountRule",
        "RequiresRule",
    ]
    assert scenario.funds["housing_grant"].match is not None
    assert scenario.packages.name.tolist() == ["base", "ladder company", "replace"]
    assert scenario.programs.place("fire_station", "packages.1.cost") == Place(
        str(DATA / "whole_language" / "scenario.yaml"), 69, 38
    )


def test_the_files_are_kept_with_their_digests(riverton: Scenario) -> None:
    assert dict(riverton.inputs) == {
        name: hashlib.sha256((DATA / name).read_bytes()).hexdigest()
        for name in ("riverton.yaml", "riverton_programs.csv")
    }


def test_a_folder_is_read_by_its_scenario_file(tmp_path: Path) -> None:
    (tmp_path / "scenario.yaml").write_text(SMALL, encoding="utf-8")
    assert load(tmp_path).sha256 == load(tmp_path / "scenario.yaml").sha256 == load(str(tmp_path)).sha256


def test_files_are_found_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(DATA)
    assert load("riverton.yaml").programs.place("parks") == Place("riverton_programs.csv", 3, 1)
    monkeypatch.chdir(tmp_path)
    assert set(load(RIVERTON).inputs) == {"riverton.yaml", "riverton_programs.csv"}


@pytest.mark.parametrize("name", ["nowhere", "no\0where", "x" * 5000, ""])
def test_what_is_not_there_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(ScenarioError):
        load(str(tmp_path / "sub") + "/" + name)


def test_a_mapping_gives_the_same_scenario_as_a_file(tmp_path: Path) -> None:
    (tmp_path / "scenario.yaml").write_text(SMALL, encoding="utf-8")
    from_file = load(tmp_path)
    from_mapping = Scenario.from_document(parse_yaml(SMALL).tree)
    assert from_mapping.sha256 == from_file.sha256
    assert from_mapping.places.of("funds") is None
    assert from_mapping.inputs == {}


def test_a_mapping_may_have_numbers_and_tuples_and_none() -> None:
    document = {
        "periods": (2027, 2028),
        "funds": {"general": {"revenue": {2027: np.float64(5), 2028: np.int64(6)}, "reserve": None}},
        "outcomes": {"helped": {"weight": 1, "target": None}},
        "programs": {"a": {"baseline": None, "tags": ("x",), "outcomes": {"helped": {"per_dollar": 1}}}},
    }
    scenario = Scenario.from_document(document)
    assert scenario.periods == ("2027", "2028")
    assert scenario.per_period(scenario.funds["general"].revenue).tolist() == [5, 6]
    assert scenario.programs["a"].baseline is None


def test_a_mapping_may_have_values_of_numpy() -> None:
    one, yes = np.array([1])[0], np.array([True])[0]
    scenario = Scenario.from_document(
        {
            "periods": np.array([2027, 2028]),
            "funds": {"general": {"revenue": np.array([5.5])[0]}},
            "outcomes": {"visits": {"weight": one}},
            "programs": {
                "a": {
                    "priority": one,
                    "recurring": yes,
                    "attributes": {"ward": one, "open": yes},
                    "outcomes": {"visits": {"curve": np.array([[0, 0], [5, 9]])}},
                }
            },
            "rules": [{"name": "Ward", "sum": "spending", "where": {"ward": one}, "at_most": one}],
        }
    )
    plain = Scenario.from_document(
        {
            "periods": [2027, 2028],
            "funds": {"general": {"revenue": 5.5}},
            "outcomes": {"visits": {"weight": 1}},
            "programs": {
                "a": {
                    "priority": 1,
                    "recurring": True,
                    "attributes": {"ward": 1, "open": True},
                    "outcomes": {"visits": {"curve": [[0, 0], [5, 9]]}},
                }
            },
            "rules": [{"name": "Ward", "sum": "spending", "where": {"ward": 1}, "at_most": 1}],
        }
    )
    assert scenario.sha256 == plain.sha256


def test_problems_of_a_mapping_have_their_path_in_words() -> None:
    document = parse_yaml(SMALL).tree
    document["funds"]["general"]["revenue"] = "ten"
    document["programs"]["library"]["outcomes"]["helped"]["curve"][1] = [1]
    document["rules"][0]["at_least"] = -1
    document["rules"].append({"sum": "spending", "at_least": 1})
    with pytest.raises(ScenarioError) as caught:
        Scenario.from_document(document)
    assert [problem.message for problem in caught.value.problems] == [
        "funds.general.revenue: 'ten' is not an amount",
        "programs.library.outcomes.helped.curve.2: a list of 1 is no point of a curve",
        "rules.2: rule number 2 has no 'name'",
        "rules.Floor.at_least: -1 is an amount, and `of` asks for a share",
    ]
    assert all(problem.place is None for problem in caught.value.problems)


def test_all_problems_are_told_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = (
        SMALL.replace("10M}", "ten}")
        .replace("weight: 4", "weight: four")
        .replace("1k", "0")
        .replace("name: Floor", "nam: Floor")
    )
    (tmp_path / "scenario.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load(tmp_path)
    assert [problem.place.line for problem in caught.value.problems if problem.place] == [4, 7, 14, 20]
    assert caught.value.exit_code == 2


def test_whole_sections_may_be_left_empty(tmp_path: Path) -> None:
    (tmp_path / "scenario.yaml").write_text(SMALL[: SMALL.index("rules:")] + "rules:\ntables:\n", encoding="utf-8")
    assert load(tmp_path).rules == ()


def test_a_mapping_that_holds_itself_is_refused() -> None:
    document: dict[str, Any] = parse_yaml(SMALL).tree
    document["rules"][0]["where"] = {"not": document["rules"][0]}
    document["rules"][0]["where"]["not"]["where"] = document["rules"][0]["where"]
    with pytest.raises(ScenarioError, match="more than 64 levels"):
        Scenario.from_document(document)


@pytest.mark.parametrize("document", [[], "x", None, 3, {1: {}, "1": {}}])
def test_what_is_no_mapping_is_refused(document: Any) -> None:
    with pytest.raises(ScenarioError):
        Scenario.from_document(document)


SAME = [
    (
        "{kind: grant, revenue: {t1: 2M}, only: {tags: housing}}",
        "{only: {tags: [housing]}, revenue: {t1: 2_000_000}, kind: grant}",
    ),
    ("name: Small", "# a comment\nformat: budgetopt/1\nname: 'Small'\ndescription: ''"),
    ("10M", "'$10,000,000'"),
    ("at_least: 50%", "at_least: 50.0 %"),
    ("tags: [housing]", "tags: housing\n    recurring: true\n    note: ''\n    districts: {}"),
    ("[[0, 0], [1M, 5], [2M, 8]]", "[[0, 0.0], [1e6, 5], [2000k, 8.0]]"),
    ("department: Library", "department: ' Library '"),
]
OTHER = [
    ("10M", "10.01M"),
    ("at_least: 50%", "at_least: 0.5"),
    ("tags: [housing]", "tags: [housing, other]"),
    ("[1M, 5]", "[1M, 5.1]"),
    ("weight: 4", "weight: 4, direction: decrease"),
    ("name: Floor", "name: Flor"),
    ("name: Small", "name: Smaller"),
    ("    department: Library", "    department: Library\n    funds: []"),
    ("    department: Library", "    department: Library\n    recurring: false"),
    ("    department: Library", "    department: Library\n    baseline: 0"),
    ("{t1: 3M, t2: 4M}", "{t1: 3M}"),
    ("  library:", "  library2:"),
]


def digest(text: str) -> str:
    return Scenario.from_document(parse_yaml(text).tree).sha256


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_digest_does_not_depend_on_how_a_thing_is_said(one: str, other: str) -> None:
    assert one in SMALL
    assert digest(SMALL.replace(one, other)) == digest(SMALL)


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_the_digest_depends_on_what_is_said(one: str, other: str) -> None:
    assert one in SMALL
    assert digest(SMALL.replace(one, other)) != digest(SMALL)


def test_the_digest_depends_on_the_order_that_settles_ties() -> None:
    tree = parse_yaml(SMALL).tree
    first = Scenario.from_document(tree).sha256
    for key, matters in (("programs", True), ("funds", True), ("outcomes", False)):
        other = deepcopy(tree)
        other["outcomes"]["seen"] = {"weight": 1}
        both = Scenario.from_document(other).sha256
        other[key] = dict(reversed(other[key].items()))
        assert (Scenario.from_document(other).sha256 != both) is matters
    assert len(first) == 64


def test_a_program_says_the_same_in_a_table(tmp_path: Path) -> None:
    tree = parse_yaml(SMALL).tree
    del tree["programs"]
    tree["tables"] = {"programs": "programs.csv"}
    (tmp_path / "scenario.yaml").write_text(json.dumps(tree), encoding="utf-8")
    (tmp_path / "programs.csv").write_text(
        "program,department,tags,baseline,spending.at_least,spending.at_most.t1,spending.at_most.t2,"
        "outcomes.helped.unit_cost,outcomes.helped.up_to,outcomes.helped.curve\n"
        "shelter,,housing,2M,50%,3M,4M,1k,5000,\n"
        "library,Library,,,,,,,,0:0;1M:5;2M:8\n",
        encoding="utf-8",
    )
    assert load(tmp_path).sha256 == digest(SMALL)


@given(cases(features=ALL))
def test_json_is_yaml_and_says_the_same(tmp_path_factory: pytest.TempPathFactory, case: Case) -> None:
    file = tmp_path_factory.mktemp("json") / "scenario.yaml"
    file.write_text(json.dumps(case.document), encoding="utf-8")
    assert load(file).sha256 == Scenario.from_document(case.document).sha256


RIVERTON_TEXT = RIVERTON.read_text(encoding="utf-8")
WHOLE_TEXT = (DATA / "whole_language" / "scenario.yaml").read_text(encoding="utf-8")
SCRAPS = st.sampled_from(
    [
        *"0-:,[]{}#'\"%&*!|>\n\t ",
        "no",
        "1e6",
        "012",
        ".nan",
        ".inf",
        "-5M",
        "~",
        "{}",
        "[]",
        "\n\n",
        "  ",
        "- ",
        ": ",
        "null",
        "general",
        "visits",
        "FY2027",
        "not",
        "where",
        "programs:\n",
        "rules:\n",
        "funds",
        "\r\n",
        "é",
        "\u200b",
        "\x07",
        "<<: ",
    ]
)


@st.composite
def mutated(draw: st.DrawFn, text: str) -> str:
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        stop = min(len(text), start + draw(st.sampled_from([0, 0, 1, 1, 3, 10, 40])))
        text = text[:start] + draw(st.one_of(SCRAPS, st.just(""), st.text(max_size=4))) + text[stop:]
    return text


@given(st.one_of(mutated(SMALL), mutated(RIVERTON_TEXT), mutated(WHOLE_TEXT)))
def test_a_mutated_file_is_read_or_every_problem_has_its_place(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    folder = tmp_path_factory.mktemp("mutated")
    (folder / "scenario.yaml").write_bytes(text.encode("utf-8", "surrogatepass"))
    for table in (DATA / "riverton_programs.csv", DATA / "whole_language" / "programs.csv"):
        (folder / table.name).write_bytes(table.read_bytes())
    try:
        scenario = load(folder)
    except ScenarioError as error:
        told = error.problems
    else:
        assert len(scenario.sha256) == 64
        return
    assert told
    for problem in told:
        assert problem.place is not None
        assert problem.message.isprintable()
        assert "Input should" not in problem.message


LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.sampled_from(["5%", "4M", "t1"])
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=6,
)


def paths_of(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, item in below for found in paths_of(item, (*path, key)))]


@given(st.data())
def test_a_mapping_with_anything_anywhere_is_read_or_refused_in_words(data: st.DataObject) -> None:
    document = parse_yaml(data.draw(st.sampled_from([SMALL, WHOLE_TEXT]))).tree
    document.pop("tables", None)
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from([path for path in paths_of(document) if path]))
        place = document
        for key in path[:-1]:
            place = place[key]
        if data.draw(st.booleans()) and isinstance(place, dict):
            place[
                data.draw(st.one_of(st.text(max_size=5), st.sampled_from(["sum", "change", "not", "of", "funds"])))
            ] = data.draw(TREES)
        else:
            place[path[-1]] = data.draw(TREES)
    try:
        Scenario.from_document(document)
    except ScenarioError as error:
        told = error.problems
    else:
        return
    assert all(problem.message.isprintable() and "Input should" not in problem.message for problem in told)


@pytest.mark.parametrize(
    "value", ["x", *(pytest.param(value, marks=pytest.mark.deep) for value in (-1, True, [], {"x": 1}))], ids=repr
)
def test_any_value_of_the_language_may_be_wrong(value: Any) -> None:
    whole = parse_yaml(WHOLE_TEXT).tree
    del whole["tables"]
    for path in paths_of(whole)[1:]:
        document = deepcopy(whole)
        place = document
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value
        try:
            Scenario.from_document(document)
        except ScenarioError as error:
            assert error.problems  # noqa: PT017
