"""What is known of the response of one program's result to its spending."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from budgetopt.fitting.estimation import FitEstimate, students_t
from budgetopt.fitting.history import FitPoints
from budgetopt.scenario.estimates import NORMAL_95
from budgetopt.scenario.programs import Floats

__all__ = ["FittedResponse"]


@dataclass(frozen=True, slots=True, eq=False)
class FittedResponse:
    """What is known of the response of one program's result to its spending.

    Parameters
    ----------
    series
        The points.
    refused
        Why nothing can be fitted; empty where something is.
    estimate
        The form that is chosen, its parameters and errors, in units of the means; None where nothing is fitted.
    spending_mean, result_mean
        These means, in dollars and in units of the outcome.
    offset
        For an outcome that spending lowers: the result is ``result_mean * (offset - form)``. Otherwise 0, and the
        result is ``result_mean * form``.
    criteria
        The corrected Akaike criterion of every form that fits; the least is chosen.
    notes
        What is doubtful.
    districts
        How many districts the points are of; a program is as many times what a district is.
    """

    series: FitPoints
    refused: str = ""
    estimate: FitEstimate | None = None
    spending_mean: float = 1.0
    result_mean: float = 1.0
    offset: float = 0.0
    criteria: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    districts: int = 1

    @property
    def form(self) -> str:
        """The name of the form that is chosen; empty where nothing is fitted."""
        return "" if self.estimate is None else self.estimate.form.name

    @property
    def std_error(self) -> float:
        """The standard error of what a dollar brings at mean spending, as a share of it; NaN without a fit."""
        return np.nan if self.estimate is None else self.estimate.error / self.estimate.margin

    @property
    def range_error(self) -> float:
        """The standard error of which 1.96 on each side hold 95%, as they do not where there are few points.

        It is :attr:`std_error` times the quotient of Student's t and the normal distribution; NaN without a fit.
        """
        if self.estimate is None:
            return np.nan
        free = max(len(self.series.spending) - len(self.estimate.parameters), 1)
        return self.std_error * students_t(free) / NORMAL_95

    def result_at(self, spending: Floats) -> Floats:
        """Return the fitted result at some spending of one point, or of one district; shape (spendings,)."""
        assert self.estimate is not None
        height = self.estimate.form.value(spending / self.spending_mean, self.estimate.parameters)
        return np.asarray(self.result_mean * (self.offset - height if self.offset else height))

    @property
    def margin(self) -> float:
        """What a dollar more brings at mean spending, below zero where it lowers the outcome; NaN without a fit."""
        if self.estimate is None:
            return np.nan
        slope = self.estimate.margin * self.result_mean / self.spending_mean
        return -slope if self.offset else slope

    @property
    def elasticity(self) -> float:
        """By how many percent the result grows with one percent more money at mean spending; NaN without a fit."""
        if self.estimate is None:
            return np.nan
        return self.margin * self.spending_mean / float(self.result_at(np.array([self.spending_mean]))[0])
