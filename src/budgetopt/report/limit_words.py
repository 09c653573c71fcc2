"""What a plan has beside each of its limits, and what the limit is, in words."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from budgetopt.report.numbers import Numbers, join_words, plural
from budgetopt.report.text import label, one_line
from budgetopt.scenario.model import (
    ChangeRule,
    ExactlyOneRule,
    ExcludesRule,
    FollowsRule,
    RequiresRule,
    RuleBase,
    SumRule,
    TogetherRule,
)

if TYPE_CHECKING:
    from budgetopt.allocation.allocation import Allocation

__all__ = ["COVERAGE", "bound_words", "value_words"]

COVERAGE = "of full coverage"
"""The unit in which rules on coverages count."""
_FUNDED = ("count", "excludes", "exactly one", "together")
_PARTS = ", no more than {} below any other"

Row = Mapping[Hashable, Any]


def value_words(plan: Allocation, row: Row, numbers: Numbers) -> str:
    """Return what a plan has beside a limit, which is a row of ``plan.rules``."""
    kind, value, unit = str(row["kind"]), float(row["value"]), str(row["unit"])
    if math.isnan(value):
        return ""
    if row["sense"] == "holds":
        return f"holds {numbers.number(value)} of {plural(int(row['bound']), 'program', numbers=numbers)}"
    if kind == "requires":
        return f"{_programs(plan, [str(row['part'])])} {'funded' if value else 'not funded'}"
    if kind in _FUNDED:
        return f"{plural(int(value), 'program', numbers=numbers)} funded"
    return _figure(numbers, value, unit)


def bound_words(plan: Allocation, rule: RuleBase | None, row: Row, numbers: Numbers) -> str:
    """Return a limit in words: the figure that it comes to here, and what the scenario says."""
    kind, sense = str(row["kind"]), str(row["sense"])
    said = _said(plan, rule, kind, str(row["name"]), str(row["part"]), numbers)
    if said:
        return said
    if math.isnan(float(row["bound"])):
        unused = kind == "maintenance of effort"
        return "asks for nothing while no money of it is spent" if unused else "asks for nothing here"
    text = f"{sense} {_figure(numbers, float(row['bound']), str(row['unit']))}"
    if kind == "maintenance of effort":
        effort = plan.scenario.funds[str(row["name"])].maintenance_of_effort
        return f"{text} from {_fund(plan, effort.fund)}, while it is used" if effort else text
    if isinstance(rule, FollowsRule):
        return f"{text} ({numbers.share(rule.follows.at_most)} of that of {_programs(plan, [rule.follows.of])})"
    if not isinstance(rule, SumRule):
        return text
    if rule.parity is not None and rule.each_at_least is None and rule.each_at_most is None:
        return text + _PARTS.format(numbers.share(rule.parity))
    share = _share(rule, sense, str(row["period"]))
    of = rule.of if isinstance(rule.of, str) else "another selection"
    return text if share is None else f"{text} ({numbers.share(share, 2)} of {of})"


def _said(plan: Allocation, rule: RuleBase | None, kind: str, name: str, part: str, numbers: Numbers) -> str:
    """Return a limit that is said in the scenario's words alone, empty for any other."""
    match rule:
        case ChangeRule(change=change):
            limits = (
                ("at most {} up or down", change.at_most),
                ("at most {} up", change.increase_at_most),
                ("at most {} down", change.decrease_at_most),
            )
            said = [words.format(numbers.share(limit)) for words, limit in limits if limit is not None]
            return f"{join_words(said)}, from the {'period before' if change.from_ == 'previous' else change.from_}"
        case RequiresRule(requires=requires):
            return f"{_programs(plan, [requires.program])} needs {_programs(plan, [part])}"
        case ExcludesRule(excludes=names):
            return f"at most one of {_programs(plan, names)}"
        case ExactlyOneRule(exactly_one=names):
            return f"exactly one of {_programs(plan, names)}"
        case TogetherRule(together=names):
            return f"all or none of {_programs(plan, names)}"
    if kind == "match" and (match := plan.scenario.funds[name].match) is not None:
        payer = _fund(plan, match.from_)
        if match.share is not None:
            return f"{numbers.share(match.share, 2)} of what grant and match pay, from {payer}"
        return f"{numbers.share(match.rate or 0.0, 2)} of each dollar of the grant, from {payer}"
    return "pays only on top of the baseline" if kind == "no supplanting" else ""


def _programs(plan: Allocation, ids: Iterable[str]) -> str:
    programs, names = plan.scenario.programs, plan.scenario.programs.names()
    return join_words([f"“{one_line(names[programs.position(program)])}”" for program in dict.fromkeys(ids)])


def _fund(plan: Allocation, key: str) -> str:
    return label(key, plan.scenario.funds[key].name)


def _figure(numbers: Numbers, value: float, unit: str) -> str:
    if unit == COVERAGE:
        return f"{numbers.share(value)} {COVERAGE}"
    return numbers.with_unit(value, one_line(unit)) if unit else numbers.spoken_money(value)


def _share(rule: SumRule, sense: str, period: str) -> float | None:
    """Return the share that a rule asks for in a period; None if it asks for a number."""
    if rule.of is None:
        return None
    lower, upper = (rule.at_least, rule.at_most) if rule.by is None else (rule.each_at_least, rule.each_at_most)
    asked = {"at least": lower, "at most": upper}.get(sense, rule.equals)
    return asked.get(period) if isinstance(asked, Mapping) else asked
