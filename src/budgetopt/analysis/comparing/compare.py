"""Compare plans, scenarios, result files and benchmark plans side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from budgetopt.allocation import Allocation
from budgetopt.allocation import solve as solve_one
from budgetopt.analysis.comparing.benchmark_plans import (
    BenchmarkPlan,
    across_the_board,
    current_budget,
    lowest_quartile_first,
)
from budgetopt.analysis.comparing.compared_plans import (
    Comparable,
    ComparedPlan,
    compared_plans,
    named_apart,
)
from budgetopt.analysis.comparing.comparison import PlanComparison
from budgetopt.analysis.comparing.equal_shares import equal_shares
from budgetopt.analysis.comparing.equal_value import EqualValue, equal_value
from budgetopt.analysis.comparing.greedy_plan import greedy_by_return
from budgetopt.analysis.live_problem.what_if import question_about
from budgetopt.analysis.members import INTERRUPTED, Machines, run_members
from budgetopt.audit import audit_plan
from budgetopt.errors import BudgetoptError, OptionError, SolverError, near
from budgetopt.scenario.model import SumRule
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.words import listed
from budgetopt.scenario.worked_out import with_parts

__all__ = ["BENCHMARKS", "compare", "compare_simple", "without_rules_on_groups"]


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
    plan = solve_one(with_parts(scenario, rules=kept), time_limit=time_limit)
    words = "The best plan without the rules that limit each group by itself: what it brings more is what they cost."
    return BenchmarkPlan("without the rules on groups", words, audit_plan(scenario, plan.spending_plan))


def _shared(scenario: Scenario, satisfaction: str = "", completion: str = "") -> BenchmarkPlan:
    return equal_shares(scenario, satisfaction=satisfaction or "votes", complete=completion or True)


_Maker = Callable[[Scenario, str], BenchmarkPlan]
_MAKERS: dict[str, _Maker] = {
    "current": lambda scenario, _: current_budget(scenario),
    "across-the-board": lambda scenario, said: across_the_board(scenario, _share(said) if said else None),
    "quartile": lambda scenario, said: lowest_quartile_first(scenario, said or None),
    "greedy": lambda scenario, _: greedy_by_return(scenario),
    "equal-shares": lambda scenario, said: _shared(scenario, *(part.strip() for part in said.split(",", 1))),
    "without-group-rules": lambda scenario, _: without_rules_on_groups(scenario),
}
_RARE = ("equal-shares", "without-group-rules")
"""Benchmark plans that few scenarios have: nothing is said where there is none."""
_SIMPLE = ("current", "across-the-board")
"""Benchmark plans that are made without solving."""
WORTHS = 2
"""The worth of so many plans is worked out one after another on one model."""
BENCHMARKS = tuple(_MAKERS)
"""The benchmark plans by name; `across-the-board=-5%`, `quartile=ATTRIBUTE` and `equal-shares=cost,cost` say more."""


def compare(
    *subjects: Comparable,
    benchmarks: Sequence[str] | None = None,
    names: Sequence[str] | None = None,
    time_limit: float | None = None,
    machines: Machines | None = None,
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
    machines
        Where scenarios are solved, benchmark plans are made and their worth is worked out; this process if left out.

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
    where = machines or Machines()
    for one in benchmarks or ():
        _check_benchmark(one)
    plans, remarks = compared_plans(subjects, names, time_limit, where)
    usual = BENCHMARKS if len(plans) == 1 else ()
    made = _benchmarks(plans[0].audit.scenario, usual if benchmarks is None else benchmarks, remarks, where,
                       raises=benchmarks is not None)  # fmt: skip
    named = tuple(named_apart([*plans, *made]))
    return PlanComparison(named, _worth(named, remarks, where), tuple(remarks))


def compare_simple(plan: Allocation) -> PlanComparison:
    """Return a plan beside the current budget and one percentage for all programs, for which nothing is solved.

    How many dollars the better plan is worth is not worked out; see :func:`compare`.
    """
    remarks: list[str] = []
    plans, _ = compared_plans((plan,), None, None, Machines())
    made = _benchmarks(plan.scenario, _SIMPLE, remarks, Machines(), raises=False)
    named = tuple(named_apart([*plans, *made]))
    return PlanComparison(named, tuple(None for _ in named), tuple(remarks))


def _benchmarks(
    scenario: Scenario, asked: Sequence[str], remarks: list[str], machines: Machines, *, raises: bool
) -> Iterator[ComparedPlan]:
    """Yield the benchmark plans that can be made; say of the others why they cannot, or raise it."""
    if any(remark.startswith(INTERRUPTED) for remark in remarks):
        return
    left_out: dict[str, list[str]] = {}
    missing: list[str] = []
    text, shared = "Making benchmark plans", (scenario, tuple(asked))
    found = run_members(_made, shared, len(asked), text=text, machines=machines, chunk=1)
    reasons = {one.number: SolverError(one.reason) for one in found.failed}
    for number, one in enumerate(asked):
        made = found.answers.get(number, reasons.get(number))
        if made is None:
            missing.append(one)
        elif isinstance(made, BenchmarkPlan):
            yield ComparedPlan(made.name, made.audit, made.words)
        elif raises:
            raise made
        elif one not in _RARE or not isinstance(made, OptionError):
            left_out.setdefault(made.message, []).append(one)
    if missing:
        remarks.append(f"{INTERRUPTED} before benchmark plans were made: {', '.join(missing)}")
    remarks += [f"no benchmark plan {listed(names)}: {why}" for why, names in left_out.items()]


def _made(shared: tuple[Scenario, tuple[str, ...]]) -> Callable[[int], BenchmarkPlan | BudgetoptError]:
    """Return what makes a benchmark plan by its number."""
    scenario, asked = shared

    def make(number: int) -> BenchmarkPlan | BudgetoptError:
        name, _, said = asked[number].partition("=")
        try:
            return _MAKERS[name](scenario, said)
        except BudgetoptError as error:
            return error

    return make


def _check_benchmark(asked: str) -> None:
    """Refuse, with an OptionError, what is no benchmark plan."""
    name, _, said = asked.partition("=")
    if name not in _MAKERS:
        close = near(name, BENCHMARKS)
        hint = f"did you mean {close!r}?" if close else f"the benchmark plans are {', '.join(BENCHMARKS)}"
        raise OptionError(f"there is no benchmark plan {name!r}", hint=hint)
    if said and name in ("current", "greedy", "without-group-rules"):
        raise OptionError(f"the benchmark plan {name!r} takes no value, and {said!r} is given", hint=f"write {name}")


def _share(said: str) -> float:
    try:
        return float(said.removesuffix("%")) / (100.0 if said.endswith("%") else 1.0)
    except ValueError:
        message = f"{said!r} is no change of all programs"
        raise OptionError(message, hint="write a percentage: across-the-board=-5%") from None


def _worth(plans: Sequence[ComparedPlan], remarks: list[str], machines: Machines) -> tuple[EqualValue | None, ...]:
    """Return with how much money the first plan's scenario has a best plan as good as each plan of it."""
    own = plans[0].audit.scenario.sha256
    mine = [one.audit.scenario.sha256 == own for one in plans]
    found: list[EqualValue | None] = [None for _ in plans]
    best = next((one.best for one, is_mine in zip(plans, mine, strict=True) if is_mine and one.best is not None), None)
    if best is None or any(remark.startswith(INTERRUPTED) for remark in remarks):
        return tuple(found)
    asked = [at for at, one in enumerate(plans) if mine[at] and one.best is not best]
    shared = best, tuple(plans[at].objective.value for at in asked)
    text = "Working out what each plan is worth"
    solved = run_members(_equal_values, shared, len(asked), text=text, machines=machines, chunk=WORTHS)
    for number, worth in solved.answers.items():
        found[asked[number]] = worth
    remarks += [f"what {plans[asked[one.number]].name} is worth is not known: {one.reason}" for one in solved.failed]
    if solved.interrupted:
        remarks.append(f"{INTERRUPTED} before it was worked out what each plan is worth")
    return tuple(found)


def _equal_values(shared: tuple[Allocation, tuple[float, ...]]) -> Callable[[int], EqualValue]:
    """Return what works out with how much money the best plan is as good as a plan, by its number."""
    best, values = shared
    question = question_about(best)
    # what later objectives give up of the first one, they give up with other money too
    stage, reached = best.solver_result.stages[0].stage, best.objective_value
    given_up = question.as_is().objective / reached if stage.within and reached else 1.0
    return lambda number: equal_value(question, values[number] * given_up)
