"""Fit how results respond to spending, from a table of both by program and year, or by district.

Each row of FILE (CSV, XLSX, XLS, ODS or Parquet) is a program in a year, with what it spent and what came of it. For
each program and outcome the forms are fitted that are concave, and the corrected Akaike criterion chooses. What the
points do not tell is said and not fitted. The rows that --out writes are those of a table of evidence, for
`tables: {evidence: FILE}`.

It needs the extra `fit`: pip install 'budgetopt[fit]'.
"""

from __future__ import annotations

import argparse

from budgetopt.cli.common import add_format, positive_count
from budgetopt.cli.failures import say, say_written
from budgetopt.cli.files import check_target, jsonable, print_json
from budgetopt.cli.output import print_lines
from budgetopt.cli.progress import progress

__all__ = ["HELP", "NAME", "add_arguments", "run"]

NAME = "fit"
HELP = "fit how results respond to spending, from past years"
FORMS = ("proportional", "line", "logarithm", "elasticity", "saturation", "concave")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("table", metavar="FILE", help="the table; office.xlsx!History names a sheet")
    for key, text in (
        ("program", "the programs"),
        ("year", "the years"),
        ("district", "the districts"),
        ("outcome", "the names of the outcomes"),
        ("spending", "the spending"),
    ):
        parser.add_argument(f"--{key}", metavar="HEADER", help=f"the column of {text}; left out, it is guessed")
    text = "a column of results; may be repeated, each column then is one outcome"
    parser.add_argument("--result", metavar="HEADER", action="append", default=[], help=text)
    text = "a price index: a column of the table, or a file with the columns year and index"
    parser.add_argument("--index", metavar="FILE", help=text)
    text = "the year to whose prices spending is brought; left out, the last one"
    parser.add_argument("--price-year", metavar="YEAR", type=int, help=text)
    text = "a column of groups, whose programs share one elasticity, each with a level of its own"
    parser.add_argument("--pool", metavar="HEADER", help=text)
    text = "an outcome of which less is better; may be repeated"
    parser.add_argument("--decrease", metavar="OUTCOME", action="append", default=[], help=text)
    parser.add_argument("--form", choices=FORMS, help="fit this form alone, in place of the best of all")
    parser.add_argument("--header", metavar="ROW", type=positive_count, default=1, help="the row of the headers")
    text = "the decimal mark, a point or a comma, where thousands are separated by the other"
    parser.add_argument("--decimal", choices=[".", ","], help=text)
    parser.add_argument("--out", metavar="FILE", help="write the rows of a table of evidence, as CSV")
    parser.add_argument("--report", metavar="FILE", help="draw each response with its points, on a page (HTML)")
    add_format(parser, "how the responses are printed")


def run(arguments: argparse.Namespace) -> int:
    """Fit the responses, print them, and write what was asked for."""
    for option, name, endings in (("--out", arguments.out, (".csv",)), ("--report", arguments.report, (".html",))):
        if name is not None:
            check_target(option, name, endings)
    with progress("Fitting"):
        from budgetopt.fitting import fit

        keys = "program year district outcome spending result index price_year pool header decimal decrease form"
        fits = fit(arguments.table, **{key: getattr(arguments, key) for key in keys.split()})
    for note in fits.notes:
        say(f"note: {note}")
    if arguments.format == "json":
        rows = fits.table.astype(object).where(fits.table.notna(), None).to_dict("records")
        print_json([{str(key): jsonable(value) for key, value in row.items()} for row in rows])
    else:
        from budgetopt.report.documents.fit_page import fit_lines
        from budgetopt.report.figures.numbers import Numbers

        print_lines(fit_lines(fits, Numbers("")))
    if not fits.fitted:
        say("budgetopt: no response could be fitted")
        return 2
    if arguments.out is not None:
        from budgetopt.whole_files import write_text

        say_written(write_text(arguments.out, fits.to_csv()))
    if arguments.report is not None:
        from budgetopt.report.documents.fit_page import write_fit_page

        say_written(write_fit_page(fits, arguments.report))
    return 0
