"""The result document: its form, its figures, and that every plan has one."""

from __future__ import annotations

import csv
import json
import math
import re
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

import budgetopt as bo
from budgetopt.allocation.first_result_format import _labelled, by_program
from budgetopt.allocation.proof import labels_of, plan_of
from budgetopt.allocation.result import _listed
from budgetopt.allocation.result_columns import labelled, numbers, significant, texts
from budgetopt.allocation.result_schema import check_form, read_result, result_schema
from budgetopt.allocation.result_seal import RESULT_FORMAT, canonical_json, document_sha256
from budgetopt.allocation.verify import verify_result
from budgetopt.audit import audit_plan
from budgetopt.errors import ResultFileError
from budgetopt.formulation.linear_program import Block, Labels
from first_format import in_first_format
from measures import few
from strategies import ALL, cases

CLASSICS = Path(__file__).resolve().parents[2] / "scenarios" / "classics"
SCHEMA = result_schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
KEYS = [
    "format",
    "status",
    "unique",
    "scenario",
    "objective",
    "funds",
    "outcomes",
    "rules",
    "certificate",
    "provenance",
    "programs",
    "effects",
    "program_limits",
    "decisions",
    "proof",
    "document_sha256",
]


ONE_FUND = {"general": {"revenue": 1_000}}


def two_programs(**changes: Any) -> dict[str, Any]:
    return {
        "name": "Two programs",
        "periods": ["FY1", "FY2"],
        "funds": {"general": {"revenue": 1_000}, "gift": {"one_time": {"FY2": 100}, "only": {"tags": "books"}}},
        "outcomes": {
            "visits": {"unit": "visits", "weight": 2},
            "noise": {"unit": "complaints", "direction": "decrease"},
        },
        "programs": {
            "library": {
                "name": "Library",
                "baseline": 400,
                "tags": ["books"],
                "outcomes": {"visits": {"curve": [[0, 0], [600, 300], [900, 390]]}},
            },
            "skate_park": {"outcomes": {"visits": {"per_dollar": 0.4}, "noise": {"per_dollar": 0.1}}},
        },
        "rules": [{"name": "Books first", "sum": "spending", "where": {"tags": "books"}, "at_least": 300}],
        **changes,
    }


@pytest.fixture(scope="module")
def plan() -> bo.Allocation:
    return bo.solve(bo.Scenario.from_document(two_programs()))


def numbers_in(value: Any) -> list[float]:
    if isinstance(value, dict):
        return [number for item in value.values() for number in numbers_in(item)]
    if isinstance(value, list):
        return [number for item in value for number in numbers_in(item)]
    return [value] if isinstance(value, int | float) and not isinstance(value, bool) else []


def test_the_schema_is_a_valid_schema_and_describes_every_key() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert SCHEMA["properties"]["format"]["const"] == RESULT_FORMAT
    for part in [SCHEMA, *SCHEMA["$defs"].values()]:
        assert part["additionalProperties"] is False
        assert sorted(part["required"]) == sorted(part["properties"])
        assert [key for key, value in part["properties"].items() if not {"description", "$ref"} & set(value)] == []


@pytest.mark.parametrize("name", sorted(path.name for path in CLASSICS.iterdir() if path.is_dir()))
def test_the_document_of_each_classic_conforms(name: str) -> None:
    scenario = bo.load(CLASSICS / name)
    document = read_result(bo.solve(scenario).to_json())
    VALIDATOR.validate(document)
    assert list(document) == KEYS
    assert document["provenance"]["inputs"] == dict(scenario.inputs)


@few(1 / 4, 100)
@given(cases(features=ALL))
def test_the_document_of_any_plan_conforms_and_its_decisions_are_the_plan(case: Any) -> None:
    scenario = case.scenario
    plan = bo.solve(scenario)
    document = read_result(plan.to_json())
    VALIDATOR.validate(document)
    assert all(math.isfinite(number) for number in numbers_in(document))
    decided = plan_of(by_program(document)["proof"]["decisions"], scenario)
    np.testing.assert_array_equal(decided.spending, plan.spending)
    np.testing.assert_array_equal(decided.transfers, plan.transfers)
    assert audit_plan(scenario, decided).accepted


def test_the_figures_of_a_small_plan(plan: bo.Allocation) -> None:
    document = plan.to_dict()
    assert document["status"] == "optimal"
    assert document["scenario"]["periods"] == ["FY1", "FY2"]
    # 2,000 and the gift of 100: two times 600 at 0.5, the gift beyond that at 0.3, and 700 or so at 0.4 a dollar
    assert document["objective"]["label"] == "maximize weighted outcomes"
    assert document["objective"]["value"] == pytest.approx(document["objective"]["bound"], rel=1e-9)
    assert document["objective"]["plan_value"] == pytest.approx(document["objective"]["value"], rel=1e-9)
    programs, paid = document["programs"], document["decisions"]["payments"]
    assert programs["id"] == ["library", "skate_park"]
    assert programs["name"] == ["Library", "skate_park"]
    assert programs["baseline"] == [800, None]
    assert programs["change_share"][1] is None
    assert programs["change"][0] == programs["spending"][0] - 800
    assert sum(programs["spending"]) == sum(paid["amount"]) == 2_100
    funds = [paid["fund"]["names"][at] for at in paid["fund"]["at"]]
    assert [amount for amount, fund in zip(paid["amount"], funds, strict=True) if fund == "gift"] == [100]
    assert paid["program"][funds.index("gift")] == 0
    effects = document["effects"]
    assert (effects["program"], effects["outcome"]) == ([0, 1, 1], {"names": ["visits", "noise"], "at": [0, 0, 1]})
    general, gift = document["funds"]
    assert [row["period"] for row in general["by_period"]] == ["FY1", "FY2"]
    assert gift["by_period"][1]["one_time"] == 100
    first = general["by_period"][0]
    incoming = first["opening"] + first["revenue"] + first["one_time"] + first["transfers_in"]
    assert incoming - first["transfers_out"] - first["spending"] == first["closing"]
    visits, noise = document["outcomes"]
    assert visits["value"] == pytest.approx(2 * visits["level"])
    assert sum(visits["by_period"].values()) == pytest.approx(visits["level"])
    assert noise["direction"] == "decrease"
    assert [(rule["name"], rule["bound"], rule["binding"]) for rule in document["rules"]] == [
        ("Books first", 300, False),
        ("Books first", 300, False),
    ]
    assert [rule["total_cost"] for rule in document["rules"]] == [None, None]
    assert document["certificate"]["proved"] is True
    assert document["certificate"]["audit"]["accepted"] is True
    assert document["provenance"]["scenario_sha256"] == plan.scenario.sha256


def test_whole_decisions_have_no_prices_and_their_bound_is_the_solver_s_word() -> None:
    programs = {"pool": {"outcomes": {"visits": {"curve": [[0, 0], [100, 1], [500, 200]]}}}}
    plan = bo.solve(bo.Scenario.from_document(two_programs(programs=programs, rules=[], funds=ONE_FUND)))
    document = plan.to_dict()
    check_form(document)
    assert plan.formulation.linear_program.is_integer
    assert document["certificate"]["bound_by_solver"] is True
    assert document["proof"]["stages"] == [None]
    assert document["proof"]["held"] is not None


def test_packages_stand_in_the_decisions_by_their_names() -> None:
    programs = {
        "station": {
            "packages": [
                {"name": "base", "cost": 300, "outcomes": {"visits": 200}},
                {"cost": 200, "outcomes": {"visits": 100}},
                {"name": "tower", "cost": 5_000, "outcomes": {"visits": 1}},
            ],
            "choose": "in_order",
        }
    }
    scenario = bo.Scenario.from_document(two_programs(programs=programs, rules=[], funds=ONE_FUND))
    document = read_result(bo.solve(scenario).to_json())
    taken = {"base": ["FY1", "FY2"], "package 2": ["FY1", "FY2"]}
    assert document["decisions"]["packages"] == {
        "program": [0, 0, 0, 0],
        "package": {"names": ["base", "package 2"], "at": [0, 0, 1, 1]},
        "period": {"names": ["FY1", "FY2"], "at": [0, 1, 0, 1]},
    }
    assert by_program(document)["programs"][0]["packages"] == taken
    decided = plan_of(by_program(document)["proof"]["decisions"], scenario)
    assert decided.packages is not None
    assert decided.packages.tolist() == [[True, True], [True, True], [False, False]]


def test_units_of_nothing_are_told_of_a_program_and_are_no_decision_of_the_first_format() -> None:
    good = {"visits": {"per_unit": 1}}
    programs = {name: {"service": {"unit_cost": cost}, "outcomes": good} for name, cost in (("bus", 10), ("van", 20))}
    scenario = bo.Scenario.from_document(two_programs(programs=programs, rules=[], funds=ONE_FUND))
    document = by_program(read_result(bo.solve(scenario).to_json()))
    assert document["proof"]["decisions"]["units"] == {"bus": {"FY1": 100, "FY2": 100}}
    assert document["programs"][1]["units"] == {"FY1": 0, "FY2": 0}


def test_two_solves_write_the_same_document_but_for_the_seconds(plan: bo.Allocation) -> None:
    again = bo.solve(bo.Scenario.from_document(two_programs()))
    one, two = plan.to_dict(), again.to_dict()
    for document in (one, two):
        document["provenance"]["seconds"] = 0.0
        del document["document_sha256"]
    assert json.dumps(one) == json.dumps(two)


def test_the_text_is_the_document_and_a_file_holds_the_text(plan: bo.Allocation, tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    text = plan.to_json(path)
    assert path.read_bytes() == text.encode()
    assert json.loads(text) == json.loads(json.dumps(plan.to_dict()))


def test_the_seal_is_of_what_is_said_not_of_its_layout(plan: bo.Allocation) -> None:
    document = plan.to_dict()
    laid_out = json.loads(json.dumps(document, indent=4, sort_keys=True), parse_float=lambda text: float(text))
    assert document_sha256(laid_out) == document["document_sha256"]
    assert canonical_json({"b": 5, "a": [1.0, True, None, "x"]}) == canonical_json(
        {"a": [1, True, None, "x"], "b": 5.0}
    )
    assert canonical_json({"a": [1]}) != canonical_json({"a": [True]})
    laid_out["provenance"]["seconds"] += 1
    assert document_sha256(laid_out) != document["document_sha256"]


def test_csv_files_hold_every_table(plan: bo.Allocation, tmp_path: Path) -> None:
    files = plan.to_csv(tmp_path / "tables")
    assert [file.name for file in files] == [
        "programs.csv",
        "by_period.csv",
        "by_fund.csv",
        "outcomes.csv",
        "effects.csv",
        "funds.csv",
        "rules.csv",
    ]
    with files[0].open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["program"] for row in rows] == ["library", "skate_park"]
    assert float(rows[0]["spending"]) == plan.programs.loc["library", "spending"]
    with files[2].open(encoding="utf-8", newline="") as file:
        paid = sum(float(row["amount"]) for row in csv.DictReader(file))
    assert paid == 2_100


def test_labels_of_one_name_are_told_apart() -> None:
    rule = Block("rule", 0, 3, {"rule": np.array([0, 0, 1]), "period": np.array([0, 0, 0])})
    labels = Labels((rule, Block("value", 3, 5)), {"rule": ("Floor", "Cap"), "period": ("FY1",)})
    names = labels_of(labels)
    assert names[:3] == ["rule[Floor,FY1]", "rule[Floor,FY1] (2)", "rule[Cap,FY1]"]
    assert len(set(names)) == 5


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "line 1, column 2: this is not JSON"),
        ("[]", "no key 'format'"),
        ('{"name": 1}', "no key 'format'"),
        ('{"format": "budgetopt-result/9"}', "the format is 'budgetopt-result/9'"),
        ('{"format": "budgetopt-result/1", "format": "budgetopt-result/1"}', "the key 'format' stands twice"),
        ('{"format": NaN}', "holds NaN, which is no number"),
        ('{"format": "budgetopt-result/1"}', "has not the form of a result"),
        (
            '{"format": "budgetopt-result/2"}',
            "has not the form of a result: status: Field required; unique: Field required; ",
        ),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_what_is_no_result_is_refused_in_words(text: str, message: str) -> None:
    with pytest.raises(ResultFileError, match=message.replace("[", r"\[")):
        read_result(text)


@given(data=st.data())
def test_a_document_with_a_key_too_few_or_too_many_is_refused(data: st.DataObject) -> None:
    document = read_result(WYNDOR)
    if data.draw(st.booleans()):
        document = by_program(document)
        parents = [document["programs"][0], document["proof"]["decisions"]]
    else:
        parents = [document["programs"], document["effects"], document["program_limits"], document["decisions"]]
        parents += [document["decisions"]["payments"], document["proof"]["point"][0]]
    parents += [document, document["objective"], document["funds"][0], document["rules"][0]]
    parents += [document["certificate"], document["provenance"], document["proof"]]
    parent = data.draw(st.sampled_from(parents))
    if data.draw(st.booleans()):
        del parent[data.draw(st.sampled_from(sorted(parent)))]
    else:
        parent["remark"] = 1
    with pytest.raises(ResultFileError):
        check_form(document)


WYNDOR = bo.solve(bo.load(CLASSICS / "wyndor")).to_json()


@pytest.mark.parametrize(
    ("decisions", "message"),
    [
        ({"payments": {"zoo": {"general": {"FY1": 1}}}}, "the program 'zoo'"),
        ({"payments": {"library": {"special": {"FY1": 1}}}}, "the fund 'special'"),
        ({"payments": {"library": {"general": {"FY9": 1}}}}, "the period 'FY9'"),
        ({"payments": {"library": {"general": {"FY1": 1.005}}}}, "not in whole cents"),
        ({"transfers": {"general": {"library": {"FY1": 1}}}}, "the fund 'library'"),
        ({"packages": {"library": {"wing": ["FY1"]}}}, "the package of library 'wing'"),
        ({"units": {"library": {"FY9": 1}}}, "the period 'FY9'"),
    ],
)
def test_decisions_on_what_does_not_exist_are_refused(decisions: dict[str, Any], message: str) -> None:
    scenario = bo.Scenario.from_document(two_programs())
    whole = {
        "payments": {},
        "transfers": {},
        "packages": {},
        "units": {},
        "stand_ins": {},
        "rounded_to": 0.01,
        **decisions,
    }
    with pytest.raises(ResultFileError, match=message):
        plan_of(whole, scenario)


def test_each_limit_and_each_column_stands_on_a_line_of_its_own() -> None:
    plan = bo.solve(bo.Scenario.from_document(two_programs()))
    text = plan.to_json()
    document = plan.to_dict()
    assert json.loads(text) == document
    lines = [json.loads("{" + line + "}") for line in column_lines(text)]
    for name, column in document["programs"].items():
        assert {name: column} in lines
    rows = [json.loads(line.strip().removesuffix(",")) for line in text.splitlines() if line.startswith("  {")]
    for row in document["rules"]:
        assert row in rows


def column_lines(text: str) -> list[str]:
    """Return the lines of a result document that are one entry of a mapping."""
    lines = [line.strip().removesuffix(",") for line in text.splitlines()]
    return [line for line in lines if re.fullmatch(r'"\w+": .*[^{\[]', line)]


def test_the_seal_of_a_written_document_is_that_of_what_is_read_again():
    plan = bo.solve(bo.Scenario.from_document(two_programs()))
    assert document_sha256(json.loads(plan.to_json())) == plan.to_dict()["document_sha256"]


def test_numbers_that_are_none_are_null_and_zeros_have_no_sign():
    values = np.array([np.nan, -0.0, 1.5, np.inf])
    assert [str(value) for value in _listed(values)] == ["None", "0.0", "1.5", "None"]
    assert [str(value) for value in _listed(values[1:3])] == ["0.0", "1.5"]
    assert _listed(np.array(["a", None, -0.0], dtype=object)) == ["a", None, 0.0]
    assert _listed(np.array([True, False])) == [True, False]


def test_a_column_of_one_number_or_one_text_is_that() -> None:
    assert numbers(np.array([2.0, 2.0])) == 2
    assert str(numbers(np.array([-0.0, 0.0]))) == "0.0"
    assert numbers(np.array([np.nan, np.nan])) is None
    assert numbers(np.array([np.nan, 1.0])).tolist()[1] == 1
    assert numbers(np.array([])).tolist() == []
    assert texts(np.array(["a", "a"], dtype=object)) == "a"
    column = texts(np.array(["b", "a", "b"], dtype=object))
    assert (column["names"], column["at"].tolist()) == (["b", "a"], [0, 1, 0])


def test_figures_have_fifteen_digits() -> None:
    values = np.array([0.1 + 0.2, -1234567.1 * 3, 1e-300 / 3, 2e15 / 3, np.nan, np.inf, 0.0, 1e300])
    assert [repr(value) for value in significant(values).tolist()[:2]] == ["0.3", "-3703701.3"]
    assert [repr(value) for value in significant(values).tolist()[4:]] == ["nan", "inf", "0.0", "1e+300"]
    np.testing.assert_allclose(significant(values)[2:4], values[2:4], rtol=1e-14)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_rounding_to_digits_changes_hardly_anything_and_nothing_twice(items: list[float]) -> None:
    values = np.array(items)
    once = significant(values)
    np.testing.assert_allclose(once, values, rtol=1e-14, atol=0)
    np.testing.assert_array_equal(significant(once), once)


def test_values_of_one_label_are_numbered() -> None:
    rule = Block("rule", 0, 4, {"rule": np.array([0, 2, 1, -1]), "period": np.array([0, 0, 0, 0])})
    labels = Labels((rule, Block("value", 4, 6)), {"rule": ("Floor", "Cap", "Floor"), "period": ("FY1",)})
    first, second = labelled(np.array([1.0, 2.0, 0.0, 4.0, 5.0, 6.0]), labels) or []
    assert (first["label"], first["again"].tolist()) == ("rule[rule,period]", [1, 2, 1])
    assert (second["label"], second["keys"], second["again"].tolist()) == ("value[]", {}, [1, 2])
    names = labels_of(labels)
    assert list(_labelled([plain(first), plain(second)], [])) == [names[0], names[1], names[3], names[4], names[5]]


def test_a_program_that_the_scenario_does_not_have_is_named_by_its_number() -> None:
    table = {"label": "floor[program]", "keys": {"program": [1, 2, -1]}, "again": None, "values": [4.0, 5.0, 6.0]}
    assert _labelled([table], ["a", "b"]) == {"floor[b]": 4, "floor[2]": 5, "floor[-1]": 6}


def plain(table: dict[str, Any]) -> dict[str, Any]:
    """Return a table with its arrays as lists."""
    read: dict[str, Any] = orjson.loads(orjson.dumps(table, option=orjson.OPT_SERIALIZE_NUMPY))
    return read


@few(1 / 8, 50)
@given(cases(features=ALL))
def test_a_document_in_another_order_is_the_same_document(case: Any) -> None:
    plan = bo.solve(case.scenario)
    document = json.loads(json.dumps(plan.to_dict(), sort_keys=True))
    assert verify_result(document, case.scenario).accepted
    first = in_first_format(document)
    assert verify_result(first, case.scenario).accepted
    assert read_result(json.dumps(first)) == first


@pytest.mark.parametrize(
    ("table", "change", "message"),
    [
        ("programs", {"name": ["Doors"]}, "the column 'name' has 1 entries, and the table has 2 rows"),
        ("programs", {"id": ["doors", "doors"]}, "a program stands twice"),
        ("programs", {"reason": {"names": ["a"], "at": [0, 1]}}, "the column 'reason' points beyond its names"),
        ("programs", {"reason": {"names": ["a"], "at": [0, -1]}}, "greater than or equal to 0"),
        ("effects", {"program": [0, 1, 0, 2]}, "a table points to the program 2 of 2"),
        ("effects", {"level": [1.0]}, "the column 'level' has 1 entries, and the table has 4 rows"),
        ("effects", {"level": True}, "effects.level"),
    ],
)
def test_columns_that_are_not_of_one_table_are_refused(table: str, change: dict[str, Any], message: str) -> None:
    document = json.loads(WYNDOR)
    document[table] |= change
    with pytest.raises(ResultFileError, match=message):
        check_form(document)


def test_what_stands_twice_in_a_table_is_refused() -> None:
    scenario = bo.load(CLASSICS / "wyndor")
    document = json.loads(WYNDOR)
    document["decisions"]["payments"]["program"] = [0, 0]
    (wrong,) = [one for one in verify_result(document, scenario, check_seal=False).findings if not one.passed]
    assert (wrong.name, "twice" in wrong.text) == ("form", True)
    document = json.loads(WYNDOR)
    document["proof"]["point"][0]["keys"]["program"] = 0
    (wrong,) = [one for one in verify_result(document, scenario, check_seal=False).findings if not one.passed]
    assert (wrong.name, "twice" in wrong.text) == ("form", True)
    document["proof"]["point"][0]["label"] = "segment[program]"
    with pytest.raises(ResultFileError, match=r"the keys are not those of the label 'segment\[program\]'"):
        check_form(document)


def test_a_figure_of_a_column_that_is_changed_is_told_by_name() -> None:
    scenario = bo.load(CLASSICS / "wyndor")
    document = json.loads(WYNDOR)
    assert verify_result(document, scenario).accepted
    document["programs"]["change"] = [1.0, 2.0]
    broken = verify_result(document, scenario)
    assert [one.name for one in broken.findings if not one.passed] == ["seal", "figures"]
    assert "programs.doors.change is 1, and it should be" in str(broken)


def test_a_text_that_is_no_unicode_breaks_the_seal() -> None:
    document = json.loads(WYNDOR)
    document["scenario"]["source"] = "\ud800"
    with pytest.raises(ResultFileError, match="no Unicode"):
        document_sha256(document)
    found = verify_result(document, bo.load(CLASSICS / "wyndor"))
    assert not found.accepted
