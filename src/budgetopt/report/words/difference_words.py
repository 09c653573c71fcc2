"""What differs between two scenarios, in words: a line a value, long lists cut."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from budgetopt.analysis.comparing.differences import ChangedValue, Difference
from budgetopt.formulation.stages import label_of
from budgetopt.report.figures.numbers import Numbers, join_words, plural
from budgetopt.report.figures.text import label, one_line
from budgetopt.scenario.amounts import Share, is_number
from budgetopt.scenario.programs import split_key

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["difference_lines"]

FEW = 5
"""So many names or values of a kind are printed; of more, the rest is counted."""
WHERE = {"funds": "fund", "outcomes": "outcome", "resources": "resource", "rules": "rule"}
MONEY = {
    *("revenue", "one_time", "opening_balance", "reserve", "baseline"),
    *("at_least", "at_most", "cost", "fixed_cost", "then_costs", "unit_cost"),
}


def difference_lines(difference: Difference) -> Iterator[str]:
    """Yield what differs, and with plans what that changes, a line each."""
    writer = _DifferenceWriter(difference)
    if not difference:
        yield "The two scenarios say the same."
    else:
        yield from (f"- {writer.value_line(value)}" for value in difference.document)
        yield from _program_lines(writer)
    if difference.plans is not None:
        yield ""
        yield from _plan_lines(writer)


class _DifferenceWriter:
    """Writes values in the words of a scenario."""

    def __init__(self, difference: Difference) -> None:
        self.difference = difference
        self.numbers = Numbers(difference.after.currency)
        self.least = min(difference.before.cent, difference.after.cent) / 2

    def value_line(self, value: ChangedValue) -> str:
        """Return one sentence about a value outside of the programs."""
        section, *rest = value.path
        kind = WHERE.get(section)
        if kind is None or not rest:
            return f"{' '.join(value.path)}: {self.change(value)}"
        name = self.name(section, rest[0])
        if len(rest) == 1:
            if value.before is None:
                return f"the {kind} {name} is new"
            return f"the {kind} {name} is gone" if value.after is None else f"the {kind} {name} is another"
        name = f"the rule {name}" if section == "rules" else name
        keys, when = self.keys_and_period(rest[1:])
        return f"the {keys} of {name} {self.change(value)}{when}"

    def name(self, section: str, key: str) -> str:
        """Return what a fund, outcome, resource or rule is called."""
        if section == "rules":
            return f"“{one_line(key)}”"
        for scenario in (self.difference.after, self.difference.before):
            said: Mapping[str, Any] = getattr(scenario, section)
            if key in said:
                return f"“{label(key, said[key].name)}”"
        return f"“{label(key)}”"

    def keys_and_period(self, keys: Sequence[str]) -> tuple[str, str]:
        """Return the keys in words, and in which period, if the last is one."""
        periods = (*self.difference.before.periods, *self.difference.after.periods)
        when = f" in {one_line(keys[-1])}" if len(keys) > 1 and keys[-1] in periods else ""
        words = [key.replace("_", " ") for key in (keys[:-1] if when else keys)]
        return one_line(" ".join(words)), when

    def change(self, value: ChangedValue) -> str:
        """Return how a value changes: ``falls from $118 million to $112 million (-5.1%)``."""
        in_money = self._is_money(value)
        if value.before in (None, "", (), {}, []):
            return f"is now {self.show(value.after, in_money=in_money)}"
        if value.after in (None, "", (), {}, []):
            return f"was {self.show(value.before, in_money=in_money)}, and is no longer said"
        before, after = (self.show(one, in_money=in_money) for one in (value.before, value.after))
        are_shares = {isinstance(one, Share) for one in (value.before, value.after)}
        if not (is_number(value.before) and is_number(value.after)) or len(are_shares) > 1:
            return f"changes from {before} to {after}"
        if before == after:
            # what is spoken of roundly must still differ
            before, after = (f"{one:,}" for one in (value.before, value.after))
        move = "falls" if value.after < value.before else "rises"
        share = ""
        if value.before and not isinstance(value.before, Share):
            share = f" ({self.numbers.said_share(value.after / value.before - 1, signed=True)})"
        return f"{move} from {before} to {after}{share}"

    def _is_money(self, value: ChangedValue) -> bool:
        path = value.path
        if path[0] in ("resources", "outcomes"):
            return False
        if path[0] == "rules":
            rule = next((rule for rule in self.difference.after.rules if rule.name == path[1]), None)
            return getattr(rule, "sum", "") == "spending" and path[-1] not in ("within", "parity")
        return any(part in MONEY for part in path[2:])

    def show(self, value: Any, *, in_money: bool = False) -> str:
        """Return a value as it is read."""
        if isinstance(value, bool):
            return "true" if value else "false"
        if value is None:
            return "nothing"
        if isinstance(value, Share):
            return str(value)
        if isinstance(value, int | float):
            return self.numbers.spoken_money(float(value)) if in_money else self.numbers.quantity(float(value))
        if isinstance(value, Mapping):
            shown = [f"{one_line(key)}: {self.show(item, in_money=in_money)}" for key, item in value.items() if item]
            return _cut(shown)
        if isinstance(value, list | tuple):
            return _cut([self.show(item, in_money=in_money) for item in value])
        return f"“{one_line(value)}”" if isinstance(value, str) else one_line(value)


def _cut(words: Sequence[str]) -> str:
    """Return a list with its first items, and how many more there are."""
    return join_words(words if len(words) <= FEW else [*words[:FEW], f"{len(words) - FEW:,} more"])


def _program_lines(writer: _DifferenceWriter) -> Iterator[str]:
    difference = writer.difference
    new, gone = (difference.new_programs, "new"), (difference.gone_programs, "gone")
    for (ids, what), scenario in ((new, difference.after), (gone, difference.before)):
        if ids:
            names = dict(zip(scenario.programs.ids.tolist(), scenario.programs.names().tolist(), strict=True))
            verb = "is" if len(ids) == 1 else "are"
            yield f"- {plural(len(ids), 'program')} {verb} {what}: {_cut([f'“{one_line(names[one])}”' for one in ids])}"
    for key, (ids, before, after) in difference.program_keys.items():
        yield from _key_lines(writer, key, ids, before, after)
    for section in difference.order:
        settles = ", by which ties are settled" if section in ("programs", "funds") else ""
        yield f"- the {section} stand in another order{settles}"


def _key_lines(
    writer: _DifferenceWriter, key: str, ids: Sequence[str], before: Sequence[Any], after: Sequence[Any]
) -> Iterator[str]:
    programs = writer.difference.after.programs
    words, when = writer.keys_and_period(split_key(key))
    shown, indent = (FEW, "- ") if len(ids) <= FEW else (3, "  - ")
    if len(ids) > FEW:
        together = ""
        if key == "baseline":  # of other keys a sum means nothing
            sums = (sum(float(value or 0.0) for value in values) for values in (before, after))
            together = ", from {} to {} in all".format(*map(writer.numbers.spoken_money, sums))
        yield f"- the {words} of {plural(len(ids), 'program')} changes{when}{together}, such as:"
    for program, old, new in list(zip(ids, before, after, strict=True))[:shown]:
        name = one_line(programs.names()[programs.position(program)])
        value = ChangedValue(("programs", program, *split_key(key)), old, new)
        yield f"{indent}the {words} of program “{name}” {writer.change(value)}{when}"


def _plan_lines(writer: _DifferenceWriter) -> Iterator[str]:
    difference, numbers = writer.difference, writer.numbers
    assert difference.plans is not None
    yield from _value_lines(difference, numbers)
    names = {
        name: label(key)
        for scenario in (difference.before, difference.after)
        for name, key in zip(scenario.programs.ids.tolist(), scenario.programs.names().tolist(), strict=True)
    }
    moves = difference.moves
    moves = moves[np.abs(moves["change"]) >= writer.least]
    if len(moves):
        money = float(np.abs(moves["change"]).sum() / 2)
        get = "gets" if len(moves) == 1 else "get"
        half = f"half of all changes is {numbers.spoken_money(money)}."
        yield f"{plural(len(moves), 'program')} {get} another amount; {half}"
        for program, row in moves.iloc[:FEW].iterrows():
            yield f"- “{one_line(names[str(program)])}”: {_money_move(numbers, row)}"
        if len(moves) > FEW:
            yield f"- and {plural(len(moves) - FEW, 'more program')}"
    else:
        yield "No program gets another amount."
    for table, section in ((difference.outcomes, "outcomes"), (difference.funds, "funds")):
        yield from _table_lines(writer, table, section)


def _value_lines(difference: Difference, numbers: Numbers) -> Iterator[str]:
    """Yield how the value of the best plan changes: by one set of weights, and by the change of the weights."""
    assert difference.plans is not None
    first, second = difference.plans
    goals = [plan.scenario.objective[0] for plan in (first, second)]
    names = [label_of(goal) for goal in goals]
    worths = difference.values_by_weights
    if not worths:
        if names[0] != names[1]:
            values = [numbers.quantity(plan.plan_value) for plan in (first, second)]
            yield f"The objectives differ: the first plan reaches {values[0]} of “{one_line(names[0])}”,"
            yield f"the second {values[1]} of “{one_line(names[1])}”; these figures cannot be compared."
            return
        yield f"“{one_line(names[1])}”: {_move(numbers, first.plan_value, second.plan_value)}."
        return
    (before_old, before_new), (after_old, after_new) = worths["before"], worths["after"]
    what = one_line(names[1]).removeprefix("maximize ")
    if _same(before_old, after_old) and _same(before_new, after_new):
        yield f"What is achieved, in {what}: {_move(numbers, after_old, after_new)}."
        return
    yield f"What is achieved, in {what} by the second scenario's weights: {_move(numbers, after_old, after_new)}."
    yield f"By the first scenario's weights: {_move(numbers, before_old, before_new)}."
    yield f"The change of weights alone, at the first plan: {_move(numbers, before_old, after_old)}."


def _same(old: float, new: float) -> bool:
    return abs(new - old) <= 1e-9 * max(abs(old), abs(new))


def _move(numbers: Numbers, old: float, new: float) -> str:
    """Return how a value changes: ``rises from 100 to 110 (+10%)``."""
    if _same(old, new):
        return f"stays at {numbers.quantity(new)}"
    before, after = numbers.quantity(old), numbers.quantity(new)
    share = f" ({numbers.said_share((new - old) / abs(old), signed=True)})" if old else ""
    if before == after:
        before, after = f"{old:.12g}", f"{new:.12g}"
    return f"{'rises' if new > old else 'falls'} from {before} to {after}{share}"


def _table_lines(writer: _DifferenceWriter, table: pd.DataFrame, section: str) -> Iterator[str]:
    numbers = writer.numbers
    for key, row in table.iterrows():
        if abs(row["change"]) < (writer.least if section == "funds" else 1e-6 * max(1.0, abs(row["before"]))):
            continue
        name = writer.name(section, str(key))
        if section == "funds":
            yield f"- the fund {name} pays {_money_move(numbers, row)}"
        else:
            move = f"{numbers.quantity(row['before'])} to {numbers.quantity(row['after'])}"
            yield f"- {name}: from {move} ({numbers.quantity(row['change'], signed=True)})"


def _money_move(numbers: Numbers, row: pd.Series[float]) -> str:
    before, after = (numbers.spoken_money(float(row[key])) for key in ("before", "after"))
    return f"{after} instead of {before} ({numbers.spoken_money(float(row['change']), signed=True)})"
