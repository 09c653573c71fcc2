"""A plan in a few sentences that a council member could read aloud."""

from __future__ import annotations

import math

import numpy as np

from budgetopt.allocation import Allocation
from budgetopt.allocation.reasons import funded_of, what_limits
from budgetopt.formulation.fund_rows import inflow
from budgetopt.report.limit_lines import LimitLine
from budgetopt.report.numbers import Numbers, join_words, plural
from budgetopt.report.outcome_rows import OutcomeRow
from budgetopt.report.proof_words import how_much_better
from budgetopt.report.rounded_money import Figures
from budgetopt.report.text import capital, one_line

__all__ = ["over_periods", "short_story"]


def over_periods(plan: Allocation) -> str:
    """Return the periods as a phrase: ``in FY2027``, ``over FY2027 to FY2029``; empty for one that names no date."""
    periods = [one_line(period) for period in plan.scenario.periods]
    if len(periods) > 1:
        return f"over {periods[0]} to {periods[-1]}"
    return f"in {periods[0]}" if any(character.isdigit() for character in periods[0]) else ""


def short_story(
    plan: Allocation, figures: Figures, outcomes: tuple[OutcomeRow, ...], limits: list[LimitLine], numbers: Numbers
) -> list[str]:
    """Return a plan in a few plain sentences; the last one says so if it is not proved to be the best."""
    sentences = [_spending(plan, figures, numbers)]
    if figures.has_baseline and len(figures.spending) > 1:
        sentences += _moves(plan, figures, numbers)
    sentences += [*_outcomes(outcomes, numbers), *_funds(plan, figures, numbers)]
    has_money = figures.spending.any() or inflow(plan.scenario).any()
    sentences += _limits(plan, limits, numbers) if has_money else ["There is no money to spend."]
    if not plan.proved:
        better = how_much_better(plan, numbers)
        sentences.append(f"The search ended before it was proved that no plan is better; {better}.")
    return sentences


def _spending(plan: Allocation, figures: Figures, numbers: Numbers) -> str:
    dollars, total = figures.unit.dollars, figures.total
    funded, programs = int((funded_of(plan) | (figures.spending > 0)).sum()), len(figures.spending)
    period = f" {over_periods(plan)}".rstrip()
    if not funded:
        baseline = f"; the baseline is {numbers.spoken_money(total.baseline * dollars)}" if total.baseline else ""
        return f"The plan spends nothing{period}{baseline}."
    some = "" if funded == programs else f"{numbers.number(funded)} of "
    spent = numbers.spoken_money(total.spending * dollars)
    text = f"The plan spends {spent} on {some}{plural(programs, 'program')}{period}"
    if total.baseline is None:
        return text + "."
    if total.change == 0:
        return text + ", as much as the baseline."
    more = "more" if total.change > 0 else "less"
    amount = numbers.spoken_money(abs(total.change) * dollars)
    share = f" ({numbers.share(abs(total.change_share))})" if total.baseline else ""
    return f"{text}, {amount}{share} {more} than the baseline."


def _moves(plan: Allocation, figures: Figures, numbers: Numbers) -> list[str]:
    """Return how many programs move, the five largest moves, and what holds the largest two."""
    dollars = figures.unit.dollars
    change, is_new = figures.change, figures.is_new
    up, down = int(((change > 0) & ~is_new).sum()), int(((change < 0) & ~is_new).sum())
    same, started = int(((change == 0) & ~is_new).sum()), int((is_new & (figures.spending > 0)).sum())
    ended = int((~is_new & (figures.spending == 0) & (figures.baseline > 0)).sum())
    unfunded = int((is_new & (figures.spending == 0)).sum())
    if not (up or down or started):
        return [f"Every program keeps its baseline{'' if not unfunded else ', and no new program is funded'}."]
    some = "" if ended == down else f", {numbers.number(ended)} of them"
    ending = f"{some} all of {'its' if ended == 1 else 'their'} money" if ended else ""
    parts = []
    if up:
        parts.append(f"{plural(up, 'program')} {'gains' if up == 1 else 'gain'}")
    if down:
        parts.append(f"{plural(down, 'program')} {'loses' if down == 1 else 'lose'}{ending}")
    if same:
        parts.append(f"{numbers.number(same)} {'stays as it is' if same == 1 else 'stay as they are'}")
    if started or unfunded:
        parts.append(_new(started, started + unfunded, numbers))
    sentences = [f"{join_words(parts)}."]
    sizes = np.where(is_new, figures.spending, change)

    def moved(at: int) -> str:
        return f"{one_line(figures.names[at])} ({numbers.spoken_money(float(sizes[at] * dollars), signed=True)})"

    most, least = int(np.argmax(sizes)), int(np.argmin(np.where(is_new, 0, change)))
    ends = []
    if sizes[most] > 0:
        ends.append(f"the largest increase goes to {moved(most)}")
    if change[least] < 0 and not is_new[least]:
        ends.append(f"the largest cut falls on {moved(least)}")
    if ends:
        sentences.append(f"{capital(join_words(ends))}.")
    told = [at for at in (most, least) if sizes[at]]
    following = [at for at in np.argsort(-np.abs(sizes), kind="stable").tolist() if sizes[at] and at not in told][:3]
    if following:
        come = "come" if len(following) > 1 else "comes"
        sentences.append(f"Next {come} {join_words([moved(at) for at in following])}.")
    reasons = plan.programs["reason"].tolist()
    why = [_why(one_line(figures.names[at]), str(reasons[at])) for at in dict.fromkeys(told)]
    if any(why):
        sentences.append(f"{capital(join_words([words for words in why if words]))}.")
    return sentences


def _why(name: str, reason: str) -> str:
    """Return what holds a program, after its name; empty where it only stands at the margin."""
    if reason.startswith(("held", "at ")):
        return f"{name} is {reason}"
    if reason == "cut: other cuts of the same size would do as well":
        return f"instead of the cut of {name} other cuts of the same size would do as well"
    if reason.startswith("fixed"):
        return f"{name} is fixed"
    return f"what {name} had buys more elsewhere" if reason == "unfunded: the money buys more elsewhere" else ""


def _new(funded: int, new: int, numbers: Numbers) -> str:
    """Return how many of the new programs are funded."""
    if new == 1:
        return f"the new program is {'' if funded else 'not '}funded"
    if not funded:
        return f"none of {numbers.number(new)} new programs is funded"
    if funded == new:
        return f"all {new} new programs are funded"
    return f"{numbers.number(funded)} of {new} new programs {'is' if funded == 1 else 'are'} funded"


def _outcomes(rows: tuple[OutcomeRow, ...], numbers: Numbers) -> list[str]:
    """Return what the plan buys, the outcomes that move most first."""
    valued = [row for row in rows if row.weight or row.targets] or list(rows)
    if not valued:
        return []
    moved = [row for row in valued if row.baseline is not None and row.change]
    if any(row.baseline is not None for row in valued) and not moved:
        return ["What it buys is what the baseline buys."]
    if not moved:
        parts = [f"{row.with_unit(numbers, row.level)} ({row.name})" for row in valued[:3]]
        return [f"It brings {join_words(parts)}{_assumed(valued[:3])}."]
    moved.sort(key=lambda row: -abs(row.change * row.weight / 10**row.decimals))
    parts = []
    for row in moved[:3]:
        direction = "rises" if row.change > 0 else "falls"
        share = "" if math.isnan(row.change_share) else f", {numbers.share(row.change_share, signed=True)}"
        change = row.with_unit(numbers, row.change, signed=True)
        worse = "" if row.better else ", for the worse"
        parts.append(f"“{row.name}” {direction} to {row.text(numbers, row.level)} ({change}{share}{worse})")
    more = f"; {plural(len(moved) - 3, 'other outcome moves', 'other outcomes move')} too" if len(moved) > 3 else ""
    return [f"Against the baseline, {join_words(parts)}{more}{_assumed(moved[:3])}."]


def _assumed(rows: list[OutcomeRow]) -> str:
    if all(row.assumed == "none" for row in rows):
        return ""
    wholly = all(row.assumed == "all" for row in rows)
    subject = "these figures rest" if len(rows) > 1 else "this figure rests"
    return f"; {subject} {'' if wholly else 'partly '}on assumptions"


def _funds(plan: Allocation, figures: Figures, numbers: Numbers) -> list[str]:
    accounts = figures.accounts
    if not accounts["closing"].size:
        return []
    spends = accounts["spending"].sum(axis=1) > 0
    free = (accounts["closing"] - accounts["reserve"])[:, -1]
    left = int(np.where(spends, free, 0).sum())
    has_reserve = bool((accounts["reserve"] > 0).any())
    kept = "every fund keeps its reserve" if has_reserve else "no fund is overdrawn"
    above = " above the reserves" if has_reserve else ""
    end = "" if len(plan.scenario.periods) == 1 else f" at the end of {one_line(plan.scenario.periods[-1])}"
    start = f"In every period {kept}" if end else kept.capitalize()
    amount = numbers.spoken_money(left * figures.unit.dollars) if left > 0 else "nothing"
    return [f"{start}; {amount} is left{above}{end}."]


def _limits(plan: Allocation, limits: list[LimitLine], numbers: Numbers) -> list[str]:
    binding = [limit for limit in limits if limit.binding]
    if not binding:
        return [what_limits(plan, numbers.spoken_money)]
    money = [limit for limit in binding if limit.kind == "money"]
    for limit in money:
        if math.isnan(limit.price):
            return [f"{limit.name} runs out{f' in {limit.period}' if limit.period else ''}."]
    sentences = []
    if fund := next((limit for limit in money if limit.price > 0), None):
        at = f" in {fund.period}" if fund.period else ""
        sentences.append(f"{fund.name} runs out{at}: {_uncapital(fund.price_words)}")
    elif revenue := next((limit for limit in binding if limit.kind == "revenue" and limit.price > 0), None):
        at = f" in {revenue.period}" if revenue.period else ""
        sentences.append(f"{revenue.name} is a limit{at}: {_uncapital(revenue.price_words)}")
    if other := next((limit for limit in binding if limit.price > 0 and limit.kind not in ("money", "revenue")), None):
        at = f" ({other.period})" if other.period else ""
        what = "rule" if other.kind == "rule" else "limit"
        sentences.append(f"The {what} that costs most is “{other.name}”{at}: {_uncapital(other.price_words)}")
    return sentences or [f"{plural(len(binding), 'limit')} {'binds' if len(binding) == 1 else 'bind'}."]


def _uncapital(text: str) -> str:
    return text[:1].lower() + text[1:]
