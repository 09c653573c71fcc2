"""What the figures rest on: each effect with its evidence, and every source once, numbered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np

from budgetopt.allocation import Allocation
from budgetopt.report.figures.numbers import Numbers, join_words, singular
from budgetopt.report.figures.outcome_rows import OutcomeRow
from budgetopt.report.figures.text import label, one_line, one_lines
from budgetopt.scenario.estimates import assumed_effects, assumed_growth, effect_prefixes
from budgetopt.scenario.model import Fund, Outcome
from budgetopt.scenario.programs import Ints, ProgramTable

__all__ = ["EVIDENCE_WORDS", "TIER_WORDS", "EffectLine", "ReportSource", "Sources", "effect_lines"]

EVIDENCE_WORDS = {
    "rct": "randomized trial",
    "quasi_experimental": "quasi-experimental study",
    "observational": "observational study",
    "administrative": "administrative data",
    "expert": "expert judgement",
    "assumption": "assumption",
    "": "no evidence given",
}
"""How each grade of evidence is said; the best first."""
TIER_WORDS = {
    "wwc_tier_1": "What Works Clearinghouse, tier 1 (strong)",
    "wwc_tier_2": "What Works Clearinghouse, tier 2 (moderate)",
    "wwc_tier_3": "What Works Clearinghouse, tier 3 (promising)",
    "wwc_tier_4": "What Works Clearinghouse, tier 4 (a rationale)",
    "clear_high": "CLEAR, high causal evidence",
    "clear_moderate": "CLEAR, moderate causal evidence",
    "clear_low": "CLEAR, low causal evidence",
    "results_first_green": "Results First, green (highest rated)",
    "results_first_yellow": "Results First, yellow (second highest)",
    "results_first_blue": "Results First, blue (mixed effects)",
    "results_first_gray": "Results First, gray (no effects)",
    "results_first_red": "Results First, red (negative effects)",
    "results_first_purple": "Results First, purple (too little evidence)",
}
"""How the ratings of clearinghouses are said."""
MOST_DATES = 4
"""A source of more dates is shown with the first and the last."""


class EffectLine(NamedTuple):
    """One figure: what a program's money does to an outcome."""

    program: int  # its position
    outcome: int  # its position
    program_name: str
    words: str  # 1 household for each $12,000, up to 400
    evidence: str  # its grade, empty where none is given
    error: str  # how far it may be off, in words
    source: str
    as_of: str
    public_note: str
    tier: str  # the rating of a clearinghouse, empty where none is given
    study: str  # its design, rating, sample, population and prices, in words
    link: str
    assumed: bool
    silent: bool  # an assumption because nothing is said of its evidence
    growth_assumed: bool  # an assumption because nothing is said of how this year's result grows

    @property
    def known(self) -> str:
        """How the effect is known, in words."""
        known = "assumption: nothing is said of its evidence" if self.silent else EVIDENCE_WORDS[self.evidence]
        return f"{known}; how the result grows is assumed" if self.growth_assumed else known

    @property
    def why_assumed(self) -> str:
        """Why the effect is an assumption, in words."""
        if self.silent:
            return "not said"
        return "growth not said" if self.growth_assumed and self.evidence != "assumption" else "assumption"


def effect_lines(plan: Allocation, rows: tuple[OutcomeRow, ...], numbers: Numbers) -> list[EffectLine]:
    """Return every effect of a scenario, in the order of the programs, then of the outcomes and of the packages."""
    programs = plan.scenario.programs
    names = programs.names()
    lines: list[EffectLine] = []
    for position, row in enumerate(rows):
        for prefix in effect_prefixes(programs, row.key):
            at, words = _sizes(programs, prefix, row, numbers)
            told = {key: _texts(programs, f"{prefix}.{key}", at) for key in _TOLD}
            assumed = (*assumed_effects(programs, prefix), assumed_growth(programs, prefix))
            columns = (
                at.tolist(),
                [position] * len(at),
                one_lines(names[at].tolist()),
                words,
                programs.text(f"{prefix}.evidence")[at].tolist(),
                _errors(programs, prefix, at, numbers),
                *(told[key] for key in ("source", "as_of", "public_note", "tier")),
                list(map(_study, *(told[key] for key in ("tier", *_STUDY)))),
                told["link"],
                *(column[at].tolist() for column in assumed),
            )
            lines += map(EffectLine, *columns)
    return sorted(lines, key=itemgetter(0, 1))


def _texts(programs: ProgramTable, key: str, at: Ints) -> list[str]:
    """Return the texts of a key for programs at some positions, each on one line."""
    return one_lines(programs.text(key)[at].tolist()) if key in programs.columns else [""] * len(at)


_STUDY = ("design", "sample", "population", "price_year", "price_index")
"""Keys that say how an effect was studied."""
_TOLD = ("source", "as_of", "public_note", "tier", *_STUDY, "link")
"""Keys of texts that are shown beside an effect."""


def _study(tier: str, design: str, sample: str, population: str, price_year: str, price_index: str) -> str:
    """Return how an effect was studied, in words."""
    if not (tier or design or sample or population or price_year or price_index):
        return ""
    prices = f"prices of {price_year}" if price_year else ""
    if price_index:
        prices = f"{prices or 'prices'} by {price_index}"
    parts = [design, TIER_WORDS.get(tier, ""), f"sample: {sample}" if sample else "", population, prices]
    return "; ".join(filter(None, parts))


def _sizes(programs: ProgramTable, prefix: str, row: OutcomeRow, numbers: Numbers) -> tuple[Ints, list[str]]:
    """Return which programs have an effect on an outcome under a prefix of keys, and the effects in words."""
    service, cost = programs.text("service.unit"), programs.number("service.unit_cost")
    package, most = programs.text(f"{prefix.partition('.outcomes.')[0]}.name"), programs.number(f"{prefix}.up_to")

    def per_unit(program: int, value: float) -> str:
        each = singular(one_line(service[program])) or "unit"
        return f"{numbers.with_unit(value, row.unit)} for each {each}"

    def unit_cost(program: int, value: float) -> str:
        end = "" if np.isnan(most[program]) else f", up to {numbers.with_unit(float(most[program]), row.unit)}"
        return f"{numbers.with_unit(1, row.unit)} for each {numbers.unit_cost(value)}{end}"

    def curve(program: int, points: Sequence[tuple[float, float]]) -> str:
        unit = "" if np.isnan(cost[program]) else one_line(service[program]) or "units"
        amounts = [numbers.with_unit(x, unit) if unit else numbers.short_money(x) for x, _ in points]
        said = [f"{numbers.quantity(y)} at {amount}" for (_, y), amount in zip(points, amounts, strict=True)]
        return f"{row.unit}: {join_words(said)}"

    def at_baseline(program: int, value: float) -> str:
        result, growth = numbers.with_unit(value, row.unit), _growth(programs, prefix, program, numbers)
        return f"{result} at its baseline, {growth}"

    def value(program: int, value: float) -> str:
        name = one_line(package[program])
        of = f" from the package “{name}”" if name else " from one of its packages"
        return f"{numbers.with_unit(value, row.unit)} in each period{of}"

    say: dict[str, Callable[[int, Any], str]] = {
        "per_unit": per_unit,
        "unit_cost": unit_cost,
        "curve": curve,
        "at_baseline": at_baseline,
        "value": value,
    }
    at, words = _per_dollar(programs, prefix, row, numbers)
    positions = [at]
    for key, in_words in say.items():
        if column := programs.columns.get(f"{prefix}.{key}"):
            cells = column.values.tolist() if column.offsets is None else map(column.cell, range(len(column)))
            words += map(in_words, column.rows.tolist(), cells)
            positions.append(column.rows)
    return np.concatenate(positions), words


def _per_dollar(programs: ProgramTable, prefix: str, row: OutcomeRow, numbers: Numbers) -> tuple[Ints, list[str]]:
    """Return which programs have an effect for each dollar, and the effects in words: for one, thousand or million."""
    column = programs.columns.get(f"{prefix}.per_dollar")
    if column is None:
        return np.empty(0, dtype=np.int64), []
    steps = np.select([np.abs(column.values) >= 1, np.abs(column.values) * 1_000 >= 1], [1, 1_000], 1_000_000)
    each = {step: f"for each {numbers.spoken_money(step)}" for step in (1, 1_000, 1_000_000)}
    effects = zip(numbers.many_with_unit(column.values * steps, row.unit), steps.tolist(), strict=True)
    return column.rows, [f"{effect} {each[step]}" for effect, step in effects]


def _growth(programs: ProgramTable, prefix: str, program: int, numbers: Numbers) -> str:
    """Return how a result at the baseline grows, in words."""
    elasticity, saturation = (programs.value(program, f"{prefix}.{key}") for key in ("elasticity", "saturation"))
    if saturation is not None:
        return f"diminishing towards {numbers.quantity(float(saturation))}"
    if elasticity is not None and elasticity < 1:
        return f"with an elasticity of {elasticity:g}"
    assumed = " (assumed)" if assumed_growth(programs, prefix)[program] else ""
    return f"in proportion to the money{assumed}"


def _errors(programs: ProgramTable, prefix: str, at: Ints, numbers: Numbers) -> list[str]:
    """Return how far the effects of some programs may be off, in words; empty where the scenario does not say it."""
    error, low, high = (programs.number(f"{prefix}.{key}")[at] for key in ("std_error", "low", "high"))
    words = [""] * len(at)
    for one in np.flatnonzero(~(np.isnan(error) & np.isnan(low) & np.isnan(high))).tolist():
        words[one] = _error(numbers, float(error[one]), float(low[one]), float(high[one]))
    return words


def _error(numbers: Numbers, error: float, low: float, high: float) -> str:
    """Return how far an effect may be off; what the scenario does not say is NaN."""
    parts = [] if np.isnan(error) else [f"standard error {numbers.share(error)}"]
    ends = [f"{numbers.share(value)} {word}" for value, word in ((low, "low"), (high, "high")) if not np.isnan(value)]
    if ends:
        parts.append(f"of the effect: {join_words(ends)}")
    return "; ".join(parts)


@dataclass(slots=True)
class ReportSource:
    """One source, and what rests on it."""

    number: int
    text: str
    uses: list[str] = field(default_factory=list)
    dates: list[str] = field(default_factory=list)

    @property
    def dated(self) -> str:
        """The source, and the dates that the figures from it are of."""
        dates = sorted(set(self.dates))
        shown = dates if len(dates) <= MOST_DATES else [dates[0], f"{len(dates) - 2} other dates", dates[-1]]
        return f"{self.text} (as of {join_words(shown)})" if dates else self.text

    def used_for(self, most: int = 4) -> str:
        """Return what rests on it, in words, no more than a few names."""
        some = list(dict.fromkeys(self.uses))
        return join_words(some if len(some) <= most else [*some[:most], f"{len(some) - most:,} more"])


class Sources:
    """Every source of a scenario, numbered in the order in which a reader meets them."""

    def __init__(self, plan: Allocation, effects: list[EffectLine]) -> None:
        self._found: dict[str, ReportSource] = {}
        self._of_program: dict[int, dict[int, None]] = {}
        scenario = plan.scenario
        self._note(scenario.document.source, "the scenario as a whole")
        named: list[tuple[str, Fund | Outcome]] = [*scenario.funds.items(), *scenario.outcomes.items()]
        for key, one in named:
            self._note(one.source, label(key, one.name), one.as_of)
        own, dates, names = scenario.programs.text("source"), scenario.programs.text("as_of"), scenario.programs.names()
        cited = [(at, own[at], one_line(names[at]), dates[at]) for at in np.flatnonzero(own != "").tolist()]
        cited += [(line.program, line.source, line.program_name, line.as_of) for line in effects]
        for program, source, name, date in cited:
            if number := self._note(source, name, date):
                self._of_program.setdefault(program, {})[number] = None

    def _note(self, text: str, use: str, as_of: str = "") -> int:
        text = one_line(text)
        if not text:
            return 0
        source = self._found.setdefault(text, ReportSource(len(self._found) + 1, text))
        source.uses.append(use)
        if date := one_line(as_of):
            source.dates.append(date)
        return source.number

    def number(self, text: str) -> int:
        """Return the number of a source, 0 for one that is not given."""
        source = self._found.get(one_line(text))
        return source.number if source else 0

    def of_program(self, position: int) -> list[int]:
        """Return the numbers of a program's sources: its own first, then those of its effects."""
        return list(self._of_program.get(position, ()))

    @property
    def all(self) -> list[ReportSource]:
        """Every source, by number."""
        return list(self._found.values())
