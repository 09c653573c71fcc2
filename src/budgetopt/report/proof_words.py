"""The proof of a plan in plain words: what is proved, what is believed, and the figures of every check."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from budgetopt.allocation import Allocation
from budgetopt.report.numbers import Numbers, plural
from budgetopt.report.text import one_line, sentence

__all__ = ["CheckLine", "ProofWords", "how_much_better", "proof_of"]

AUDIT = "from the scenario's own words, in code that shares nothing with the code that made the plan."
EXACT = 1e-9
"""A gap below this share is none."""
_CHECKS = {
    "rows": "The plan keeps every balance and rule",
    "bounds": "The plan keeps every floor and ceiling",
    "integrality": "All-or-nothing decisions are all or nothing",
    "dual": "The prices value no plan above the bound",
    "complementarity": "A price stands only where a limit binds",
    "gap": "The plan's value meets the bound",
}


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One check of the proof of an objective: the largest breach, relative to its scale, and what is allowed."""

    objective: str
    words: str
    worst: str
    tolerance: str
    result: str  # passed or failed


@dataclass(frozen=True, slots=True)
class ProofWords:
    """What stands behind a plan."""

    short: str  # all of it in one sentence
    proved: Sequence[str]
    believed: Sequence[str]
    checks: Sequence[CheckLine]
    facts: Sequence[tuple[str, str]]  # what identifies the plan and the files that it was made from: names and values


def proof_of(plan: Allocation, numbers: Numbers, assumptions: int | None = None) -> ProofWords:
    """Return the proof of a plan; ``assumptions`` is how many of its effects are assumptions, if they were counted."""
    count = plan.audit.limit_count
    limits = "its one limit" if count == 1 else f"all {numbers.number(count)} limits"
    better = f"a better value of “{_objective(plan)}” than {numbers.quantity(plan.objective_value)}"
    proved = [
        f"The plan keeps {limits} of the scenario. An audit worked that out {AUDIT}",
        "Every amount is a whole number of cents, and every account adds up.",
    ]
    believed = []
    if not plan.proved:
        short = f"Best plan found: it keeps {limits}; {how_much_better(plan, numbers)}."
        believed.append(_may_exist(plan, numbers))
    elif plan.certificate.bound_by_solver:
        short = f"It keeps {limits}, by an independent audit; that no plan does better is the solver's word."
        believed.append(
            f"That no plan has {better} is the word of the solver ({one_line(plan.solver)}), because some decisions "
            "are all-or-nothing; that the plan reaches this value is proved."
        )
    else:
        short = f"Proved: it keeps {limits}, by an independent audit, and no plan that does so is better."
        proved.append(
            f"No plan that keeps these limits has {better}: the prices of the limits prove it, by arithmetic that "
            "anyone can repeat without a solver."
        )
    believed.append(
        "That the effects, costs and revenues of the scenario are right is not proved by any arithmetic: it rests on "
        "the sources that are named."
    )
    if assumptions:
        effects = plural(assumptions, "effect")
        rest = (
            "rests on no source and is an assumption" if assumptions == 1 else "rest on no source and are assumptions"
        )
        believed.append(f"{effects} of the scenario {rest}.")
    brought = plan.effect_ranges
    if ranged := int((brought.said & brought.brings).sum()):
        one, its = ("has a range", "it") if ranged == 1 else ("have ranges", "them")
        words = f"The plan is made with the effects as they are estimated. {plural(ranged, 'effect')} behind it {one}; "
        believed.append(f"{words}within {its} another plan may be better.")
    return ProofWords(short, proved, believed, _checks(plan), _facts(plan, numbers))


def _objective(plan: Allocation) -> str:
    return one_line(plan.solver_result.stages[0].stage.label)


def how_much_better(plan: Allocation, numbers: Numbers) -> str:
    """Return how far a plan may be from the best, for one that is not proved to be the best."""
    if not math.isfinite(plan.gap):
        return "how far it is from the best is not known"
    if plan.gap <= EXACT:
        return "its value of the first objective is the best possible"
    return f"its value is within {numbers.most_share(plan.gap)} of the best possible"


def _may_exist(plan: Allocation, numbers: Numbers) -> str:
    if not math.isfinite(plan.gap):
        return "A better plan may exist; how much better is not known."
    value, most = f"its value of “{_objective(plan)}”", numbers.most_share(plan.gap)
    return f"A better plan may exist: {value} could be better than this one's by at most {most}."


def _checks(plan: Allocation) -> list[CheckLine]:
    lines = []
    later = [(stage.stage.label, stage.certificate) for stage in plan.solver_result.stages[1:] if stage.certificate]
    for objective, certificate in [(_objective(plan), plan.certificate), *later]:
        for name, check in certificate.to_dict()["checks"].items():
            if name == "integrality" and check["worst"] == 0 and not plan.formulation.linear_program.is_integer:
                continue
            words, result = _CHECKS.get(name, name), "passed" if check["passed"] else "failed"
            worst, tolerance = _tiny(check["worst"]), _tiny(check["tolerance"])
            lines.append(CheckLine(one_line(objective), words, worst, tolerance, result))
    return lines


def _tiny(value: float) -> str:
    return "0" if value == 0 else f"{value:.1e}".replace("e-0", "e-").replace("e+0", "e+")


def _facts(plan: Allocation, numbers: Numbers) -> list[tuple[str, str]]:
    from budgetopt._version import __version__

    size = plan.formulation.linear_program.summary()
    nouns = {"rows": "row", "columns": "column", "integers": "all-or-nothing decision"}
    return [
        ("Objective", sentence(_objective(plan)).rstrip(".")),
        ("Value of the plan", numbers.quantity(plan.objective_value)),
        ("Best value possible", numbers.quantity(plan.certificate.bound)),
        ("Problem", ", ".join(plural(size[key], noun) for key, noun in nouns.items())),
        ("Solver", one_line(plan.solver)),
        ("budgetopt", __version__),
        ("Scenario (SHA-256)", plan.scenario.sha256),
        *((f"SHA-256 of {one_line(name)}", one_line(digest)) for name, digest in plan.scenario.inputs.items()),
    ]
