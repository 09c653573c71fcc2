"""A plan in a few sentences that a council member could read aloud, each with the figures that it states."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from budgetopt.allocation import Allocation
from budgetopt.allocation.reasons import what_limits
from budgetopt.formulation.fund_rows import inflow
from budgetopt.report.figures.limit_lines import Gain, LimitLine, LimitLines
from budgetopt.report.figures.numbers import Numbers, brought, join_words, plural
from budgetopt.report.figures.outcome_rows import OutcomeRow
from budgetopt.report.figures.rounded_money import Figures
from budgetopt.report.figures.text import capital, one_line
from budgetopt.report.words.plan_words import baseline_growth, over_periods, package_words
from budgetopt.report.words.proof_words import how_much_better
from budgetopt.report.words.range_words import ranges_told

__all__ = ["Claim", "short_story", "story_claims"]

MOST_PACKAGES = 3
"""So many programs are named with their packages; the others are counted."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence, and what it states: a test works its figures out by other means.

    Parameters
    ----------
    kind
        What it is about: ``spending``, ``counts``, ``largest``, ``next``, ``reasons``, ``packages``, ``outcomes``,
        ``ranges``, ``balances``, ``money``, ``limit``, ``within``, ``search``.
    text
        The sentence.
    figures
        What it states, by name; money in dollars, programs and funds by their keys.
    """

    kind: str
    text: str
    figures: Mapping[str, Any] = field(default_factory=dict)


def short_story(
    plan: Allocation, figures: Figures, outcomes: tuple[OutcomeRow, ...], limits: LimitLines, numbers: Numbers
) -> list[str]:
    """Return a plan in a few plain sentences; the last one says so if it is not proved to be the best."""
    return [claim.text for claim in story_claims(plan, figures, outcomes, limits, numbers)]


def story_claims(
    plan: Allocation, figures: Figures, outcomes: tuple[OutcomeRow, ...], limits: LimitLines, numbers: Numbers
) -> list[Claim]:
    """Return the sentences of the story with what each states."""
    claims = [_spending(plan, figures, numbers)]
    if figures.has_baseline and len(figures.spending) > 1:
        claims += _moves(plan, figures, numbers)
    claims += [*_packages(plan, figures), *_outcomes(outcomes, numbers), *_funds(plan, figures, numbers)]
    has_money = figures.spending.any() or inflow(plan.scenario).any()
    claims += (
        _gains(plan, limits, numbers) if has_money else [Claim("money", "There is no money to spend.", {"funds": []})]
    )
    if not plan.solver_result.proved:
        better = how_much_better(plan, numbers)
        words = f"The search ended before it was proved that no plan is better; {better}."
        claims.append(Claim("search", words, {"gap": plan.gap}))
    return claims


def _spending(plan: Allocation, figures: Figures, numbers: Numbers) -> Claim:
    dollars, total = figures.unit.dollars, figures.total
    funded, programs = int(figures.funded.sum()), len(figures.spending)
    stated = {"spending": total.spending * dollars, "funded": funded, "change": total.change * dollars}
    period = f" {over_periods(plan)}".rstrip()
    grows = f", which grows with {growth}" if (growth := baseline_growth(plan.scenario)) else ""
    if not funded:
        baseline = f"; the baseline{grows + ',' if grows else ''} is " if total.baseline else ""
        baseline += numbers.spoken_money(total.baseline * dollars) if total.baseline else ""
        return Claim("spending", f"The plan spends nothing{period}{baseline}.", stated)
    some = "" if funded == programs else f"{numbers.number(funded)} of "
    spent = numbers.spoken_money(total.spending * dollars)
    on = f"{some}{plural(programs, 'program')}{period}"
    at_no_cost = bool((figures.funded & (figures.spending == 0)).any())
    text = f"The plan spends {spent} {'and funds' if at_no_cost else 'on'} {on}"
    text = text if total.spending else f"The plan funds {on}, at no cost"
    if total.baseline is not None and total.change == 0:
        text += f", as much as the baseline{grows}"
    elif total.baseline is not None:
        more = "more" if total.change > 0 else "less"
        amount = numbers.spoken_money(abs(total.change) * dollars)
        share = f" ({numbers.said_share(abs(total.change_share))})" if total.baseline else ""
        text = f"{text}, {amount}{share} {more} than the baseline{grows}"
    return Claim("spending", f"{text}.", stated)


def _moves(plan: Allocation, figures: Figures, numbers: Numbers) -> Iterator[Claim]:
    """Yield how many programs move, the five largest moves, and what holds the largest two."""
    change, is_new = figures.change, figures.is_new
    yield _counts(figures, numbers)
    sizes = np.where(is_new, figures.spending, change)
    if not sizes.any():
        return
    cuts = np.where(is_new, 0, change)
    most, least = np.flatnonzero(sizes == sizes.max()), np.flatnonzero(cuts == cuts.min())
    ends: list[str] = []
    stated: dict[str, dict[str, float]] = {}
    if sizes[most[0]] > 0:
        ends.append(f"the largest increase goes to {_moved(figures, most, sizes, numbers)}")
        stated["increase"] = _named(figures, most, sizes)
    if cuts[least[0]] < 0:
        ends.append(f"the largest cut falls on {_moved(figures, least, sizes, numbers)}")
        stated["cut"] = _named(figures, least, sizes)
    yield Claim("largest", f"{capital(join_words(ends))}.", stated)
    told = [at for group in (most, least) for at in group.tolist() if sizes[at]]
    rest = [at for at in np.argsort(-np.abs(sizes), kind="stable").tolist() if sizes[at] and at not in told]
    if following := rest[:3]:
        come = "come" if len(following) > 1 else "comes"
        words = join_words([_moved(figures, np.array([at]), sizes, numbers) for at in following])
        yield Claim("next", f"Next {come} {words}.", {"moves": _named(figures, np.array(following), sizes)})
    reasons = plan.columns.programs["reason"].tolist()
    shown = [*most[:1].tolist(), *least[:1].tolist()]
    why = {at: _why(one_line(figures.names[at]), str(reasons[at])) for at in dict.fromkeys(shown) if sizes[at]}
    if any(why.values()):
        given = {str(plan.scenario.programs.ids[at]): str(reasons[at]) for at, words in why.items() if words}
        yield Claim("reasons", f"{capital(join_words([words for words in why.values() if words]))}.", given)


def _moved(figures: Figures, at: np.ndarray[Any, Any], sizes: np.ndarray[Any, Any], numbers: Numbers) -> str:
    """Return one program, or several whose moves are the same, with the move."""
    names = [one_line(figures.names[one]) for one in at.tolist()]
    if len(names) > 3:
        names = [*names[:2], plural(len(names) - 2, "other program")]
    each = " each" if len(names) > 1 else ""
    amount = numbers.spoken_money(float(sizes[at[0]] * figures.unit.dollars), signed=True)
    return f"{join_words(names)} ({amount}{each})"


def _named(figures: Figures, at: np.ndarray[Any, Any], sizes: np.ndarray[Any, Any]) -> dict[str, float]:
    ids = figures.plan.scenario.programs.ids
    return {str(ids[one]): float(sizes[one] * figures.unit.dollars) for one in at.tolist()}


def _counts(figures: Figures, numbers: Numbers) -> Claim:
    """Return how many programs gain, lose and stay as they are, and how many new ones are funded."""
    change, is_new = figures.change, figures.is_new
    up, down = int(((change > 0) & ~is_new).sum()), int(((change < 0) & ~is_new).sum())
    same, started = int(((change == 0) & ~is_new).sum()), int((is_new & figures.funded).sum())
    ended = int((~is_new & (figures.spending == 0) & (figures.baseline > 0)).sum())
    unfunded = int((is_new & ~figures.funded).sum())
    stated = {"gain": up, "lose": down, "same": same, "ended": ended, "started": started, "unfunded": unfunded}
    if not (up or down or started):
        words = f"Every program keeps its baseline{'' if not unfunded else ', and no new program is funded'}."
        return Claim("counts", words, stated)
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
    return Claim("counts", f"{join_words(parts)}.", stated)


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
        return f"all {numbers.number(new)} new programs are funded"
    return f"{numbers.number(funded)} of {numbers.number(new)} new programs {'is' if funded == 1 else 'are'} funded"


def _packages(plan: Allocation, figures: Figures) -> Iterator[Claim]:
    """Yield which packages are taken and when projects start, those of the largest programs first."""
    offered = len(plan.scenario.packages)
    if not offered:
        return
    taken = package_words(plan)
    stated = {"taken": int(plan.packages.any(axis=1).sum()), "programs": len(taken)}
    if not taken:
        words = "The one package is not taken." if offered == 1 else f"None of the {offered:,} packages is taken."
        yield Claim("packages", words, stated)
        return
    order = sorted(taken, key=lambda at: -int(figures.spending[at]))
    parts = [f"{one_line(figures.names[at])} {taken[at]}" for at in order[:MOST_PACKAGES]]
    if more := len(order) - len(parts):
        parts.append(f"{plural(more, 'other program takes packages', 'other programs take packages')}")
    yield Claim("packages", f"{capital('; '.join(parts))}.", stated)


def _outcomes(rows: tuple[OutcomeRow, ...], numbers: Numbers) -> Iterator[Claim]:
    """Yield what the plan buys, the outcomes that move most first."""
    valued = [row for row in rows if row.weight or row.targets] or list(rows)
    if not valued:
        return
    moved = [row for row in valued if row.baseline is not None and row.change]
    others = sum(row.baseline is not None and row.change != 0 for row in rows) - len(moved)
    if any(row.baseline is not None for row in valued) and not moved:
        words = "No outcome with a weight or a target moves." if others else "What it buys is what the baseline buys."
        yield Claim("outcomes", words, {"changes": {row.key: 0.0 for row in valued}})
        return
    if not moved:
        shown = [(row.value(row.level), row.unit, row.name, row.decimals) for row in valued[:3]]
        levels = {row.key: row.value(row.level) for row in valued[:3]}
        yield Claim("outcomes", f"It {brought(numbers, shown)}{_assumed(valued[:3])}.", {"levels": levels})
        yield from _ranges(valued[:3], numbers)
        return
    moved.sort(key=lambda row: -abs(row.change * row.weight / 10**row.decimals))
    parts = []
    for row in moved[:3]:
        direction = "rises" if row.change > 0 else "falls"
        share = "" if math.isnan(row.change_share) else f", {numbers.said_share(row.change_share, signed=True)}"
        change = row.with_unit(numbers, row.change, signed=True)
        worse = "" if row.better else ", for the worse"
        parts.append(f"“{row.name}” {direction} to {row.text(numbers, row.level)} ({change}{share}{worse})")
    rest = len(moved[3:]) + others
    more = f"; {plural(rest, 'other outcome moves', 'other outcomes move')} too" if rest else ""
    stated = {
        "levels": {row.key: row.value(row.level) for row in moved[:3]},
        "changes": {row.key: row.value(row.change) for row in moved[:3]},
    }
    yield Claim("outcomes", f"Against the baseline, {join_words(parts)}{more}{_assumed(moved[:3])}.", stated)
    yield from _ranges(moved[:3], numbers)


def _ranges(rows: list[OutcomeRow], numbers: Numbers) -> Iterator[Claim]:
    """Yield between what outcomes lie."""
    if words := ranges_told(rows, numbers):
        stated = {row.key: (row.spread.low, row.spread.high) for row in rows if row.spread is not None}
        yield Claim("ranges", words, stated)


def _assumed(rows: list[OutcomeRow]) -> str:
    if all(row.assumed == "none" for row in rows):
        return ""
    wholly = all(row.assumed == "all" for row in rows if row.assumed != "none" or row.level)
    subject = "these figures rest" if len(rows) > 1 else "this figure rests"
    return f"; {subject} {'' if wholly else 'partly '}on assumptions"


def _funds(plan: Allocation, figures: Figures, numbers: Numbers) -> Iterator[Claim]:
    accounts, dollars = figures.accounts, figures.unit.dollars
    if not accounts["closing"].size:
        return
    keys = list(plan.scenario.funds)
    free = np.maximum(accounts["closing"] - accounts["reserve"], 0)[:, -1]
    lapsed = int(accounts["closing"][~plan.scenario.carries_over, :-1].sum())
    has_reserve = bool((accounts["reserve"] > 0).any())
    kept = "every fund keeps its reserve" if has_reserve else "no fund is overdrawn"
    above = " above the reserves" if has_reserve else ""
    end = "" if len(plan.scenario.periods) == 1 else f" at the end of {one_line(plan.scenario.periods[-1])}"
    start = f"In every period {kept}" if end else capital(kept)
    left = int(free.sum())
    amount = numbers.spoken_money(left * dollars) if left > 0 else "nothing"
    words = f"{start}; {amount} is left{above}{end}"
    holders = [at for at in np.argsort(-free, kind="stable").tolist() if free[at]]
    if len(keys) > 1 and holders:
        most = holders[0]
        words += f", {'all' if len(holders) == 1 else 'most'} of it in {figures.fund_names[most]}"
        words += f" ({numbers.spoken_money(int(free[most]) * dollars)})" if len(holders) > 1 else ""
    if lapsed:
        words += f"; before that, {numbers.spoken_money(lapsed * dollars)} lapses"
    amounts = {keys[at]: int(free[at]) * dollars for at in holders}
    yield Claim("balances", f"{words}.", {"left": amounts, "lapsed": lapsed * dollars})


def _gains(plan: Allocation, limits: LimitLines, numbers: Numbers) -> list[Claim]:
    """Return what limits the plan, and of which value it is said what more money or another limit would bring."""
    claims = _limits(plan, limits, numbers)
    if any(claim.figures.get("price", 0.0) > 0 for claim in claims):
        told = Gain.told(plan.scenario, numbers, "what more money or another limit would bring is said")
        claims += [Claim("within", text) for text in told]
    return claims


def _limits(plan: Allocation, limits: LimitLines, numbers: Numbers) -> list[Claim]:
    every = limits.binding
    binding = every.first
    if not binding:
        return [Claim("limit", what_limits(plan, numbers.spoken_money, len(every)))]
    claims = []
    if money := [limit for limit in binding if limit.kind == "money"]:
        claims.append(_used_up(money))
        if any(math.isnan(limit.price) for limit in money):
            return claims
    elif revenues := [limit for limit in binding if limit.kind == "revenue" and limit.price > 0]:
        revenue = max(revenues, key=lambda limit: limit.price)
        at = f" in {revenue.period}" if revenue.period else ""
        start = f"is {'a limit' if len(revenues) == 1 else 'worth most'}{at}"
        text = f"{revenue.name} {start}: {_uncapital(revenue.price_words)}"
        claims.append(Claim("revenue", text, {"name": revenue.name, "price": revenue.price}))
    others = [limit for limit in binding if limit.price > 0 and limit.kind not in ("money", "revenue")]
    # the period of a limit in which it gains most, and not its first
    if other := max(others, key=lambda limit: max(0.0, limit.stake), default=None):
        at = f" ({other.period})" if other.period else ""
        what = f"“{other.name}”{at}"
        apart = bool((every.own_stakes > other.stake).any())
        among = "Of the other limits, those of single programs apart" if apart else "Of the other limits"
        # what relaxing gains beyond a little is not worked out
        start = f"{among}, {what} has the highest price for 1% of it" if other.stake > 0 else f"{what} binds"
        stated = {"limit": other.name, "price": other.price, "stake": other.stake}
        claims.append(Claim("limit", f"{start}: at this price {_uncapital(other.price_words)}", stated))
    words = f"{plural(len(every), 'limit')} {'binds' if len(every) == 1 else 'bind'}."
    return claims or [Claim("limit", words)]


def _used_up(money: Sequence[LimitLine]) -> Claim:
    """Return in which funds and when money runs out, and what a dollar more is worth where it is worth most."""
    when: dict[str, list[str]] = {}
    for limit in money:
        when.setdefault(limit.name, []).extend([limit.period] if limit.period else [])
    stated = {"names": list(when), "price": max(limit.price for limit in money)}
    best = max(money, key=lambda limit: -math.inf if math.isnan(limit.price) else limit.price)
    if len(when) == 1 and len(money) == 1:
        end = "." if math.isnan(best.price) else f": {_uncapital(best.price_words)}"
        return Claim("money", f"{best.name} runs out{f' in {best.period}' if best.period else ''}{end}", stated)
    funds = [name.removeprefix("Money in ") for name in when]
    named = [
        f"{fund}{f' in {join_words(periods)}' if periods else ''}"
        for fund, periods in zip(funds, when.values(), strict=True)
    ]
    named = named if len(named) <= 3 else [*named[:2], plural(len(named) - 2, "other fund")]
    text = f"Money runs out in {join_words(named)}"
    if math.isnan(best.price):
        return Claim("money", f"{text}.", stated)
    if all(limit.price_words == best.price_words for limit in money):
        return Claim("money", f"{text}: in each, {_uncapital(best.price_words)}", stated)
    where = f"{best.name.removeprefix('Money in ')}{f' in {best.period}' if best.period else ''}"
    return Claim("money", f"{text}; it is worth most in {where}: {_uncapital(best.price_words)}", stated)


def _uncapital(text: str) -> str:
    return text[:1].lower() + text[1:]
