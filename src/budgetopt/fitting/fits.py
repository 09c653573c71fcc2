"""Fit a response for each program and outcome of a history, and choose its form."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from budgetopt.errors import OptionError
from budgetopt.fitting.choice_of_form import districts_of, fitted_response
from budgetopt.fitting.estimation import libraries
from budgetopt.fitting.evidence_file import evidence_frame
from budgetopt.fitting.fitted_response import FittedResponse
from budgetopt.fitting.history import FitHistory, FitPoints, HistoryColumns, read_history
from budgetopt.fitting.pooling import pooled
from budgetopt.fitting.response_forms import FORM_NAMES
from budgetopt.scenario.column_units import COUNT, SHARE, UNITS
from budgetopt.scenario.drawable import Drawable
from budgetopt.scenario.html_table import html_table
from budgetopt.scenario.inert_csv import inert_csv

if TYPE_CHECKING:
    import pandas as pd
    from altair import LayerChart

__all__ = ["Fits", "FittedResponse", "fit"]


@dataclass(frozen=True, slots=True, eq=False)
class Fits(Drawable):
    """The responses of a history, fitted where they can be."""

    history: FitHistory
    responses: tuple[FittedResponse, ...]

    @property
    def fitted(self) -> tuple[FittedResponse, ...]:
        """The responses that could be fitted."""
        return tuple(response for response in self.responses if not response.refused)

    @property
    def refused(self) -> tuple[FittedResponse, ...]:
        """Those of which the points do not tell a response."""
        return tuple(response for response in self.responses if response.refused)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was guessed of the table and left out of it."""
        return self.history.notes

    @property
    def table(self) -> pd.DataFrame:
        """One row a program and outcome: the form, what a dollar brings, its error, and why it is refused."""
        import pandas as pd

        rows = [
            {
                "program": one.series.program,
                "outcome": one.series.outcome,
                "form": one.form,
                "per_dollar": one.margin,
                "std_error": one.std_error,
                "elasticity": one.elasticity,
                "points": len(one.series.spending),
                "refused": one.refused,
                "notes": "; ".join(one.notes),
            }
            for one in self.responses
        ]
        table = pd.DataFrame(rows)
        table.attrs[UNITS] = {
            "per_dollar": "units of the outcome per dollar", "std_error": SHARE, "elasticity": "percent per percent",
            "points": COUNT,
        }  # fmt: skip
        return table

    def _repr_html_(self) -> str:
        return html_table(self.table, "How results respond to spending")

    @property
    def evidence(self) -> pd.DataFrame:
        """The rows of an evidence table, one for each response that could be fitted; cells as a file holds them."""
        return evidence_frame(self.history, self.fitted)

    def plot(self, program: str | None = None, outcome: str | None = None) -> LayerChart:
        """Return the points of a response and the line fitted to them as a chart; see :meth:`Drawable.plot`.

        Parameters
        ----------
        program, outcome
            The response, by its program and its outcome as the table names them; left out, the first that fits.

        Raises
        ------
        OptionError
            If no such response is fitted.
        """
        return self._chart(program, outcome)

    def to_csv(self) -> str:
        """Return the rows of an evidence table as the text of a CSV file, in which no cell is a formula."""
        return inert_csv(self.evidence)


def fit(
    table: str | Path | pd.DataFrame,
    *,
    program: str | None = None,
    year: str | None = None,
    district: str | None = None,
    outcome: str | None = None,
    spending: str | None = None,
    result: str | Sequence[str] | None = None,
    index: str | Path | None = None,
    price_year: int | None = None,
    pool: str | None = None,
    decrease: Collection[str] = (),
    form: str | None = None,
    header: int = 1,
    decimal: str | None = None,
) -> Fits:
    """Fit how results respond to spending, from a table of both by program and year, or by district.

    The corrected Akaike criterion chooses among the forms that are concave and begin at no less than nothing (for an
    outcome that spending lowers: among lines, logarithms and concave lines).

    Parameters
    ----------
    table
        A file (``office.xlsx!Sheet`` of a workbook) or a pandas table; one row a point.
    program, year, district, outcome, spending
        The headers of its columns; left out, they are guessed.
    result
        The header of the results; or several, each of one outcome.
    index
        A price index: a column of the table, or a file with the columns year and index; left out, nothing is deflated.
    price_year
        The year to whose prices spending is brought; left out, the last one.
    pool
        The header of groups of programs that share one elasticity, each with a level of its own.
    decrease
        The outcomes of which less is better.
    form
        The one form that is fitted, in place of the best.
    header, decimal
        The row of the headers, and the decimal mark of numbers that are texts.

    Raises
    ------
    OptionError
        If a column is not there or cannot be guessed, or statsmodels is not installed.
    ScenarioError
        If cells cannot be read, or a point stands twice.
    """
    _check_form(form, pool)
    results = (result,) if isinstance(result, str) else result or ()
    columns = HistoryColumns(program, year, district, outcome, spending, results, pool, header, decimal)
    history = read_history(table, columns, index, price_year)
    _check_outcomes(history, decrease)
    if pool is not None:
        return Fits(history, _pooled(history, decrease))
    found = (fitted_response(each, history, decrease=each.outcome in decrease, form=form) for each in history.series)
    return Fits(history, tuple(found))


def _check_form(form: str | None, pool: str | None) -> None:
    """Refuse a form that there is not, one that no group shares, and any where the libraries are missing."""
    libraries()
    if form is not None and form not in FORM_NAMES:
        raise OptionError(f"there is no form {form!r}", hint=f"the forms are: {', '.join(FORM_NAMES)}")
    if pool is not None and form not in (None, "elasticity"):
        raise OptionError(f"programs of a group share an elasticity, and no {form}", hint="leave --form out")


def _check_outcomes(history: FitHistory, decrease: Collection[str]) -> None:
    """Refuse a history without points, and an outcome that it does not have."""
    if not history.series:
        raise OptionError(f"{history.source} has no point: no row has a program, spending and a result")
    known = {series.outcome for series in history.series}
    if unknown := [name for name in decrease if name not in known]:
        hint = f"its outcomes are: {', '.join(sorted(known))}"
        raise OptionError(f"{history.source} has no outcome {unknown[0]!r}", hint=hint)


def _pooled(history: FitHistory, decrease: Collection[str]) -> tuple[FittedResponse, ...]:
    """Return the responses of programs that share an elasticity with the others of their group."""
    groups: dict[tuple[str, str], list[FitPoints]] = {}
    for series in history.series:
        groups.setdefault((series.group, series.outcome), []).append(series)
    found: dict[int, FittedResponse] = {}
    for (group, outcome), members in groups.items():
        if outcome in decrease:
            raise OptionError("outcomes of which less is better are fitted one by one", hint="leave --pool out")
        shared = pooled(members)
        for series, estimate in zip(members, shared.estimates, strict=True):
            means = (float(series.spending.mean()), float(series.result.mean()))
            named = f"one elasticity for the {len(members)} programs of {group or 'the table'}"
            notes = (*([named] if len(members) > 1 else []), *shared.notes) if estimate is not None else ()
            found[id(series)] = FittedResponse(
                series, shared.refused, estimate, *means, notes=notes, districts=districts_of(series, history)
            )
    return tuple(found[id(series)] for series in history.series)
