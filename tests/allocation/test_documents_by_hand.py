"""What a result document is refused for, and where its files are written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import budgetopt as bo
from budgetopt.allocation.result_schema import result_schema
from budgetopt.allocation.result_seal import document_sha256, laid_out
from budgetopt.allocation.verify import verify_result
from budgetopt.scenario.scenario import Scenario
from language.small import document_of


@pytest.fixture(scope="module")
def plan() -> bo.Allocation:
    return bo.solve(Scenario.from_document(document_of({"a": {"outcomes": {"good": {"per_dollar": 1}}}})))


def test_tables_are_written_into_a_folder_below_one_that_is_missing(plan: bo.Allocation, tmp_path: Path) -> None:
    files = plan.to_csv(tmp_path / "one" / "two")
    assert files
    assert all(file.parent == tmp_path / "one" / "two" and file.exists() for file in files)
    assert plan.to_csv(tmp_path / "one" / "two") == files


def test_each_table_begins_with_what_its_rows_are_about(plan: bo.Allocation, tmp_path: Path) -> None:
    heads = {file.stem: file.read_text(encoding="utf-8").split(",")[0] for file in plan.to_csv(tmp_path)}
    assert heads == {
        "programs": "program", "by_period": "program", "by_fund": "program", "outcomes": "outcome",
        "effects": "program", "funds": "fund", "rules": "kind",
    }  # fmt: skip


def test_the_document_is_laid_out_by_lines(plan: bo.Allocation) -> None:
    text = plan.to_json()
    assert text.startswith('{\n "')
    assert text.endswith("}\n")


def test_each_entry_of_a_list_or_mapping_has_a_line_and_what_it_holds_has_none() -> None:
    text = laid_out({"rules": [{"name": "Floor", "periods": ["FY1"]}], "scenario": {"name": {"long": "Town"}}})
    assert text.splitlines() == [
        "{",
        ' "rules": [',
        '  {"name": "Floor", "periods": ["FY1"]}',
        " ],",
        ' "scenario": {',
        '  "name": {"long": "Town"}',
        " }",
        "}",
    ]


def test_what_is_no_number_has_no_seal() -> None:
    for form in ({"format": "budgetopt-result/1"}, {}):
        assert document_sha256({"x": 5, **form}) == document_sha256({"x": 5.0, **form})
        assert document_sha256({"x": [5, None], **form}) == document_sha256({"x": [5.0, None], **form})
        assert document_sha256({"x": True, **form}) != document_sha256({"x": 1, **form})
        assert document_sha256({"x": [True], **form}) != document_sha256({"x": [1], **form})
    with pytest.raises(ValueError, match="not JSON compliant"):
        document_sha256({"x": float("nan"), "format": "budgetopt-result/1"})


def test_an_objective_without_a_certificate_is_not_proved(plan: bo.Allocation) -> None:
    (stage,) = plan.solver_result.stages
    assert plan.to_dict()["objective"]["stages"][0]["proved"] is True
    bare = replace(plan, solver_result=replace(plan.solver_result, stages=(replace(stage, certificate=None),)))
    assert bare.to_dict()["objective"]["stages"][0]["proved"] is False
    failed = replace(stage.certificate, objective=1.0, gap=replace(stage.certificate.gap, worst=1.0))
    wrong = replace(plan, solver_result=replace(plan.solver_result, stages=(replace(stage, certificate=failed),)))
    assert wrong.to_dict()["objective"]["stages"][0]["proved"] is False


@pytest.mark.parametrize(("missing", "more"), [(5, ""), (6, "and 1 more"), (8, "and 3 more")])
def test_five_keys_that_are_missing_are_named(plan: bo.Allocation, missing: int, more: str) -> None:
    document = plan.to_dict()
    gone = ["status", "scenario", "objective", "programs", "funds", "outcomes", "rules", "certificate"]
    kept = {key: value for key, value in document.items() if key not in gone[:missing]}
    (finding,) = verify_result(kept, plan.scenario).findings
    assert finding.text.count("Field required") == 5
    assert ("more" in finding.text.replace(more, "") if more else "more\n" in finding.text) is False
    assert more in finding.text


def test_the_schema_says_which_it_is() -> None:
    schema = result_schema()
    assert schema["title"] == "budgetopt-result/2"
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert {"status", "proof", "certificate"} <= schema["properties"].keys()
