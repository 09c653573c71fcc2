"""What other weights change, in words for the terminal."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from budgetopt.analysis.live_problem.what_if import HELD
from budgetopt.analysis.weighting.weights import OWN, Weights
from budgetopt.report.figures.numbers import Numbers, plural, significant
from budgetopt.report.figures.text import label, one_line
from budgetopt.report.figures.text_table import TextTable
from budgetopt.report.words.plan_words import named_changes, together

__all__ = ["weights_document", "weights_lines"]

SHOWN = 5e-5
"""The share of a worth from which a difference shows."""
ALIKE = 1e-6
"""The share of a worth below which nothing is lost."""


def weights_lines(found: Weights) -> Iterator[str]:
    """Yield the ranges of weights and what moves beyond them; and the groups, what each loses, and the compromise."""
    numbers = Numbers(found.scenario.currency)
    first, *later = found.scenario.objective
    given_up = float(first.within or 0.0) if later else 0.0
    plan = "the best plan by the first objective alone" if given_up else "the plan"
    yield f"{one_line(found.scenario.name)}: {plan} stays while one weight lies between these, and the others stay."
    if given_up:
        most = numbers.share(given_up, 3)
        yield f"Later objectives may give up {most} of it, and what they move may change with any weight."
    yield ""
    rows = [
        [
            one_line(row["name"]),
            one_line(row["unit"]),
            *(_weight(numbers, row[key]) for key in ("weight", "from", "to")),
        ]
        for _, row in found.ranges.iterrows()
    ]
    yield TextTable(["outcome", "unit", "weight", "from", "to"], rows, [False, False, True, True, True])
    yield from (f"{one_line(name)} has no answer: {one_line(why)}." for name, why in found.failed)
    if found.interrupted:
        yield "Interrupted: what was found until then is shown."
    elif found.ranges["from"].isna().any():
        yield "Where no range stands, no search came to its end."
    if (found.ranges["method"] == HELD).any():
        yield "They hold while the plan's all-or-nothing decisions stand; with these free they may be smaller."
    yield from _moves(found, numbers)
    if len(found.groups):
        yield from _groups(found, numbers)
        yield from _regrets(found, numbers)
        yield from _compromise(found, numbers)


def _weight(numbers: Numbers, value: float) -> str:
    if math.isinf(value):
        return "any"
    return "" if math.isnan(value) else numbers.number(value, min(significant(value, 5), 9))


def _moves(found: Weights, numbers: Numbers) -> Iterator[str]:
    if found.moves.empty:
        return
    yield ""
    yield f"What moves beyond{together(found.scenario)}:"
    for _, rows in found.moves.groupby(["outcome", "side"], sort=False):
        key, side, end = rows[["outcome", "side", "weight"]].iloc[0].tolist()
        name = label(key, found.scenario.outcomes[key].name)
        yield f"- {name} {side} {_weight(numbers, end)}: {named_changes(rows, numbers)}"


def _groups(found: Weights, numbers: Numbers) -> Iterator[str]:
    yield ""
    people, groups = plural(int(found.groups["respondents"].sum()), "respondent"), plural(len(found.groups), "group")
    yield f"{people} in {groups} answered.{_agreement(found.agreement)}"
    for _, row in found.groups.iterrows():
        complete = "all of them completely"
        if row["complete"] < row["respondents"]:
            complete = f"{int(row['complete'])} of them completely"
        agree = _agreement(row["agreement"])
        counts = plural(int(row["respondents"]), "respondent")
        stands = f", population {numbers.quantity(row['population'])}"
        yield f"- {one_line(row['group'])}: {counts}, {complete}{stands}.{agree}"
    yield ""
    table = found.group_weights
    rows = [
        [label(key, found.scenario.outcomes[key].name), *(_weight(numbers, value) for value in values)]
        for key, values in zip(table.index, table.to_numpy().tolist(), strict=True)
    ]
    yield TextTable(["weight", *map(one_line, table.columns)], rows)


def _agreement(value: float) -> str:
    if math.isnan(value):
        return ""
    return f" Their rankings agree to {value:.2f} (Kendall's W, from 0 to 1)."


def _regrets(found: Weights, numbers: Numbers) -> Iterator[str]:
    yield ""
    yield "What each plan loses by the weights of each group, as a share of what the group's own best plan is worth:"
    table = found.regrets
    rows = [
        [one_line(name), *(numbers.share(value, 2) for value in values)]
        for name, values in zip(table.index, table.to_numpy().tolist(), strict=True)
    ]
    yield TextTable(["plan of", *map(one_line, table.columns)], rows)


def _compromise(found: Weights, numbers: Numbers) -> Iterator[str]:
    between = found.compromise
    if between is None:
        return
    yield ""
    own = float(found.regrets["largest"].to_dict()[OWN])
    proof = "proved" if between.proved else "not proved, as a search stopped short of its end"
    if between.largest_regret <= ALIKE:
        yield f"One plan is a best one by the weights of every group ({proof})."
    else:
        least = f"no plan can have less than {numbers.share(between.bound, 2)}"
        least = least if between.gap > SHOWN else "the least possible"
        said = f"The compromise loses no group more than {numbers.share(between.largest_regret, 2)}, {least} ({proof})."
        yield f"{said} The scenario's plan loses one {numbers.share(own, 2)}."
    count, whole = between.audit.limit_count, numbers.exact_money(between.rounded_to)
    yield f"It is a plan in whole amounts (of {whole}), and by the audit it keeps {_every(count)}."
    if between.weights is not None and between.largest_regret > ALIKE:
        yield "The compromise is a best plan by the weights in its column above."


def _every(count: int) -> str:
    return "its one limit" if count == 1 else f"all {count:,} limits"


def weights_document(found: Weights) -> dict[str, Any]:
    """Return the same as plain values, for JSON; an end that is infinite or unknown is null."""
    finite = found.ranges.replace([math.inf, -math.inf], math.nan)
    document: dict[str, Any] = {
        "ranges": finite.astype(object).where(finite.notna(), None).to_dict(orient="records"),
        "moves": found.moves.to_dict(orient="records"),
        "failed": [{"what": name, "reason": why} for name, why in found.failed],
        "interrupted": found.interrupted,
    }
    if len(found.groups):
        groups = found.groups.astype(object).where(found.groups.notna(), None)
        document |= {
            "groups": groups.to_dict(orient="records"),
            "agreement": None if math.isnan(found.agreement) else found.agreement,
            "weights": found.group_weights.to_dict(orient="index"),
            "spending": found.spending.to_dict(orient="index"),
            "regrets": found.regrets.to_dict(orient="index"),
        }
    if found.compromise is not None:
        document["compromise"] = {
            "largest_regret": found.compromise.largest_regret,
            "bound": found.compromise.bound,
            "rounded_to": found.compromise.rounded_to,
            "limits_missed": len(found.compromise.audit.violations),
            "proved": found.compromise.proved,
        }
    return document
