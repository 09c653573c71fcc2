"""Results that can be drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from altair import LayerChart

__all__ = ["Drawable"]


class Drawable:
    """A result that can be drawn as a chart."""

    def plot(self) -> LayerChart:
        """Return it as an Altair chart, which can be changed: ``chart.properties(width=400)``.

        Its axes have units, ``chart.data`` is the table behind it, ``chart.description`` says what it shows, and
        :func:`budgetopt.save_chart` writes it to a file. It needs the extra ``charts``.

        Raises
        ------
        OptionError
            If the packages that draw are not installed, or this result has nothing to draw.
        """
        return self._chart()

    def _chart(self, *arguments: Any) -> LayerChart:
        """Return its chart; arguments say which part of it is drawn."""
        from budgetopt.report.plots.plots import chart_of

        return chart_of(self, *arguments)
