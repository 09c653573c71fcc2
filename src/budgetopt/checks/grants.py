"""What grants and funds must spend against what can be paid: obligatory spending, match and maintenance of effort.

Everything is told only where no plan can ever meet it.
"""

from __future__ import annotations

import numpy as np

from budgetopt.checks.accounts import COUNTED, Accounts, payable, when, windows
from budgetopt.checks.findings import Findings
from budgetopt.checks.least import A_CENT, least_spending, most_spending
from budgetopt.checks.programs import above
from budgetopt.checks.rule_floors import RuleFloor, rule_floors
from budgetopt.scenario.amounts import Share
from budgetopt.scenario.places import Path
from budgetopt.scenario.programs import Bools, Floats
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.selection import select
from budgetopt.scenario.words import listed, money

__all__ = ["check_grants", "effort_asked"]


def check_grants(scenario: Scenario, accounts: Accounts, findings: Findings) -> None:
    """Look for what funds must spend and cannot, and for matches and efforts that the local fund can never pay."""
    can_pay = payable(scenario)
    _obligations(scenario, accounts, can_pay, findings)
    _payers(scenario, can_pay, findings)
    _rules_without_match(scenario, can_pay, findings)
    if not findings.problems:
        must, rules = _asked(scenario, accounts, findings)
        _matches(scenario, accounts, can_pay, must, rules, findings)
        _efforts(scenario, accounts, can_pay, must, findings)


def effort_asked(scenario: Scenario, grant: str) -> Floats:
    """Return the local spending that a grant asks to be kept up; dollars, shape (periods,)."""
    fund = scenario.funds[grant]
    effort = fund.maintenance_of_effort
    if effort is None:
        return np.zeros(len(scenario.periods))
    if isinstance(effort.at_least, Share):
        mine = select(scenario.programs, fund.only)
        asked: Floats = effort.at_least * np.nan_to_num(scenario.baselines[mine]).sum(axis=0)
        return asked
    return np.full(len(scenario.periods), float(effort.at_least))


def _rules_without_match(scenario: Scenario, can_pay: Bools, findings: Findings) -> None:
    """Look for rules that ask a grant to pay for programs for none of which its match can be paid."""
    funds = list(scenario.funds)
    for rule in rule_floors(scenario, findings):
        if rule.funds is None or not np.nansum(rule.amounts) > 0:
            continue
        may, can = (pays[rule.chosen][:, rule.funds].any() for pays in (scenario.eligible, can_pay))
        if may and not can:
            names = [name for name, counts in zip(funds, rule.funds, strict=True) if counts]
            matches = [match for name in names if (match := scenario.funds[name].match) is not None]
            local = listed(list(dict.fromkeys(match.from_ for match in matches)), 4)
            message = (
                f"rule '{rule.name}' asks for spending from {listed(names, 4)}, which asks for a match from {local};"
            )
            message += (
                f" that fund may pay for {'none of these programs' if rule.chosen.sum() > 1 else 'no such program'}"
            )
            findings.add("no-match", rule.path, message, "a local fund that may pay for the programs too")


def _asked(scenario: Scenario, accounts: Accounts, findings: Findings) -> tuple[Floats, dict[int, RuleFloor]]:
    """Return what each fund must spend by its own words or by rules on it alone, and the rules that ask for more.

    Dollars, shape (funds, periods).
    """
    must, rules = accounts.must.copy(), {}
    for rule in rule_floors(scenario, findings):
        if rule.funds is None or np.count_nonzero(rule.funds) != 1 or rule.total:
            continue
        fund = int(np.argmax(rule.funds))
        asked = np.nan_to_num(rule.amounts)
        if above(asked, must[fund]).any():
            must[fund] = np.maximum(must[fund], asked)
            rules[fund] = rule
    return must, rules


def _obligations(scenario: Scenario, accounts: Accounts, can_pay: Bools, findings: Findings) -> None:
    """Hold what a fund must spend against what it has, and against what its programs can take."""
    ceiling = most_spending(scenario)
    for at, name in enumerate(scenario.funds):
        must = accounts.must[at]
        path: Path = ("funds", name, "spending", "at_least")
        group = np.arange(len(scenario.funds)) == at
        for first, last in windows(len(scenario.periods)):
            least, most = float(must[first : last + 1].sum()), accounts.most(group, first, last)
            if above(np.array([least]), np.array([most]))[0]:
                message = f"fund '{name}' must spend {money(least)}{when(scenario, first, last)}, and it can spend"
                message += f" at most {money(max(0.0, most))}"
                expected = f"at most {money(max(0.0, most))}"
                findings.add("above-the-money", path, message, expected, COUNTED)
                break
        else:
            takes = ceiling[can_pay[:, at]].sum(axis=0)
            wrong = above(must, takes)
            if wrong.any():
                at_most = int(np.argmax(wrong))
                message = f"fund '{name}' must spend {money(must[at_most])}{when(scenario, at_most, at_most)}, and"
                message += f" the programs that it can pay for can take at most {money(takes[at_most])}"
                findings.add("above-the-ceilings", path, message, f"at most {money(takes[at_most])}")


def _payers(scenario: Scenario, can_pay: Bools, findings: Findings) -> None:
    """Look for programs with a floor whose only payers are grants that no match can be paid for."""
    needs = (least_spending(scenario) >= A_CENT).any(axis=1) & scenario.eligible.any(axis=1) & ~can_pay.any(axis=1)
    for row, more in findings.alike(np.flatnonzero(needs)):
        funds = np.array(list(scenario.funds), dtype=object)[scenario.eligible[row]].tolist()
        local = dict.fromkeys(
            match.from_ for name in funds if (match := scenario.funds[name].match) is not None and match.dollars > 0
        )
        keys = [key for key, column in scenario.programs.columns.items() if row in column.rows and "at_least" in key]
        place, path = findings.program_place(scenario.programs, row, keys[0])
        program = scenario.programs.ids[row]
        message = f"program '{program}' has a floor, and only {listed(funds, 4)} may pay for it, which asks for a match"
        message += f" from {listed(list(local), 4)}; that fund may not pay for it{more}"
        findings.add_at("no-match", place, path, message, "a local fund that may pay for the program too")


def _matches(
    scenario: Scenario,
    accounts: Accounts,
    can_pay: Bools,
    must: Floats,
    rules: dict[int, RuleFloor],
    findings: Findings,
) -> None:
    """Hold the match that grants are sure to ask for against what the local fund has."""
    funds = list(scenario.funds)
    local = np.array([-1 if fund.match is None else funds.index(fund.match.from_) for fund in scenario.funds.values()])
    rate = np.array([0.0 if fund.match is None else fund.match.dollars for fund in scenario.funds.values()])
    floor = least_spending(scenario)
    for payer in np.unique(local[local >= 0]).tolist():
        asks = local == payer
        group = np.arange(len(funds)) == payer
        # the share of a floor that is sure to be local: all of it, or what the least demanding of its grants asks for
        mine = can_pay.any(axis=1) & ~(can_pay & ~(asks | group)).any(axis=1)
        share = np.where(can_pay & asks, rate / (1.0 + rate), np.inf).min(axis=1, initial=np.inf)
        share = np.where(np.isfinite(share), share, 1.0)
        by_programs = (np.where(mine, share, 0.0)[:, None] * floor).sum(axis=0)
        by_grants = (rate[asks, None] * must[asks]).sum(axis=0)
        for first, last in windows(len(scenario.periods)):
            sums = [float(asked[first : last + 1].sum()) for asked in (by_grants, by_programs)]
            least, most = max(sums), accounts.most(group, first, last)
            if not above(np.array([least]), np.array([most]))[0]:
                continue
            of_grants = sums[0] >= sums[1]
            names = [name for name, asked in zip(funds, asks, strict=True) if asked]
            grants = f"fund '{names[0]}'" if len(names) == 1 else f"the funds {listed(names, 4)}"
            asking = [rules[at] for at in np.flatnonzero(asks & (rate > 0)).tolist() if at in rules]
            why = "what must be spent of" if of_grants else "the floors of programs that are paid by"
            if of_grants and asking:
                names_of = listed([f"'{rule.name}'" for rule in asking], 4)
                who = f"rule {names_of} asks" if len(asking) == 1 else f"the rules {names_of} ask"
                why = f"the spending that {who} of"
            message = f"{why} {grants} asks fund '{funds[payer]}' for {money(least)}{when(scenario, first, last)} as"
            if not of_grants:
                message = message.replace(" asks fund", " ask fund")
            message += f" {'match' if of_grants else 'match or on its own'}, and it can spend"
            message += f" at most {money(max(0.0, most))}"
            path: Path = ("funds", names[0], "match", "rate")
            if findings.places.values and path not in findings.places.values:
                path = (*path[:-1], "share")
            if of_grants and asking:
                path = asking[0].path
            findings.add("match-above-the-money", path, message, f"at most {money(max(0.0, most))}", COUNTED)
            break


def _efforts(scenario: Scenario, accounts: Accounts, can_pay: Bools, must: Floats, findings: Findings) -> None:
    """Look for grants that must be spent though the effort that they ask for is above what the local fund has."""
    floor = least_spending(scenario)
    for at, (name, fund) in enumerate(scenario.funds.items()):
        effort = fund.maintenance_of_effort
        if effort is None:
            continue
        only = can_pay.any(axis=1) & (can_pay.sum(axis=1) == can_pay[:, at])
        taken = (must[at] >= A_CENT) | (floor[only] >= A_CENT).any(axis=0)
        asked = effort_asked(scenario, name) * taken
        group = np.array([other == effort.fund for other in scenario.funds], dtype=bool)
        for first, last in windows(len(scenario.periods)):
            least, most = float(asked[first : last + 1].sum()), accounts.most(group, first, last)
            if above(np.array([least]), np.array([most]))[0]:
                message = f"fund '{name}' must be spent{when(scenario, first, last)}, which asks fund '{effort.fund}'"
                message += f" to keep up {money(least)}, and it can spend at most {money(max(0.0, most))}"
                path: Path = ("funds", name, "maintenance_of_effort", "at_least")
                findings.add("effort-above-the-money", path, message, f"at most {money(max(0.0, most))}", COUNTED)
                break
