"""The sections of a report, in the order in which every medium shows them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from budgetopt.report.content import Block
from budgetopt.report.evidence_section import evidence_blocks
from budgetopt.report.fund_section import fund_blocks
from budgetopt.report.limit_section import limit_blocks
from budgetopt.report.money_section import money_blocks
from budgetopt.report.outcome_section import outcome_blocks
from budgetopt.report.plan_section import plan_blocks
from budgetopt.report.program_section import program_blocks
from budgetopt.report.proof_section import proof_blocks
from budgetopt.report.view import PlanView

__all__ = ["SECTIONS", "Section", "sections_in"]


@dataclass(frozen=True, slots=True)
class Section:
    """One section of every report.

    Parameters
    ----------
    key
        Its address on a page.
    title
        What the contents of a page call it.
    heading
        Its heading on a page.
    blocks
        Returns what it shows of a plan: tables, paragraphs, lists. A block is shown in every medium unless it says so.
    """

    key: str
    title: str
    heading: str
    blocks: Callable[[PlanView], Iterable[Block]]


SECTIONS = [
    Section("plan", "The plan", "The plan in a few sentences", plan_blocks),
    Section("money", "Money", "Where the money goes", money_blocks),
    Section("buys", "What it buys", "What it buys", outcome_blocks),
    Section("funds", "Who pays", "Who pays", fund_blocks),
    Section("limits", "Limits", "The limits that hold the plan back", limit_blocks),
    Section("programs", "Programs", "Every program", program_blocks),
    Section("evidence", "Assumptions and sources", "Assumptions and sources", evidence_blocks),
    Section("proof", "Proof", "The proof", proof_blocks),
]


def sections_in(view: PlanView) -> list[tuple[Section, list[Block]]]:
    """Return the sections that have something to show in the medium of a view, and what each shows."""
    found = [(section, [block for block in section.blocks(view) if block.media & view.media]) for section in SECTIONS]
    return [(section, blocks) for section, blocks in found if blocks]
