"""The catalogues: every message of the page has a text in each language, with the same placeholders."""

from __future__ import annotations

import gettext
import io
import string
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from tests.report.plans import plan_of, riverton
from tests.report.residents.towns import solved

from budgetopt.report import residents_page
from budgetopt.report.residents import language
from budgetopt.scenario.model import LANGUAGES

REPORT = Path(language.__file__).parents[1]
KEYWORDS = {"say": None, "say_many": (1, 2)}
METHODS = [("residents/**.py", "python"), ("documents/templates/residents.html.j2", "jinja2")]
OTHERS = [code for code in LANGUAGES if code != "en"]
SAME = {"No", "Total", "{name}: {level}", "{when}: {place}."}
"""Messages whose text is the same in another language."""


def written(code: str) -> Catalog:
    text = (REPORT / "residents" / "locale" / f"{code}.po").read_text(encoding="utf-8")
    return read_po(io.StringIO(text), locale=code)


def of_code() -> set[str | tuple[str, ...]]:
    options = {
        "documents/templates/residents.html.j2": {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
    }
    found = extract_from_dir(REPORT, METHODS, options, KEYWORDS)
    return {message for _, _, message, _, _ in found}


def placeholders(text: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def forms(message: Message) -> list[tuple[str, str]]:
    """Return each text of a message beside the English one that it stands for."""
    ids = message.id if isinstance(message.id, tuple) else (message.id,)
    texts = message.string if isinstance(message.string, tuple) else (message.string,)
    return list(zip(ids, texts, strict=True))


@pytest.mark.parametrize("code", OTHERS)
def test_the_catalogue_has_exactly_the_messages_of_the_code(code: str) -> None:
    assert {message.id for message in written(code) if message.id} == of_code()


@pytest.mark.parametrize("code", OTHERS)
def test_every_message_has_a_text_with_the_same_placeholders(code: str) -> None:
    for message in written(code):
        if not message.id:
            continue
        assert not message.fuzzy
        for english, text in forms(message):
            assert text, english
            assert text != english or english in SAME, english
            assert placeholders(text) <= placeholders(english), english
        # what one form leaves out, such as the number one, the form for several has
        assert placeholders(forms(message)[-1][0]) == placeholders(forms(message)[-1][1])


@pytest.mark.parametrize("code", OTHERS)
def test_a_text_ends_as_its_message_does(code: str) -> None:
    for message in written(code):
        for english, text in forms(message) if message.id else []:
            assert text[-1:] in ".:" if english[-1:] in ".:" else text[-1:] not in ".:", english
            assert text[:1].isupper() == english[:1].isupper() or not text[:1].isalpha() or not english[:1].isalpha()


def test_no_message_is_missing_when_a_page_is_written() -> None:
    class Strict(gettext.NullTranslations):
        def gettext(self, message: str) -> str:
            raise AssertionError(f"not in the catalogue: {message}")

        def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:  # noqa: ARG002
            raise AssertionError(f"not in the catalogue: {msgid1}")

    language.catalogue.cache_clear()
    strict = language.catalogue("es")
    strict.add_fallback(Strict())
    try:
        for plan in (solved(), plan_of(riverton())):
            residents_page(plan, "es")
    finally:
        language.catalogue.cache_clear()


def test_spanish_is_spelled_with_its_accents() -> None:
    """Words that are often written without: none of them stands so."""
    words = " ".join(text.lower() for message in written("es") if message.id for _, text in forms(message))
    plain = words.translate(str.maketrans("¿?.,:;()“”{}", " " * 12)).split()
    bare = {"publico", "publica", "dia", "ultimo", "razon", "peticion", "pagina", "revision", "ningun", "maximo"}
    bare |= {"dificiles", "decision", "informacion", "numero", "tambien", "segun", "aqui", "alli", "estan"}
    assert bare & set(plain) == set()
    assert {"presupuesto", "fondo", "programa", "distrito", "gasta"} <= set(plain)


def test_the_settings_of_pybabel_find_what_the_test_finds() -> None:
    settings = (Path(__file__).parents[3] / "babel.cfg").read_text(encoding="utf-8")
    assert "[python: **.py]" in settings
    assert "[jinja2: **/residents.html.j2]" in settings
