"""The guide to a page: the terms on it, where it answers the criteria of the budget award, and what it evidences."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from budgetopt.formulation.stages import is_goal_programming
from budgetopt.report.blocks.content import Block, Cell, Media, Paragraph, ReportColumn, ReportTable
from budgetopt.report.figures.numbers import join_words, plural
from budgetopt.report.figures.sources import EVIDENCE_WORDS, MOST_DATES
from budgetopt.report.figures.text import one_line
from budgetopt.report.plan_view.asked_analyses import ANALYSES, VARIED
from budgetopt.report.plan_view.view import PlanView
from budgetopt.report.sections.group_shares import grouped_attributes
from budgetopt.report.sections.moved_money import moved_since_words, moved_words
from budgetopt.report.sections.staff_section import is_staff
from budgetopt.scenario.model import Fund

__all__ = ["guide_blocks"]

AWARD = "https://www.gfoa.org/budget-award-2026-criteria"
STANDARD = "https://whatworkscities.bloomberg.org/assessment/"
NOT_HERE = "not in this plan"
MOST_NAMES = 5
"""So many rows of the plan are named for each practice."""
EVALUATED = ("rct", "quasi_experimental")
"""The grades of evidence that come from an evaluation with a comparison group."""

Holds = Callable[[PlanView], bool]


def _always(_: PlanView) -> bool:
    return True


def _funds(test: Callable[[Fund], bool]) -> Holds:
    return lambda view: any(test(fund) for fund in view.plan.scenario.funds.values())


def _lapses(view: PlanView) -> bool:
    return bool(view.figures.accounts["closing"][~view.plan.scenario.carries_over].any())


TERMS: tuple[tuple[str, str, Holds], ...] = (
    ("All-or-nothing decision", "A decision that is taken whole or not at all, such as a package or a building.",
     lambda view: bool(view.packages)),
    ("Assumed", "Of a figure: no evidence is given for it, or its source says that it is an assumption.",
     lambda view: bool(view.assumptions)),
    ("Audit", "A second, independent check of every limit against what the plan spends and does.", _always),
    ("Baseline", "What a program would have at today's level of service.", lambda view: view.figures.has_baseline),
    ("Benchmark plan", "A plan made by a simple rule, such as the current budget, beside which the plan is held.",
     lambda view: view.asked.comparison is not None),
    ("Binds", "Of a limit: the plan stands at it, so that a looser limit may allow a better plan.",
     lambda view: bool(view.binding)),
    ("Draw", "One set of effects, drawn at random within the errors of the estimates.",
     lambda view: view.asked.ensemble is not None),
    ("Fund", "Money that is accounted for by itself, with rules about what it may pay for.", _always),
    ("Grant", "Money from another government or donor for a stated purpose.",
     _funds(lambda fund: fund.kind == "grant")),
    ("Lapse", "Of a balance: what is unspent at the close does not open the next period.",
     _lapses),
    ("One-time revenue", "Revenue that does not come again.",
     lambda view: bool(view.figures.accounts["one_time"].any())),
    ("Outcome", "A result that the plan counts, in units of its own.", lambda view: bool(view.bought.rows)),
    ("Range", "Between what a result lies, by the errors that are given of the effects.",
     lambda view: any(row.spread is not None for row in view.bought.rows)),
    ("Recurring", "Of revenue or spending: it comes again every year.", lambda view: len(view.periods) > 1),
    ("Regret", "By how much the plan is worse than the best plan of a draw.",
     lambda view: view.asked.ensemble is not None),
    ("Reserve", "The balance that a fund must keep at the close.", _funds(lambda fund: bool(fund.reserve))),
    ("Structural balance", "Recurring revenue less recurring spending.", lambda view: len(view.periods) > 1),
    ("Target", "A level that an outcome must reach.",
     lambda view: any(row.targets for row in view.bought.rows) and not is_goal_programming(view.plan.scenario)),
    ("Target", "A level that an outcome is to reach: a goal, which the plan may miss.",
     lambda view: is_goal_programming(view.plan.scenario)),
    ("Weight", "What one unit of an outcome is worth to the council.",
     lambda view: any(row.weight for row in view.bought.rows)),
)  # fmt: skip
"""Terms, what each means, and whether a page uses it."""


@dataclass(frozen=True, slots=True)
class AwardQuestion:
    """A question that a reader of a budget has, in our words, and the section that answers it, if one does."""

    category: str
    words: str
    section: str = ""  # its key; empty: no plan of ours answers it
    answered: Holds = _always  # whether the section answers it for this plan


def _has_staff(view: PlanView) -> bool:
    return any(is_staff(one.unit) for one in view.plan.scenario.resources.values())


def _has_projects(view: PlanView) -> bool:
    return bool(np.any(view.plan.scenario.packages.is_project))


_PRIORITIES, _VALUE, _OUTLOOK = "Community priorities, challenges and opportunities", "Value", "Long-term outlook"
_PERSONNEL, _DEPARTMENTS, _PROGRAMS = "Personnel", "Departments", "Programs"
_CAPITAL, _PROCESS = "Capital", "Budget process"

QUESTIONS = (
    AwardQuestion(_PRIORITIES, "Which results matter, and how much?", "buys"),
    AwardQuestion(
        _PRIORITIES, "What does each priority get?", "money", lambda view: view.figures.by("priority") is not None
    ),
    AwardQuestion(_PRIORITIES, "Which challenges and opportunities shape the budget?"),
    AwardQuestion(_VALUE, "What do residents get for the money?", "buys"),
    AwardQuestion(_VALUE, "Where does the money come from, and where does it go?", "sources-uses"),
    AwardQuestion(_VALUE, "Who gets it, by district and group?", "districts"),
    AwardQuestion(_VALUE, "How is it known that it works?", "evidence"),
    AwardQuestion(_VALUE, "Is it better than other budgets?", "compared"),
    AwardQuestion(_OUTLOOK, "Do recurring revenue and spending balance in later years?", "years"),
    AwardQuestion(_OUTLOOK, "What happens when one-time money or a grant ends?", "years"),
    AwardQuestion(_OUTLOOK, "Are the reserves kept?", "funds", _funds(lambda fund: bool(fund.reserve))),
    AwardQuestion(_OUTLOOK, "What would less or more money mean?", "dollars"),
    AwardQuestion(_OUTLOOK, "What is owed in the long term, such as debt and pensions?"),
    AwardQuestion(_PERSONNEL, "What staff does each department use, of how many?", "staff", _has_staff),
    AwardQuestion(_PERSONNEL, "What do positions, salaries and benefits cost?"),
    AwardQuestion(_DEPARTMENTS, "What does each department get and do, and why?", "departments"),
    AwardQuestion(_PROGRAMS, "What does each program cost and bring, and why has it this amount?", "programs"),
    AwardQuestion(
        _PROGRAMS, "What changes against today?", "money", lambda view: view.figures.has_baseline
    ),
    AwardQuestion(_CAPITAL, "Which projects are started, when, and at what cost?", "programs", _has_projects),
    AwardQuestion(_CAPITAL, "How are they paid?", "funds", _funds(lambda fund: fund.kind == "capital")),
    AwardQuestion(_CAPITAL, "What do they cost to operate afterwards?"),
    AwardQuestion(_PROCESS, "How is the plan chosen, and how can that be checked?", "proof"),
    AwardQuestion(_PROCESS, "Which rules and promises limit it?", "limits"),
    AwardQuestion(_PROCESS, "What is the calendar, and how do residents take part?"),
)  # fmt: skip


def guide_blocks(view: PlanView, shown: Mapping[str, str]) -> Iterator[Block]:
    """Yield the glossary, the locator and the map of a page, on a page; ``shown`` has its sections' titles by key."""
    if view.media is not Media.PAGE:
        return
    yield from _not_run(view)
    yield ReportTable(
        heading="Terms",
        caption="The terms on this page.",
        columns=[ReportColumn("Term", lambda term: term[0]), ReportColumn("Meaning", lambda term: term[1])],
        records=[term for term in TERMS if term[2](view)],
        look="words",
    )
    yield ReportTable(
        heading="Where this page answers the budget award's questions",
        caption="By the categories of GFOA's Distinguished Budget Presentation Award, criteria of 2026. The questions "
        "are in our words.",
        columns=[
            ReportColumn("Category", "category"),
            ReportColumn("Question", "words"),
            ReportColumn("Where", lambda question: _where(view, question, shown)),
        ],
        records=QUESTIONS,
        look="words",
        repeats=True,
    )
    yield Paragraph(f"The criteria: {AWARD}", note=True)
    yield from _evidenced(view, shown)


def _not_run(view: PlanView) -> Iterator[Paragraph]:
    """Yield which analyses the page does not show, and what runs them."""
    varies = any(row.spread is not None for row in view.bought.rows)
    left = [name for name in ANALYSES if name not in view.asked.names and (varies or name not in VARIED)]
    if left:
        said = "; ".join(f"{ANALYSES[name]} ({name})" for name in left)
        words = f"Not worked out for this page: {said}. With --with {','.join(left)} the command that writes the page "
        words += "adds them."
        if not varies:
            words += " No effect has an error, so that there is nothing to draw and nothing to find out."
        yield Paragraph(words, "What is not on this page")


def _where(view: PlanView, question: AwardQuestion, shown: Mapping[str, str]) -> Cell:
    if question.section not in shown or not question.answered(view):
        return Cell(NOT_HERE)
    return _link(question.section, shown)


def _link(key: str, shown: Mapping[str, str]) -> Cell:
    return Cell(shown[key], link=f"#{key}")


def _evidenced(view: PlanView, shown: Mapping[str, str]) -> Iterator[Block]:
    """Yield which practices of What Works Cities Certification the plan has evidence for, with dates."""
    rows = [row for row in _practices(view) if row[3] in shown or not row[3]]
    yield ReportTable(
        heading="What this plan shows for What Works Cities Certification",
        caption="By the standard's foundational practices, in our words. Whether a criterion is met is for its "
        "assessors to say.",
        columns=[
            ReportColumn("Practice", lambda row: row[0]),
            ReportColumn("What this plan shows", lambda row: row[1]),
            ReportColumn("As of", lambda row: row[2]),
            ReportColumn("Where", lambda row: _link(row[3], shown) if row[3] else Cell("")),
        ],
        records=rows,
        look="words",
        repeats=True,
    )
    yield Paragraph(f"The standard: {STANDARD}", note=True)


def _practices(view: PlanView) -> Iterator[tuple[str, str, str, str]]:
    """Yield a practice, what the plan shows for it, the dates of that, and the section where it stands."""
    numbers, figures, scenario = view.numbers, view.figures, view.plan.scenario
    budget, measured = "Data-driven budget and finance", scenario.programs.measured()
    money = numbers.spoken_money(int(figures.spending[measured].sum()) * figures.unit.dollars)
    every = numbers.spoken_money(figures.total.spending * figures.unit.dollars)
    words = f"{money} of {every} goes to programs with an effect given, {plural(int(measured.sum()), 'program')}."
    yield budget, words, _dates([line.as_of for line in view.effects]), "programs"
    if moved := moved_words(view):
        yield budget, moved, "", "evidence"
    if (earlier := view.asked.earlier) is not None:
        periods = f"{one_line(earlier.then[-1])} to {one_line(earlier.now[-1])}"
        yield budget, moved_since_words(view), periods, "evidence"
    studied = [line for line in view.effects if line.evidence in EVALUATED and not line.assumed]
    counts = {EVIDENCE_WORDS[key]: sum(line.evidence == key for line in studied) for key in EVALUATED}
    words = f"No effect of {numbers.number(len(view.effects))} comes from an evaluation."
    if studied:
        kinds = "; ".join(f"{kind}: {numbers.number(count)}" for kind, count in counts.items())
        words = f"{numbers.number(len(studied))} of {plural(len(view.effects), 'effect')} from evaluations ({kinds})"
        words += f": {_named([line.program_name for line in studied])}."
    yield "Rigorous evaluations", words, _dates([line.as_of for line in studied]), "evidence"
    rows = view.bought.rows
    aimed = [row.name for row in rows if row.targets]
    words = f"{plural(len(rows), 'outcome')} with a unit, {numbers.number(len(aimed))} with a target"
    words = f"{words}: {_named(aimed)}." if aimed else f"{words}."
    yield "Performance and analytics", words if rows else NOT_HERE, "", "buys" if rows else ""
    by = [one.replace("_", " ") for one in grouped_attributes(view)]
    words = f"Money and outcomes by {join_words(by)}." if by else f"Data by district or group: {NOT_HERE}."
    yield "Data by district and group", words, "", "districts" if by else ""


def _named(names: list[str]) -> str:
    """Return names once each, in order; of many the first few, and how many more there are."""
    known = list(dict.fromkeys(names))
    left = len(known) - MOST_NAMES
    return join_words([*known[:MOST_NAMES], f"{left:,} more"] if left > 1 else known)


def _dates(said: list[str]) -> str:
    """Return dates once each, in order; of many the first and the last."""
    dates = sorted(set(filter(None, said)))
    return join_words(dates) if len(dates) <= MOST_DATES else f"{dates[0]} to {dates[-1]}"
