"""What writes a plan: its result document, its tables, its charts and its reports."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from budgetopt.allocation.allocation import Allocation

__all__ = ["PlanFiles"]


class PlanFiles:
    """A plan that can be written to files."""

    @property
    def _plan(self) -> Allocation:
        return cast("Allocation", self)

    def to_dict(self) -> dict[str, Any]:
        """Return the result document as plain values; see its JSON Schema."""
        from budgetopt.allocation.result import result_document

        return result_document(self._plan)

    def to_json(self, path: str | Path | None = None) -> str:
        """Return the result document as text, and write it to a file if one is named: whole, or not at all.

        Raises
        ------
        OptionError
            If it cannot be written there.
        """
        from budgetopt.allocation.result import result_text

        return result_text(self._plan, path)

    def to_csv(self, folder: str | Path) -> list[Path]:
        """Write every table as a CSV file into a folder, made if it is missing, and return the files.

        A folder that is missing is there with all of them or not at all; in one that is there each file is whole.

        Raises
        ------
        OptionError
            If they cannot be written there.
        """
        from budgetopt.allocation.result import write_csv

        return write_csv(self._plan, folder)

    def to_parquet(self, folder: str | Path) -> list[Path]:
        """Write every table as a Parquet file into a folder, made if it is missing, and return the files.

        The columns keep their types, and have their units in the metadata of the schema: ``unit`` of each field; what
        pandas reads back has them in ``table.attrs["units"]`` too. A folder that is missing is there with all of the
        files or not at all; in one that is there each file is whole. It needs the extra ``parquet``.

        Raises
        ------
        OptionError
            If they cannot be written there, or pyarrow is not installed.
        """
        from budgetopt.allocation.plan_parquet import write_parquet

        return write_parquet(self._plan, folder)

    def to_charts(self, folder: str | Path, *, analyses: Sequence[str] = (), seed: int = 0) -> list[Path]:
        """Write every chart of the report into a folder, made if it is missing, and return the files.

        Each is written as ``.svg``, as ``.png`` and as ``.csv``, the table behind it; ``charts.csv`` lists them with
        their titles and what they show in words. It needs the extra ``charts``.

        Parameters
        ----------
        folder
            The folder. One that is missing is there with all of the files or not at all; in one that is there each
            file is whole.
        analyses, seed
            What is worked out and drawn too, as for :meth:`to_html`, and the seed of the ensemble.

        Raises
        ------
        UnknownNameError
            If there is no such analysis.
        OptionError
            If an analysis cannot be made, the files cannot be written there, or the packages that draw are missing.
        """
        from budgetopt.report import run_analyses, write_charts

        return write_charts(self._plan, folder, run_analyses(self._plan, analyses, seed=seed))

    def to_html(
        self, path: str | Path, *, analyses: Sequence[str] = (), seed: int = 0, audience: str = "council",
        language: str | None = None, since: str | Path | None = None, sliders: Sequence[str] = (),
    ) -> Path:  # fmt: skip
        """Write the report: one page that needs nothing else.

        Parameters
        ----------
        path
            The page.
        analyses, seed, sliders
            What is worked out and shown too (``compare``, ``dollars``, ``frontier``, ``ensemble``, ``information``,
            ``explorer``), the seed of the ensemble, and paths of further figures that the explorer moves.
        audience, language
            ``council``, or ``residents`` for a page in plain language: ``en``, ``es``, or with a country ``es-ES``;
            left out, the language that the scenario says.
        since
            The result document of an earlier plan: what moved since, by the evidence behind the programs.

        Raises
        ------
        UnknownNameError
            If there is no such analysis or audience.
        OptionError
            If an analysis cannot be made, there is no such language, or a file cannot be read or written.
        """
        from budgetopt.report import write_page

        return write_page(self._plan, path, analyses, seed, audience, language, since, sliders)

    def to_excel(self, path: str | Path) -> Path:
        """Write a workbook that works totals, balances, outcomes and limits out again when an amount is edited."""
        from budgetopt.report import write_excel

        return write_excel(self._plan, path)

    def to_own_table(self, path: str | Path, table: str = "") -> Path:
        """Write a copy of the office's own table of programs with the plan in new columns beside theirs.

        Everything else in the file stays as it is: formulas and their results, formats, other sheets, charts. The
        columns are the plan, its change from the baseline and, with several funds, what each fund pays, for each
        period. :func:`budgetopt.edited_plan` reads a copy that was edited.

        Parameters
        ----------
        path
            The file to write; it ends like the office's own, ``.xlsx``, ``.xlsm`` or ``.csv``.
        table
            The office's own file as the scenario names it; left out, the only one that it has.

        Raises
        ------
        OptionError
            If there is no such table, or the file cannot be written.
        """
        from budgetopt.report.own_workbook.own_table import write_own_table

        return write_own_table(self._plan, path, table)[0]

    def to_markdown(self) -> str:
        """Return a summary in Markdown."""
        from budgetopt.report import markdown_summary

        return markdown_summary(self._plan)
