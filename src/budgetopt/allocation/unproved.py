"""What a result document says that follows from nothing: it is named, and not believed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from budgetopt.scenario.scenario import Scenario
from budgetopt.scenario.words import listed, plural, visible

__all__ = ["unproved"]

VISIBLE = 1e-7
"""The share of a value below which what whole amounts cost it is not what later objectives gave up."""


def unproved(
    document: Mapping[str, Any], scenario: Scenario, objectives: Sequence[str] = ()
) -> Iterator[tuple[str, str]]:
    """Yield what no plan, no price and no figure of the scenario shows, each under a name and in a sentence.

    These are the files that the result was made from, where they are not those of today; the rule for ties, which a
    solver would have to apply again; what objectives had before later ones gave it up, and how good later ones are
    over integer decisions; that no other multiples of what the scenario rounds to are better; and what the document
    says of the solving.
    """
    if words := _of_files(document["provenance"]["inputs"], scenario.inputs):
        yield "inputs", words
    ties = "that it is the one of equally good plans which the rule for ties picks"
    ties = ties if document["unique"] else "that the rule for ties picked none of equally good plans"
    yield "ties", f"{ties} is the file's word; --solve works it out"
    if words := "; ".join(_of_objectives(document, objectives)):
        yield "objectives", f"{words}: that is the file's word; --solve works it out"
    if words := _of_rounding(document["objective"], scenario.document.round_to):
        yield "rounding", words
    said = document["provenance"]
    solver, version = visible(said["solver"]), visible(said["budgetopt"])
    took = f"{solver} in {said['seconds']:,.3g} seconds with budgetopt {version}"
    asked = [stage["tolerance"] for stage in document["objective"]["stages"]]
    asked = [*asked, document["certificate"]["checks"].get("gap", {}).get("tolerance")]
    gaps = ", ".join(dict.fromkeys(f"{gap:.3g}" for gap in asked if gap is not None)) if any(asked[:-1]) else ""
    yield "solver", f"solved by {took}{f', asked for a gap of {gaps}' if gaps else ''}: that is the file's word"


def _of_objectives(document: Mapping[str, Any], objectives: Sequence[str]) -> Iterator[str]:
    """Yield what is said of objectives that neither the plan nor prices show.

    The plan has not what a later objective gave up of one before it. Over integer decisions, prices prove a bound of
    the first objective alone. Where the solver stopped, nothing is said of the objectives that were left.
    """
    reached = [stage for stage in document["objective"]["stages"] if stage["value"] is not None]
    for place, stage in enumerate(reached):
        value, mine = stage["value"], stage["plan_value"]
        if stage["within"] and abs(value - mine) > VISIBLE * max(abs(value), abs(mine)):
            yield f"the objective to {stage['label']} reached {value:,.10g} before later ones gave up some of it"
        if place and (stage["tolerance"] is not None or document["proof"]["stages"][place] is None):
            yield f"no plan that the objectives before it leave can {stage['label']} better"
    if left := objectives[len(reached) :]:
        yield f"the solver stopped before it reached the objective to {' and that to '.join(left)}"


def _of_rounding(objective: Mapping[str, Any], asked: float | None) -> str:
    """Return in words what is said of multiples that a scenario asks for; "" if nothing is."""
    if asked is None:
        return ""
    unit, stages = objective["rounded_to"], objective["stages"]
    if unit < asked:
        return f"that no multiples of {asked:,.10g} keep every limit is the file's word: it has {unit:,.10g}"
    values = [(stage["value"], stage["plan_value"]) for stage in stages if stage["value"] is not None]
    lost = any(abs(value - mine) > VISIBLE * max(abs(value), abs(mine)) for value, mine in values)
    return f"that no other multiples of {unit:,.10g} are better is the file's word" if lost else ""


def _of_files(said: Mapping[str, str], now: Mapping[str, str]) -> str:
    """Return in words how the files of a scenario differ from those that a result was made from; "" if they do not."""
    changed = [name for name in said if name in now and now[name] != said[name]]
    gone, new = [name for name in said if name not in now], [name for name in now if name not in said]
    parts = []
    if changed:
        parts.append(f"{_names(changed)} changed since the result was written (another SHA-256)")
    if gone and now:
        parts.append(f"the result was made from {_names(gone)}, which the scenario does not read")
    if new and said:
        parts.append(f"the scenario reads {_names(new)}, which the result does not name")
    if bool(said) != bool(now):
        parts.append("the result names no file" if now else f"{plural(len(said), 'file')} that it names cannot be seen")
    return "; ".join(parts) + "; what the scenario says is the same" if parts else ""


def _names(names: list[str]) -> str:
    return listed([visible(name) for name in names], 5)
