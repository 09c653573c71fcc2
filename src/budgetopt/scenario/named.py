"""What a name means: the id of a program, fund, rule, outcome or resource, or the name that is printed for it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from budgetopt.errors import OptionError, UnknownNameError
from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.words import printed

__all__ = ["Named", "named"]

_SECTIONS = {"program": "programs", "fund": "funds", "rule": "rules", "outcome": "outcomes", "resource": "resources"}


class Named(NamedTuple):
    """A part of a scenario: its kind, such as ``program``, and its id; for a rule its name."""

    kind: str
    key: str

    @property
    def path(self) -> str:
        """The path that names nothing else, such as ``funds.general``."""
        return f"{_SECTIONS[self.kind]}.{self.key}"


def named(scenario: Scenario, text: str, kinds: Collection[str] = tuple(_SECTIONS)) -> Named:
    """Return the part of a scenario, of one of some kinds, that a text names.

    The text is an id; or a name as it is printed, capitals and spaces aside; or, where parts of several kinds are
    called the same, a path such as ``funds.general``. An id counts before a printed name.

    Raises
    ------
    UnknownNameError
        If nothing is named so.
    OptionError
        If several parts are.
    """
    parts = list(_parts(scenario, kinds))
    ids = [part for part, _ in parts if text == part.key]
    found = ids or _printed(parts, text) or [part for part, _ in parts if text == part.path]
    if len(found) > 1:
        paths = [part.path for part in found]
        raise OptionError(f"{text!r} names {len(found)} parts of the scenario", hint=f"name one: {', '.join(paths)}")
    if not found:
        # of two names that differ in capitals alone, the later is offered: the id
        known = dict.fromkeys([*(name for _, name in parts if name), *(part.key for part, _ in parts)])
        raise UnknownNameError(_words(kinds), text, known)
    return found[0]


def _parts(scenario: Scenario, kinds: Collection[str]) -> Iterator[tuple[Named, str]]:
    """Yield each part with the name that is printed for it."""
    programs = scenario.programs
    if "program" in kinds:
        yield from ((Named("program", key), str(name)) for key, name in zip(programs, programs.names(), strict=True))
    for kind, parts in (("fund", scenario.funds), ("outcome", scenario.outcomes), ("resource", scenario.resources)):
        if kind in kinds:
            yield from ((Named(kind, key), part.name) for key, part in parts.items())
    if "rule" in kinds:
        yield from ((Named("rule", rule.name), rule.name) for rule in scenario.rules)


def _printed(parts: Sequence[tuple[Named, str]], text: str) -> list[Named]:
    """Return the parts that are printed under a name; those that are written just so, if there are any."""
    plain = _plain(text)
    alike = [(part, name) for part, name in parts if _plain(printed(part.key, name)) == plain]
    return [part for part, name in alike if name == text] or [part for part, _ in alike]


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _words(kinds: Collection[str]) -> str:
    *first, last = [kind for kind in _SECTIONS if kind in kinds]
    return f"{', '.join(first)} or {last}" if first else last
