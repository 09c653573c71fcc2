"""Rules that are written wrong, each by itself: what they sum, their units, their own limits."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from budgetopt.checks.findings import Findings, named, suggestion
from budgetopt.checks.floors import check_bounds, percent
from budgetopt.checks.name_checks import known_quantities
from budgetopt.scenario.amounts import Share
from budgetopt.scenario.model import OfSelection, SumRule
from budgetopt.scenario.places import Path
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.words import listed, money, shown

__all__ = ["check_rules"]


def check_rules(scenario: Scenario, findings: Findings) -> None:
    """Look for rules that sum what nothing has, in units that do not fit, or with a floor above their own ceiling."""
    for rule, path in findings.rule_paths(scenario.rules):
        if isinstance(rule, SumRule):
            _sums(scenario, rule, path, findings)
            _units(rule, path, findings)
            _bounds(scenario, rule, path, findings)


def _summed(words: str) -> tuple[str, str]:
    """Return the kind and the name of ``outcome NAME`` or ``resource NAME``; empty texts for other words."""
    what, _, name = words.partition(" ")
    return (what, name.strip()) if what in ("outcome", "resource") and name.strip() else ("", "")


def _sums(scenario: Scenario, rule: SumRule, path: Path, findings: Findings) -> None:
    known = known_quantities(scenario, findings)
    parts = [(rule.sum, (*path, "sum"))]
    if isinstance(rule.of, OfSelection):
        parts.append((rule.of.sum, (*path, "of", "sum")))
    for words, below in parts:
        what, name = _summed(words)
        if what and name not in known[what]:
            findings.add_unknown(what, name, known[what], below, named(below, findings.tree))
        elif not what and words != "spending":
            message = f"{shown(words)} is nothing that {named(path, findings.tree)} can sum"
            hint = suggestion(words, ["spending", *known["outcome"], *known["resource"]])
            for kind, names in known.items():
                hint = f"did you mean '{kind} {words}'?" if words in names else hint
            findings.add("unknown-sum", below, message, "spending, outcome NAME or resource NAME", hint)


def _units(rule: SumRule, path: Path, findings: Findings) -> None:
    what, of, subject = _summed(rule.sum)[0], rule.of, named(path, findings.tree)
    expected = f"`of` with `sum: {rule.sum}`"
    if isinstance(of, OfSelection) and _summed(of.sum) != _summed(rule.sum):
        message = f"{subject} asks for '{rule.sum}' as a share of '{of.sum}'"
        findings.add("units", (*path, "of"), message, expected)
    if what and of in ("total spending", "baseline", "revenue"):
        article = "an" if what == "outcome" else "a"
        message = f"{subject} asks for {article} {what} as a share of {of}, which is money"
        findings.add("units", (*path, "of"), message, f"{expected}, or a number without `of`")
    if what and rule.funds is not None:
        message = f"{subject} counts what programs do or use by the funds that pay, which nobody can tell apart"
        findings.add("units", (*path, "funds"), message, "`funds` only with `sum: spending`", key=True)


def _bounds(scenario: Scenario, rule: SumRule, path: Path, findings: Findings) -> None:
    held = scenario.periods if rule.periods is None else rule.periods
    for key in ("at_least", "at_most", "equals", "each_at_least", "each_at_most"):
        bound = getattr(rule, key)
        for period in bound if isinstance(bound, Mapping) else ():
            if period in scenario.periods and period not in held:
                message = f"{named((*path, key), findings.tree)} speaks of {period}, in which the rule does not hold"
                expected = f"one of its periods: {listed(held)}"
                findings.add("period-outside", (*path, key, period), message, expected, key=True)
    words = money if rule.of is None else percent
    for least, most in (("at_least", "at_most"), ("each_at_least", "each_at_most")):
        low, high = (scenario.per_period(getattr(rule, key), np.nan) for key in (least, most))
        check_bounds(low, high, f"{named(path, findings.tree)} is", (*path, least), scenario, findings, words)
    of = rule.of
    if of == "total spending" or (isinstance(of, OfSelection) and of.where is None and of.funds == rule.funds):
        for key in ("at_least", "equals"):
            share = np.nanmax(scenario.per_period(getattr(rule, key), np.nan), initial=0.0)
            if share > 1:
                message = f"{named(path, findings.tree)} asks for {Share(share)} of all spending, of which it is a part"
                findings.add("share-above-one", (*path, key), message, "at most 100%")
