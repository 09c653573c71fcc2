"""What the page for residents says beside the plan: its language, how to comment, the office's words translated."""

from __future__ import annotations

import datetime
import re
from typing import Annotated

from pydantic import AfterValidator, Field

from budgetopt.scenario.model.base import Model, Name, Text
from budgetopt.scenario.model.knowledge import web_address
from budgetopt.scenario.words import refuse, shown

__all__ = ["LANGUAGES", "Hearing", "LanguageTag", "Residents", "checked_language"]

LANGUAGES = ("en", "es")
"""The languages that the page speaks."""
_TAG = re.compile(r"([a-z]{2})(?:-([A-Z]{2}))?")
_EMAIL = re.compile(r"[^@\s<>\"']+@[^@\s<>\"']+\.[^@\s<>\"']+")


def checked_language(text: str) -> str:
    """Return a language, refusing what is none of ours: ``es``, or with the country whose numbers it uses ``es-ES``."""
    found = _TAG.fullmatch(text)
    if found is None or found[1] not in LANGUAGES:
        raise refuse(
            "language", "{shown} is no language of the page", f"{' or '.join(LANGUAGES)}, or with a country: es-ES",
            shown=shown(text),
        )  # fmt: skip
    return text


def _day(text: str) -> str:
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        raise refuse("date", "{shown} is no date", "a day such as 2027-05-12", shown=shown(text)) from None
    return text


def _clock(text: str) -> str:
    try:
        datetime.time.fromisoformat(text)
    except ValueError:
        raise refuse("time", "{shown} is no time of a day", 'a time such as "18:30"', shown=shown(text)) from None
    return text


def _email(text: str) -> str:
    if text and not _EMAIL.fullmatch(text):
        raise refuse(
            "email", "{shown} is no e-mail address", "an address such as budget@riverton.gov", shown=shown(text)
        )
    return text


LanguageTag = Annotated[Text, AfterValidator(checked_language)]
"""A language of the page, or a language and a country."""
Day = Annotated[Text, AfterValidator(_day), Field(examples=["2027-05-12"])]
"""A day."""
Clock = Annotated[Text, AfterValidator(_clock), Field(examples=["18:30"])]
"""A time of a day, by 24 hours."""


class Hearing(Model):
    """A public hearing or meeting on the budget."""

    date: Day
    """The day: 2027-05-12."""
    time: Clock | None = None
    """The time, by 24 hours: "18:30"."""
    place: Text = ""
    """Where it is held."""
    public_note: Text = ""
    """What a visitor should know: interpreters, how to follow it from home."""


class Residents(Model):
    """What the page for residents says beside the plan.

    It changes nothing of the plan, and is no part of the fingerprint of a scenario.
    """

    language: LanguageTag = "en"
    """The language of the page unless it is asked for in another one: `en` or `es`, or with the country whose numbers
    and dates it writes, such as `es-ES`."""
    email: Annotated[Text, AfterValidator(_email)] = ""
    """The address to which residents write."""
    phone: Text = ""
    """The number that residents call."""
    address: Text = ""
    """Where letters go, and where the office is."""
    link: Annotated[Text, AfterValidator(web_address)] = ""
    """The page on which residents comment, or read more."""
    until: Day | None = None
    """The last day for comments."""
    hearings: tuple[Hearing, ...] = ()
    """The public hearings, in any order."""
    public_note: Text = ""
    """What else a resident should know about how to comment."""
    translations: dict[LanguageTag, dict[Name, Text]] = Field(default_factory=dict)
    """The office's own words in other languages: by language, a text of the scenario and what stands in its place."""
