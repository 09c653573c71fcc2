"""How hard a text is to read: the Flesch-Kincaid grade of English, and Fernández Huerta's score of Spanish.

J. P. Kincaid and others, "Derivation of New Readability Formulas", Naval Technical Training Command, 1975;
J. Fernández Huerta, "Medidas sencillas de lecturabilidad", Consigna 214, 1959. Syllables of English are counted by its
groups of vowels, as most programs do that have no dictionary; those of Spanish by its rules, which leave no doubt.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_ENDS = re.compile(r"[.!?…]+(?=\s|$)|\n+")
_LETTERS = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_NUMBER = re.compile(r"[$€]?\d[\d.,]*%?")
_STRONG, _WEAK = "aáeéoóíú", "iuü"


@dataclass(frozen=True)
class Counts:
    sentences: int
    words: int
    syllables: int


def english_syllables(word: str) -> int:
    word = re.sub(r"[^a-z]", "", word.lower())
    groups = len(re.findall(r"[aeiouy]+", word))
    if re.search(r"[^aeiouyl]e$|[^aeiouy]es$|[^aeiouytd]ed$", word) and not re.search(r"(s|x|z|ch|sh|c|g)es$", word):
        groups -= 1
    return max(groups, 1)


def spanish_syllables(word: str) -> int:
    """Count the syllables: two strong vowels are apart, a weak one next to another vowel is not."""
    word = re.sub(r"(?<=[qg])u(?=[eéií])", "", word.lower())
    count, before = 0, ""
    for letter in re.sub(r"y$", "i", word):
        is_vowel = letter in _STRONG + _WEAK
        if is_vowel and not (before and (before in _WEAK or letter in _WEAK)):
            count += 1
        before = letter if is_vowel else ""
    return max(count, 1)


def counts(text: str, *, spanish: bool = False) -> Counts:
    syllables = spanish_syllables if spanish else english_syllables
    sentences = [part for part in _ENDS.split(text) if _LETTERS.search(part)]
    # a figure is read as one word, however many digits it has
    words = [word for part in sentences for word in _LETTERS.findall(_NUMBER.sub(" n ", part))]
    return Counts(len(sentences), len(words), sum(map(syllables, words)))


def flesch_kincaid(text: str) -> float:
    found = counts(text)
    return 0.39 * found.words / found.sentences + 11.8 * found.syllables / found.words - 15.59


def fernandez_huerta(text: str) -> float:
    """Return 0 to 100: from 60 on it is the level of the last years of primary school, from 80 on very easy."""
    found = counts(text, spanish=True)
    return 206.84 - 60 * found.syllables / found.words - 1.02 * found.words / found.sentences


def inflesz(text: str) -> float:
    """Return the score of Barrio-Cantalejo: above 55 is normal, above 65 quite easy, above 80 very easy."""
    found = counts(text, spanish=True)
    return 206.835 - 62.3 * found.syllables / found.words - found.words / found.sentences
