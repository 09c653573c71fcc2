"""The reference of the scenario language."""

from __future__ import annotations

import inspect
import sys
import typing
from typing import Any

from budgetopt.scenario import amounts
from budgetopt.scenario.model import Comparison, Document, Program, Where, base, table
from budgetopt.scenario.model.rule import Rule
from docs_site.model_reference import Reference, models_in

__all__ = ["SCENARIO", "scenario_reference"]


def _rules(reference: Reference, hint: Any) -> str:
    return " or ".join(reference.link(model) for model in dict.fromkeys(models_in(hint)))


def _tables(reference: Reference, _: Any) -> str:
    return f"file name, {reference.link(table.Table)}, or a list of them"


SCENARIO = Reference(
    Document,
    titles={
        "Document": "The scenario",
        "SumRule": "Rule: a limit on a sum",
        "ChangeRule": "Rule: a limit on change",
        "ChangeLimit": "The limit of a change rule",
        "Spending": "Spending limits",
        "OfSelection": "A share of another selection",
        "Where": "Selections (`where`, `only`)",
        "Comparison": "Comparisons in a selection",
        "Table": "A table",
        "Follow": "What follows what",
        "Smallest": "The smallest group",
    },
    words=[
        (amounts.Amount, "amount"),
        (amounts.PositiveAmount, "amount above zero"),
        (amounts.SignedAmount, "amount, of either sign"),
        (amounts.Number, "number"),
        (amounts.ShareOf, "share"),
        (amounts.AmountOrShare, "amount, or share"),
        (amounts.ReserveAmount, "amount, or share, or days or months"),
        (amounts.NumberOrShare, "number, or share"),
        (base.Name, "name"),
        (base.Names, "name, or list of names"),
        (base.Text, "text"),
        (base.Date, "year or date"),
        (
            typing.get_args(typing.get_type_hints(Program, include_extras=True)["attributes"])[1],
            "text, number, `true` or `false`",
        ),
        (Rule, _rules),
        (table.TableFiles, _tables),
    ],
    last=(Where, Comparison),
    texts={Where: inspect.cleandoc(sys.modules[Where.__module__].__doc__ or "")},
)
"""How the keys of a scenario file are described."""


def scenario_reference() -> str:
    """Return the reference of the scenario language in Markdown."""
    return SCENARIO.markdown()
