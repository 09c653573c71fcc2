"""The units of the columns of a table, which go with it as ``table.attrs["units"]``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from budgetopt.scenario.model import CHANGE, LARGEST_CUT, SPENDING, Smallest

if TYPE_CHECKING:
    import pandas as pd

    from budgetopt.scenario.scenario import Scenario

__all__ = [
    "COUNT",
    "CURRENCY",
    "CURRENCY_NAME",
    "FACTOR",
    "OF_OUTCOME",
    "OF_ROW",
    "PRICE",
    "SHARE",
    "UNITS",
    "VALUE",
    "units_of",
    "value_unit",
    "with_units",
]

UNITS, CURRENCY_NAME = "units", "currency"
"""The attributes of a table: what maps its columns of figures to their units, and which unit is money."""
SHARE, COUNT, FACTOR, OF_ROW = "share", "count", "times as much", "unit of the row"
"""A part of one, shown in percent; a number of things; a multiple; what the row says in its column ``unit``."""
OF_OUTCOME = "unit of the outcome"
"""What an outcome counts, as its own table says."""
CURRENCY, VALUE = "{currency}", "{value}"
"""What stands for the currency of the scenario, and for what its first objective counts."""
PRICE = f"{VALUE} per {CURRENCY}"

_MONEY = (
    "above_reserve amount available baseline below_policy below_reserve closing cost effort_asked effort_made "
    "exhausted "
    "fixed_cost lapses match money net one_time one_time_spending opening received recurring_revenue "
    "recurring_spending reserve revenue spending spent transfers transfers_in transfers_out unspent"
)
_NAMED = {
    **dict.fromkeys(_MONEY.split(), CURRENCY),
    **dict.fromkeys(("change_share", "lost_share", "probability", "share"), SHARE),
    **dict.fromkeys(("evppi", "evsi", "value"), VALUE),
    "change": CURRENCY,
}
"""What columns of these names are in wherever the table does not say otherwise."""


def value_unit(scenario: Scenario) -> str:
    """Return what the first objective of a scenario counts: an outcome's unit, the currency, or its own words."""
    first = scenario.objective[0]
    what: object = first.maximize if first.maximize is not None else first.minimize
    if first.name:
        return first.name
    if isinstance(what, Smallest):
        return scenario.outcomes[what.smallest].unit
    if what in (SPENDING, CHANGE):
        return scenario.currency
    known = scenario.outcomes.get(str(what))
    return SHARE if what == LARGEST_CUT else known.unit if known is not None else str(what)


def with_units(table: pd.DataFrame, scenario: Scenario, own: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Return a table with the units of its columns of figures in ``table.attrs["units"]``.

    A column is in what ``own`` says; in what its rows say, where the table has a column ``unit``; or in what a column
    of its name is always in. Flags and texts have no unit.

    Parameters
    ----------
    table
        The table, which is changed.
    scenario
        Names the currency, and what the first objective counts.
    own
        Units by column, in which ``CURRENCY`` and ``VALUE`` stand for those.
    """
    said = {CURRENCY: scenario.currency, VALUE: value_unit(scenario)}
    default: Mapping[str, str] = _NAMED
    if "unit" in table.columns:
        units = table["unit"].unique().tolist()
        default = dict.fromkeys(map(str, table.columns), str(units[0]) if len(units) == 1 and units[0] else OF_ROW)
    own = own or {}
    found = {}
    for position, column in enumerate(table.columns):
        unit = own.get(column, default.get(column, ""))
        if table.dtypes.iloc[position].kind in "iuf" and unit:
            for mark, words in said.items():
                unit = unit.replace(mark, words)
            found[str(column)] = unit
    table.attrs.update({UNITS: found, CURRENCY_NAME: scenario.currency})
    return table


def units_of(table: pd.DataFrame) -> dict[str, str]:
    """Return the units of the columns of a table, empty where it names none."""
    return dict(table.attrs.get(UNITS, {}))
