"""What every rule has."""

from __future__ import annotations

from pydantic import Field

from budgetopt.scenario.model.base import Model, Names, Text
from budgetopt.scenario.model.where import Where

__all__ = ["RuleBase"]


class RuleBase(Model):
    """What every rule has."""

    name: Text = Field(min_length=1)
    """The rule's name, as it is printed."""
    because: Text = ""
    """The resolution, law or promise behind it, printed with it."""
    where: Where | None = None
    """The programs that it speaks of; left out, all of them."""
    periods: Names | None = None
    """The periods in which it holds; left out, all of them."""

    @property
    def parts(self) -> tuple[str, ...]:
        """The programs or groups that each of its inequalities is about, in order; none where it is about all."""
        return ()
