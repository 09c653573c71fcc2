"""Names of funds, outcomes, resources, programs and groups that nothing has, and names that stand twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from budgetopt.checks.findings import Findings, named, program_path, suggestion
from budgetopt.scenario.model import FollowsRule, OfSelection, RequiresRule, Rule, Smallest, SumRule
from budgetopt.scenario.places import Path
from budgetopt.scenario.programs import Ints, ProgramTable
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.selection import attribute_names, attribute_values
from budgetopt.scenario.words import listed

__all__ = ["as_one_header", "check_names", "known_names", "known_quantities", "program_lists"]

_QUANTITIES = {
    "outcomes": "outcome",
    "per_outcome": "outcome",
    "uses": "resource",
    "fund_shares": "fund",
    "baseline_by_fund": "fund",
}
"""The keys of programs below which names stand, and what they name."""


def known_names(section: str, names: Iterable[str], findings: Findings) -> list[str]:
    """Return the names of a section, with those that were written but could not be read."""
    written = findings.tree.get(section) if isinstance(findings.tree, Mapping) else None
    also = [str(name) for name in written] if isinstance(written, Mapping) else []
    return list(dict.fromkeys([*names, *also]))


def known_quantities(scenario: Scenario, findings: Findings) -> dict[str, list[str]]:
    """Return the names of the outcomes and of the resources."""
    return {
        "outcome": known_names("outcomes", scenario.outcomes, findings),
        "resource": known_names("resources", scenario.resources, findings),
    }


def check_names(scenario: Scenario, findings: Findings) -> None:
    """Look for names that nothing has, and for names that stand twice."""
    if ("funds",) not in findings.invalid:
        _funds(scenario, findings)
    _of_programs(scenario, findings)
    if not findings.partial:
        _programs(scenario, findings)
        _groups(scenario, findings)
    _duplicates(scenario, findings)


def _funds(scenario: Scenario, findings: Findings) -> None:
    known = known_names("funds", scenario.funds, findings)

    def look(name: str, path: Path, within: Path = (), *, key: bool = False) -> None:
        if name not in known:
            findings.add_unknown("fund", name, known, path, named(within or path, findings.tree), key=key)

    for fund, model in scenario.funds.items():
        for other in model.transfers_to:
            path: Path = ("funds", fund, "transfers_to")
            look(other, (*path, other), path, key=True)
        if model.match is not None:
            look(model.match.from_, ("funds", fund, "match", "from"))
        if model.maintenance_of_effort is not None:
            look(model.maintenance_of_effort.fund, ("funds", fund, "maintenance_of_effort", "fund"))
    for rule, path in findings.rule_paths(scenario.rules):
        if isinstance(rule, SumRule):
            of = rule.of.funds if isinstance(rule.of, OfSelection) else None
            for names, below in ((rule.funds, (*path, "funds")), (of, (*path, "of", "funds"))):
                for position, name in enumerate(names or ()):
                    look(name, (*below, position), below)
    column = scenario.programs.columns.get("funds")
    if column is None or column.offsets is None:
        return
    rows, listed_names = scenario.programs.items("funds")
    unknown = ~np.isin(listed_names, known)
    for name in dict.fromkeys(listed_names[unknown].tolist()):
        # one that also pays of the baseline is told there
        pays = scenario.programs.has(f"baseline_by_fund.{name}")[rows]
        for item, more in findings.alike(np.flatnonzero(unknown & (listed_names == name) & ~pays)):
            row = int(rows[item])
            first = int(column.offsets[np.searchsorted(column.rows, row)])
            place, path = findings.program_place(scenario.programs, row, "funds", item - first)
            findings.add_unknown("fund", name, known, path, f"{named(path)}{more}", place=place)


def _of_programs(scenario: Scenario, findings: Findings) -> None:
    """Look at the outcomes, resources and paying funds that programs speak of."""
    programs = scenario.programs
    known = known_quantities(scenario, findings) | {"fund": known_names("funds", scenario.funds, findings)}
    found: dict[tuple[str, Path], list[str]] = defaultdict(list)
    for key in programs.columns:
        _, _, *parts = program_path("", key)
        for at, part in enumerate(parts[:-1]):
            what = _QUANTITIES.get(str(part))
            if what is not None and str(parts[at + 1]) not in known[what]:
                found[what, tuple(parts[: at + 2])].append(key)
    for (what, way), keys in found.items():
        rows = np.unique(np.concatenate([programs.columns[key].rows for key in keys]))
        for row, more in findings.alike(rows, as_one_header(programs, findings, rows, way)):
            key = next(key for key in keys if row in programs.columns[key].rows)
            path: Path = ("programs", programs.ids[row], *way)
            place = findings.places.keys.get(path) or findings.program_place(programs, row, key)[0]
            where = named(path[:-1], findings.tree)
            if way[:-1] == ("outcomes",):
                where = f"`outcomes` of program '{programs.ids[row]}'"
            findings.add_unknown(what, str(way[-1]), known[what], path, f"{where}{more}", place=place)


def as_one_header(programs: ProgramTable, findings: Findings, rows: Ints, way: Path) -> bool:
    """Return whether a name is a column header of a table: one mistake, however many programs have a cell in it."""
    first: Path = ("programs", programs.ids[int(rows[0])], *way)
    return bool(findings.places.values) and first not in findings.places.keys


def _programs(scenario: Scenario, findings: Findings) -> None:
    """Look at the programs that rules name."""
    known = scenario.programs.ids.tolist() if len(scenario.programs) <= 5_000 else []

    def look(name: str, path: Path, within: Path = ()) -> None:
        if name not in scenario.programs:
            findings.add_unknown("program", name, known, path, named(within or path, findings.tree))

    for rule, path in findings.rule_paths(scenario.rules):
        for names, below in program_lists(rule, path):
            for position, name in enumerate(names):
                look(name, (*below, position), below)
        if isinstance(rule, RequiresRule):
            look(rule.requires.program, (*path, "requires", "program"))
        if isinstance(rule, FollowsRule):
            look(rule.follows.program, (*path, "follows", "program"))
            look(rule.follows.of, (*path, "follows", "of"))


def program_lists(rule: Rule, path: Path) -> Iterator[tuple[tuple[str, ...], Path]]:
    """Yield each list of programs that a rule names, with its path."""
    for key in ("excludes", "exactly_one", "together", "substitutes"):
        if names := getattr(rule, key, ()):
            yield names, (*path, key)
    if isinstance(rule, RequiresRule):
        for key in ("needs", "needs_any"):
            yield getattr(rule.requires, key), (*path, "requires", key)


def _groups(scenario: Scenario, findings: Findings) -> None:
    """Look at the attributes by which rules and objectives group programs, and at the groups that are named."""
    for rule, path in findings.rule_paths(scenario.rules):
        if not isinstance(rule, SumRule) or rule.by is None:
            continue
        if not _is_attribute(scenario, rule.by, (*path, "by"), findings):
            continue
        known = attribute_values(scenario.programs, rule.by)
        below: Path = (*path, "population")
        for name in rule.population:
            if name not in known:
                message = f"no program has '{name}' as '{rule.by}', which {named(below, findings.tree)} speaks of"
                expected, hint = f"one of: {listed(known)}", suggestion(name, known)
                findings.add("unknown-value", (*below, name), message, expected, hint, key=True)
    in_list = isinstance((findings.tree or {}).get("objective"), list)
    for position, entry in enumerate(scenario.objective):
        if isinstance(entry.maximize, Smallest):
            path = ("objective", position) if in_list else ("objective",)
            _is_attribute(scenario, entry.maximize.by, (*path, "maximize", "by"), findings)


def _is_attribute(scenario: Scenario, name: str, path: Path, findings: Findings) -> bool:
    known = attribute_names(scenario.programs)
    if name in known and attribute_values(scenario.programs, name):
        return True
    message = f"no program has an attribute '{name}', which {named(path, findings.tree)} asks for"
    findings.add("unknown-attribute", path, message, f"one of: {listed(known, 20)}", suggestion(name, known))
    return False


def _duplicates(scenario: Scenario, findings: Findings) -> None:
    first: dict[str, Path] = {}
    for rule, path in findings.rule_paths(scenario.rules):
        if rule.name in first:
            earlier = findings.places.of(*first[rule.name], "name")
            where = f", first at {earlier}" if earlier is not None else ""
            message = f"two rules are named '{rule.name}'{where}"
            findings.add("duplicate-rule", (*path, "name"), message, "a name of its own for each rule")
        first.setdefault(rule.name, path)
