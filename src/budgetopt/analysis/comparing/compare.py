"""Compare plans, scenarios, result files and benchmark plans side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from budgetopt.allocation import solve as solve_one
from budgetopt.analysis.comparing.benchmark_plans import (
    BenchmarkPlan,
    across_the_board,
    current_budget,
    lowest_quartile_first,
)
from budgetopt.analysis.comparing.compared_plans import Comparable, ComparedPlan, compared_plans, named_apart
from budgetopt.analysis.comparing.comparison import INTERRUPTION, PlanComparison
from budgetopt.analysis.comparing.equal_shares import equal_shares
from budgetopt.analysis.comparing.equal_value import EqualValue, equal_value
from budgetopt.analysis.comparing.greedy_plan import greedy_by_return
from budgetopt.analysis.live_problem.what_if import question_about
from budgetopt.audit import audit_plan
from budgetopt.errors import BudgetoptError, OptionError, near
from budgetopt.scenario.model import SumRule
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.words import listed

__all__ = ["BENCHMARKS", "compare", "without_rules_on_groups"]


def without_rules_on_groups(scenario: Scenario, time_limit: float | None = None) -> BenchmarkPlan:
    """Return the best plan without the rules on groups, judged by all rules: what it brings more is what equity costs.

    Rules on groups are those that limit each district, department or other group by itself (``by``).

    Raises
    ------
    OptionError
        If the scenario has no such rule.
    InfeasibleError
        If there is no plan.
    """
    kept = tuple(rule for rule in scenario.rules if not (isinstance(rule, SumRule) and rule.by))
    if len(kept) == len(scenario.rules):
        raise OptionError("no rule limits groups one by one (`by:`), so none of them costs anything")
    free = replace(scenario, document=scenario.document.model_copy(update={"rules": kept}))
    plan = solve_one(free, time_limit=time_limit)
    words = "The best plan without the rules that limit each group by itself: what it brings more is what they cost."
    return BenchmarkPlan("without the rules on groups", words, audit_plan(scenario, plan.spending_plan))


_Maker = Callable[[Scenario, str], BenchmarkPlan]
_MAKERS: dict[str, _Maker] = {
    "current": lambda scenario, _: current_budget(scenario),
    "across-the-board": lambda scenario, said: across_the_board(scenario, _share(said) if said else None),
    "quartile": lambda scenario, said: lowest_quartile_first(scenario, said or None),
    "greedy": lambda scenario, _: greedy_by_return(scenario),
    "equal-shares": lambda scenario, said: equal_shares(scenario, satisfaction=said or "votes"),
    "without-group-rules": lambda scenario, _: without_rules_on_groups(scenario),
}
_RARE = ("equal-shares", "without-group-rules")
"""Benchmark plans that few scenarios have: nothing is said where there is none."""
BENCHMARKS = tuple(_MAKERS)
"""The benchmark plans by name; `across-the-board=-5%` and `quartile=ATTRIBUTE` say more."""


def compare(
    *subjects: Comparable,
    benchmarks: Sequence[str] | None = None,
    names: Sequence[str] | None = None,
    time_limit: float | None = None,
) -> PlanComparison:
    """Return plans side by side: what each spends, brings, leaves to funds and groups, and which limits it misses.

    Every plan is judged by the audit, by the words of its own scenario; benchmark plans and spending plans by those of
    the first one. How many dollars the better plan is worth is worked out for all plans of the first scenario: the
    least money with which the best plan is as good, all funds in proportion.

    Parameters
    ----------
    *subjects
        Plans, scenarios or their paths (which are solved), result files or documents, benchmark plans, edited plans.
        The first is what the others are measured against. One after it that has no plan is left out, with a remark.
    benchmarks
        The benchmark plans of the first scenario that are added: ``current`` (the current budget),
        ``across-the-board`` (one percentage for all, or ``across-the-board=-5%``), ``quartile`` (the lowest quartile
        first, or ``quartile=ATTRIBUTE``), ``greedy`` (by outcome per dollar), ``equal-shares`` (the Method of Equal
        Shares, where the scenario reads ballots) and ``without-group-rules`` (what equity costs). Left out: where one
        thing is compared, all of them that can be made; otherwise none.
    names
        What the subjects are called, as many as there are; left out, by their scenarios, files and kinds.
    time_limit
        Seconds for each solve.

    Raises
    ------
    OptionError
        If there is nothing to compare; there are not as many names; or a benchmark plan that was asked for cannot be
        made.
    ResultFileError
        If a result file is damaged, or names what the scenario does not have.
    InfeasibleError
        If the first scenario has no plan.
    """
    plans, remarks = compared_plans(subjects, names, time_limit)
    named = tuple(named_apart([*plans, *_benchmarks(plans, benchmarks, remarks)]))
    return PlanComparison(named, _worth(named, remarks), tuple(remarks))


def _benchmarks(
    plans: Sequence[ComparedPlan], asked: Sequence[str] | None, remarks: list[str]
) -> Iterator[ComparedPlan]:
    """Yield the benchmark plans that are asked for, or that can be made; say of the others why they cannot."""
    left_out: dict[str, list[str]] = {}
    usual = BENCHMARKS if len(plans) == 1 else ()
    for one in usual if asked is None else asked:
        try:
            made = _benchmark(plans[0].audit.scenario, one)
        except KeyboardInterrupt:
            remarks.append(f"{INTERRUPTION} before the benchmark plan {one} was made")
            break
        except BudgetoptError as error:
            if asked is not None:
                raise
            if one not in _RARE or not isinstance(error, OptionError):
                left_out.setdefault(error.message, []).append(one)
            continue
        yield ComparedPlan(made.name, made.audit, made.words)
    remarks += [f"no benchmark plan {listed(names)}: {why}" for why, names in left_out.items()]


def _benchmark(scenario: Scenario, asked: str) -> BenchmarkPlan:
    name, _, said = asked.partition("=")
    maker = _MAKERS.get(name)
    if maker is None:
        close = near(name, BENCHMARKS)
        hint = f"did you mean {close!r}?" if close else f"the benchmark plans are {', '.join(BENCHMARKS)}"
        raise OptionError(f"there is no benchmark plan {name!r}", hint=hint)
    if said and name in ("current", "greedy", "without-group-rules"):
        raise OptionError(f"the benchmark plan {name!r} takes no value, and {said!r} is given", hint=f"write {name}")
    return maker(scenario, said)


def _share(said: str) -> float:
    try:
        return float(said.removesuffix("%")) / (100.0 if said.endswith("%") else 1.0)
    except ValueError:
        message = f"{said!r} is no change of all programs"
        raise OptionError(message, hint="write a percentage: across-the-board=-5%") from None


def _worth(plans: Sequence[ComparedPlan], remarks: list[str]) -> tuple[EqualValue | None, ...]:
    """Return with how much money the first plan's scenario has a best plan as good as each plan of it."""
    scenario = plans[0].audit.scenario
    best = next((one.best for one in plans if one.best is not None and one.audit.scenario is scenario), None)
    found: list[EqualValue | None] = [None for _ in plans]
    if best is None or any(remark.startswith(INTERRUPTION) for remark in remarks):
        return tuple(found)
    try:
        question = question_about(best)
        # what later objectives give up of the first one, they give up with other money too
        stage, reached = best.solver_result.stages[0].stage, best.objective_value
        given_up = question.as_is().objective / reached if stage.within and reached else 1.0
        for at, one in enumerate(plans):
            if one.audit.scenario is scenario and one.best is not best:
                found[at] = equal_value(question, one.objective.value * given_up)
    except KeyboardInterrupt:
        remarks.append(f"{INTERRUPTION} before it was worked out what each plan is worth")
    return tuple(found)
