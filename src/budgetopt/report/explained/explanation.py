"""Why things are as they are: one program, one rule or one fund of a plan, in plain sentences with figures."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from budgetopt.allocation import Allocation, Subject, plan_of
from budgetopt.allocation.reasons import funded_of
from budgetopt.analysis.live_problem.what_if import WhatIf, question_about
from budgetopt.analysis.sensitivity.break_even import BreakEven, factors_of
from budgetopt.analysis.sensitivity.figure_paths import figure_at
from budgetopt.analysis.sensitivity.figure_prices import price_of_figure
from budgetopt.analysis.sensitivity.margin_table import charges_by_rule, duals_of, marginal_returns
from budgetopt.analysis.sensitivity.more_or_not import NOT_SOLVED
from budgetopt.analysis.sensitivity.overview import held_by, seeks_outcomes
from budgetopt.errors import OptionError
from budgetopt.formulation.linear_program import Stage
from budgetopt.formulation.stages import decides_first, is_goal_programming
from budgetopt.report.explained.explained_evidence import evidence_told, notes_told, range_of_effects, range_told
from budgetopt.report.explained.explained_html import explanation_html
from budgetopt.report.explained.explained_limits import fund_explained, limit_explained
from budgetopt.report.figures.limit_lines import Gain, limit_name
from budgetopt.report.figures.numbers import Numbers, brought, join_words
from budgetopt.report.figures.outcome_rows import Bought
from budgetopt.report.figures.response_curve import response_tables
from budgetopt.report.figures.text import capital, label, one_line, sentence
from budgetopt.report.plan_view.view import PlanView
from budgetopt.report.words.plan_words import baseline_growth, free_service_words, package_words, who_pays_words
from budgetopt.report.words.range_words import ranges_told
from budgetopt.scenario.column_units import FACTOR, with_units
from budgetopt.scenario.drawable import Drawable
from budgetopt.scenario.limits import Provision
from budgetopt.scenario.model import SPENDING
from budgetopt.scenario.named import Named, named
from budgetopt.solvers import Termination
from budgetopt.solvers.faces import with_value_row

if TYPE_CHECKING:
    import pandas as pd
    from altair import LayerChart

__all__ = ["Explanation", "explain", "tell"]

_SHORT_OF = {"rule": "The rule “{}”", "resource": "The limit on {}", "fund spending": "The limit on what {} spends"}
"""What a limit on a program is called, by its kind; others are called as in the table of limits."""
_COMPARED = {"effect": ("great", "greater", "smaller"), "cost": ("high", "higher", "lower")}


@dataclass(frozen=True, eq=False, repr=False)
class Explanation(Drawable):
    """An answer in sentences, with the tables that its figures come from; it shows itself in a notebook.

    Parameters
    ----------
    subject
        What is explained, as it is printed.
    sentences
        The answer.
    tables
        The tables behind it, by name.
    """

    subject: str
    sentences: tuple[str, ...]
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)

    def plot(self, outcome: str | None = None) -> LayerChart:
        """Return what a program brings at every level of its money as a chart; see :meth:`Drawable.plot`.

        Its baseline, plan, floor and ceiling are marked, all in the first period.

        Parameters
        ----------
        outcome
            The key of the outcome that is drawn; left out, the first that the program brings.

        Raises
        ------
        OptionError
            If it explains no program, or the program's results follow no curve.
        UnknownNameError
            If the program does not bring the outcome.
        """
        return self._chart(outcome)

    def __str__(self) -> str:
        return "\n".join((self.subject, "", *self.sentences))

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return explanation_html(self.subject, self.sentences, self.tables)


def explain(plan: Subject, name: str | None = None, *, question: WhatIf | None = None) -> Explanation:
    """Explain a program, a rule, a fund, a target or a resource of a plan; without a name, tell its short story.

    Parameters
    ----------
    plan
        The plan; or a scenario or its path, which is solved.
    name
        The id of a program, fund, resource or outcome with a target, the name of a rule, or the name that is printed
        for one of them. Where two are called the same, a path such as ``funds.general``.
    question
        A live problem of the same scenario, if there is one already.

    Raises
    ------
    UnknownNameError
        If the scenario has nothing of that name.
    OptionError
        If several things are called so, or it is an outcome without a target.
    """
    plan = plan_of(plan, "explain")
    if name is None:
        return tell(plan)
    part = named(plan.scenario, name)
    found = _explained(plan, part, question or question_about(plan, exact=part.kind == "program"))
    told = Gain.told(plan.scenario, Numbers(plan.scenario.currency), "what is said of gains and losses here is")
    return replace(found, sentences=(*found.sentences, *told))


def _explained(plan: Allocation, part: Named, question: WhatIf) -> Explanation:
    numbers = Numbers(plan.scenario.currency)
    if part.kind == "program":
        return _program(plan, part.key, question, numbers)
    if part.kind == "fund":
        return Explanation(*fund_explained(plan, part.key, question, numbers))
    if part.kind == "outcome" and plan.scenario.outcomes[part.key].target is None:
        raise OptionError(
            f"the outcome {part.key!r} has no target, so that no limit on it could be explained",
            hint="plan.outcomes shows what the plan brings of it, plan.effects from which programs",
        )
    kind = "target" if part.kind == "outcome" else part.kind
    found = Explanation(*limit_explained(plan, Provision(kind, part.key), question, numbers))
    row = next((row for row in Bought(plan).rows if part.kind == "outcome" and row.key == part.key), None)
    if row is None or not (told := ranges_told([row], numbers)):
        return found
    return replace(found, sentences=(*found.sentences, told))


def _program(plan: Allocation, program: str, question: WhatIf, numbers: Numbers) -> Explanation:
    import pandas as pd

    if question.holds_decisions:
        # the program's own decision has to be free, and so have the others
        question = question_about(plan, exact=True)
    position = plan.scenario.programs.position(program)
    row, gain = plan.programs.iloc[position], Gain.of(plan, numbers)
    around = WhatIf(plan.scenario, plan=plan) if question.is_integer else question
    table = marginal_returns(plan, question=around)
    mine = table[table["program"] == program].reset_index(drop=True)
    margin = [float(mine[key].iloc[0]) if len(mine) else math.nan for key in ("last_dollar", "next_dollar", "price")]
    if not seeks_outcomes(plan.scenario):
        margin[:2] = math.nan, math.nan
    found = factors_of(plan, position, question)
    duals = duals_of(around)
    charges = {} if duals is None else charges_by_rule(around, duals)[position]
    sentences = [
        f"It {free[position]}."
        if position in (free := free_service_words(plan))
        else _gets(plan, row, numbers, baseline_growth(plan.scenario, position)),
        *_takes(plan, position),
        *who_pays_words(plan, position),
        *_buys(plan, program, numbers),
        *range_told(plan, position, numbers),
        *_held(plan, row, program, charges, margin),
        *_own_limit(plan, position, str(row["reason"]), question, gain),
        *_at_the_margin(plan, margin, gain),
        *_as_they_are(margin, question),
        *_charged(plan, charges, gain),
        *_decided(plan, position, question, gain),
        *evidence_told(plan, position, numbers),
        *_would_change(plan, row, found, numbers, funded=bool(funded_of(plan)[position])),
        *notes_told(plan, position),
    ]
    factors = [(item.what, item.outcome, "more" if item.more else "less", item.factor) for item in found]
    break_even = pd.DataFrame(factors, columns=["what", "outcome", "funded", "factor"])
    with_units(break_even, plan.scenario, {"factor": FACTOR})
    tables = {"margins": mine, "break_even": break_even, **response_tables(plan, position)}
    return Explanation(one_line(row["name"]), tuple(sentences), tables)


def _takes(plan: Allocation, position: int) -> Iterator[str]:
    """Say which packages a program takes, and when projects start."""
    if position in (taken := package_words(plan)):
        yield f"It {taken[position]}."
    elif (plan.scenario.packages.program == position).any():
        yield "It takes none of its packages."


def _gets(plan: Allocation, row: pd.Series[Any], numbers: Numbers, growth: str) -> str:
    periods, nothing = len(plan.scenario.periods), plan.half_a_cent
    grows = f", which grows with {growth}" if growth else ""
    spending, baseline, change = float(row["spending"]), float(row["baseline"]), float(row["change"])
    over = "" if periods == 1 else f" over {periods} periods"
    if spending < nothing:
        had = f"; its baseline{grows + ',' if grows else ''} is {numbers.spoken_money(baseline)}"
        return f"It gets nothing{had if baseline > 0 else ''}."
    text = f"It gets {numbers.spoken_money(spending)}{over}"
    if math.isnan(baseline):
        return f"{text}; it is new."
    if abs(change) < nothing:
        return f"{text}, as much as its baseline{grows}."
    share = f" ({numbers.said_share(abs(change) / baseline)})" if baseline > 0 else ""
    more = f"{numbers.spoken_money(abs(change))}{share} {'more' if change > 0 else 'less'}"
    return f"{text}, {more} than its baseline{grows}."


def _buys(plan: Allocation, program: str, numbers: Numbers) -> Iterator[str]:
    effects = plan.effects
    levels = effects[effects["program"] == program].groupby("outcome", sort=False)["level"].sum()
    found: list[tuple[float, str, str, int | None]] = []
    for key, level in levels[levels.abs() > 1e-9].items():
        outcome = plan.scenario.outcomes[str(key)]
        found.append((float(level), outcome.unit, label(str(key), outcome.name), None))
    if found:
        yield f"That {brought(numbers, found)}."


def _held(
    plan: Allocation, row: pd.Series[Any], program: str, charges: dict[tuple[str, str], float], margin: list[float]
) -> Iterator[str]:
    outcomes, named = plan.scenario.outcomes, {}
    if not is_goal_programming(plan.scenario):
        for (kind, name), charge in charges.items():
            named[kind, label(name, outcomes[name].name) if kind == "target" else name] = charge
    reason = held_by(str(row["reason"]), named, *margin, first=decides_first(plan.scenario))
    reasons = [rule.because for rule in plan.scenario.rules if f"“{rule.name}”" in reason and rule.because]
    limits = plan.scenario.programs[program].spending
    if limits is not None and limits.because and ("floor" in reason or "ceiling" in reason):
        reasons = [limits.because]
    because = f" ({one_line(reasons[0])})" if reasons else ""
    is_state = reason.startswith(("held", "at", "fixed", "unfunded", "cut", "funded", "kept"))
    yield sentence(f"it {'is ' if is_state else ''}{reason}{because}")
    may = plan.scenario.eligible[plan.scenario.programs.position(program)]
    barred = [label(key, fund.name) for (key, fund), ok in zip(plan.scenario.funds.items(), may, strict=True) if not ok]
    if 0 < len(barred) < len(may) and len(barred) <= 4:
        yield f"{capital(join_words(barred))} may not pay for it."


def _own_limit(plan: Allocation, position: int, reason: str, question: WhatIf, gain: Gain) -> Iterator[str]:
    """Say what one more of a program's own ceiling, or one less of its floor, is worth where that holds it."""
    kinds = {"at its ceiling of": "most units", "at its ceiling": "ceiling", "held up by its floor": "floor"}
    kind = next((kind for start, kind in kinds.items() if reason.startswith(start)), "")
    at = int(plan.scenario.limits.of_programs(kind)[position]) if kind else -1
    if at < 0 or question.is_integer or len((limit := plan.scenario.limits[at]).numbers) != 1:
        return
    price = price_of_figure(question, figure_at(plan.scenario, limit.address_of(limit.numbers[0])), ranged=False)
    worth = (price.less if kind == "floor" else price.more) / (1.0 if price.unit == 1.0 else math.nan)
    if worth > 0:
        yield gain.relaxed(worth, one_line(limit.unit), "less asked for" if kind == "floor" else "more allowed")


def _at_the_margin(plan: Allocation, margin: list[float], gain: Gain) -> Iterator[str]:
    last, following, price = margin
    when = "" if len(plan.scenario.periods) == 1 else f" in {one_line(plan.scenario.periods[0])}"
    if not math.isnan(last):
        yield f"Its last dollar{when}, by itself, {_brings(last, gain, 'adds')}."
    if not math.isnan(following):
        yield f"Its next dollar{when} {_brings(following, gain, 'would add')}."
    if not math.isnan(price) and price > 0 and seeks_outcomes(plan.scenario):
        yield f"Elsewhere a dollar would {gain.words(price)}."


def _as_they_are(margin: list[float], question: WhatIf) -> Iterator[str]:
    """Say what the figures at the margin rest on where some decisions are all-or-nothing."""
    if question.is_integer and margin[2] > 0:
        yield "What a dollar brings elsewhere is worked out with the all-or-nothing decisions as they are."


def _brings(worth: float, gain: Gain, adds: str) -> str:
    if not worth:
        return f"{adds} nothing{gain.in_first}"
    return f"would {gain.words(worth)}" if worth > 0 else f"would cost {gain.amount(-worth)}"


def _charged(plan: Allocation, charges: dict[tuple[str, str], float], gain: Gain) -> Iterator[str]:
    """Say which rules make a dollar of the program count for more or less than it buys."""
    first = plan.scenario.objective[0]
    if not seeks_outcomes(plan.scenario) and first.minimize != SPENDING:
        return
    largest = sorted(charges.items(), key=lambda item: -abs(item[1]))[:3]
    for (kind, name), charge in largest:
        if abs(charge) < 1e-6 * abs(largest[0][1]):
            continue
        limits = plan.scenario.limits
        what = limit_name(limits[limits.find(kind, name)])
        if kind == "fund spending":
            what = label(name, plan.scenario.funds[name].name)
        what = _SHORT_OF.get(kind, "The {}").format(what if kind in _SHORT_OF else what[:1].lower() + what[1:])
        more, worth = "more" if charge < 0 else "less", gain.amount(abs(charge))
        cause = what[:1].lower() + what[1:]
        yield f"Because of {cause}, a dollar here counts for {worth} {more} than it buys by itself."


def _decided(plan: Allocation, position: int, question: WhatIf, gain: Gain) -> Iterator[str]:
    """Say what an all-or-nothing decision is worth, by solving again with it forced and all others open."""
    labels = question.problem.column_labels
    blocks = [*labels.of_kind("package"), *labels.of_kind("open")]
    columns = [block.positions[block.keys["program"] == position] for block in blocks]
    mine = np.concatenate([np.empty(0, dtype=np.int64), *columns])
    if not len(mine):
        return
    base = question.as_is()
    funded = bool(funded_of(plan)[position])
    count = np.zeros(question.problem.columns)
    count[mine] = 1.0
    # any of its packages, in any period, funds it
    is_other = with_value_row(question.problem, Stage("funded", count, maximize=not funded), float(not funded), 0.0)
    answer = question.solve(is_other)
    ends = (Termination.OPTIMAL, Termination.INFEASIBLE)
    if base.termination is not Termination.OPTIMAL or answer.termination not in ends:
        yield f"What the best plan {'without' if funded else 'with'} it is worth is not worked out: {NOT_SOLVED}."
        return
    if answer.x is None:
        yield f"No plan is possible {'without' if funded else 'with'} it."
        return
    sign = 1.0 if question.problem.stages[0].maximize else -1.0
    loss = sign * (base.objective - answer.objective)
    what = "Without it the best plan" if funded else "The best plan with it"
    alike = loss <= question.accuracy * max(abs(base.objective), 1.0)
    yield f"{what} would be {f'as good{gain.in_first}' if alike else f'worth {gain.amount(loss)} less'}."


def _would_change(
    plan: Allocation, row: pd.Series[Any], found: Sequence[BreakEven], numbers: Numbers, *, funded: bool
) -> Iterator[str]:
    for more, verb in ((True, "get more" if funded else "be funded"), (False, "get less")):
        parts = [_factor(plan, item, numbers) for item in found if item.more is more and math.isfinite(item.factor)]
        if parts:
            yield f"It would {verb} if {join_words(parts, 'or')}."
        yield from _within_range(plan, row, [item for item in found if item.more is more], numbers)
    wanted = [item for item in found if item.more]
    if unknown := next((item.unknown for item in found if item.unknown), ""):
        what = join_words(list(dict.fromkeys(item.what for item in found if item.unknown)), "or")
        yield f"How much its {what} would have to change is not worked out: {unknown}."
    if wanted and not any(math.isfinite(item.factor) or item.unknown for item in wanted):
        what = "bring it more" if funded else "get it funded"
        first = decides_first(plan.scenario)
        by = f"By {first} alone, no" if first else "No"
        # a smaller effect or a higher cost may: of what a limit asks for, it then takes more money
        yield f"{by} greater effect, lower cost or greater weight, up to a hundredfold, would {what}."


def _within_range(plan: Allocation, row: pd.Series[Any], found: Sequence[BreakEven], numbers: Numbers) -> Iterator[str]:
    """Say if a change of the effect that would change the plan is within the range of the effect."""
    ends = range_of_effects(plan, plan.scenario.programs.position(str(row.name)))
    for item in found:
        if ends is not None and item.what == "effect" and ends[0] <= item.factor <= ends[1]:
            much = "greater" if item.factor > 1 else "smaller"
            shares = f"{numbers.share(ends[0])} to {numbers.share(ends[1])}"
            yield f"By its range, {shares} of the estimate, its effect may be that much {much}."


def _factor(plan: Allocation, item: BreakEven, numbers: Numbers) -> str:
    if item.what == "weight":
        outcome = plan.scenario.outcomes[item.outcome]
        worth, now = numbers.quantity(outcome.weight * item.factor), numbers.quantity(outcome.weight)
        unit = f"a unit of “{label(item.outcome, outcome.name)}” were worth"
        if worth == now:
            return f"{unit} the least bit {'more' if item.factor > 1 else 'less'} than its {now}"
        return f"{unit} {worth} (now {now})"
    great, greater, smaller = _COMPARED[item.what]
    if item.factor >= 3:
        return f"its {item.what} were {numbers.quantity(item.factor)} times as {great}"
    share = abs(item.factor - 1.0)
    by = numbers.share(share) if share >= 0.0005 else "the least bit"
    return f"its {item.what} were {by} {greater if item.factor > 1 else smaller}"


def tell(plan: Allocation) -> Explanation:
    """Tell the short story of a whole plan, as it stands at the top of the report."""
    view = PlanView(plan, Numbers(plan.scenario.currency))
    return Explanation(view.title, tuple(view.story), {"programs": plan.programs.reset_index()})
