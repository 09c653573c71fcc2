"""The JSON Schema of scenario files: valid, true to the models, and strict where one file can be judged alone."""
# ruff: noqa: E501 (a scenario is written as people write one)

from __future__ import annotations

import copy
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from budgetopt.reading.schema import json_schema
from budgetopt.reading.yaml_file import parse_yaml, read_yaml
from budgetopt.scenario.model import Document

ROOT = Path(__file__).resolve().parents[2]
SCENARIOS = sorted((ROOT / "scenarios").rglob("scenario.yaml"))
VALIDATOR = Draft202012Validator(json_schema())

RIVERTON = """
format: budgetopt/1
name: Riverton FY2027
currency: USD
periods: [FY2027, 2028]
funds:
  general:
    kind: general
    revenue: {FY2027: 118M, 2028: "120,000,000"}
    one_time: {FY2027: 6M}
    opening_balance: $24M
    reserve: {at_least: 16.67%, of: revenue}
    structural_balance: true
    transfers_to: {capital: {at_most: 5M}}
  grant: {kind: grant, revenue: 3M, growth: -2%, only: {tags: housing}, match: {from: general, rate: 25%}}
  capital: {kind: capital, revenue: 0, reserve: 1M}
outcomes:
  housed: {unit: households, weight: 18_000}
  repairs: {unit: repairs, weight: 900, direction: decrease, target: {at_most: {FY2027: 400}}}
tables:
  programs: programs.csv
  evidence: [a.csv, {file: office.xlsx!Offers, columns: {Code: program}, header: 3}]
programs:
  rapid_rehousing:
    tags: housing
    districts: {north: 30%, south: 0.7}
    baseline: 2.4M
    spending: {at_least: 10%, at_most: {FY2027: 6M, 2028: 120%}}
    funds: [general, grant]
    outcomes:
      housed: {unit_cost: 12_000, up_to: 400, std_error: 15%, evidence: rct, as_of: 2024}
      repairs: {curve: [[0, 900], [5M, 400]]}
  fire_station:
    packages:
      - {name: base, cost: 9M, outcomes: {housed: 40}}
      - {name: bridge, cost: [2M, 9M, 1M], outcomes: {housed: {value: 3, evidence: expert}}, uses: {staff: 2}, opens_after: 2}
    choose: one
  screening:
    service: {unit_cost: 31, up_to: 24_000}
    uses: {staff: {per_unit: 0.0004}}
    outcomes: {housed: {per_unit: 1.1}}
resources:
  staff: {capacity: 64, unit: FTE}
rules:
  - {name: Floor, sum: spending, where: {department: [Fire, Police], not: {tags: new}}, at_least: 12%, of: total spending}
  - {name: Big, sum: outcome housed, where: {any: [{baseline: {above: 1M}}, {size: 3}]}, at_least: 5}
  - {name: Move, change: {at_most: 15%, from: baseline}, where: {department: {not: Fire}}}
  - {name: Two at most, count: funded, where: {tags: new}, at_most: 2}
  - {name: South, sum: spending, by: districts, each_at_least: 90%, of: population share, population: {north: 5, south: 4}}
  - {name: Needs, requires: {program: screening, needs: fire_station}}
  - {name: Apart, excludes: [screening, fire_station]}
objective:
  - maximize: weighted outcomes
    within: 1%
  - minimize: change from baseline
"""


def errors(tree: Any) -> list[str]:
    return [f"{'.'.join(map(str, error.absolute_path))}: {error.message}" for error in VALIDATOR.iter_errors(tree)]


def with_value(path: str, value: Any) -> Any:
    tree = copy.deepcopy(parse_yaml(RIVERTON).tree)
    *parents, last = path.split(".")
    node = tree
    for part in parents:
        node = node[int(part)] if isinstance(node, list) else node[part]
    node[last] = value
    return tree


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(json_schema())


def test_every_reference_leads_somewhere_and_every_definition_is_used() -> None:
    schema = json_schema()
    text = json.dumps(schema)
    for name in schema["$defs"]:
        assert f'"#/$defs/{name}"' in text
    assert all(part.split('"')[0] in schema["$defs"] for part in text.split("#/$defs/")[1:])


def test_the_order_of_the_keys_is_always_the_same() -> None:
    code = "import json; from budgetopt.reading.schema import json_schema; print(json.dumps(json_schema()))"
    texts = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("1", "2")
    }
    assert texts == {json.dumps(json_schema()) + "\n"}


def test_every_key_of_the_models_is_described() -> None:
    for name, definition in json_schema()["$defs"].items():
        if name.startswith("Changed"):
            continue
        assert definition.get("description"), name
        for key, found in definition.get("properties", {}).items():
            assert found.get("description"), f"{name}.{key}"
    assert set(json_schema()["$defs"]["Document"]["properties"]) == set(Document.model_fields)


def test_the_forms_of_amounts_are_told() -> None:
    assert "4.2M" in json_schema()["$defs"]["Amount"]["description"]


@pytest.mark.parametrize("file", SCENARIOS, ids=lambda file: file.parent.name)
def test_the_scenarios_of_the_repository_are_valid(file: Path) -> None:
    assert errors(read_yaml(file).tree) == []


def test_an_example_with_every_key_is_valid() -> None:
    tree = parse_yaml(RIVERTON).tree
    assert errors(tree) == []
    Document.model_validate(tree)


@pytest.mark.parametrize(
    "text",
    [
        "extends: ../base.yaml\nfunds: {general: {revenue: -5%, opening_balance: '*0.5'}}",
        "extends: ../base\nremove: [rules.Floor]\nrules: [{name: Move, at_least: +2M}]\noutcomes: {visits: {weight: =-4}}",
        "extends: base\nprograms: {library: {spending: {at_most: {FY2027: -300k}}}}\nobjective: {maximize: visits}\nrules: [{name: Move, at_most: -5%}]",
    ],
)
def test_a_file_that_extends_another_says_only_what_differs(text: str) -> None:
    tree = parse_yaml(text).tree
    assert errors(tree) == []
    del tree["extends"]
    assert errors(tree) != []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("nam", "x"),
        ("format", "budgetopt/2"),
        ("funds.general.revenu", 5),
        ("funds.general.revenue", "lots"),
        ("funds.general.revenue", -5),
        ("funds.general.revenue", [1, 2]),
        ("funds.general.kind", "genral"),
        ("funds.general.carryover", "no"),
        ("funds.general.reserve", {"of": "revenue"}),
        ("funds.general.only", {}),
        ("funds.general.only", {"tags": []}),
        ("funds.general.only", {"not": "housing"}),
        ("funds.general.only", {"size": {"atleast": 3}}),
        ("outcomes.housed.weight", None),
        ("outcomes.housed.target", {"each": "period"}),
        ("programs.rapid_rehousing.districts.north", 30),
        ("programs.rapid_rehousing.recurring", 1),
        ("programs.rapid_rehousing.outcomes.housed.unit_cost", 0),
        ("programs.rapid_rehousing.outcomes.housed.evidence", "rtc"),
        ("programs.rapid_rehousing.outcomes.repairs.curve", [[0, 1]]),
        ("programs.rapid_rehousing.outcomes.repairs.curve", [[0, 1], [2]]),
        ("rules.0", {"name": "x"}),
        ("rules.0", {"sum": "spending", "at_least": 5}),
        ("rules.0", {"name": "x", "sum": "spending"}),
        ("rules.0", {"name": "x", "sum": "spending", "at_least": 5, "change": {"at_most": 1}}),
        ("rules.0", {"name": "x", "change": {}}),
        ("objective", "weighted outcomes"),
        ("objective", {"maximize": "a", "minimize": "b"}),
        ("programs.rapid_rehousing.packages", [{"name": "x"}]),
        ("programs.rapid_rehousing.packages", [{"cost": []}]),
        ("programs.rapid_rehousing.uses", {"staff": {}}),
        ("programs.rapid_rehousing.service", {"unit": "rides"}),
        ("resources", {"staff": {"capacity": "many"}}),
        ("funds.grant.match", {"from": "general"}),
        ("tables.programs", {"columns": {"Code": "program"}}),
        ("remove", ["rules.Floor"]),
    ],
)
def test_what_is_wrong_in_itself_is_refused(path: str, value: Any) -> None:
    node = path.rsplit(".", 1)
    tree = with_value(path, value) if path != "rules.0" else None
    if tree is None:
        tree = parse_yaml(RIVERTON).tree
        tree["rules"][0] = value
    assert errors(tree) != [], node
