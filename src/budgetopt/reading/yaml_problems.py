"""Say in plain words what keeps a text from being YAML."""

from __future__ import annotations

import re
from typing import Any

from budgetopt.errors import Place, Problem

__all__ = ["syntax_problem"]

_QUOTE = "put the whole value in quotation marks"
_AFTER_VALUE = ("something follows the end of the value", "nothing after the closing quotation mark or bracket", _QUOTE)


def syntax_problem(error: Any, text: str, file: str) -> Problem:
    """Return in our words the problem that ruamel.yaml found in the text of a file."""
    problem, context = str(getattr(error, "problem", "") or ""), str(getattr(error, "context", "") or "")
    here, begin = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    message, expected, hint, mark = _words(problem, context, here, begin, text)
    mark = mark or here or begin
    place = Place(file, mark.line + 1, mark.column + 1) if mark is not None else Place(file)
    return Problem("yaml", message, place, expected, hint)


def _words(problem: str, context: str, here: Any, begin: Any, text: str) -> tuple[str, str, str, Any]:
    """Return message, expectation, hint, and the mark of the place."""
    if "'\\t'" in problem:
        hint = "replace every tab of the indentation by spaces"
        return "a tab stands where only spaces may stand", "spaces", hint, here
    if found := re.search(r"found character '(.+)' that cannot start", problem):
        return f"a value cannot begin with '{found[1]}'", "", _QUOTE, here
    if "mapping values are not allowed" in problem:
        hint = "put a text that has a colon in quotation marks; or does the line above lack its own colon?"
        return "a colon is not possible here", "`key: value`, one on a line", hint, here
    if "could not find expected ':'" in problem:
        hint = "if the line belongs to the text above it, indent it further"
        return "no colon follows this key", "`key: value`", hint, begin
    if "sequence entries are not allowed" in problem:
        hint = "begin the list on the next line, or write it in brackets: [a, b]"
        return "an entry of a list ('- ') is not possible here", "", hint, here
    if "expected <block end>" in problem:
        return _block(problem, context, here, begin, text)
    if found := re.search(r"expected ',' or '([\]}])', but got '?(.+?)'?$", problem):
        return _bracket(found[1], here, begin, text)
    if "quoted scalar" in context or "double-quoted" in context:
        if "escape" in problem:
            message = "what follows the backslash is not known in double quotation marks"
            return message, "", "write '...' instead of \"...\"", here
        message = "the quotation mark that is opened here is not closed"
        return message, "a quotation mark at the end of the text", "", begin
    if "alias" in context or "anchor" in context:
        return "a text cannot begin with '*' or '&'", "", _QUOTE, begin
    if "tag" in context or "tag" in problem:
        return "a text cannot begin with '!'", "", _QUOTE, here
    if "directive" in context or "directive" in problem or "YAML document" in problem:
        return "a line cannot begin with '%'", "", "", here
    if "block scalar" in context or "block scalar" in problem:
        return "what follows '|' or '>' is not possible", "the text on the next lines, indented further", "", here
    if "'<document start>'" in problem or "after document end" in problem:
        if _before(here, text).strip():
            return *_AFTER_VALUE, here
        message = "this line is indented less than the first line of the file"
        return message, "all keys of the top level in one column", "", here
    if "node content" in problem:
        return "a value is missing here", "a value", "", here
    return "this is not well-formed YAML", "", "check the indentation, quotation marks and brackets here", here


def _block(problem: str, context: str, here: Any, begin: Any, text: str) -> tuple[str, str, str, Any]:
    before = _before(here, text)
    found = problem.rpartition("but found ")[2].strip("'\"")
    if before.strip() and found in ("]", "}", ","):
        return f"'{found}' stands here without an opening bracket", "", _QUOTE, here
    if before.strip():
        return *_AFTER_VALUE, here
    what = "list" if "collection" in context else "mapping"
    if what == "mapping" and found == "-":
        return "an entry of a list ('- ') stands among the keys of a mapping", "`key: value`", "", here
    lines = _lines(text)[: here.line]
    above = next((at for at in range(here.line - 1, -1, -1) if lines[at].strip()), begin.line)
    columns = {begin.column: begin.line, len(lines[above]) - len(lines[above].lstrip(" ")): above}
    expected = ", or ".join(f"{column} spaces before it, as in line {line + 1}" for column, line in columns.items())
    return f"this line is not indented like the {what} that it belongs to", expected, "", here


def _bracket(close: str, here: Any, begin: Any, text: str) -> tuple[str, str, str, Any]:
    what, opened = ("list", "[") if close == "]" else ("mapping", "{")
    message = f"the {what} that is opened here with '{opened}' is not closed"
    if here.line < len(text.splitlines()):
        message += f" before line {here.line + 1}, column {here.column + 1}"
    return message, f"a comma between two entries, and '{close}' after the last", "", begin


def _lines(text: str) -> list[str]:
    return re.split(r"\r\n|\r|\n", text)


def _before(here: Any, text: str) -> str:
    """Return what stands before a mark in its line."""
    lines = _lines(text)
    return lines[here.line][: here.column] if here.line < len(lines) else ""
