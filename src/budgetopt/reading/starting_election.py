"""Begin a scenario from an election of a participatory budget: its projects are taken whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from budgetopt.reading.own_tables import file_bytes
from budgetopt.reading.scenario_files import SCENARIO_FILE
from budgetopt.reading.tables.pabulib import VOTES, Election, number_of, read_election
from budgetopt.reading.yaml_text import to_yaml
from budgetopt.scenario.model import FORMAT
from budgetopt.scenario.model.table import IGNORE

__all__ = ["from_election"]

_KEYS = {
    "project_id": "program",
    "name": "name",
    "category": "tags",
    "description": "description",
    **{key: f"attributes.{key}" for key in ("target", "beneficiaries", "neighborhood", "subunit", "district")},
}
_BORDA = "points of Borda: of at most {most} ranked projects the first gets {most}, the next one less, and so on"
_HOW = {
    "approval": "approvals of all ballots",
    "choose-1": "ballots that choose the project",
    "cumulative": "points that the ballots divide among projects",
    "scoring": "scores of all ballots",
}


def from_election(name: str, title: str) -> tuple[dict[str, bytes], list[str]]:
    """Return the files of a scenario made of an election in the format of Pabulib, and remarks on what was assumed.

    Raises OptionError if the file cannot be read, ScenarioError with everything that is wrong with it.
    """
    data = file_bytes(name)
    election = read_election(data, name)
    copied = Path(name).name
    return {SCENARIO_FILE: _scenario(election, copied, title).encode(), copied: data}, list(_remarks(election))


def _scenario(election: Election, file: str, title: str) -> str:
    meta, unit = election.meta, election.unit
    how = _HOW.get(election.vote_type) or _BORDA.format(most=meta.get("max_length") or len(election.projects.rows))
    counts = list(election.counts())
    programs = {header: _KEYS.get(header, IGNORE) for header in election.projects.headers}
    packages = {header: header if header == "cost" else IGNORE for header in programs} | {"project_id": "program"}
    added = {
        header: key
        for what in counts
        for header, key in (
            (f"counted {what}", f"outcomes.{what}.value"),
            (f"evidence of {what}", f"outcomes.{what}.evidence"),
        )
    }
    tree: dict[str, Any] = {
        "format": FORMAT,
        "name": title or "Untitled",
        "description": meta.get("description", ""),
        "source": file,
        "currency": meta.get("currency", ""),
        "funds": {"budget": {"name": "Participatory budget", "kind": "general", "revenue": _budget(election)}},
        "outcomes": {
            what: {"unit": unit, "weight": 1, "description": f"Counted: {how}"} if what == VOTES else {"unit": unit}
            for what in counts
        },
        "tables": {
            "programs": {"file": f"{file}!PROJECTS", "columns": {**programs, **dict.fromkeys(added, IGNORE)}},
            "packages": {"file": f"{file}!PROJECTS", "columns": {**packages, **added}},
        },
    }
    head = [
        f"# Made from {file}. Each project is a decision package: it is paid whole, or not at all.",
        f"# The best plan has the most {unit} that the budget can pay for. Other weights and rules are yours to add:",
        "# rules:",
        "#   - {name: A share for sport, sum: spending, where: {tags: sport}, at_least: 10%, of: total}",
    ]
    return "\n".join(head) + "\n" + to_yaml({key: value for key, value in tree.items() if value != ""})


def _budget(election: Election) -> float:
    return number_of(election.meta["budget"]) or 0.0


def _remarks(election: Election) -> Iterator[str]:
    meta, projects, unit = election.meta, election.projects, election.unit
    cost = sum(number_of(cell) or 0.0 for cell in projects.column("cost") or [])
    yield (
        f"{len(projects.rows):,} projects ask for {cost:,.2f}, and the budget is {_budget(election):,.2f}; "
        f"{len(election.votes.rows):,} {election.vote_type} ballots are counted as {unit}"
    )
    if not meta.get("currency"):
        yield "the file does not name its currency: USD is assumed"
    for key, said in (("num_projects", len(projects.rows)), ("num_votes", len(election.votes.rows))):
        if meta.get(key, "").isdecimal() and int(meta[key]) != said:
            yield f"META says {key} {int(meta[key]):,}, and the file has {said:,}"
    if not election.votes.rows:
        yield f"the file has no ballots: the {unit} that it states are taken"
    counted, stated = election.counted(), election.stated
    other = np.flatnonzero(np.abs(stated - counted) > 0.5)
    if len(other):
        first = int(other[0])
        many = "1 project" if len(other) == 1 else f"{len(other):,} projects"
        yield (
            f"the file states other {unit} than its ballots have for {many}, and they are counted: line "
            f"{projects.lines[first]} says {stated[first]:,.12g}, and {counted[first]:,.12g} are counted"
        )
