"""A new kind of rule is written in four places, and everything else tells it rightly: nothing else is changed here."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

import budgetopt as bo
from budgetopt.analysis import conflicts, prices, repairs
from budgetopt.audit import rules as audit_rules
from budgetopt.audit.check import Check
from budgetopt.audit.evaluation import Evaluation
from budgetopt.cli import main
from budgetopt.formulation import rules as formulation_rules
from budgetopt.formulation.rules.linear_rule import LinearRule, RuleRow, Weighted
from budgetopt.scenario.model import RULE_KINDS, Document, RuleBase
from budgetopt.scenario.model.base import Names
from budgetopt.scenario.model.rule import any_rule
from budgetopt.scenario.scenario import Scenario


class CapsRule(RuleBase):
    """The words: each of some departments spends at most so much in a period."""

    caps: Names
    at_most: float

    @property
    def parts(self) -> tuple[str, ...]:
        """The departments."""
        return self.caps


def compile_caps(scenario: Scenario, position: int, rule: CapsRule) -> Iterator[LinearRule]:
    """Yield the formulation: a sum for each department."""
    held = np.flatnonzero(scenario.period_mask(rule.periods))
    for number, name in enumerate(rule.caps):
        mine = Weighted((scenario.programs.text("department") == name).astype(float))
        masks = [np.arange(len(scenario.periods)) == at for at in held]
        yield LinearRule(
            "rule", position, (mine,), tuple(RuleRow(mask, -np.inf, rule.at_most) for mask in masks), number
        )


def check_caps(evaluation: Evaluation, rule: CapsRule) -> Check:
    """Check the words by themselves."""
    scenario = evaluation.scenario
    held = np.flatnonzero(scenario.period_mask(rule.periods))
    department = scenario.programs.text("department")
    spent = np.array([evaluation.spent[department == name].sum(axis=0)[held] for name in rule.caps])
    return Check(
        kind="caps",
        name=rule.name,
        value=spent.ravel(),
        upper=np.full(spent.size, rule.at_most),
        period=np.tile(held, len(rule.caps)),
        part=np.repeat(np.arange(len(rule.caps)), len(held)),
        item=np.repeat(np.array(rule.caps, dtype=object), len(held)),
        allowed=np.full(spent.size, 0.05),
        because=rule.because,
        above="{name}: {item} spends {value}{in_period}, and the most is {bound}",
    )


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Make the kind known, as its lines in the four tables would."""
    field = Document.model_fields["rules"]
    before = field.annotation
    with monkeypatch.context() as patch:
        patch.setitem(RULE_KINDS, "caps", CapsRule)
        patch.setitem(formulation_rules.COMPILERS, CapsRule, compile_caps)
        patch.setitem(audit_rules.RULE_CHECKS, CapsRule, check_caps)
        field.annotation = tuple[any_rule(), ...]
        Document.model_rebuild(force=True)
        yield
    field.annotation = before
    Document.model_rebuild(force=True)


def town(at_most: float = 4_000_000, **more: Any) -> dict[str, Any]:
    """Return a town whose departments are held at 4 million each: dollars there buy 3, 2 and 1, and 0.5 elsewhere."""
    rates = {"fire": 3.0, "police": 2.0, "parks": 1.0}
    programs = {name: {"department": name.title(), "outcomes": {"good": {"per_dollar": rates[name]}}} for name in rates}
    programs["other"] = {"department": "Other", "outcomes": {"good": {"per_dollar": 0.5}}}
    rule = {"name": "Caps", "caps": ["Fire", "Police", "Parks"], "at_most": at_most, "because": "Resolution 7"}
    document = {
        "name": "Town",
        "funds": {"general": {"revenue": 11_000_000}},
        "outcomes": {"good": {"weight": 1, "unit": "visits"}},
        "programs": programs,
        "rules": [rule],
    }
    return {**document, **more}


def test_the_table_of_limits_has_each_part_with_its_own_price() -> None:
    rows = bo.solve(Scenario.from_document(town())).rules
    assert rows["kind"].tolist() == ["caps"] * 3
    assert rows["part"].tolist() == ["Fire", "Police", "Parks"]
    assert rows["value"].tolist() == [4_000_000, 4_000_000, 3_000_000]
    assert rows["binding"].tolist() == [True, True, False]
    # the last dollar buys 1 in parks
    assert rows["price"].tolist() == pytest.approx([2, 1, 0])
    assert rows["because"].tolist() == ["Resolution 7"] * 3


def test_prices_find_each_row_and_what_the_whole_rule_costs() -> None:
    plan = bo.solve(Scenario.from_document(town()))
    table = prices(plan)
    mine = table[table["kind"] == "rule"]
    # the whole rule comes first, and its cost stands there alone
    assert mine["part"].tolist() == ["", "Fire", "Police", "Parks"]
    assert mine["relief"].tolist()[1:] == pytest.approx([2, 1, 0])
    free = bo.solve(plan.scenario.without("rules.Caps"))
    assert mine["total_cost"].iloc[0] == pytest.approx(free.objective_value - plan.objective_value)
    assert mine["total_cost"].isna().tolist() == [False, True, True, True]
    assert free.objective_value > plan.objective_value


def crowded() -> Scenario:
    """Return the town with a floor that the rule does not leave room for."""
    document = town()
    document["programs"]["fire"]["spending"] = {"at_least": 5_000_000}
    return Scenario.from_document(document)


def test_conflicts_name_it() -> None:
    (conflict,) = conflicts(crowded())
    assert {(limit.kind, limit.name) for limit in conflict.demands} == {("rule", "Caps"), ("floor", "fire")}
    assert next(limit for limit in conflict.demands if limit.kind == "rule").because == "Resolution 7"


def test_repairs_find_its_new_number_and_it_works() -> None:
    scenario = crowded()
    raised = [item for item in repairs(scenario) if item.amendments[0].path == "rules[Caps].at_most"]
    (amendment,) = raised[0].amendments
    assert (amendment.before, amendment.after) == (4_000_000, 5_000_000)
    assert bo.solve(raised[0].apply(scenario)).audit.accepted


def test_every_report_says_it_by_name_part_and_figure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scenario = Scenario.from_document(town())
    plan = bo.solve(scenario)
    folder = scenario.to_folder(tmp_path / "town")
    assert main(["solve", str(folder), "--all"]) == 0
    terminal = " ".join(capsys.readouterr().out.split())
    page = tmp_path / "plan.html"
    plan.to_html(page)
    html = " ".join(unescape(page.read_text(encoding="utf-8")).split())
    for name, price in (("Caps: Fire", 2), ("Caps: Police", 1)):
        assert name in terminal
        assert name in html
        assert f"Each $1 more allowed would add {price} to the weighted outcomes." in terminal
        assert f"Each $1 more allowed would add {price} to the weighted outcomes." in html
    assert "at most $4 million" in terminal
    assert "at most $4 million" in html
    plan.to_excel(tmp_path / "plan.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "plan.xlsx")["Limits"]
    rows = [[cell.value for cell in row] for row in sheet if "Caps" in str(row[0].value)]
    assert [row[1] for row in rows] == ["Fire", "Police", "Parks"]
    assert {4_000_000} == {next(value for value in row if value == 4_000_000) for row in rows}


def test_the_command_says_what_contradicts_it_and_how_to_repair_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = crowded().to_folder(tmp_path / "town")
    assert main(["conflicts", str(folder)]) == 1
    said = " ".join(capsys.readouterr().out.split())
    assert "the rule “Caps” (Resolution 7)" in said
    assert "change the rule “Caps” from $4,000,000 to $5,000,000" in said


def test_parts_that_the_rule_does_not_name_are_those_of_the_audit(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule written without `parts` has the groups of its formulation and the items of its audit."""
    monkeypatch.setattr(CapsRule, "parts", ())
    monkeypatch.setitem(
        audit_rules.RULE_CHECKS, CapsRule, lambda evaluation, rule: replace(check_caps(evaluation, rule), part=None)
    )
    document = town()
    document["rules"][0] |= {"periods": ["FY2"]}
    document |= {"periods": ["FY1", "FY2"], "funds": {"general": {"revenue": 11_000_000, "carryover": False}}}
    rows = bo.solve(Scenario.from_document(document)).rules
    assert rows["part"].tolist() == ["Fire", "Police", "Parks"]
    assert rows["price"].tolist() == pytest.approx([2, 1, 0])
    assert not any(math.isnan(price) for price in rows["price"])
