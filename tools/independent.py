"""Solve drawn scenarios a second time, by a formulation and by solvers that have nothing to do with the package.

    python tools/independent.py --cases 20000 --seed 1 --jobs 2
    python tools/independent.py --file out/independent/packages-1-3.json

Each scenario is drawn as its words. `tests/language/word_problem.py` writes the words as a problem, which SciPy solves,
and CBC through PuLP; budgetopt solves the scenario. Compared are how they end, the best value of each objective, and
for problems of a moderate size the value by the simplex method in fractions. The plan is read by the words once
more: it keeps them, and its value is as far from the best as it says, at most. Where another solver is alone with its
answer, and the plan by the words or the value in fractions shows that it is wrong, it is counted. What disagrees is
written to a file of `out/independent` that can be run again.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from fractions import Fraction
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from drawn import look_at_each

ROOT = Path(__file__).resolve().parent.parent
FOUND = ROOT / "out" / "independent"
CHUNK = 40
"""Cases of one kind that a process draws and compares before it says how far it is."""
ALLOWED, SHARE = 1e-4, 1e-7
"""What two values may differ by: in their unit, and as a share of the value."""
EXACT = 1e-9
"""The share by which a value may differ from that in fractions."""
CENTS, CENT = Fraction(1, 2), Fraction(1, 100)
"""What the plan may miss of any limit because its amounts are whole cents, and where a solver says there is no plan."""
FRACTION_COLUMNS = 60
"""A linear program of at most so many columns is solved in fractions, too."""
KINDS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "the whole language": ("language.strategies", "told", {}),
    "the whole language, any limits": ("language.strategies", "told", {"feasible": False}),
    "concave": ("language.strategies", "told", {"concave": True}),
    "packages": ("language.strategies", "told", {"whole": True}),
    "packages, any limits": ("language.strategies", "told", {"whole": True, "feasible": False}),
    "curves of any shape": ("strategies", "cases", {"features": "ALL", "max_programs": 6, "max_funds": 3}),
    "linear": ("strategies", "cases", {"features": "CONVEX", "max_programs": 5, "max_funds": 3}),
    "any limits": ("strategies", "cases", {"features": "ALL", "feasible": False, "max_programs": 6, "max_funds": 3}),
}
"""What is drawn: the module of the tests, its strategy, and the options of that."""


@dataclass
class Comparison:
    """What was compared, and what disagrees."""

    counts: Counter[str] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)

    def compare(self, what: str, ours: float, others: float, allowed: float) -> None:
        """Count a comparison, and note it if the values are further apart than allowed."""
        self.counts[what] += 1
        if not abs(ours - others) <= allowed:
            self.findings.append(f"{what}: {ours!r}, by itself {others!r}")


@dataclass
class Solved:
    """How budgetopt ends: its status, and the plan if there is one."""

    status: str
    plan: Any = None


def strategy(kind: str) -> Any:
    """Return the strategy of a kind."""
    module, name, options = KINDS[kind]
    found = import_module(module)
    given = {key: getattr(found, value) if key == "features" else value for key, value in options.items()}
    return getattr(found, name)(**given)


def compared(document: Mapping[str, Any]) -> Comparison:
    """Solve a scenario in every way, and compare the answers."""
    words, done = import_module("language.word_problem").WordProblem(document), Comparison()
    ours = solved(document, done)
    done.counts[ours.status.partition(":")[0]] += 1
    for place, entry in enumerate(words.objectives):
        maximize = "maximize" in entry
        objective = words.objective(entry)
        answers = {"SciPy": words.problem.by_scipy(objective, maximize=maximize)}
        if place == 0:
            answers["CBC"] = words.problem.by_cbc(objective, maximize=maximize)
        compare_status(document, ours, answers, done)
        optimal = [answer for answer in answers.values() if answer.status == "optimal"]
        if ours.plan is None or not optimal:
            return done
        value = ours.plan.solver_result.stages[place].solution.objective
        if place == 0:
            answers = not_refuted(document, ours.plan, words, objective, answers, done)
            if not answers:
                return done
            best = best_of(answers.values(), maximize=maximize)
            for name, answer in answers.items():
                allowed = ALLOWED + SHARE * abs(float(best.value))
                done.compare(f"value by {name}", value, float(answer.value), allowed)
            compare_plan(document, ours.plan, float(best.value), 1 if maximize else -1, done)
        else:
            best = optimal[0]
            # what the objectives before may be off moves it by an amount of its own
            allowed = ALLOWED + 100 * SHARE * abs(float(best.value))
            done.compare("value of a later objective", value, float(best.value), allowed)
        words.then(objective, best, entry, Fraction(0))
    return done


def compare_status(document: Mapping[str, Any], ours: Solved, answers: Mapping[str, Any], done: Comparison) -> None:
    """Compare how the solvers end."""
    for name, answer in answers.items():
        if answer.status == "none":
            done.counts[f"no answer by {name}"] += 1
        elif answer.status == ours.status:
            continue
        elif answer.status == "infeasible" and ours.plan is not None and not missed(document, ours.plan, CENT):
            # a solver may take limits that are just met for missed
            done.counts[f"{name} has no plan where there is one"] += 1
        else:
            done.findings.append(f"{name} ends with {answer.status}, budgetopt with {ours.status}")


def best_of(answers: Iterable[Any], *, maximize: bool) -> Any:
    """Return the answer with the best value."""
    return (max if maximize else min)(answers, key=lambda answer: float(answer.value))


def not_refuted(
    document: Mapping[str, Any], plan: Any, words: Any, objective: Any, answers: Mapping[str, Any], done: Comparison
) -> dict[str, Any]:
    """Return the answers with a value that neither the fractions refute nor a plan that keeps the words and is better.

    What both solvers say is not refuted by the fractions: it is a finding.
    """
    maximize = "maximize" in words.objectives[0]
    optimal = {name: answer for name, answer in answers.items() if answer.status == "optimal"}
    best = best_of(optimal.values(), maximize=maximize)
    stage = plan.solver_result.stages[0].solution
    known = compare_in_fractions(document, stage.objective, words, objective, best, done)
    beyond = {name for name, one in optimal.items() if is_refuted(float(one.value), known)}
    kept = {name: one for name, one in optimal.items() if name not in beyond} or optimal
    done.counts.update(f"{name} alone has a value that is none" for name in optimal if name not in kept)
    if missed(document, plan, Fraction(0)):
        return kept
    reached = float(by_words(document, plan).objective(words.objectives[0]))
    allowed = ALLOWED + SHARE * abs(reached)
    worse = {name for name, one in kept.items() if (reached - float(one.value)) * (1 if maximize else -1) > allowed}
    done.counts.update(f"{name} misses a better plan" for name in worse)
    return {name: one for name, one in kept.items() if name not in worse}


def solved(document: Mapping[str, Any], done: Comparison) -> Solved:
    """Solve by budgetopt, also what its checks refuse as a mistake: it has an answer by the words all the same."""
    import budgetopt

    try:
        budgetopt.Scenario.from_document(document)
    except budgetopt.ScenarioError as error:
        done.counts.update(f"refused: {problem.code}" for problem in error.problems)
    try:
        plan = budgetopt.solve(import_module("strategies").unchecked(document))
    except budgetopt.InfeasibleError:
        return Solved("infeasible")
    except budgetopt.UnboundedError:
        return Solved("unbounded")
    except budgetopt.BudgetoptError as error:
        return Solved(f"{type(error).__name__}: {error}")
    return Solved("optimal", plan)


def by_words(document: Mapping[str, Any], plan: Any) -> Any:
    """Read a plan by the words of its scenario."""
    reading = import_module("language.plain").Plain
    return reading({"objective": [{"maximize": "weighted outcomes"}], **document}, plan.spending_plan)


def missed(document: Mapping[str, Any], plan: Any, allowed: Fraction) -> list[str]:
    """Return the limits that a plan misses by more than is allowed."""
    misses = [miss for miss in by_words(document, plan).misses() if miss.excess > allowed]
    return [f"misses {miss.kind} {miss.name} in {miss.period} by {float(miss.excess)}" for miss in misses]


def is_refuted(value: float, known: tuple[float, float] | None) -> bool:
    """Return whether a value lies outside of what is known in fractions."""
    return known is not None and not known[0] - ALLOWED <= value <= known[1] + ALLOWED


def compare_plan(document: Mapping[str, Any], plan: Any, best: float, sign: int, done: Comparison) -> None:
    """Read the plan by the words: it keeps them, and its value is within its stated distance of the best."""
    plain = by_words(document, plan)
    done.findings.extend(missed(document, plan, CENTS))
    value = float(plain.objective(plain.document["objective"][0]))
    allowed = ALLOWED + SHARE * abs(best)
    done.compare("value of the printed plan", plan.plan_value, value, 1e-6 + 1e-9 * abs(value))
    done.counts["distance from the best"] += 1
    if abs(best - value) > plan.distance + allowed:
        done.findings.append(f"the plan is worth {value}, the best {best}, and it says {plan.distance} lie between")
    if sign * (best - plan.bound) > allowed:
        done.findings.append(f"the best is {best}, beyond the bound {plan.bound}")


def compare_in_fractions(
    document: Mapping[str, Any], ours: float, words: Any, objective: Any, best: Any, done: Comparison
) -> tuple[float, float] | None:
    """Solve a problem of a moderate size in fractions: with the whole choices held, and without any.

    The first is reached by a plan, no plan can better the second, and our value lies between; often they are the same.
    Return the least and the most that the best value can be, if both are known.
    """
    maximize = "maximize" in words.objectives[0]
    held = words.problem.holding(best.x)
    if held.open_columns > FRACTION_COLUMNS:
        return None
    answers = [held.in_fractions(objective, maximize=maximize)]
    loose = import_module("language.word_problem").WordProblem(document, straight=True)
    wanted = loose.objective(loose.objectives[0])
    if not any(loose.problem.whole) and loose.problem.open_columns <= FRACTION_COLUMNS:
        answers.append(loose.problem.in_fractions(wanted, maximize=maximize))
    values = [answer.value for answer in answers if answer.status == "optimal"]
    if len(values) < len(answers):
        # what can just be met may be missed by the last digit of a binary fraction, and in fractions that is a miss
        done.counts["no answer in fractions"] += 1
        return None
    done.counts["value in fractions" if len(set(values)) == 1 else "between two values in fractions"] += 1
    least, most = float(min(values)), float(max(values))
    allowed = EXACT * max(1.0, abs(ours))
    if not least - allowed <= ours <= most + allowed:
        done.findings.append(f"value {ours!r}, in fractions from {least!r} to {most!r}")
    return (least, most) if len(values) == 2 else None


def look(kind: str, number: int, cases: int) -> tuple[str, Counter[str], list[str]]:
    """Draw and compare cases of a kind; return what was counted, and the files of what disagrees."""
    sys.path.insert(0, str(ROOT / "tests"))
    counts: Counter[str] = Counter()
    files: list[str] = []

    def one(case: Any) -> None:
        counts["cases"] += 1
        done = compared(case.document)
        counts.update(done.counts)
        if done.findings:
            name = f"{kind.replace(', ', '-').replace(' ', '-')}-{number}-{counts['cases']}"
            files.append(str(kept(case.document, done.findings, name)))

    look_at_each(one, cases, strategy(kind), number=number)
    return kind, counts, files


def kept(document: Mapping[str, Any], findings: list[str], name: str) -> Path:
    """Write a scenario and what disagrees to a file."""
    FOUND.mkdir(parents=True, exist_ok=True)
    target = FOUND / f"{name}.json"
    target.write_text(json.dumps({"findings": findings, "document": document}, indent=1), encoding="utf-8")
    return target


def chunks(cases: int, seed: int) -> Iterator[tuple[str, int, int]]:
    """Yield kinds in turn, each with a number of its own, until there are so many cases."""
    kinds, number = list(KINDS), 0
    while cases > 0:
        yield kinds[number % len(kinds)], seed * 1_000_000 + number, min(CHUNK, cases)
        cases, number = cases - CHUNK, number + 1


def compare_many(cases: int, seed: int, jobs: int) -> tuple[dict[str, Counter[str]], list[str]]:
    """Compare so many cases in several processes, and print how far it is."""
    by_kind: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
    files: list[str] = []
    start = time.monotonic()
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        runs = [pool.submit(look, *chunk) for chunk in chunks(cases, seed)]
        for run in as_completed(runs):
            kind, counts, more = run.result()
            by_kind[kind].update(counts)
            files.extend(more)
            done = sum(one["cases"] for one in by_kind.values())
            seconds = time.monotonic() - start
            print(f"{done:,} of {cases:,} cases, {len(files)} disagree, {seconds:.0f} s", file=sys.stderr, flush=True)
    return by_kind, files


def main() -> int:
    """Compare what is asked for, and return 1 if anything disagrees."""
    parser = argparse.ArgumentParser(description="Solve drawn scenarios by an independent formulation, and compare.")
    parser.add_argument("--cases", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--file", type=Path, help="a file that disagreed, to be compared again")
    options = parser.parse_args()
    if options.file is not None:
        sys.path.insert(0, str(ROOT / "tests"))
        again = compared(json.loads(options.file.read_text(encoding="utf-8"))["document"])
        print("\n".join(again.findings) or "Everything agrees.")
        return int(bool(again.findings))
    by_kind, files = compare_many(options.cases, options.seed, options.jobs)
    every: Counter[str] = Counter()
    for kind, counts in by_kind.items():
        every.update(counts)
        print(f"{kind}: {counts['cases']:,} cases, {counts['optimal']:,} optimal, {counts['infeasible']:,} infeasible")
    for what, count in sorted(every.items()):
        print(f"  {what}: {count:,}")
    for file in files:
        print(f"DISAGREES {file}")
    return int(bool(files))


if __name__ == "__main__":
    sys.exit(main())
