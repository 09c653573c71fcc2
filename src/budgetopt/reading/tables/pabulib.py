"""Read the elections of participatory budgets in the format of Pabulib, ``.pb``: META, PROJECTS and VOTES.

The format is that of https://pabulib.org/format (D. Stolicki, S. Szufa, N. Talmon, "Pabulib: A Participatory Budgeting
Library", 2020). Votes are counted for each project: approvals as votes; points of cumulative and scoring votes; of
ordinal votes the points of Borda, where the first of at most L projects gets L points, the second L - 1, and so on.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np

from budgetopt.errors import Place, Problem, ScenarioError, near
from budgetopt.reading.tables.sheet import Book, Sheet
from budgetopt.reading.tables.text_book import read_text_file
from budgetopt.scenario.programs import Bools, Floats, Ints
from budgetopt.scenario.words import shown

__all__ = ["PABULIB", "VOTES", "Election", "number_of", "open_pabulib", "read_election"]

PABULIB = ".pb"
"""The ending of the files of elections."""
SECTIONS = ("META", "PROJECTS", "VOTES")
_FIRST = {"META": "key", "PROJECTS": "project_id", "VOTES": "voter_id"}
VOTES, POINTS = "votes", "points"
COUNTED_AS = {"approval": VOTES, "choose-1": VOTES, "cumulative": POINTS, "scoring": POINTS, "ordinal": POINTS}
"""What the votes of each type are counted as."""
MOST_GROUPS = 40
"""Votes are counted for no more districts than so many."""
AGES = (0, 18, 30, 45, 65, 200)
"""Where the ages begin for which votes are counted."""
COUNTED = "administrative"
"""How the votes for a project are known."""
_LISTS = ("category", "target", "beneficiaries")
_SHOWN = 3
"""So many places of one mistake are named, and the rest is counted."""


@dataclass(frozen=True)
class ElectionSection:
    """One section: its headers, its rows, and the line of each row; the headers stand in ``line``."""

    line: int
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]

    def column(self, header: str) -> list[str] | None:
        """Return the cells of a column, None if there is no such column."""
        if header not in self.headers:
            return None
        at = self.headers.index(header)
        return [row[at] for row in self.rows]


@dataclass(frozen=True)
class Election:
    """An election of a participatory budget.

    Parameters
    ----------
    meta
        What its META section says.
    projects, votes
        The other two sections.
    voted
        The project of each choice of each ballot, as a position; shape (choices,).
    ballot
        The ballot of each choice, as a position; shape (choices,).
    points
        What each choice counts; shape (choices,).
    """

    meta: Mapping[str, str]
    projects: ElectionSection
    votes: ElectionSection
    voted: Ints
    ballot: Ints
    points: Floats

    @property
    def vote_type(self) -> str:
        """The type of its votes: ``approval``, ``cumulative``, ``scoring`` or ``ordinal``."""
        return self.meta["vote_type"].casefold()

    @property
    def unit(self) -> str:
        """What is counted: ``votes`` or ``points``."""
        return COUNTED_AS[self.vote_type]

    @property
    def stated(self) -> Floats:
        """The votes or points that the projects state, NaN where they state none; shape (projects,)."""
        cells = self.projects.column("votes" if self.unit == VOTES else "score")
        numbers = [number_of(cell, signed=True) for cell in cells or [""] * len(self.projects.rows)]
        return np.array([np.nan if number is None else number for number in numbers], dtype=np.float64)

    def counted(self, ballots: Bools | None = None) -> Floats:
        """Return the votes or points of each project, of all ballots or of some; shape (projects,).

        Of an election without ballots they are those that the projects state.
        """
        if ballots is None and not self.votes.rows:
            return np.nan_to_num(self.stated)
        chosen: Bools = np.ones(len(self.votes.rows), dtype=bool) if ballots is None else ballots
        kept, count = chosen[self.ballot], len(self.projects.rows)
        total: Floats = np.bincount(self.voted[kept], weights=self.points[kept], minlength=count).astype(np.float64)
        default = number_of(self.meta.get("default_score", ""), signed=True) if self.vote_type == "scoring" else None
        if default:
            # projects that a ballot does not name have the default score
            total = total + default * (chosen.sum() - np.bincount(self.voted[kept], minlength=count))
        return total

    def groups(self) -> dict[str, Bools]:
        """Return the ballots of each group of voters, by what it is called: districts and ages, where they are given.

        Ballots have the shape (ballots,). Districts of which there are too many are left out.
        """
        found: dict[str, Bools] = {}
        for header in ("district", "neighborhood"):
            cells = np.array(self.votes.column(header) or [], dtype=object)
            names = sorted({str(cell) for cell in cells} - {""})
            if 2 <= len(names) <= MOST_GROUPS:
                found |= {f"from {name.replace('.', ' ')}": np.asarray(cells == name, dtype=bool) for name in names}
        ages = np.array([number_of(cell) or np.nan for cell in self.votes.column("age") or []], dtype=np.float64)
        for first, after in pairwise(AGES):
            band: Bools = (ages >= first) & (ages < after)
            if band.any():
                found[f"of age {first} to {after - 1}" if after < AGES[-1] else f"of age {first} and over"] = band
        return found

    def counts(self) -> dict[str, Floats]:
        """Return what is counted for each project by what it is, ``votes`` or ``votes from Ochota``.

        The names are the same for votes of every type; :attr:`unit` tells whether they are votes or points. Shape
        (projects,) each.
        """
        each = {f"{VOTES} {name}": self.counted(ballots) for name, ballots in self.groups().items()}
        return {VOTES: self.counted(), **each}


def open_pabulib(data: bytes, file: str) -> Book:
    """Return the sections of an election as sheets, rows in their lines, or raise ScenarioError.

    Headers stand in the first row. ``PROJECTS`` has more columns than the file: the votes or points that are counted,
    those of each group of voters too, and how they are known. Its lists (categories, targets) are separated by
    semicolons, as lists in tables are.
    """
    election = read_election(data, file)

    @cache
    def read(name: str) -> Sheet:
        if name == "META":
            rows = list(election.meta.items())
            section = ElectionSection(1, ("key", "value"), tuple(rows), tuple(range(2, len(rows) + 2)))
        else:
            section = election.projects if name == "PROJECTS" else election.votes
        columns = {header: list(section.column(header) or []) for header in section.headers}
        if name == "PROJECTS":
            columns |= {header: [_as_list(cell) for cell in columns[header]] for header in _LISTS if header in columns}
            columns["cost"] = [f"{number_of(cell):.15g}" for cell in columns["cost"]]
            for what, counted in election.counts().items():
                columns[f"counted {what}"] = [f"{value:.15g}" for value in counted.tolist()]
                columns[f"evidence of {what}"] = [COUNTED] * len(counted)
        return Sheet(file, name, tuple(_at_lines(header, cells, section.lines) for header, cells in columns.items()))

    return Book(file, SECTIONS, read)


def _at_lines(header: str, cells: Sequence[str], lines: Sequence[int]) -> list[str]:
    """Return a column with its header in the first row and each cell in the row of its line."""
    column = [""] * max(lines, default=1)
    column[0] = header
    for line, cell in zip(lines, cells, strict=True):
        column[line - 1] = cell
    return column


def _as_list(cell: str) -> str:
    return "; ".join(dict.fromkeys(part.strip() for part in cell.split(",") if part.strip()))


def read_election(data: bytes, file: str) -> Election:
    """Return an election, or raise ScenarioError with everything that is wrong with the file."""
    text = read_text_file(data, file).rows
    sections, meta_lines, problems = _sections(text, file)
    if problems:
        raise ScenarioError(problems)
    meta = {row[0].casefold(): row[1] for row in sections["META"].rows if len(row) > 1}
    projects, votes = sections["PROJECTS"], sections["VOTES"]
    found = _Checks(file, problems)
    found.meta(meta, meta_lines)
    found.projects(projects)
    if problems:
        raise ScenarioError(problems)
    voted, ballot, points = found.choices(meta, projects, votes)
    if problems:
        raise ScenarioError(problems)
    return Election(
        meta, projects, votes, np.array(voted, dtype=np.int64), np.array(ballot, dtype=np.int64),
        np.array(points, dtype=np.float64),
    )  # fmt: skip


def _sections(text: str, file: str) -> tuple[dict[str, ElectionSection], dict[str, int], list[Problem]]:
    """Return the sections of a file, the line of each key of META, and what is wrong."""
    problems: list[Problem] = []
    parts: dict[str, list[tuple[int, list[str]]]] = {}
    name = ""
    for number, line in enumerate(text.splitlines(), start=1):
        cells = [cell.strip() for cell in next(csv.reader([line], delimiter=";"), [])]
        if not any(cells):
            continue
        title = cells[0].upper()
        if title in SECTIONS and not any(cells[1:]):
            if title in parts:
                problems.append(_problem("section", f"the section {title} stands twice", file, number, "each once"))
            name = title
            parts.setdefault(name, [])
        elif not name:
            message, expected = f"{shown(cells[0])} stands before the first section", "a line META"
            return {}, {}, [_problem("section", message, file, number, expected)]
        else:
            parts[name].append((number, cells))
    missing = [section for section in SECTIONS if section not in parts]
    if missing:
        message = f"the file has no section {' and no section '.join(missing)}"
        expected = "a line META, one PROJECTS and one VOTES, each with its headers below it"
        return {}, {}, [*problems, Problem("section", message, Place(file), expected)]
    sections = {section: _section(section, rows, file, problems) for section, rows in parts.items()}
    meta = sections["META"]
    keys = {row[0].casefold(): line for row, line in zip(meta.rows, meta.lines, strict=True)}
    return sections, keys, problems


def _section(name: str, rows: list[tuple[int, list[str]]], file: str, problems: list[Problem]) -> ElectionSection:
    """Return one section; rows are filled up to the length of the headers."""
    line, headers = rows[0] if rows else (0, [])
    headers = [header.casefold() for header in headers]
    while headers and not headers[-1]:
        headers.pop()
    if not headers or headers[0] != _FIRST[name]:
        given = f", not {shown(headers[0])}" if headers else ""
        expected = f"the headers of its columns, such as {'key;value' if name == 'META' else _FIRST[name] + ';...'}"
        message = f"the section {name} does not begin with the header '{_FIRST[name]}'{given}"
        problems.append(_problem("missing-head", message, file, line, expected))
        return ElectionSection(line, (), (), ())
    twice = {header: f"the column {shown(header)} stands twice" for header in headers if headers.count(header) > 1}
    problems += [_problem("duplicate-column", message, file, line) for message in twice.values()]
    width = len(headers)
    for number, cells in rows[1:]:
        if len(cells) > width and any(cells[width:]) and name != "META":
            message = f"the row has {len(cells)} cells, and {name} has {width} columns"
            hint = "a cell that holds a semicolon itself goes in quotes"
            problems.append(Problem("long-row", message, Place(file, number), f"{width} cells", hint))
    filled = tuple(tuple([*cells, *[""] * (width - len(cells))][:width]) for _, cells in rows[1:])
    return ElectionSection(line, tuple(headers), filled, tuple(number for number, _ in rows[1:]))


class _Checks:
    """Finds what is wrong with the sections of a file."""

    def __init__(self, file: str, problems: list[Problem]) -> None:
        self.file = file
        self.problems = problems

    def meta(self, meta: Mapping[str, str], lines: Mapping[str, int]) -> None:
        """Find what is wrong with the keys that are needed."""
        budget, kind = meta.get("budget", ""), meta.get("vote_type", "")
        if not budget or number_of(budget) is None:
            said = f"the budget is {shown(budget)}" if budget else "META says no budget"
            place = Place(self.file, lines.get("budget", 0))
            self.problems.append(Problem("budget", said, place, "a line such as budget;2500000"))
        if kind.casefold() not in COUNTED_AS:
            close = near(kind, COUNTED_AS)
            said = f"the vote_type {shown(kind)} is not known" if kind else "META says no vote_type"
            place, hint = Place(self.file, lines.get("vote_type", 0)), f"did you mean {close!r}?" if close else ""
            self.problems.append(Problem("vote-type", said, place, f"one of {', '.join(COUNTED_AS)}", hint))
        for key in ("max_length", "default_score"):
            if meta.get(key) and number_of(meta[key], signed=True) is None:
                place = Place(self.file, lines[key])
                self.problems.append(Problem("number", f"{key} is {shown(meta[key])}", place, "a number"))

    def projects(self, projects: ElectionSection) -> None:
        """Find what is wrong with the projects: ids and costs."""
        costs = projects.column("cost")
        if costs is None:
            message = "PROJECTS has no column 'cost'"
            self.problems.append(_problem("missing-column", message, self.file, projects.line, "a column 'cost'"))
            return
        if not projects.rows:
            message = "PROJECTS has no project"
            self.problems.append(_problem("empty-table", message, self.file, projects.line, "a row for each project"))
        first: dict[str, int] = {}
        for row, cost, line in zip(projects.rows, costs, projects.lines, strict=True):
            if (earlier := first.setdefault(row[0], line)) != line:
                message = f"the project {shown(row[0])} stands twice, first in line {earlier}"
                self.problems.append(_problem("duplicate-id", message, self.file, line, "each project once"))
            if not row[0]:
                self.problems.append(_problem("missing-name", "the project has no id", self.file, line, "an id"))
            if number_of(cost) is None:
                said = (
                    f"the cost of the project {shown(row[0])} is {shown(cost)}" if cost else "the project has no cost"
                )
                place = Place(self.file, line, projects.headers.index("cost") + 1)
                self.problems.append(Problem("number", said, place, "an amount, such as 25000"))

    def choices(
        self, meta: Mapping[str, str], projects: ElectionSection, votes: ElectionSection
    ) -> tuple[list[int], list[int], list[float]]:
        """Return the project, the ballot and the points of each choice of each ballot."""
        kind = meta["vote_type"].casefold()
        ballots, points = votes.column("vote"), votes.column("points")
        with_points = kind in ("cumulative", "scoring")
        for header, cells in (("vote", ballots), ("points", points if with_points else ballots)):
            if cells is None:
                message = f"VOTES has no column {header!r}" + (
                    f", and the votes are {kind}" if header != "vote" else ""
                )
                column = f"a column {header!r}"
                self.problems.append(_problem("missing-column", message, self.file, votes.line, column))
                return [], [], []
        assert ballots is not None
        number = {row[0]: position for position, row in enumerate(projects.rows)}
        longest = int(number_of(meta.get("max_length", "")) or len(number))
        faults: dict[tuple[str, str], list[int]] = {}
        found: tuple[list[int], list[int], list[float]] = ([], [], [])
        for position, (cell, line) in enumerate(zip(ballots, votes.lines, strict=True)):
            names = [name for name in map(str.strip, cell.split(",")) if name]
            scores = [1.0] * len(names)
            if kind == "ordinal":
                scores = [max(longest - rank, 0.0) for rank in range(len(names))]
            elif with_points:
                assert points is not None
                given = [
                    number_of(score.strip(), signed=True) for score in points[position].split(",") if score.strip()
                ]
                scores = [score for score in given if score is not None]
                if len(given) != len(names) or len(scores) != len(names):
                    faults.setdefault(("points", "the ballot does not give each of its projects points"), []).append(
                        line
                    )
                    continue
            for name, score in zip(names, scores, strict=True):
                if name not in number:
                    faults.setdefault(("unknown-program", f"there is no project {shown(name)}"), []).append(line)
                    continue
                found[0].append(number[name])
                found[1].append(position)
                found[2].append(score)
            if len(set(names)) < len(names):
                faults.setdefault(("duplicate-id", "the ballot names a project twice"), []).append(line)
        known = list(number)
        for (code, message), lines in faults.items():
            more = f" (in {len(lines):,} ballots, lines {_listed(lines)})" if len(lines) > 1 else ""
            close = near(message.rpartition(" ")[2].strip("'"), known) if code == "unknown-program" else ""
            hint = f"did you mean {close!r}?" if close else ""
            place = Place(self.file, lines[0], votes.headers.index("vote") + 1)
            expected = "projects of the section PROJECTS, each once, and as many points"
            self.problems.append(Problem(code, message + more, place, expected, hint))
        return found


def _listed(lines: Sequence[int]) -> str:
    return ", ".join(map(str, lines[:_SHOWN])) + (" ..." if len(lines) > _SHOWN else "")


def _problem(code: str, message: str, file: str, line: int, expected: str = "") -> Problem:
    return Problem(code, message, Place(file, line), expected)


def number_of(text: str, *, signed: bool = False) -> float | None:
    """Return the number of a cell, None if it is none; ``8000,50`` and ``8 000`` are numbers too."""
    plain = re.sub(r"[\s_\u00a0\u202f]", "", text)
    if re.fullmatch(r"-?[0-9]+,[0-9]{1,2}", plain):
        plain = plain.replace(",", ".")
    sign = "-?" if signed else ""
    return float(plain) if re.fullmatch(rf"{sign}[0-9]+(\.[0-9]+)?", plain) and len(plain) < 19 else None
