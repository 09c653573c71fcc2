"""The result document: its form, its figures, and that every plan has one."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import budgetopt as bo
from budgetopt.allocation.proof import labels_of, plan_of
from budgetopt.allocation.result import RESULT_FORMAT, _listed, _lists, canonical_json, document_sha256
from budgetopt.allocation.result_schema import check_form, read_result, result_schema
from budgetopt.audit import audit_plan
from budgetopt.errors import ResultFileError
from budgetopt.formulation.linear_program import Block, Labels
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
    "programs",
    "funds",
    "outcomes",
    "rules",
    "certificate",
    "provenance",
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
    decided = plan_of(document["proof"]["decisions"], scenario)
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
    library, skate_park = document["programs"]
    assert [library["id"], skate_park["id"]] == ["library", "skate_park"]
    assert library["name"] == "Library"
    assert library["baseline"] == 800
    assert skate_park["baseline"] is None
    assert skate_park["change_share"] is None
    assert library["change"] == library["spending"] - 800
    assert sum(library["by_fund"].values()) == library["spending"]
    assert sum(library["by_period"].values()) == library["spending"]
    assert library["spending"] + skate_park["spending"] == 2_100
    assert library["by_fund"]["gift"] == 100
    assert skate_park["by_fund"].keys() == {"general"}
    assert set(skate_park["outcomes"]) == {"visits", "noise"}
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
    assert document["proof"]["decisions"]["packages"] == {"station": taken}
    assert document["programs"][0]["packages"] == taken
    decided = plan_of(document["proof"]["decisions"], scenario)
    assert decided.packages is not None
    assert decided.packages.tolist() == [[True, True], [True, True], [False, False]]


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
    assert canonical_json([1]) != canonical_json([True])
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
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_what_is_no_result_is_refused_in_words(text: str, message: str) -> None:
    with pytest.raises(ResultFileError, match=message.replace("[", r"\[")):
        read_result(text)


@given(data=st.data())
def test_a_document_with_a_key_too_few_or_too_many_is_refused(data: st.DataObject) -> None:
    document = read_result(WYNDOR)
    parents = [document, document["objective"], document["programs"][0], document["funds"][0], document["rules"][0]]
    parents += [document["certificate"], document["provenance"], document["proof"], document["proof"]["decisions"]]
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


def test_each_program_and_each_limit_stands_on_a_line_of_its_own():
    plan = bo.solve(bo.Scenario.from_document(two_programs()))
    text = plan.to_json()
    document = plan.to_dict()
    assert json.loads(text) == document
    lines = {line.strip().removesuffix(",") for line in text.splitlines()}
    for row in (*document["programs"], *document["rules"]):
        assert json.dumps(row, ensure_ascii=False) in lines


def test_the_seal_of_a_written_document_is_that_of_what_is_read_again():
    plan = bo.solve(bo.Scenario.from_document(two_programs()))
    assert document_sha256(json.loads(plan.to_json())) == plan.to_dict()["document_sha256"]


def test_numbers_that_are_none_are_null_and_zeros_have_no_sign():
    values = np.array([np.nan, -0.0, 1.5, np.inf])
    assert [str(value) for value in _listed(values)] == ["None", "0.0", "1.5", "None"]
    assert [str(value) for value in _listed(values[1:3])] == ["0.0", "1.5"]
    assert _listed(np.array(["a", None, -0.0], dtype=object)) == ["a", None, 0.0]
    assert _listed(np.array([True, False])) == [True, False]
    assert [[str(value) for value in row] for row in _lists(np.array([[1.0, np.nan], [-0.0, 2.0]]))] == [
        ["1.0", "None"],
        ["0.0", "2.0"],
    ]
