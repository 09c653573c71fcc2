"""The proof of a plan in plain words: what is proved, what is believed, and the figures of every check."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from budgetopt.allocation import Allocation
from budgetopt.report.figures.numbers import Numbers, plural
from budgetopt.report.figures.text import one_line, sentence
from budgetopt.scenario.accuracy import CENT

__all__ = ["CheckLine", "ProofWords", "given_up", "how_much_better", "is_solvers_word", "proof_of"]

NOTHING = 1e-9
"""A share of a value that is none."""
TIES = "Other plans may be as good: ties are left that the rules for them do not settle."
AUDIT = "from the scenario's own words, in code that shares nothing with the code that made the plan."
LEAST_SHARE = 1e-4
"""A smaller share is not told in hundredths of a percent."""
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
    better = f"a better value of “{_objective(plan)}” than {numbers.quantity(_best_value(plan))}"
    left = given_up(plan, numbers)
    beyond, apart = (f" by more than {left}", f", apart from {left}") if left else ("", "")
    value = numbers.quantity(plan.objective_value)
    proved = [
        f"The plan keeps {limits} of the scenario. An audit worked that out {AUDIT}",
        f"{_whole_amounts(plan, numbers)}, and every account adds up.",
    ]
    believed: list[str] = []
    by_prices = plan.relaxation_gap
    if plan.rounding_matters and plan.solver_result.proved and math.isfinite(plan.gap):
        most, unit = numbers.most_share(plan.gap), _unit_words(plan, numbers)
        short = (
            f"It keeps {limits}, by an independent audit; in {unit}, it is within {most} of the best possible{apart}."
        )
        is_word = plan.certificate.bound_by_solver
        (believed if is_word else proved).append(_what_rounding_costs(plan, numbers, better, is_word=is_word))
    elif not plan.proved:
        short = f"Best plan found: it keeps {limits}; {how_much_better(plan, numbers)}."
        believed.append(_may_exist(plan, numbers))
    elif is_solvers_word(plan):
        short = f"It keeps {limits}, by an independent audit; that no plan does better{beyond} is the solver's word."
        believed.append(
            f"That no plan has {better} is the word of the solver ({one_line(plan.solver)}), because some decisions "
            f"are all-or-nothing; that the plan reaches {value if left else 'this value'} is proved."
            + _may_be_proved(plan)
        )
    else:
        short = f"Proved: it keeps {limits}, by an independent audit, and no plan that does so is better{beyond}."
        this = f" This plan has {value}: later objectives may give some of it up, by `within`." if left else ""
        proved.append(
            f"No plan that keeps these limits has {better}: the prices of the limits prove it, by arithmetic that "
            f"anyone can repeat without a solver.{this}"
        )
    if math.isfinite(by_prices) and by_prices > NOTHING:
        most = numbers.most_share(by_prices)
        proved.append(
            f"No plan is better by more than {most}{apart}: the prices of the limits prove it without any solver, from "
            "what could be done if no decision were all-or-nothing."
        )
    if plan.unique is False:
        short += f" {TIES}"
        believed.append(f"{TIES} Another solver may give another one.")
    elif plan.unique is None:
        believed.append("Whether another plan is as good is not known: the search stopped at a gap or a limit of time.")
    believed += _of_figures(plan, assumptions)
    return ProofWords(short, proved, believed, _checks(plan), _facts(plan, numbers))


def _may_be_proved(plan: Allocation) -> str:
    """Return how to prove what is the solver's word, if there are not too many decisions for that."""
    how = " The command “budgetopt verify --solve” may prove it, by the prices of branches of these decisions."
    return how if plan.has_few_decisions else ""


def _of_figures(plan: Allocation, assumptions: int | None) -> Iterator[str]:
    """Yield what is believed of the figures that a plan is made with."""
    yield (
        "That the effects, costs and revenues of the scenario are right is not proved by any arithmetic: it rests on "
        "the sources that are named."
    )
    if assumptions:
        alone = assumptions == 1
        rest = "rests on no source and is an assumption" if alone else "rest on no source and are assumptions"
        yield f"{plural(assumptions, 'effect')} of the scenario {rest}."
    brought = plan.effect_ranges
    if ranged := int((brought.said & brought.brings).sum()):
        one, its = ("has a range", "it") if ranged == 1 else ("have ranges", "them")
        words = f"The plan is made with the effects as they are estimated. {plural(ranged, 'effect')} behind it {one}; "
        yield f"{words}within {its} another plan may be better."


def _best_value(plan: Allocation) -> float:
    """Return the best value of the first objective, of which later ones may have given something up."""
    return plan.objective_value - plan.solver_result.stages[0].stage.sign * plan.certificate.conceded


def given_up(plan: Allocation, numbers: Numbers) -> str:
    """Return what later objectives gave up of the first one's value, as ``within`` lets them; empty for nothing."""
    if (share := plan.conceded_share) <= NOTHING:
        return ""
    said = numbers.share(share, 2) if share > LEAST_SHARE else numbers.most_share(share)
    return f"the {said} of its value that later objectives give up"


def is_solvers_word(plan: Allocation) -> bool:
    """Return whether that no plan is better is the solver's word, and not proved by the prices of the limits."""
    return plan.certificate.bound_by_solver and not plan.relaxation_gap <= NOTHING


def _what_rounding_costs(plan: Allocation, numbers: Numbers, better: str, *, is_word: bool) -> str:
    found = "the solver's word" if is_word else "proved by the prices of the limits"
    return (
        f"No plan has {better}: that is {found}. This plan, in {_unit_words(plan, numbers)}, comes to "
        f"{numbers.quantity(plan.plan_value)}, {numbers.most_share(plan.gap)} from it."
    )


def _unit_words(plan: Allocation, numbers: Numbers) -> str:
    return "whole cents" if plan.rounded_to == CENT else f"multiples of {numbers.unit_cost(plan.rounded_to)}"


def _whole_amounts(plan: Allocation, numbers: Numbers) -> str:
    """Return what every amount of a plan is a multiple of, and how many are not, in words."""
    if plan.rounded_to == CENT:
        return "Every amount is a whole number of cents"
    counts = plan.spending / plan.rounded_to
    others = int((np.abs(counts - np.rint(counts)) > 1e-6).sum())
    but = f", but for {plural(others, 'payment')} that cannot be" if others else ""
    asked = plan.scenario.document.round_to
    text = f"Every amount is a multiple of {numbers.unit_cost(plan.rounded_to)}{but}"
    if asked is None or plan.rounded_to >= asked:
        return text
    return f"No multiples of {numbers.unit_cost(asked)} near the best plan keep every limit. {text}"


def _objective(plan: Allocation) -> str:
    return one_line(plan.solver_result.stages[0].stage.label)


def how_much_better(plan: Allocation, numbers: Numbers) -> str:
    """Return how far a plan may be from the best, for one that is not proved to be the best."""
    if not math.isfinite(plan.gap):
        return "how far it is from the best is not known"
    left = given_up(plan, numbers)
    apart = f", apart from {left}" if left else ""
    if plan.gap <= EXACT:
        return f"its value of the first objective is the best possible{apart}"
    return f"its value is within {numbers.most_share(plan.gap)} of the best possible{apart}"


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
        ("Value of the plan", numbers.quantity(plan.plan_value)),
        ("Best value possible", numbers.quantity(plan.certificate.bound)),
        ("Problem", ", ".join(plural(size[key], noun) for key, noun in nouns.items())),
        ("Solver", one_line(plan.solver)),
        ("budgetopt", __version__),
        ("Scenario (SHA-256)", plan.scenario.sha256),
        *((f"SHA-256 of {one_line(name)}", one_line(digest)) for name, digest in plan.scenario.inputs.items()),
    ]
