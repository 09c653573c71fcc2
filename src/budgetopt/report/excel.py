"""A plan as a workbook: real numbers, totals that are formulas, and names that stay names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from budgetopt.report.evidence import EVIDENCE_WORDS
from budgetopt.report.figures import Figures
from budgetopt.report.files import write_whole
from budgetopt.report.limit_lines import limit_name, limits_of
from budgetopt.report.numbers import Numbers
from budgetopt.report.outcomes import Bought
from budgetopt.report.page import Page
from budgetopt.report.proof import proof_of
from budgetopt.report.sheets import MONEY, NUMBER, SHARE, WHOLE_MONEY, Column, Formula, add_sheet
from budgetopt.report.story import short_story
from budgetopt.report.text import clean, label

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

    from budgetopt.allocation.allocation import Allocation

__all__ = ["write_excel"]


def write_excel(plan: Allocation, path: str | Path) -> Path:
    """Write a plan as a workbook, and return its path.

    Money is in dollars and cents, exact. Text that begins like a formula stays text.

    Raises
    ------
    OptionError
        If the file cannot be written, or a sheet has more rows than a workbook can hold.
    """

    def write(beside: Path) -> None:
        _workbook(plan).save(beside)

    return write_whole(path, write)


def _workbook(plan: Allocation) -> Workbook:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    book.properties.title = clean(plan.scenario.name)
    book.properties.creator = "budgetopt"
    money = WHOLE_MONEY if Figures.of(plan).unit.decimals == 0 and _whole(plan) else MONEY
    numbers = Numbers(plan.scenario.currency)
    _programs(book, plan, money)
    _by_fund(book, plan, money)
    _outcomes(book, plan)
    _funds(book, plan, money)
    _rules(book, plan)
    _assumptions(book, plan, numbers)
    _proof(book, plan, numbers)
    return book


def _whole(plan: Allocation) -> bool:
    """Return whether no amount has cents, so that none need be shown."""
    table = plan.programs
    return bool(((table["spending"] % 1 == 0) & (table["baseline"].fillna(0) % 1 == 0)).all())


def _programs(book: Workbook, plan: Allocation, money: str) -> None:
    table, periods = plan.programs, plan.by_period
    texts = plan.scenario.programs.text
    columns = [
        Column("Program", width=34),
        Column("Id", width=18),
        Column("Department", width=18),
        Column("Priority", width=22),
        Column("Baseline", money, True, 17),
        Column("Plan", money, True, 17),
        Column("Change", money, True, 17),
        Column("Change, share", SHARE, False, 10),
    ]
    many = len(plan.scenario.periods) > 1
    if many:
        columns += [Column(clean(period), money, True, 17) for period in plan.scenario.periods]
    columns += [
        Column("Why", width=48, wraps=True),
        Column("Weakest evidence", width=18),
        Column("Source", width=40),
        Column("Note", width=40),
    ]
    numbers = [table[name].tolist() for name in ("baseline", "spending", "change", "change_share")]
    numbers += [periods[period].tolist() for period in periods.columns] if many else []
    evidence = [EVIDENCE_WORDS.get(grade, grade) for grade in table["evidence"].tolist()]
    rows = zip(
        table["name"].tolist(),
        table.index.tolist(),
        table["department"].tolist(),
        table["priority"].tolist(),
        *numbers,
        table["reason"].tolist(),
        evidence,
        texts("source").tolist(),
        texts("note").tolist(),
        strict=True,
    )
    add_sheet(book, "Programs", columns, rows, len(table))


def _by_fund(book: Workbook, plan: Allocation, money: str) -> None:
    table = plan.by_fund
    names = plan.programs["name"].to_dict()
    funds = {key: label(key, fund.name) for key, fund in plan.scenario.funds.items()}
    columns = [
        Column("Program", width=34),
        Column("Id", width=18),
        Column("Fund", width=24),
        Column("Period", width=14),
        Column("Amount", money, True, 17),
    ]
    rows = (
        (names[program], program, funds[fund], period, amount)
        for program, fund, period, amount in zip(
            *(table[name].tolist() for name in ("program", "fund", "period", "amount")), strict=True
        )
    )
    add_sheet(book, "By fund", columns, rows, len(table))


def _outcomes(book: Workbook, plan: Allocation) -> None:
    table = plan.outcomes
    assumed = {"all": "assumed", "part": "partly assumed", "none": ""}
    columns = [
        Column("Outcome", width=30),
        Column("Unit", width=22),
        Column("Better", width=10),
        Column("Weight of one", NUMBER, False, 14),
        Column("Baseline", NUMBER, False, 16),
        Column("Plan", NUMBER, False, 16),
        Column("Change", NUMBER, False, 16),
        Column("Weighted value", NUMBER, True, 18),
        Column("Rests on", width=18),
        Column("Source", width=40),
    ]
    rows = zip(
        [label(key, outcome.name) for key, outcome in plan.scenario.outcomes.items()],
        table["unit"].tolist(),
        ["more" if way == "increase" else "less" for way in table["direction"].tolist()],
        *(table[name].tolist() for name in ("weight", "baseline", "level", "change", "value")),
        [assumed[row.assumed] for row in Bought(plan).rows],
        [outcome.source for outcome in plan.scenario.outcomes.values()],
        strict=True,
    )
    add_sheet(book, "Outcomes", columns, rows, len(table))


def _funds(book: Workbook, plan: Allocation, money: str) -> None:
    table = plan.funds
    funds = {key: label(key, fund.name) for key, fund in plan.scenario.funds.items()}
    amounts = ("opening", "revenue", "one_time", "transfers_in", "transfers_out", "spending", "closing", "reserve")
    heads = (
        "Opening",
        "Revenue",
        "One-time revenue",
        "Transfers in",
        "Transfers out",
        "Spending",
        "Closing",
        "Reserve to keep",
    )
    # balances of several periods are no sum; what flows is
    flows = {"revenue", "one_time", "transfers_in", "transfers_out", "spending"}
    columns = [Column("Fund", width=26), Column("Period", width=14)]
    columns += [Column(head, money, name in flows, 17) for name, head in zip(amounts, heads, strict=True)]
    columns += [Column("Check: adds up to 0", "0.00", False, 12), Column("Worth of a dollar more", NUMBER, False, 14)]
    rows = (
        (funds[fund], period, *values, Formula(f"=ROUND(C{at}+D{at}+E{at}+F{at}-G{at}-H{at}-I{at},2)"), price)
        for at, (fund, period, *values, price) in enumerate(
            zip(*(table[name].tolist() for name in ("fund", "period", *amounts, "price")), strict=True), start=2
        )
    )
    add_sheet(book, "Funds", columns, rows, len(table), "C2")


def _rules(book: Workbook, plan: Allocation) -> None:
    table = plan.rules
    columns = [
        Column("Rule", width=40),
        Column("Part", width=18),
        Column("Kind", width=18),
        Column("Period", width=14),
        Column("The plan has", NUMBER, False, 18),
        Column("Sense", width=10),
        Column("The limit", NUMBER, False, 18),
        Column("Unit", width=14),
        Column("Binds", width=8),
        Column("Worth of relief by one", NUMBER, False, 16),
        Column("Worth of relief by 1%", NUMBER, False, 16),
        Column("Because", width=44, wraps=True),
        Column("Where it stands", width=34),
    ]
    kinds = table["kind"].tolist()
    rows = zip(
        [limit_name(plan.scenario.limits[at]) for at in table["limit"].tolist()],
        table["part"].tolist(),
        kinds,
        *(table[name].tolist() for name in ("period", "value", "sense", "bound")),
        [unit or plan.scenario.currency for unit in table["unit"].tolist()],
        ["yes" if binds else "no" for binds in table["binding"].tolist()],
        table["price"].tolist(),
        table["one_percent"].tolist(),
        table["because"].tolist(),
        table["place"].tolist(),
        strict=True,
    )
    add_sheet(book, "Rules", columns, rows, len(table))


def _assumptions(book: Workbook, plan: Allocation, numbers: Numbers) -> None:
    page = Page(plan, numbers)
    columns = [
        Column("What", width=34),
        Column("Outcome", width=26),
        Column("What is assumed", width=44, wraps=True),
        Column("Error", width=30),
        Column("Source", width=40),
        Column("Note", width=50, wraps=True),
    ]
    outcomes = page.bought.rows
    rows = [
        (line.program_name, outcomes[line.outcome].name, line.words, line.error, line.source, line.note)
        for line in page.assumptions
    ]
    rows += [(fact.name, "", fact.value, "", fact.more, "") for fact in page.other_assumptions]
    add_sheet(book, "Assumptions", columns, rows, len(rows))


def _proof(book: Workbook, plan: Allocation, numbers: Numbers) -> None:
    figures, bought = Figures.of(plan), Bought(plan)
    proof = proof_of(plan, numbers)
    rows: list[tuple[str, str]] = [("Plan", plan.scenario.name)]
    rows += [
        ("In short", words) for words in short_story(plan, figures, bought.rows, limits_of(plan, numbers), numbers)
    ]
    rows += [("Proved", words) for words in proof.proved]
    rows += [("Believed", words) for words in proof.believed]
    for check in proof.checks:
        result = "passed" if check.passed else "failed"
        rows.append(
            ("Check", f"{check.words} ({check.objective}): at worst {check.worst}, allowed {check.tolerance}, {result}")
        )
    rows += [*proof.facts, *((f"SHA-256 of {name}", digest) for name, digest in proof.files)]
    add_sheet(book, "Proof", [Column("What", width=26), Column("Words", width=110, wraps=True)], rows, len(rows))
