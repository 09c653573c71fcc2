"""What can be compared: plans, scenarios, result files and benchmark plans, each with an audit of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from budgetopt.allocation import Allocation, scenario_of
from budgetopt.allocation import solve as solve_one
from budgetopt.allocation.first_result_format import by_program
from budgetopt.allocation.proof import plan_of as plan_of_decisions
from budgetopt.analysis.comparing.benchmark_plans import BenchmarkPlan
from budgetopt.analysis.comparing.edited_plan import EditedPlan
from budgetopt.analysis.members import INTERRUPTED, Machines, run_members
from budgetopt.audit import Audit, ObjectiveValue, SpendingPlan, audit_plan
from budgetopt.errors import BudgetoptError, NoAllocationError, OptionError, ResultFileError, SolverError
from budgetopt.reading.input_file import UnreadableFileError, read_document
from budgetopt.scenario.programs import Floats
from budgetopt.scenario.scenario import Scenario

__all__ = ["Comparable", "ComparedPlan", "compared_plans"]

Comparable = Allocation | Scenario | BenchmarkPlan | EditedPlan | SpendingPlan | Mapping[str, Any] | str | Path
"""What can be compared: a plan, a scenario or its path, which is solved, a result file or document, a benchmark plan,
an edited plan, or any spending plan of the first scenario."""


@dataclass(frozen=True, eq=False)
class ComparedPlan:
    """A plan in a comparison.

    Parameters
    ----------
    name
        What it is called.
    audit
        Its audit, with the plan and the scenario by whose words it is judged.
    words
        How it was made, in a sentence; empty for the best plan of a scenario.
    best
        The allocation, if it is the best plan of its scenario.
    """

    name: str
    audit: Audit
    words: str = ""
    best: Allocation | None = None

    @cached_property
    def spending(self) -> Floats:
        """Dollars for each program, all periods together; shape (programs,)."""
        spent: Floats = self.audit.plan.spending.sum(axis=(1, 2)).round(2)
        return spent

    @property
    def objective(self) -> ObjectiveValue:
        """The value of the first objective of its scenario."""
        return self.audit.objectives[0]


def compared_plans(
    subjects: Sequence[Comparable], names: Sequence[str] | None, time_limit: float | None, machines: Machines
) -> tuple[list[ComparedPlan], list[str]]:
    """Return the plans of what is to be compared, in order, each with a name of its own, and what was assumed.

    A scenario after the first that has no plan, or whose solve was interrupted, is left out, and said to be.

    Raises
    ------
    OptionError
        If there is nothing to compare, something that is no plan, or another number of names.
    ResultFileError
        If a result file is damaged, or names what the scenario does not have.
    InfeasibleError
        If the first scenario has no plan.
    """
    if names is not None and len(names) != len(subjects):
        message = f"{len(subjects)} things are compared, and {len(names)} names are given"
        raise OptionError(message, hint="give one name for each")
    known = [_read(subject) for subject in subjects]
    scenarios = [scenario for one in known if (scenario := _scenario(one)) is not None]
    if not scenarios:
        what = "only a result file" if known else "nothing"
        hint = "name the scenario first: budgetopt compare SCENARIO RESULT.json"
        raise OptionError(f"{what} is to be compared, and no scenario", hint=hint)
    alone = len({id(scenario) for scenario in scenarios}) == 1
    remarks: list[str] = []
    plans: list[ComparedPlan] = []
    for at, one in enumerate(_solved(known, time_limit, machines)):
        left_out = f"number {at + 1} of what is compared, {known[at].name}," if isinstance(known[at], Scenario) else ""
        if one is None:
            if not at:
                raise KeyboardInterrupt
            remarks.append(f"{INTERRUPTED} before {left_out} was solved")
            continue
        if isinstance(one, BudgetoptError):
            if not at or not isinstance(one, NoAllocationError):
                raise one
            remarks.append(f"{left_out} is left out: {one.message}")
            continue
        plans.append(_compared(one, scenarios, alone, remarks))
        if names is not None:
            plans[-1] = replace(plans[-1], name=str(names[at]))
    return list(named_apart(plans)), remarks


def _solved(known: Sequence[Any], time_limit: float | None, machines: Machines) -> list[Any]:
    """Return what is compared with a plan, or why there is none, in place of each scenario; None if interrupted."""
    at = [place for place, one in enumerate(known) if isinstance(one, Scenario)]
    shared = tuple(known[place] for place in at), time_limit
    found = run_members(_plans_of, shared, len(at), text="Solving", machines=machines, chunk=1)
    reasons = {one.number: SolverError(one.reason) for one in found.failed}
    out = list(known)
    for number, place in enumerate(at):
        out[place] = found.answers.get(number, reasons.get(number))
    return out


def _plans_of(
    shared: tuple[tuple[Scenario, ...], float | None],
) -> Callable[[int], Allocation | BudgetoptError]:
    """Return what solves a scenario by its number."""
    scenarios, time_limit = shared

    def solve(number: int) -> Allocation | BudgetoptError:
        try:
            return solve_one(scenarios[number], time_limit=time_limit)
        except BudgetoptError as error:
            return error

    return solve


def _read(subject: Comparable) -> Any:
    """Return what is to be compared, files read."""
    if isinstance(subject, str | Path) and Path(subject).suffix.lower() == ".json":
        from budgetopt.allocation.result_schema import read_result

        try:
            text = read_document(subject)
        except UnreadableFileError as error:
            raise OptionError(f"{str(subject)!r} cannot be read: {error.reason}", hint=error.hint) from None
        try:
            return _Result(str(subject), read_result(text))
        except ResultFileError as error:
            raise ResultFileError(f"{subject}: {error.message}", hint=error.hint) from None
    if isinstance(subject, Mapping) and str(subject.get("format", "")).startswith("budgetopt-result"):
        return _Result("result", subject)
    if isinstance(subject, str | Path):
        return scenario_of(subject, "compare")
    if isinstance(subject, Allocation | Scenario | BenchmarkPlan | EditedPlan | SpendingPlan):
        return subject
    return scenario_of(subject, "compare")  # type: ignore[arg-type]


@dataclass(frozen=True)
class _Result:
    """A result document and the file that it stands in."""

    file: str
    document: Mapping[str, Any]


def _scenario(one: Any) -> Scenario | None:
    if isinstance(one, Scenario):
        return one
    return None if isinstance(one, _Result | SpendingPlan) else one.scenario


def _compared(one: Any, scenarios: Sequence[Scenario], alone: bool, remarks: list[str]) -> ComparedPlan:
    if isinstance(one, BenchmarkPlan):
        return ComparedPlan(one.name, one.audit, one.words)
    if isinstance(one, EditedPlan):
        return ComparedPlan(Path(one.file).name, one.audit, "As it stands in the edited copy of the office's table.")
    if isinstance(one, SpendingPlan):
        return ComparedPlan("other plan", audit_plan(scenarios[0], one), "A spending plan of the first scenario.")
    if isinstance(one, _Result):
        return _of_result(one, scenarios, remarks)
    return ComparedPlan("best plan" if alone else one.scenario.name, one.audit, "", one)


def _of_result(one: _Result, scenarios: Sequence[Scenario], remarks: list[str]) -> ComparedPlan:
    """Return the plan of a result document, judged by its own scenario if that is there, by the first one otherwise."""
    said, file = one.document["provenance"]["scenario_sha256"], Path(one.file).name
    scenario = next((scenario for scenario in scenarios if scenario.sha256 == said), None)
    if scenario is None:
        scenario = scenarios[0]
        remarks.append(
            f"{file} was made of another scenario, or of this one before it was changed; its plan is judged by the "
            f"words of {scenario.name}"
        )
    try:
        plan = plan_of_decisions(by_program(one.document)["proof"]["decisions"], scenario)
    except BudgetoptError as error:
        hint = error.hint or "compare it with the scenario that it was made of"
        raise ResultFileError(f"{one.file}: {error.message}", hint=hint) from None
    return ComparedPlan(file, audit_plan(scenario, plan), f"As {file} says it.")


def named_apart(plans: Sequence[ComparedPlan]) -> Iterator[ComparedPlan]:
    """Yield plans with names of which none stands twice: a number follows a name that others have, too."""
    seen: set[str] = set()
    for plan in plans:
        name, number = plan.name, 1
        while name in seen:
            number += 1
            name = f"{plan.name} ({number})"
        seen.add(name)
        yield replace(plan, name=name)
