"""What a generated city may have."""

from __future__ import annotations

from collections.abc import Collection

from budgetopt.errors import OptionError, near

__all__ = ["ALL", "LINEAR", "features_of"]

_LINEAR = (
    "services, resources, restricted funds, match, reserves, structural balance, transfers, growth, inflation, "
    "discount, change limits, sums, groups, targets, substitutes"
)
_FURTHER = (
    "s-curves, if funded, free services, packages, projects, maintenance of effort, no supplanting, counts, logic, "
    "outcome ceilings, ordered objectives"
)
LINEAR = frozenset(_LINEAR.split(", "))
"""What stays linear programming."""
ALL = LINEAR.union(_FURTHER.split(", "))
"""Everything; what is not in :data:`LINEAR` takes integer columns, or a second objective."""


def features_of(features: str | Collection[str]) -> frozenset[str]:
    """Return the features that were asked for; an OptionError names one that there is not."""
    if isinstance(features, str):
        if features in ("linear", "all"):
            return LINEAR if features == "linear" else ALL
        features = (features,)
    for feature in features:
        if feature not in ALL:
            close = near(feature, ["linear", "all", *sorted(ALL)])
            hint = f"did you mean {close!r}?" if close else f"'linear', 'all', or some of {', '.join(sorted(ALL))}"
            raise OptionError(f"features: there is no feature {feature!r}", hint=hint)
    return frozenset(features)
