"""What result documents of every version have: the scenario, the objective, funds, outcomes, limits, certificate."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = [
    "Breach",
    "CertificateResult",
    "Digest",
    "Direction",
    "Figure",
    "FundResult",
    "ObjectiveValues",
    "OutcomeResult",
    "Part",
    "Provenance",
    "RuleResult",
    "ScenarioWords",
    "Whole",
]

Figure = Annotated[float, Field(allow_inf_nan=False)]
Whole = Annotated[int, Field(ge=-(2**53), le=2**53)]
"""A whole number that is a float of its own, too, as the fingerprint of a document asks."""
Breach = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Direction = Literal["maximize", "minimize"]


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

    effects: Whole = Field(description="How many effects bring it.")
    with_range: Whole = Field(description="How many of them have a range; the others are taken to be exact.")
    assumed: Whole = Field(description="How many of them are assumptions, or say nothing of their evidence.")


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
    binding: bool = Field(description="Whether the plan stands at the limit, or misses a goal that has a price.")
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

    limits: Whole = Field(description="How many limits of the scenario were checked.")
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
