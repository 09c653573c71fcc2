"""What is known of an effect: how far it may be off, how it was found, and where that can be read."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator

from budgetopt.scenario.amounts import HighShare, ShareOf
from budgetopt.scenario.model.base import Date, Evidence, Model, Text
from budgetopt.scenario.words import refuse, shown

__all__ = ["Knowledge", "Link", "Tier", "web_address"]

Tier = Literal[
    "wwc_tier_1", "wwc_tier_2", "wwc_tier_3", "wwc_tier_4",
    "clear_high", "clear_moderate", "clear_low",
    "results_first_green", "results_first_yellow", "results_first_blue", "results_first_gray", "results_first_red",
    "results_first_purple",
]  # fmt: skip
"""The rating of a clearinghouse, the best of each first."""


def web_address(text: str, hint: str = "") -> str:
    """Return a web address, or nothing; refuse what is none."""
    if text and (not text.startswith(("https://", "http://")) or " " in text):
        raise refuse(
            "link", "{shown} is no web address", "an address that begins with https://", hint, shown=shown(text)
        )
    return text


def _study(text: str) -> str:
    return web_address(text, "a study that stands nowhere on the web is named in `source`")


Link = Annotated[Text, AfterValidator(_study)]
"""The web address of a study."""


class Knowledge(Model):
    """What is known of an effect."""

    std_error: ShareOf | None = None
    """The standard error of the effect, as a share of it."""
    low: ShareOf | None = None
    """A low estimate, as a share of the effect: at most 100%."""
    high: HighShare | None = None
    """A high estimate, as a share of the effect: at least 100%, so that 1.25 can only mean 125%."""
    evidence: Evidence | None = None
    """How the effect is known: the kind of study; `assumption` where no source gives it."""
    design: Text = ""
    """How the study was made, in words: a lottery for places, difference in differences, fit from history."""
    tier: Tier | None = None
    """How a clearinghouse rates it: the tiers of the What Works Clearinghouse (1 strong, 2 moderate, 3 promising,
    4 a rationale alone), the ratings of CLEAR, or the colours of the Results First Clearinghouse (green highest rated,
    yellow second highest, blue mixed effects, gray no effects, red negative effects, purple too little evidence)."""
    link: Link = ""
    """The web address of the study, or of its page at a clearinghouse."""
    sample: Text = ""
    """How many were studied, such as 1,240 students."""
    population: Text = ""
    """Who was studied, and where."""
    price_year: Date = ""
    """The year of whose prices the money of the study is."""
    price_index: Text = ""
    """The price index by which that money was brought to that year."""
    source: Text = ""
    """Where the effect comes from."""
    as_of: Date = ""
    """The year or date that the effect was measured."""
    note: Text = ""
    """What the office should know about the figure; `explain` shows it, and nothing that is published does."""
    public_note: Text = ""
    """What a reader should know about the figure; every report shows it."""
