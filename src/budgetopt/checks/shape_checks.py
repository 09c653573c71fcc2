"""Programs that are not simply scaled in dollars: packages, services, minimum operating levels, use of resources."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from budgetopt.checks.findings import Findings, program_path
from budgetopt.checks.floors import Say, above, percent
from budgetopt.checks.program_checks import kept_programs, rows_with
from budgetopt.scenario.programs import Bools, Floats, ProgramTable
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.words import money, shown

__all__ = ["check_shapes"]


def check_shapes(scenario: Scenario, findings: Findings) -> None:
    """Look for keys and numbers of a program that do not go together."""
    if not len(scenario.programs):
        return
    look = _Look(scenario, findings)
    look.shapes()
    look.services()
    look.operating_levels()
    look.uses()
    look.growth()
    look.package_names()
    look.package_effects()


class _Look:
    """Looks at the programs whose rows are valid."""

    def __init__(self, scenario: Scenario, findings: Findings) -> None:
        self.scenario, self.findings = scenario, findings
        self.programs: ProgramTable = scenario.programs
        self.kept = kept_programs(self.programs, findings)

    def rows(self, prefix: str) -> Bools:
        """Return which programs have a key, or any below it."""
        keys = [key for key in self.programs.columns if key == prefix or key.startswith(f"{prefix}.")]
        return rows_with(self.programs, *keys)

    def add(
        self, code: str, wrong: Bools, key: str, said: str, wanted: str, *each: Floats, hint: str = "", say: Say = money
    ) -> None:
        """Add a problem for each program that is wrong; ``{program}`` is its id, ``{0}`` its first number."""
        for row, more in self.findings.alike(np.flatnonzero(wrong & self.kept)):
            program, found = self.programs.ids[row], key
            if self.programs.value(row, key) is None:
                below = (f"{key}.{name}" for name in self.programs.under(key))
                found = next((name for name in below if self.programs.value(row, name) is not None), key)
            place, path = self.findings.program_place(self.programs, row, found)
            if found != key:
                place = self.findings.places.keys.get(program_path(program, key)) or place
            words = [say(value[row]) for value in each]
            message, expected = (text.format(*words, program=program) for text in (said, wanted))
            self.findings.add_at(code, place, path, f"{message}{more}", expected, hint)

    def shapes(self) -> None:
        """Look for keys that say nothing, or one thing twice."""
        message = "`choose` of program '{program}' goes with packages only"
        self.add("choose", ~self.rows("packages") & self.rows("choose"), "choose", message, "packages beside choose")
        rows, names = self.programs.items("start")
        for row in np.unique(rows[:-1][(rows[1:] == rows[:-1]) & (names[1:] == names[:-1])]).tolist():
            twice = next(one for one, other in pairwise(names[rows == row].tolist()) if one == other)
            place, path = self.findings.program_place(self.programs, row, "start")
            message = f"`start` of program '{self.programs.ids[row]}' names {twice} twice"
            self.findings.add_at("twice", place, path, message, "each period once")

    def services(self) -> None:
        """Look for services that must serve more than they can."""
        least, most = (self.programs.number(f"service.{key}") for key in ("at_least", "up_to"))
        message = "the service of program '{program}' is at least {0} and up to {1} units"
        expected = "at_least of at most {1}"
        self.add("floor-above-ceiling", above(least, most), "service.at_least", message, expected, least, most)

    def operating_levels(self) -> None:
        """Look for minimum operating levels below the fixed cost, or above the program's own ceiling."""
        least, fixed = (self.programs.number(f"if_funded.{key}") for key in ("at_least", "fixed_cost"))
        low = above(fixed, least) & (least > 0)
        message = "the minimum operating level of program '{program}' is {0}, which is less than its fixed cost, {1}"
        expected = "at_least of {1} or more"
        self.add("floor-above-ceiling", low, "if_funded.at_least", message, expected, least, fixed)
        ceiling = self.scenario.dollars("spending.at_most")
        grown = np.nan_to_num(fixed)[:, None] * self.scenario.price_level
        needed = np.maximum(grown, np.nan_to_num(least)[:, None])
        # a ceiling of zero says that the program is closed; any other one says that it may be open
        closed = (ceiling >= self.scenario.cent) & above(needed, ceiling)
        never = np.any(closed, axis=1) & np.all(closed, axis=1)  # no periods: not wrong here
        message = "program '{program}' needs at least {0} to operate, and its ceiling is {1}: it can never be funded"
        hint = "`at_most: 0` says that it stays closed"
        first = (needed[:, :1].ravel(), ceiling[:, :1].ravel())
        self.add("doors-above-ceiling", never, "if_funded", message, "at most {1}", *first, hint=hint)

    def uses(self) -> None:
        """Look for uses of resources that follow what the program does not do."""
        programs = self.programs
        affects = {key.split(".")[0] for key in programs.under("outcomes")}
        for name in self.scenario.resources:
            key = f"uses.{name}"
            what = f"the use of '{name}' by program '{{program}}'"
            wrong = self.rows(f"{key}.per_unit") & ~self.rows("service")
            message, hint = f"{what} is per unit, and it has no service", "or per (dollars for one unit)"
            self.add("per-unit", wrong, f"{key}.per_unit", message, "service", hint=hint)
            for outcome in programs.under(f"{key}.per_outcome"):
                wrong = self.rows(f"{key}.per_outcome.{outcome}")
                if outcome in affects:
                    wrong &= ~self.rows(f"outcomes.{outcome}")
                elif outcome not in self.scenario.outcomes:
                    continue
                message = f"{what} follows '{outcome}', which the program has no effect on"
                self.add("no-effect", wrong, f"{key}.per_outcome.{outcome}", message, "an outcome of the program")

    def growth(self) -> None:
        """Look for costs that would double each year: a percent sign was forgotten, or a zero added."""
        rate = self.programs.number("inflation")
        message = "the costs of program '{program}' grow by {0} a year"
        self.add("growth", rate >= 1, "inflation", message, "a yearly growth below 100%", rate, say=percent)

    def package_names(self) -> None:
        """Look for two packages of one name in a program."""
        packages = self.scenario.packages
        named = np.flatnonzero(packages.name != "")
        seen: dict[tuple[int, str], int] = {}
        for at, program, name in zip(named, packages.program[named], packages.name[named], strict=True):
            first = seen.setdefault((int(program), str(name)), int(packages.number[at]))
            if first != packages.number[at] and self.kept[program]:
                key = f"packages.{packages.number[at]}.name"
                place, path = self.findings.program_place(self.programs, int(program), key)
                message = f"two packages of program '{self.programs.ids[program]}' are named {shown(name)}"
                self.findings.add_at("duplicate-package", place, path, message, "a name of its own for each package")

    def package_effects(self) -> None:
        """Look for estimates on the wrong side of the effect that they are estimates of."""
        for key in self.programs.under("packages"):
            last = key.rpartition(".")[2]
            if last not in ("low", "high") or ".outcomes." not in key:
                continue
            values = self.programs.number(f"packages.{key}")
            wrong = values > 1 + 1e-9 if last == "low" else values < 1 - 1e-9
            number, _, rest = key.partition(".")
            effect = f"the effect of package {int(number) + 1} of program '{{program}}'"
            outcome = rest.removeprefix("outcomes.").rpartition(".")[0]
            message = f"{effect} on '{outcome}' has a {last} estimate of {{0}}"
            expected = f"at {'most' if last == 'low' else 'least'} 100% of the effect"
            self.add("estimate", wrong, f"packages.{key}", message, expected, values, say=percent)
