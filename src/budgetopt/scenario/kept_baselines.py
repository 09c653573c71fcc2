"""What programs of which nothing is measured keep of their baselines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from budgetopt.scenario.model import CHANGE, LARGEST_CUT
from budgetopt.scenario.programs import Floats

if TYPE_CHECKING:
    from budgetopt.scenario.scenario import Scenario

__all__ = ["kept_baselines"]


def kept_baselines(scenario: Scenario) -> Floats:
    """Return :attr:`budgetopt.Scenario.kept`."""
    programs, share = scenario.programs, float(scenario.document.keep_unmeasured)
    if share <= 0 or (scenario.objective and scenario.objective[0].minimize in (CHANGE, LARGEST_CUT)):
        return np.zeros((len(programs), len(scenario.periods)))
    floors, _ = programs.per_period("spending.at_least", scenario.periods)
    left_alone = programs.measured() | programs.has("service.at_least") | ~np.isnan(floors).all(axis=1)
    left_alone |= ~scenario.eligible.any(axis=1) | (programs.number("service.unit_cost") == 0)
    left_alone[scenario.packages.program] = True
    # a service may have a ceiling in dollars and one in units
    units = programs.number("service.up_to") * programs.number("service.unit_cost")
    served = (units + np.nan_to_num(programs.number("if_funded.fixed_cost")))[:, None] * scenario.price_level
    kept = np.fmin(np.minimum(share * np.nan_to_num(scenario.baselines), scenario.ceilings), served)
    return np.where(left_alone[:, None], 0.0, kept)
