"""Effects and uses given as this year's result: what they need beside them, and which numbers fit one another."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from budgetopt.checks.findings import Findings
from budgetopt.checks.program_checks import kept_programs, rows_with
from budgetopt.scenario.estimates import GROWTH_KEYS, SIZES
from budgetopt.scenario.programs import Bools, Floats, split_key
from budgetopt.scenario.responses import baseline_dollars
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.words import money

__all__ = ["check_responses"]

_Add = Callable[..., None]
_IS_RESULT = "is that of its baseline, and"


def check_responses(scenario: Scenario, findings: Findings) -> None:
    """Look for results at the baseline that cannot be calculated with, and for growth that is said in two ways."""
    programs = scenario.programs
    if not len(programs):
        return
    kept = kept_programs(programs, findings)
    baseline = baseline_dollars(programs, scenario.periods, scenario.price_level)
    for kind in ("outcomes", "uses"):
        names = dict.fromkeys(split_key(key)[1] for key in programs.columns if key.startswith(f"{kind}."))
        for name in names:
            prefix = f"{kind}.{name}"

            def add(
                code: str, wrong: Bools, key: str, said: str, wanted: str, hint: str = "", *, at: str = prefix
            ) -> None:
                what = "effect of program '{0}' on" if at.startswith("outcomes.") else "use by program '{0}' of"
                for row, more in findings.alike(np.flatnonzero(wrong & kept)):
                    place, path = findings.program_place(programs, row, f"{at}.{key}")
                    begin = what.format(programs.ids[row])
                    message = f"the {begin} '{at.partition('.')[2]}' {said.format(*_words(baseline, row))}{more}"
                    findings.add_at(code, place, path, message, wanted, hint)

            given = rows_with(programs, f"{prefix}.at_baseline")
            _baselines(scenario, baseline, given, add, is_use=kind == "uses")
            if kind == "outcomes":
                _growth(scenario, prefix, given, add)


def _words(baseline: Floats, row: int) -> tuple[str]:
    return (money(float(np.nan_to_num(baseline[row]))),)


def _baselines(scenario: Scenario, baseline: Floats, given: Bools, add: _Add, *, is_use: bool) -> None:
    """Look for results of programs whose baseline buys nothing."""
    programs = scenario.programs
    new, hint = np.isnan(baseline), "without it write the effect as `per_dollar`, `unit_cost` or `curve`"
    if is_use:
        hint = "without it write the use as `per` (dollars for one unit) or `per_dollar`"
    add("no-baseline", given & new, "at_baseline", f"{_IS_RESULT} it has no baseline", "a `baseline`", hint)
    wrong = given & ~new & (baseline <= 0)
    add("no-baseline", wrong, "at_baseline", f"{_IS_RESULT} its baseline is 0", "a `baseline` above 0", hint)
    if is_use:
        return
    paid = given & (baseline > 0)
    free = programs.number("service.unit_cost") == 0
    said = f"{_IS_RESULT} its service costs no money, so that the baseline buys none of it"
    add("no-baseline", paid & free, "at_baseline", said, "`per_unit`", "what one unit of the service brings")
    fixed = np.nan_to_num(programs.number("if_funded.fixed_cost"))
    said = f"{_IS_RESULT} its fixed cost is as much as its baseline, {{0}}, so that no part of it buys anything"
    add("no-baseline", paid & ~free & (fixed >= baseline), "at_baseline", said, "a `baseline` above the fixed cost")


def _growth(scenario: Scenario, prefix: str, given: Bools, add: _Add) -> None:
    """Look for growth without a result, said in two ways, or by numbers that are none."""
    programs = scenario.programs
    has = {key: rows_with(programs, f"{prefix}.{key}") for key in GROWTH_KEYS}
    other = rows_with(programs, *(f"{prefix}.{key}" for key in SIZES if key != "at_baseline"))
    for key, mask in has.items():
        add("growth", mask & other & ~given, key, f"has `{key}` without at_baseline", "at_baseline beside it")
    both = given & has["elasticity"] & has["saturation"]
    add("growth", both, "saturation", "has an elasticity and a saturation", "one of them")
    growth = programs.text(f"{prefix}.growth")
    sized = has["elasticity"] | has["saturation"]
    straight = given & (growth == "proportional")
    for key in ("elasticity", "saturation"):
        wrong = straight & has[key] & ~both
        add("growth", wrong, "growth", f"grows in proportion, and has {_article(key)}", "one of them")
    add(
        "growth",
        given & (growth == "diminishing") & ~sized,
        "growth",
        "diminishes, and nothing says how much",
        "`elasticity` or `saturation` beside it",
        "such as `elasticity: 0.6`: one percent more money brings 0.6 percent more",
    )
    result, elasticity, saturation = (programs.number(f"{prefix}.{key}") for key in ("at_baseline", *GROWTH_KEYS[1:]))
    wanted = "a number above 0 and up to 1"
    add("elasticity", given & (elasticity <= 0), "elasticity", "has an elasticity of 0 or less", wanted)
    hint = "where each dollar brings more than the one before, write a `curve`"
    add("elasticity", given & (elasticity > 1), "elasticity", "has an elasticity above 1", wanted, hint)
    with np.errstate(divide="ignore", invalid="ignore"):
        beyond = saturation / result > 1.0
    add(
        "saturation",
        given & has["saturation"] & ~both & ~beyond,
        "saturation",
        "has a saturation that this year's result already reaches",
        "a saturation beyond at_baseline, with the same sign",
        "where no more can be brought, `unit_cost` with `up_to` says so",
    )


def _article(key: str) -> str:
    return f"an {key}" if key[0] in "aeiou" else f"a {key}"
