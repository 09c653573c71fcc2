"""The reports that a command writes: their forms, for whom a page is, and in which language."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from budgetopt.cli.failures import say
from budgetopt.cli.files import check_target
from budgetopt.errors import OptionError

if TYPE_CHECKING:
    from budgetopt.allocation import Allocation
    from budgetopt.report import AskedAnalyses
    from budgetopt.scenario import Scenario

__all__ = ["PAGES", "REPORTS", "add_audience", "check_language", "check_reports", "write_report"]

REPORTS = (".html", ".htm", ".md", ".xlsx")
PAGES = (".html", ".htm")


def add_audience(group: argparse._ArgumentGroup | argparse.ArgumentParser) -> None:
    """Add the options that say for whom a page is written, and in which language."""
    text = "for whom the page is: council (the default), or residents, in plain language"
    group.add_argument("--audience", choices=["council", "residents"], default="council", help=text)
    text = "the language of the page for residents: en or es, or with a country such as es-ES"
    group.add_argument("--language", metavar="LANGUAGE", help=text)


def check_reports(arguments: argparse.Namespace) -> None:
    """Refuse reports that cannot be written, before any work is done."""
    for name in arguments.report:
        check_target("--report", name, REPORTS)
    if arguments.audience == "council" and arguments.language is None:
        return
    from budgetopt.report import check_audience

    more = [*getattr(arguments, "analyses", ()), *getattr(arguments, "sliders", ())]
    more += filter(None, [getattr(arguments, "since", None)])
    check_audience(arguments.audience, arguments.language, more)
    for name in arguments.report:
        check_target("--audience residents", name, PAGES)
    if not arguments.report:
        raise OptionError("--audience says for whom a page is, and none is written", hint="name it: --report plan.html")


def check_language(arguments: argparse.Namespace, scenario: Scenario) -> None:
    """Refuse a language that the page for residents cannot be written in; say if nobody can comment on it."""
    if arguments.audience == "residents":
        from budgetopt.report import residents_language

        residents_language(scenario, arguments.language)
        said = scenario.document.residents
        if not any((said.email, said.phone, said.address, said.link, said.hearings)):
            say("note: the page does not say how residents can comment: add `residents: {email: ...}` to the scenario")


def write_report(
    plan: Allocation, name: str, audience: str, language: str | None, asked: AskedAnalyses | None = None
) -> None:
    """Write the report of a plan in the form that the ending of its name says; analyses stand on a page alone."""
    from budgetopt import report
    from budgetopt.whole_files import write_text

    suffix = Path(name).suffix.lower()
    if suffix == ".md":
        write_text(name, report.markdown_summary(plan))
    elif suffix == ".xlsx":
        report.write_excel(plan, name)
    elif audience == "residents":
        report.write_residents_page(plan, name, language)
    else:
        report.write_html(plan, name, asked=asked)
