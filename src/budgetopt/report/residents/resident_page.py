"""One self-contained page for residents, in plain language; whole without a script, which only picks a district."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from budgetopt.allocation import Allocation
from budgetopt.errors import OptionError, UnknownNameError
from budgetopt.report.blocks.content import Block
from budgetopt.report.documents.html import environment, page_part, part_hash, write_html
from budgetopt.report.figures.text import clean
from budgetopt.report.plan_view.asked_analyses import run_analyses
from budgetopt.report.residents.budget_part import budget_blocks, hundred_blocks
from budgetopt.report.residents.certainty_part import certainty_blocks, source_blocks
from budgetopt.report.residents.changes_part import change_blocks
from budgetopt.report.residents.comment_part import comment_blocks, word_blocks
from budgetopt.report.residents.language import Language, language_of
from budgetopt.report.residents.place_part import place_blocks
from budgetopt.report.residents.request_part import request_blocks
from budgetopt.report.residents.resident_view import ResidentView
from budgetopt.report.residents.results_part import result_blocks
from budgetopt.scenario.scenario import Scenario
from budgetopt.whole_files import write_text

__all__ = ["AUDIENCES", "check_audience", "residents_language", "residents_page", "write_page", "write_residents_page"]

AUDIENCES = ("council", "residents")
"""For whom a page is written."""
PLACES = "district"
"""The address of the part on districts."""


def check_audience(audience: str, language: str | None, analyses: Sequence[str] = ()) -> str:
    """Return for whom a page is written.

    Raises
    ------
    UnknownNameError
        If there is no such audience.
    OptionError
        If a language or analyses are asked for, which the other audience's page has.
    """
    if audience not in AUDIENCES:
        raise UnknownNameError("audience", audience, list(AUDIENCES))
    if audience == "residents" and analyses:
        raise OptionError("the page for residents shows no further analyses", hint="write them to the council's page")
    if audience != "residents" and language is not None:
        raise OptionError(
            "only the page for residents is written in several languages", hint="ask for it: --audience residents"
        )
    return audience


def residents_language(scenario: Scenario, language: str | None = None) -> Language:
    """Return the language in which a scenario's page for residents is written: the one asked for, or its own.

    Raises
    ------
    OptionError
        If there is no such language.
    """
    said = scenario.document.residents
    return language_of(language or said.language, said.translations)


def residents_page(plan: Allocation, language: str | None = None) -> str:
    """Return the page for residents; it is the same for the same plan, to the byte.

    Parameters
    ----------
    plan
        The plan.
    language
        ``en`` or ``es``, or with the country whose numbers and dates are written: ``es-ES``. Left out, what the
        scenario says under ``residents``.

    Raises
    ------
    OptionError
        If there is no such language.
    """
    view = ResidentView(plan, residents_language(plan.scenario, language))
    style = page_part("report.css") + page_part("residents.css")
    script = page_part("residents.js") + page_part("print.js")
    return (
        environment()
        .get_template("residents.html.j2")
        .render(
            view=view,
            say=view.language.say,
            title=view.language.of_office(plan.scenario.name),
            description=clean(view.language.of_office(plan.scenario.document.description)),
            parts=_parts(view),
            places=PLACES,
            style=style,
            script=script,
            style_hash=part_hash(style),
            script_hash=part_hash(script),
        )
    )


def write_residents_page(plan: Allocation, path: str | Path, language: str | None = None) -> Path:
    """Write the page for residents, and return its path; an OptionError where that cannot be done."""
    return write_text(path, residents_page(plan, language))


def write_page(
    plan: Allocation,
    path: str | Path,
    analyses: Sequence[str] = (),
    seed: int = 0,
    audience: str = "council",
    language: str | None = None,
    since: str | Path | None = None,
    sliders: Sequence[str] = (),
) -> Path:
    """Write the page of an audience as :meth:`budgetopt.Allocation.to_html` says, and return its path."""
    more = [*analyses, *sliders, *([] if since is None else [str(since)])]
    if check_audience(audience, language, more) == "residents":
        return write_residents_page(plan, path, language)
    return write_html(plan, path, asked=run_analyses(plan, analyses, seed=seed, since=since, sliders=sliders))


def _parts(view: ResidentView) -> list[tuple[str, str, list[Block]]]:
    """Return the parts that have something to show: the address of each, its title, and what it shows."""
    say = view.language.say
    hundred = view.numbers.money(100)
    parts: list[tuple[str, str, Callable[[ResidentView], Iterable[Block]]]] = [
        ("short", say("The budget in short"), budget_blocks),
        ("hundred", say("For every {hundred}", hundred=hundred), hundred_blocks),
        ("changes", say("What changes"), change_blocks),
        ("results", say("What it does for people"), result_blocks),
        (PLACES, say("What changes in your district"), place_blocks),
        ("asked", say("What was asked for and what was decided"), request_blocks),
        ("sure", say("How sure we are"), certainty_blocks),
        ("sources", say("Where the figures come from"), source_blocks),
        ("comment", say("How to comment"), comment_blocks),
        ("words", say("Words on this page"), word_blocks),
    ]
    return [(key, title, shown) for key, title, blocks in parts if (shown := list(blocks(view)))]
