"""The weights of groups of respondents, how many answered, and how far they agree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from budgetopt.errors import OptionError
from budgetopt.reading.answers_table import Answers
from budgetopt.scenario.programs import Bools, Floats
from budgetopt.scenario.scenario import Scenario

__all__ = ["AnswersKind", "GroupWeights", "agreement_of", "group_weights"]

AnswersKind = Literal["points", "worth"]
"""What an answer is: points for the importance of an outcome, or what one unit of it is worth."""


@dataclass(frozen=True, slots=True)
class GroupWeights:
    """What one group answered.

    Parameters
    ----------
    group
        Its name.
    respondents
        How many of it answered anything.
    complete
        How many answered about every outcome that was asked about.
    population
        How many people it stands for.
    agreement
        Kendall's W of those who answered completely: 1 where all rank the outcomes alike, 0 where no ranking stands
        out; NaN with fewer than two of them.
    weights
        The weight of each outcome, by its key.
    """

    group: str
    respondents: int
    complete: int
    population: float
    agreement: float
    weights: Mapping[str, float]


def group_weights(scenario: Scenario, answers: Answers, kind: AnswersKind) -> tuple[GroupWeights, ...]:
    """Return the weights of each group, in the order of the table.

    ``points``: each respondent's answers are divided by their mean, averaged over the group, and multiply the weights
    of the scenario, so that equal points for all outcomes leave the weights as they are. ``worth``: the mean of the
    answers takes the place of the weight. Of outcomes about which a group says nothing the weight stays.

    Raises
    ------
    OptionError
        If points are given to an outcome without a weight, or a respondent gives no points at all.
    """
    own = np.array([scenario.outcomes[key].weight for key in answers.outcomes])
    values = _factors(answers, own) if kind == "points" else answers.points
    ranked = answers.points / np.where(own != 0, np.abs(own), 1.0) if kind == "worth" else answers.points
    complete = ~np.isnan(answers.points).any(axis=1)
    names, found = np.array(answers.groups, dtype=object), []
    for group in dict.fromkeys(answers.groups):
        mine = names == group
        means = _means(values[mine])
        weights = means * own if kind == "points" else means
        kept = {
            key: float(own[at] if np.isnan(weights[at]) else weights[at]) for at, key in enumerate(answers.outcomes)
        }
        agree = agreement_of(ranked[mine & complete])
        counts = int(mine.sum()), int((mine & complete).sum())
        found.append(GroupWeights(group, *counts, answers.population[group], agree, kept))
    return tuple(found)


def _factors(answers: Answers, own: Floats) -> Floats:
    """Return each answer as a multiple of the respondent's mean; shape (respondents, outcomes)."""
    if (own == 0).any():
        name = answers.outcomes[int(np.argmax(own == 0))]
        hint = f"set it first: --set outcomes.{name}.weight=1; or give worths: --answers-are worth"
        raise OptionError(f"outcome {name!r} has no weight that points could multiply", hint=hint)
    mean = _means(answers.points.T)
    if (mean == 0).any():
        row = int(np.argmax(mean == 0)) + 1
        raise OptionError(f"respondent {row} of the table gives no points at all", hint="leave the row out")
    factors: Floats = answers.points / mean[:, None]
    return factors


def _means(values: Floats) -> Floats:
    """Return the mean of each column over the cells that are filled; NaN where none is. Shape (columns,)."""
    filled = ~np.isnan(values)
    total, count = np.where(filled, values, 0.0).sum(axis=0), filled.sum(axis=0)
    means: Floats = np.divide(total, count, out=np.full(values.shape[1], np.nan), where=count > 0)
    return means


def agreement_of(values: Floats) -> float:
    """Return Kendall's coefficient of concordance W of rankings, corrected for ties; NaN with fewer than two.

    Parameters
    ----------
    values
        What each respondent gives each item; only its order counts. Shape (respondents, items).

    Notes
    -----
    M. G. Kendall and B. Babington Smith, Annals of Mathematical Statistics 10, 1939.
    """
    raters, items = values.shape
    if raters < 2 or items < 2:
        return float("nan")
    ranks = np.array([_ranks(row) for row in values])
    ties = sum(float((counts**3 - counts).sum()) for counts in (np.unique(row, return_counts=True)[1] for row in ranks))
    spread = float(((ranks.sum(axis=0) - raters * (items + 1) / 2) ** 2).sum())
    most = raters**2 * (items**3 - items) - raters * ties
    return 12 * spread / most if most > 0 else float("nan")


def _ranks(row: Floats) -> Floats:
    """Return the ranks of numbers from 1, equal ones sharing the mean of theirs; same shape."""
    below: Bools = row[:, None] > row
    same: Bools = row[:, None] == row
    ranks: Floats = below.sum(axis=1) + (same.sum(axis=1) + 1) / 2
    return ranks
