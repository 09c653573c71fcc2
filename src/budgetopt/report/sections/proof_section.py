"""The section on the proof: what is proved, what is believed, and the figures of every check."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import itemgetter

from budgetopt.report.blocks.content import Block, Bullets, Media, Paragraph, ReportColumn, ReportTable
from budgetopt.report.plan_view.view import PlanView

__all__ = ["proof_blocks", "proof_sheets"]


def proof_blocks(view: PlanView) -> Iterator[Block]:
    """Yield the proof: one sentence in a summary, all of it on a page."""
    proof = view.proof
    yield Paragraph(proof.short, strong=True, media=Media.SUMMARY)
    yield Bullets("What is proved", proof.proved, Media.PAGE)
    yield Bullets("What is believed", proof.believed, Media.PAGE)
    several = len(view.plan.solver_result.stages) > 1
    yield ReportTable(
        heading="The figures of the proof",
        caption="Each check says by how much it fails at worst, as a share of the figures that it is made of, and how "
        "much is allowed.",
        columns=[
            ReportColumn("Check", "words"),
            *([ReportColumn("Objective", "objective")] if several else []),
            ReportColumn("At worst", "worst", figure=True),
            ReportColumn("Allowed", "tolerance", figure=True),
            ReportColumn("Result", "result"),
        ],
        records=proof.checks,
        look="words",
        media=Media.PAGE,
    )
    yield _facts("", proof.facts, Media.PAGE)


def proof_sheets(view: PlanView) -> list[ReportTable]:
    """Return the sheet of the proof."""
    proof = view.proof
    records = [("Plan", view.plan.scenario.name)]
    records += [("Proved", words) for words in proof.proved]
    records += [("Believed", words) for words in proof.believed]
    for check in proof.checks:
        figures = f"at worst {check.worst}, allowed {check.tolerance}, {check.result}"
        records.append(("Check", f"{check.words} ({check.objective}): {figures}"))
    return [_facts("Proof", [*records, *proof.facts], Media.WORKBOOK)]


def _facts(title: str, records: Sequence[tuple[str, str]], media: Media) -> ReportTable:
    columns = [ReportColumn("What", itemgetter(0), width=26), ReportColumn("Words", itemgetter(1), width=110)]
    caption = "What the plan is, and what it was made from."
    return ReportTable(title=title, caption=caption, columns=columns, records=records, look="words", media=media)
