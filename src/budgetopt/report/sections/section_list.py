"""The sections of a report, in the order in which every medium shows them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module

from budgetopt.report.blocks.content import Block, Media
from budgetopt.report.plan_view.view import PlanView
from budgetopt.report.sections.brief_section import brief_blocks
from budgetopt.report.sections.department_section import department_blocks
from budgetopt.report.sections.district_section import district_blocks, district_sheets
from budgetopt.report.sections.evidence_section import evidence_blocks, evidence_sheets
from budgetopt.report.sections.fund_section import fund_blocks, fund_sheets
from budgetopt.report.sections.limit_section import limit_blocks, limit_sheets
from budgetopt.report.sections.money_section import money_blocks
from budgetopt.report.sections.outcome_section import outcome_blocks, outcome_sheets
from budgetopt.report.sections.page_guide import guide_blocks
from budgetopt.report.sections.plan_section import plan_blocks
from budgetopt.report.sections.program_section import program_blocks
from budgetopt.report.sections.proof_section import proof_blocks, proof_sheets
from budgetopt.report.sections.resource_section import resource_blocks
from budgetopt.report.sections.response_section import response_blocks
from budgetopt.report.sections.sources_uses_section import sources_uses_blocks, sources_uses_sheets
from budgetopt.report.sections.spending_sheets import spending_sheets
from budgetopt.report.sections.staff_section import staff_blocks
from budgetopt.report.sections.summary_sheet import summary_sheet
from budgetopt.report.sections.year_section import year_blocks

__all__ = ["SECTIONS", "Section", "sections_in"]


@dataclass(frozen=True, slots=True)
class Section:
    """One section of every report.

    Its blocks are what it shows of a plan, in every medium unless a block says where. Its sheets are its tables for a
    workbook, where they are others: exact, and with ids.
    """

    key: str  # its address on a page
    title: str  # what the contents of a page call it
    heading: str
    blocks: Callable[[PlanView], Iterable[Block]]
    sheets: Callable[[PlanView], Iterable[Block]] | None = None

    def shown_in(self, view: PlanView) -> list[Block]:
        """Return what the medium of a view shows."""
        blocks = self.sheets if self.sheets and view.media is Media.WORKBOOK else self.blocks
        return [block for block in blocks(view) if block.media & view.media]


def _asked(name: str, module: str = "sections.asked_section") -> Callable[[PlanView], Iterable[Block]]:
    """Return the blocks of analyses, whose modules are imported only where there are some."""

    def blocks(view: PlanView) -> Iterable[Block]:
        if view.asked.is_empty:
            return ()
        found: Iterable[Block] = getattr(import_module(f"budgetopt.report.{module}"), name)(view)
        return found

    return blocks


SECTIONS = [
    Section("plan", "The plan", "The plan in a few sentences", plan_blocks, summary_sheet),
    Section("brief", "In brief", "The budget in brief", brief_blocks),
    Section("money", "Money", "Where the money goes", money_blocks, spending_sheets),
    Section("sources-uses", "Sources and uses", "Sources and uses", sources_uses_blocks, sources_uses_sheets),
    Section("years", "Year by year", "Year by year", year_blocks),
    Section("buys", "What it buys", "What it buys", outcome_blocks, outcome_sheets),
    Section("responses", "Less and more of a program", "What less and more of a program would bring", response_blocks),
    Section("uses", "What it uses", "What it uses", resource_blocks),
    Section("staff", "Staff", "Staff", staff_blocks),
    Section("funds", "Who pays", "Who pays", fund_blocks, fund_sheets),
    Section("limits", "Limits", "The limits that hold the plan back", limit_blocks, limit_sheets),
    Section("departments", "Departments", "Departments and priorities", department_blocks),
    Section("districts", "Districts", "Districts and groups", district_blocks, district_sheets),
    Section("programs", "Programs", "Every program", program_blocks),
    Section(
        "explorer",
        "Move the figures",
        "The best plan with other figures",
        _asked("explorer_blocks", "explored.explorer_blocks"),
    ),
    Section("compared", "Compared", "Beside other plans", _asked("compared_blocks")),
    Section("dollars", "Less and more money", "What less and more money would mean", _asked("dollar_blocks")),
    Section(
        "frontier",
        "Frontiers",
        "Other revenue, and other outcomes",
        _asked("frontier_blocks", "sections.frontier_section"),
    ),
    Section("ensemble", "How sure it is", "How sure the decisions are", _asked("ensemble_blocks")),
    Section("information", "What to find out", "What it would be worth to know", _asked("information_blocks")),
    Section("evidence", "Assumptions and sources", "Assumptions and sources", evidence_blocks, evidence_sheets),
    Section("proof", "Proof", "The proof", proof_blocks, proof_sheets),
]

GUIDE = Section("guide", "Guide", "Guide to this page", lambda _: ())


def sections_in(view: PlanView) -> list[tuple[Section, list[Block]]]:
    """Return the sections that have something to show in the medium of a view, and what each shows.

    Last on a page comes its guide, which says where what stands.
    """
    shown = [(section, blocks) for section in SECTIONS if (blocks := section.shown_in(view))]
    guide = list(guide_blocks(view, {section.key: section.title for section, _ in shown}))
    return [*shown, (GUIDE, guide)] if guide else shown
