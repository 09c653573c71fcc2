"""Rules whose own words contradict, or contradict the limits of the programs that they speak of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from budgetopt.checks.findings import Findings, named, suggestion
from budgetopt.checks.names import known_names
from budgetopt.checks.programs import above, limit_key
from budgetopt.scenario.amounts import Share
from budgetopt.scenario.model import ChangeRule, OfSelection, SumRule
from budgetopt.scenario.places import Path
from budgetopt.scenario.programs import Floats
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.selection import select
from budgetopt.scenario.words import listed, money, shown

__all__ = ["amount_of", "check_rules", "summed"]


def summed(words: str) -> tuple[str, str]:
    """Return the kind and the name of ``outcome NAME`` or ``resource NAME``; empty texts for other words."""
    what, _, name = words.partition(" ")
    return (what, name.strip()) if what in ("outcome", "resource") and name.strip() else ("", "")


def amount_of(scenario: Scenario, rule: SumRule, bound: Any) -> Floats | None:
    """Return a bound of a rule over spending in dollars, NaN in periods without one; shape (periods,).

    None if it is a share of what the plan decides.
    """
    if bound is None:
        return np.full(len(scenario.periods), np.nan)
    values = scenario.per_period(bound, np.nan)
    values = np.where(scenario.period_mask(rule.periods), values, np.nan)
    if rule.of is None:
        return values
    if rule.of == "baseline":
        whole: Floats = np.nansum(scenario.baselines[select(scenario.programs, rule.where)], axis=0)
        return values * whole
    if rule.of == "revenue":
        counted = [name for name in scenario.funds if rule.funds is None or name in rule.funds]
        return values * sum((scenario.revenue(name) for name in counted), np.zeros(len(scenario.periods)))
    return None


def check_rules(scenario: Scenario, findings: Findings) -> None:
    """Look for contradictions inside of single rules, and between a rule and the programs that it speaks of."""
    for rule, path in findings.rule_paths(scenario.rules):
        if isinstance(rule, SumRule):
            _sums(scenario, rule, path, findings)
            _bounds(scenario, rule, path, findings)
            if not findings.partial and not findings.is_invalid(*path) and rule.sum == "spending":
                _against_limits(scenario, rule, path, findings)
        elif isinstance(rule, ChangeRule) and not findings.partial and not findings.is_invalid(*path):
            _change_against_limits(scenario, rule, path, findings)


def _sums(scenario: Scenario, rule: SumRule, path: Path, findings: Findings) -> None:
    known = {
        "outcome": known_names("outcomes", scenario.outcomes, findings),
        "resource": known_names("resources", scenario.resources, findings),
    }
    parts = [(rule.sum, (*path, "sum"))]
    if isinstance(rule.of, OfSelection):
        parts.append((rule.of.sum, (*path, "of", "sum")))
    for words, below in parts:
        what, name = summed(words)
        if what and name not in known[what]:
            findings.add_unknown(what, name, known[what], below, named(below, findings.tree))
        elif not what and words != "spending":
            message = f"{shown(words)} is nothing that {named(path, findings.tree)} can sum"
            hint = suggestion(words, ["spending", *known["outcome"], *known["resource"]])
            for kind, names in known.items():
                hint = f"did you mean '{kind} {words}'?" if words in names else hint
            findings.add("unknown-sum", below, message, "spending, outcome NAME or resource NAME", hint)
    _units(rule, path, findings)


def _units(rule: SumRule, path: Path, findings: Findings) -> None:
    what, _ = summed(rule.sum)
    of = rule.of
    subject = named(path, findings.tree)
    if isinstance(of, OfSelection) and summed(of.sum) != summed(rule.sum):
        message = f"{subject} asks for '{rule.sum}' as a share of '{of.sum}'"
        findings.add("units", (*path, "of"), message, f"`of` with `sum: {rule.sum}`")
    if what and of in ("total spending", "baseline", "revenue"):
        message = f"{subject} asks for an {what} as a share of {of}, which is money".replace(
            "an resource", "a resource"
        )
        findings.add("units", (*path, "of"), message, f"`of` with `sum: {rule.sum}`, or a number without `of`")
    if what and rule.funds is not None:
        message = f"{subject} counts what programs do or use by the funds that pay, which nobody can tell apart"
        findings.add("units", (*path, "funds"), message, "`funds` only with `sum: spending`", key=True)


def _bounds(scenario: Scenario, rule: SumRule, path: Path, findings: Findings) -> None:
    for key in ("at_least", "at_most", "equals", "each_at_least", "each_at_most"):
        bound = getattr(rule, key)
        held = scenario.periods if rule.periods is None else rule.periods
        for period in bound if isinstance(bound, Mapping) else ():
            if period in scenario.periods and period not in held:
                message = f"{named((*path, key), findings.tree)} speaks of {period}, in which the rule does not hold"
                expected = f"one of its periods: {listed(held)}"
                findings.add("period-outside", (*path, key, period), message, expected, key=True)
    for least, most in (("at_least", "at_most"), ("each_at_least", "each_at_most")):
        if getattr(rule, least) is None or getattr(rule, most) is None:
            continue
        low, high = (scenario.per_period(getattr(rule, key), np.nan) for key in (least, most))
        wrong = above(low, high)
        if wrong.any():
            period = int(np.argmax(wrong))
            texts = [
                str(Share(value)) if rule.of is not None else money(value) for value in (low[period], high[period])
            ]
            when = f" in {scenario.periods[period]}" if not wrong.all() else ""
            message = f"{named(path, findings.tree)} is at least {texts[0]} and at most {texts[1]}{when}"
            findings.add("floor-above-ceiling", (*path, least), message, f"{least} of at most {texts[1]}")
    if rule.of == "total spending" or (
        isinstance(rule.of, OfSelection) and rule.of.where is None and rule.of.funds == rule.funds
    ):
        for key in ("at_least", "equals"):
            bound = getattr(rule, key)
            share = np.nan if bound is None else np.nanmax(scenario.per_period(bound, np.nan), initial=0.0)
            if share > 1:
                message = f"{named(path, findings.tree)} asks for {Share(share)} of all spending, of which it is a part"
                findings.add("share-above-one", (*path, key), message, "at most 100%")


def _against_limits(scenario: Scenario, rule: SumRule, path: Path, findings: Findings) -> None:
    programs = scenario.programs
    chosen = select(programs, rule.where)
    unknown = {"baseline": "programs", "revenue": "funds"}.get(rule.of if isinstance(rule.of, str) else "", "")
    if not chosen.any() or (unknown and findings.is_invalid(unknown)):
        return
    floor = np.nan_to_num(scenario.dollars("spending.at_least")[chosen])
    ceiling = scenario.dollars("spending.at_most")[chosen]
    ceiling = np.where(np.isnan(ceiling), np.inf, ceiling)
    if rule.funds is not None:
        named_funds = np.array([fund in rule.funds for fund in scenario.funds], dtype=bool)
        eligible = scenario.eligible[chosen]
        # the floors of programs that other funds may pay for too need not be paid by these
        floor = np.where((eligible & ~named_funds).any(axis=1)[:, None], 0.0, floor)
        ceiling = np.where((eligible & named_funds).any(axis=1)[:, None], ceiling, 0.0)
    held = scenario.period_mask(rule.periods)
    for key, limits, is_floor in (
        ("at_least", ceiling.sum(axis=0), True),
        ("equals", ceiling.sum(axis=0), True),
        ("at_most", floor.sum(axis=0), False),
        ("equals", floor.sum(axis=0), False),
    ):
        bound = getattr(rule, key)
        asked = amount_of(scenario, rule, bound)
        if bound is None or asked is None:
            continue
        when = scenario.periods
        if rule.each == "total":
            total = float(bound) if rule.of is None and not isinstance(bound, Mapping) else float(np.nansum(asked))
            asked, limits, when = np.array([total]), np.array([limits[held].sum()]), ("all periods together",)
        wrong = above(asked, limits) if is_floor else above(limits, asked)
        if not wrong.any():
            continue
        at = int(np.argmax(wrong))
        said = f"{named(path, findings.tree)} asks for {'at least' if is_floor else 'at most'} {money(asked[at])}"
        said += f" in {when[at]}" if len(scenario.periods) > 1 else ""
        kind = "ceilings" if is_floor else "floors"
        of = f"its {int(chosen.sum())} programs" if chosen.sum() > 1 else "its only program"
        paid = "" if rule.funds is None else f", as far as {'only ' * (not is_floor)}these funds may pay,"
        message = f"{said}, and the {kind} of {of}{paid} add up to {money(limits[at])}"
        code = "rule-above-ceilings" if is_floor else "rule-below-floors"
        findings.add(code, (*path, key), message, f"at {'most' if is_floor else 'least'} {money(limits[at])}")


def _change_against_limits(scenario: Scenario, rule: ChangeRule, path: Path, findings: Findings) -> None:
    programs, change = scenario.programs, rule.change
    held = scenario.period_mask(rule.periods)
    chosen = select(programs, rule.where)
    if change.from_ != "baseline":
        return
    baseline = scenario.baselines
    down = [share for share in (change.at_most, change.decrease_at_most) if share is not None]
    up = [share for share in (change.at_most, change.increase_at_most) if share is not None]
    nothing = np.full_like(baseline, np.nan)
    least = baseline * max(0.0, 1 - min(down)) if down else nothing
    most = baseline * (1 + min(up)) if up else nothing
    for key, wrong_way in (("at_least", True), ("at_most", False)):
        own = scenario.dollars(f"spending.{key}")
        wrong = (above(own, most) if wrong_way else above(least, own)) & held & chosen[:, None]
        for row, more in findings.alike(np.flatnonzero(wrong.any(axis=1))):
            period = int(np.argmax(wrong[row]))
            place, _ = findings.program_place(programs, row, limit_key(programs, row, key, scenario.periods[period]))
            where = f" ({place})" if place is not None else ""
            limit, word = (most, "at most") if wrong_way else (least, "at least")
            allowed = f"{word} {money(limit[row, period])}"
            message = (
                f"{named(path, findings.tree)} allows program '{programs.ids[row]}' {allowed}, "
                f"and its own {'floor' if wrong_way else 'ceiling'} is {money(own[row, period])}{where}{more}"
            )
            findings.add("rule-against-limit", (*path, "change"), message, "limits that leave room for each other")
