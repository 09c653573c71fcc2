"""The form of a result document, as models; its JSON Schema is published from them, and ``verify`` checks with them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from budgetopt.errors import ResultFileError

__all__ = ["ResultDocument", "check_form", "read_result", "result_schema"]

Figure = Annotated[float, Field(allow_inf_nan=False)]
Breach = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Decisions = dict[str, dict[str, dict[str, Figure]]]
Direction = Literal["maximize", "minimize"]
MOST_SHOWN = 5


class Part(BaseModel):
    """A mapping of known keys; each is described on its line, or below it where that takes a line of its own."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True)


class ScenarioWords(Part):
    """What the plan is a plan for."""

    name: str = Field(description="The scenario's name.")
    description: str = Field(description="What the scenario stands for.")
    source: str = Field(description="Where its figures come from.")
    currency: str = Field(description="The currency of every amount.")
    periods: list[str] = Field(description="The periods, in order.")


class ObjectiveStage(Part):
    """One objective of the scenario's list."""

    label: str = Field(description="The objective.")
    direction: Direction = Field(description="Whether it is maximized or minimized.")
    within: Figure = Field(description="The share of its best value that later objectives may give up.")
    termination: str = Field(description="How the solver ended.")
    value: Figure | None = Field(description="The value that the solver reached in this stage.")
    bound: Figure | None = Field(description="The best value that any plan can have in this stage.")
    proved: bool = Field(description="Whether the proof of this stage closes.")
    tolerance: Breach | None
    """For integer decisions, the gap that was asked of the solver, relative to its scale; null where there are none."""
    plan_value: Figure = Field(description="What the plan comes to, its amounts rounded as they are.")


class ObjectiveValues(Part):
    """The objective, and how much of it the plan reaches."""

    label: str = Field(description="The first objective.")
    direction: Direction = Field(description="Whether it is maximized or minimized.")
    value: Figure | None = Field(description="The value of the exact optimum, before amounts are rounded.")
    bound: Figure | None = Field(description="The best value that any plan can have.")
    gap: Breach | None
    """By how much a better plan could exceed it, as a share of its value; null where that is not known. What later
    objectives gave up is no part of it."""
    conceded: Breach | None
    """What later objectives gave up of the best value that was reached; null where they may give up nothing."""
    relaxation_bound: Figure | None
    """For integer decisions, the best value that any plan can have by the prices in `proof.relaxation` alone, without
    the solver's word; null for linear programs, where `bound` is that, and where there are no such prices."""
    plan_value: Figure = Field(description="What the plan comes to, its amounts rounded as they are.")
    distance: Breach | None = Field(description="How far that is from the bound; null where that is not known.")
    rounded_to: Breach
    """What the amounts of the plan are rounded to, in its currency; amounts that cannot be are in cents."""
    stages: list[ObjectiveStage] = Field(description="Each objective of the list, in order.")


class EffectRange(Part):
    """Between what lies that which a program brings to an outcome."""

    low: Figure = Field(description="With each effect at the end of its range that brings least.")
    high: Figure = Field(description="With each effect at the end of its range that brings most.")


class ProgramResult(Part):
    """What one program gets, for all periods together unless said otherwise."""

    id: str = Field(description="The program's id.")
    name: str = Field(description="The program's name as it is printed.")
    department: str = Field(description="The department that runs it.")
    priority: str = Field(description="The strategic priority that it serves.")
    baseline: Figure | None = Field(description="Current service level; null for a new program.")
    spending: Figure = Field(description="What it gets.")
    change: Figure = Field(description="Spending less baseline.")
    change_share: Figure | None = Field(description="The change as a share of the baseline; null where there is none.")
    by_fund: dict[str, Figure] = Field(description="What each fund pays; funds that pay nothing are left out.")
    by_period: dict[str, Figure] = Field(description="What it gets in each period.")
    units: dict[str, Figure] = Field(description="Units of its service in each period; empty without a service.")
    packages: dict[str, list[str]]
    """The decision packages that it takes, each with its periods; for projects, with the period of their start."""
    outcomes: dict[str, Figure | None] = Field(description="What it brings to each outcome that it affects.")
    outcome_ranges: dict[str, EffectRange]
    """Between what lies that which it brings to an outcome, for the outcomes of which the scenario says so."""
    assumed: list[str]
    """The outcomes on which its effect is an assumption, or says nothing of its evidence."""
    reason: str = Field(description="What holds its spending where it is.")


class FundPeriod(Part):
    """A fund's account in one period: opening + revenues + transfers in - transfers out - spending = closing."""

    period: str = Field(description="The period.")
    opening: Figure = Field(description="The balance that it opens with.")
    revenue: Figure = Field(description="Recurring revenue.")
    one_time: Figure = Field(description="Revenue that will not come again.")
    transfers_in: Figure = Field(description="What other funds give it.")
    transfers_out: Figure = Field(description="What it gives other funds.")
    spending: Figure = Field(description="What it pays for programs.")
    closing: Figure = Field(description="The balance that is left.")
    reserve: Figure = Field(description="The balance that must be left.")
    price: Figure | None
    """What one more dollar in it adds to the first objective; null where there is no price."""
    price_less: Figure | None
    """What one dollar less takes from the first objective; null where there is no price, no plan or no dollar."""


class FundResult(Part):
    """A fund's accounts."""

    id: str = Field(description="The fund's key.")
    name: str = Field(description="The fund's name as it is printed.")
    kind: str = Field(description="The kind of fund.")
    by_period: list[FundPeriod] = Field(description="Its account in each period, in order.")


class OutcomeRange(Part):
    """Between what an outcome lies: by the low and high estimates, or else 1.96 standard errors on each side (95%)."""

    low: Figure = Field(description="With every effect at the end of its range that brings least, all at once.")
    high: Figure = Field(description="With every effect at the end of its range that brings most, all at once.")
    low_if_independent: Figure
    """If the errors of the effects are independent: the level less the root of the sum of the squared distances."""
    high_if_independent: Figure = Field(description="Likewise, the level and the root.")


class OutcomeEvidence(Part):
    """How the effects behind an outcome are known."""

    effects: int = Field(description="How many effects bring it.")
    with_range: int = Field(description="How many of them have a range; the others are taken to be exact.")
    assumed: int = Field(description="How many of them are assumptions, or say nothing of their evidence.")


class OutcomeResult(Part):
    """What the plan does to one outcome, for all periods together unless said otherwise."""

    id: str = Field(description="The outcome's key.")
    name: str = Field(description="The outcome's name as it is printed.")
    unit: str = Field(description="What is counted.")
    direction: Literal["increase", "decrease"] = Field(description="Whether more of it is better, or less.")
    weight: Figure = Field(description="What one unit is worth.")
    baseline: Figure = Field(description="What the baseline would bring.")
    level: Figure = Field(description="What the plan brings.")
    change: Figure = Field(description="Level less baseline.")
    value: Figure = Field(description="The level times its weight, negative where less is better.")
    by_period: dict[str, Figure] = Field(description="What the plan brings in each period.")
    range: OutcomeRange | None = Field(description="Between what it lies; null where no effect behind it has a range.")
    evidence: OutcomeEvidence = Field(description="How the effects behind it are known.")


class RuleResult(Part):
    """One limit in one period, or for all periods together."""

    kind: str
    """The kind of limit, as the audit names it: sum, change, count, requires, target, resource, reserve, match ..."""
    name: str = Field(description="The rule's name, or the outcome, resource or fund that it limits.")
    part: str
    """The part of the limit: a group, or a program that is needed; empty where it has none."""
    period: str = Field(description="The period, or ``all``.")
    sense: str
    """``at least``, ``at most``, ``equals``, ``not asked``, or ``holds`` where it holds programs one by one: then the
    value is how many it holds, and the bound how many it limits."""
    value: Figure | None = Field(description="What the plan has there.")
    bound: Figure | None = Field(description="The limit.")
    unit: str = Field(description="The unit of both; empty for money.")
    binding: bool = Field(description="Whether the plan stands at the limit.")
    price: Figure | None
    """What relaxing it by one unit adds to the first objective; null where there is no price."""
    total_cost: Figure | None
    """What dropping the rule would add to the first objective; null until it is worked out."""
    because: str = Field(description="The law or promise behind it.")


class ProofCheck(Part):
    """One thing that the certificate checked, relative to its scale."""

    worst: Breach | None = Field(description="The largest breach.")
    tolerance: Breach = Field(description="What it may be at most.")
    passed: bool = Field(description="Whether it is.")


class AuditResult(Part):
    """The independent audit."""

    limits: int = Field(description="How many limits of the scenario were checked.")
    accepted: bool = Field(description="Whether the plan keeps them all.")


class CertificateResult(Part):
    """What is proved of the first objective."""

    primal_violation: Breach | None = Field(description="The largest relative breach of a limit.")
    dual_violation: Breach | None
    """The largest relative breach of the signs of prices; null without prices."""
    gap: Breach | None = Field(description="The distance of the value from the bound, relative to its scale.")
    proved: bool = Field(description="Whether no plan can do better, but for what later objectives gave up.")
    bound_by_solver: bool
    """Whether the bound is the solver's word, as in problems of integer decisions."""
    bound_is_rigorous: bool = Field(description="Whether each term of the bound rests on a finite limit.")
    checks: dict[str, ProofCheck] = Field(description="The checks, by name.")
    audit: AuditResult = Field(description="The independent audit.")


class Provenance(Part):
    """Where the result came from."""

    scenario_sha256: Digest = Field(
        description="The fingerprint of everything that the scenario says, internal notes apart."
    )
    inputs: dict[str, str] = Field(description="The files that it was read from, with the SHA-256 of each.")
    budgetopt: str = Field(description="The version of budgetopt.")
    solver: str = Field(description="Name and version of the solver.")
    seconds: Breach = Field(description="How long the solver took.")


class PlanDecisions(Part):
    """The decisions; what is zero is left out."""

    payments: Decisions = Field(description="By program, fund and period.")
    transfers: Decisions = Field(description="By the fund that gives, the fund that receives, and period.")
    packages: dict[str, dict[str, list[str]]]
    """By program and package, the periods in which it is taken, or for projects started."""
    units: dict[str, dict[str, Figure]]
    """Units of services, by program and period."""
    stand_ins: Decisions
    """Units of a resource that others make, by that resource, the one that stands in for it, and period."""
    rounded_to: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    """What amounts are rounded to; those that cannot be are in cents."""


class Proof(Part):
    """What it takes to check the result without a solver."""

    decisions: PlanDecisions = Field(description="The plan itself.")
    point: dict[str, Figure]
    """The exact optimum of the linear program, by the labels of its columns; what is zero is left out."""
    stages: list[dict[str, Figure] | None]
    """For each objective the duals of the rows, by their labels; null where there are none."""
    held: dict[str, Figure] | None
    """The duals of the first objective while all integer decisions are held; null where none is whole."""
    relaxation: dict[str, Figure] | None
    """The duals of the first objective without the integer conditions, which prove `relaxation_bound`; null where
    there are none."""


class ResultDocument(Part):
    """A result of budgetopt: an allocation, what it does, and the proof of it."""

    format: Literal["budgetopt-result/1"] = Field(description="The version of this format.")
    status: Literal["optimal", "best found"]
    """``optimal``: proved to be the best. ``best found``: keeps every limit, and a better one may exist."""
    unique: bool | None
    """Whether no other plan is as good, by the objectives and then by the rules for ties, so that every solver gives
    this one. False: another may be as good. Null: not looked for, as the search stopped short. It is the word of the
    solving: `verify` does not check it."""
    scenario: ScenarioWords = Field(description="What it is a plan for.")
    objective: ObjectiveValues = Field(description="The objective, and how much of it the plan reaches.")
    programs: list[ProgramResult] = Field(description="What each program gets, in the order of the scenario.")
    funds: list[FundResult] = Field(description="The accounts of each fund, in the order of the scenario.")
    outcomes: list[OutcomeResult] = Field(description="What is reached of each outcome, in the order of the scenario.")
    rules: list[RuleResult] = Field(
        description="Every limit; of the programs' own those that bind and have a price, if any has one."
    )
    certificate: CertificateResult = Field(description="What is proved of the first objective.")
    provenance: Provenance = Field(description="Where the result came from.")
    proof: Proof = Field(description="What it takes to check the result without a solver.")
    document_sha256: Digest = Field(description="The fingerprint of all other entries.")


def result_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of the result document."""
    schema = ResultDocument.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "budgetopt-result/1"}


def read_result(text: str) -> dict[str, Any]:
    """Return the result document in a JSON text in which no key stands twice, or raise a ResultFileError."""
    try:
        document = json.loads(text, object_pairs_hook=_no_key_twice, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise ResultFileError(
            f"line {error.lineno}, column {error.colno}: this is not JSON ({error.msg})",
            hint="a result is what `budgetopt solve SCENARIO --json FILE` writes",
        ) from None
    except RecursionError:
        raise ResultFileError("the document is nested too deeply to be a result") from None
    except ValueError:
        # Python reads no whole number of more than 4,300 digits
        raise ResultFileError("the document holds a number that is too long to be one of a result") from None
    check_form(document)
    assert isinstance(document, dict)
    return document


def check_form(document: Any) -> None:
    """Refuse what has not the form of a result document, with a ResultFileError of the first few faults."""
    if not isinstance(document, Mapping) or "format" not in document:
        hint = "a result is what `budgetopt solve SCENARIO --json FILE` writes"
        raise ResultFileError("this is no result document: it has no key 'format'", hint=hint)
    if document["format"] != "budgetopt-result/1":
        shown = str(document["format"])[:60]
        raise ResultFileError(f"the format is {shown!r}", hint="this version of budgetopt reads budgetopt-result/1")
    try:
        ResultDocument.model_validate(document)
    except ValidationError as error:
        faults = [f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in error.errors()]
        more = len(faults) - MOST_SHOWN
        text = "\n    ".join(faults[:MOST_SHOWN]) + (f"\n    and {more} more" if more > 0 else "")
        raise ResultFileError(
            f"the document has not the form of a result:\n    {text}",
            hint="`budgetopt schema result` prints the JSON Schema of the form",
        ) from None


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    if len(out) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ResultFileError(f"the key {twice[:60]!r} stands twice in one mapping")
    return out


def _no_constant(word: str) -> float:
    raise ResultFileError(f"the document holds {word}, which is no number")
