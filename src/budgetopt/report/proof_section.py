"""The section on the proof: what is proved, what is believed, and the figures of every check."""

from __future__ import annotations

from collections.abc import Iterator

from budgetopt.report.content import Block, Bullets, Facts, Media, Paragraph, ReportColumn, ReportTable
from budgetopt.report.view import PlanView

__all__ = ["proof_blocks"]


def proof_blocks(view: PlanView) -> Iterator[Block]:
    """Yield the proof: one sentence in a summary, all of it on a page and in a workbook."""
    proof = view.proof
    yield Paragraph(proof.short, strong=True, media=Media.SUMMARY)
    if view.media is Media.WORKBOOK:
        yield _sheet(view)
    yield Bullets("What is proved", proof.proved, Media.PAGE)
    yield Bullets("What is believed", proof.believed, Media.PAGE)
    several = len(view.plan.solver_result.stages) > 1
    yield ReportTable(
        heading="The figures of the proof",
        caption="Each check says by how much it fails at worst, as a share of the figures that it is made of, and how "
        "much is allowed.",
        columns=[
            ReportColumn("Check", lambda check: check.words),
            *([ReportColumn("Objective", lambda check: check.objective)] if several else []),
            ReportColumn("At worst", lambda check: check.worst, figure=True),
            ReportColumn("Allowed", lambda check: check.tolerance, figure=True),
            ReportColumn("Result", lambda check: check.result),
        ],
        records=proof.checks,
        look="words",
        media=Media.PAGE,
    )
    yield Facts([*proof.facts, *((name, f"SHA-256 {digest}") for name, digest in proof.files)])


def _sheet(view: PlanView) -> ReportTable:
    proof = view.proof
    records = [("Plan", view.plan.scenario.name), *(("In short", words) for words in view.story)]
    records += [("Proved", words) for words in proof.proved]
    records += [("Believed", words) for words in proof.believed]
    for check in proof.checks:
        figures = f"at worst {check.worst}, allowed {check.tolerance}, {check.result}"
        records.append(("Check", f"{check.words} ({check.objective}): {figures}"))
    records += [*proof.facts, *((f"SHA-256 of {name}", digest) for name, digest in proof.files)]
    columns = [
        ReportColumn("What", lambda record: record[0], width=26),
        ReportColumn("Words", lambda record: record[1], width=110),
    ]
    return ReportTable(title="Proof", columns=columns, records=records, media=Media.WORKBOOK)
