"""The language of a page: its messages from gettext's catalogues, its numbers and dates by locale.

A message is English and stands in the code, inside :meth:`Language.say` or :meth:`Language.say_many`; the catalogues of
the other languages stand beside this file as ``.po`` files, and are read when a page in that language is written.
"""

from __future__ import annotations

import datetime
import gettext
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from budgetopt.errors import OptionError, near
from budgetopt.report.figures.numbers import Numbers
from budgetopt.report.figures.text import one_line
from budgetopt.scenario.model import LANGUAGES

__all__ = ["Language", "catalogue", "language_of"]

_COUNTRY = "US"
"""The country by which numbers and dates are written where none is named."""


@dataclass(frozen=True, eq=False)
class Language:
    """A language of pages.

    Parameters
    ----------
    code
        The language alone: ``es``.
    locale
        The language and the country: ``es_US``.
    catalogue
        The messages.
    own
        The office's own words in this language, by the words of the scenario.
    """

    code: str
    locale: str
    catalogue: gettext.NullTranslations
    own: Mapping[str, str]

    @property
    def tag(self) -> str:
        """The language as pages name it: ``es-US``."""
        return self.locale.replace("_", "-")

    def say(self, message: str, **values: object) -> str:
        """Return a message in this language, ``{name}`` in it replaced by the value of that name."""
        return self.catalogue.gettext(message).format(**values)

    def say_many(self, one: str, many: str, count: int, **values: object) -> str:
        """Return a message on one thing or on several; ``{count}`` in it is their number."""
        number = Numbers("", locale=self.locale).number(count)
        return self.catalogue.ngettext(one, many, count).format(count=number, **values)

    def of_office(self, text: object) -> str:
        """Return words of the office on one line, in this language where the scenario has them in it."""
        line = one_line(text)
        return one_line(self.own[line]) if line in self.own else line

    def day(self, day: str) -> str:
        """Return a day, such as 2027-05-12, in words."""
        from babel.dates import format_date

        return format_date(datetime.date.fromisoformat(day), "full", self.locale)

    def clock(self, time: str) -> str:
        """Return a time of a day, such as 18:30, as this country writes it."""
        from babel.dates import format_time

        return format_time(datetime.time.fromisoformat(time), "short", locale=self.locale)

    def listed(self, words: Sequence[str]) -> str:
        """Return words as a list in a sentence."""
        from babel.lists import format_list

        return format_list(list(words), locale="en_GB" if self.code == "en" else self.locale)


def language_of(tag: str, translations: Mapping[str, Mapping[str, str]] | None = None) -> Language:
    """Return a language by its name, such as ``es`` or ``es-ES``.

    Parameters
    ----------
    tag
        The language, and the country by which numbers and dates are written; left out, the United States.
    translations
        The office's own words by language, or by language and country, which come first.

    Raises
    ------
    OptionError
        If there is no such language, or no such country.
    """
    code, _, country = tag.replace("_", "-").partition("-")
    if code not in LANGUAGES:
        close = near(code, LANGUAGES)
        hint = f"did you mean {close!r}?" if close else f"the languages are {', '.join(LANGUAGES)}"
        raise OptionError(f"there is no language {tag!r} of the page for residents", hint=hint)
    locale = f"{code}_{(country or _COUNTRY).upper()}"
    _check(locale, tag, code)
    said = translations or {}
    own = {**said.get(code, {}), **said.get(locale.replace("_", "-"), {})}
    return Language(code, locale, catalogue(code), {one_line(text): other for text, other in own.items()})


def _check(locale: str, tag: str, code: str) -> None:
    """Refuse a country in which nobody has said how the language writes numbers."""
    from babel import UnknownLocaleError
    from babel.core import parse_locale
    from babel.localedata import exists

    try:
        parse_locale(locale)
        known = exists(locale)
    except (ValueError, UnknownLocaleError):
        known = False
    if not known:
        hint = f"name the language alone, {code}, or one such as {code}-US"
        raise OptionError(f"nothing is known of how numbers are written in {tag!r}", hint=hint)


@lru_cache(maxsize=4)
def catalogue(code: str) -> gettext.NullTranslations:
    """Return the messages of a language; those of English stand in the code."""
    if code == "en":
        return gettext.NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    texts = resources.files("budgetopt.report.residents") / "locale" / f"{code}.po"
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.StringIO(texts.read_text(encoding="utf-8")), locale=code))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
