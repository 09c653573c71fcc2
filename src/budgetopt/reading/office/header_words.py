"""What the words of a column header mean, in the ordinary headers of budget files."""

from __future__ import annotations

import difflib
import re
from functools import lru_cache

from budgetopt.reading.office.translated_words import in_english, plain_letters
from budgetopt.reading.tables.program_rows import is_program_key

__all__ = [
    "MONEY",
    "REVENUE",
    "YEAR",
    "class_rank",
    "is_class",
    "is_count",
    "is_level",
    "is_of_history",
    "is_parent",
    "is_part_of_year",
    "is_revenue",
    "is_row_number",
    "is_title",
    "meaning",
    "money_rank",
    "stage_rank",
    "thing_rank",
    "unit_rank",
    "words_of",
    "year_of",
]

MONEY = "money"
"""The meaning of a header that names an amount of money."""
YEAR = "year"
"""The meaning of a header of a column of years."""

_THINGS = (
    r"(?:sub[ -]?)?(?:progr?a?m?m?e?s?|programs?|programmes?)",
    r"projects?|initiatives?|schemes?",
    r"offers?|packages?|decision units?",
    r"services?|activit(?:y|ies)|measures?",
    r"budget units?|appropriation units?|units?(?: of)? appropriations?|cost cent(?:er|re)s?|items?|line items?|heads?",
    r"functions?|line of business|lob",
)
"""What a row may be called, the first more likely to be what the money is allotted to."""
_THING = rf"(?:{'|'.join(_THINGS)})"
_CODE = r"(?:ids?|codes?|no|nr|num|number|key|#)"
_NAME = r"(?:names?|titles?|descriptions?|desc|labels?|text)"
_UNITS = (
    r"departments?|depts?|agenc(?:y|ies)|ministr(?:y|ies)|directorates?|operating units?",
    r"divisions?|bureaus?|organi[sz]ational units?",
    r"organi[sz]ations?|org|sections?",
)
"""The levels of an organization, from the coarsest."""
_DEPARTMENT = rf"(?:{'|'.join(_UNITS[:2])}|organi[sz]ations?|org)"
# The first pattern that fits all words of a header decides.
_MEANINGS: tuple[tuple[str, str], ...] = (
    (rf"{_THING} ?{_CODE}|{_CODE} (?:of )?{_THING}|{_CODE}", "program"),
    (rf"{_THING}(?: {_NAME})?|{_NAME} (?:of )?{_THING}|{_THING} or {_THING}|name|title", "name"),
    (
        (
            rf"(?:pm )?{_DEPARTMENT}(?: {_NAME})?|{_NAME} (?:of )?{_DEPARTMENT}|order#? {_DEPARTMENT}"
            rf"|{_DEPARTMENT}(?: or)? {_DEPARTMENT}"
        ),
        "department",
    ),
    (r"(?:strategic )?(?:priorit(?:y|ies)|goals?|result areas?|results?|outcome areas?|focus areas?)", "priority"),
    (
        r"(?:fund|funding source|source of funds?|fund source|funds|funding)(?: (?:name|title|description|desc))?",
        "funds",
    ),
    (rf"fund(?:ing source)? {_CODE}", "fund code"),
    (r"tags?|keywords?|categor(?:y|ies)", "tags"),
    (r"description|summary|purpose|details?|scope(?: of work)?|narrative|justification", "description"),
    (r"notes?|comments?|remarks?", "note"),
    (r"source|reference", "source"),
    (r"(?:minimum|min|floor|at least|mandated)(?: amount| spending| budget)?", "spending.at_least"),
    (r"(?:maximum|max|ceiling|cap|at most|requested?)(?: amount| spending| budget)?", "spending.at_most"),
    (
        r"(?:\w+ )?(?:fiscal |budget |calendar |financial )?year|fy|biennium|biennial period",
        YEAR,
    ),
)
_PARENT = re.compile(r"\b(?:parents?|roll(?:s|ed)? ?up|rollup|sum(?:s|med)? (?:to|into)|reports? to|belongs? to)\b")
"""Words in the header of a column that names what a row is a part of."""
_LEVEL = re.compile(
    r"(?:(?:hierarchy|outline|row|line|tree|account|org\w*|summary) )?(?:level|lvl|depth|tier|indent\w*)"
    r"(?: no| number)?"
)
"""Headers of a column of how deep a row stands in an outline."""
_TITLES = ("program", "name", "department", "priority", "tags", "description")
_WORDS = {
    **dict.fromkeys(("program", "service", "project", "initiative"), "name"),
    **dict.fromkeys(("department", "division"), "department"),
    "priority": "priority",
    "funding source": "funds",
    "description": "description",
    **dict.fromkeys(("baseline", "adopted", "adopted budget", "current budget", "appropriation"), MONEY),
    "minimum": "spending.at_least",
    "maximum": "spending.at_most",
    "requested": "spending.at_most",
}
"""Words that a misspelt header may mean."""
_ALMOST = 0.84
REVENUE = re.compile(r"\b(?:revenues?|receipts?|incomes?|sources?)\b")
"""Words for money that is received."""
_ACCOUNT = re.compile(
    r"\b(?:acct|accounts?|objects?|subobjects?|characters?|ledger|funds?|funding|commitment item|url|link|pdf|page"
    r"|document|file|contact|kind)\b"
    r"|\b(?:expen\w+|spending|appropriation) (?:types?|categor\w+|class\w*|groups?)\b|\btypes?$"
)
"""Words for what money is spent on or comes from, and for where the data are from: no programs."""
_LABEL = re.compile(
    r"\b(?:acct|accounts?|authority|objects?|subobjects?|characters?|names?|descriptions?|desc|types?|categor(?:y|ies)|class"
    r"|classification|page|text|unit of appropriation|result|versions?|scenarios?|currency)\b"
)
"""Words for what tells rows apart, in a header of a column that is no amount."""
_NO_MONEY = re.compile(
    r"\b(?:fte|ftes|positions?|headcount|staff|employees|count|number|percent|pct|share|change|variance|difference|growth"
    r"|rate|per|rank|score|population|residents|households|visits|year approved|date|district|ward|phone|zip|id|code"
    r"|(?<!budget )(?<!appropriation )(?<!amount )votes?"
    r"|points?|status|priority|(?:dept|fund|prog\w*|agency|acct|account|org|object)(?:id|no|num|code))\b|%|#"
)
_STAGES: tuple[str, ...] = (
    r"baseline",
    r"current(?! (?:modified|revised|amended))|existing level|continuation",
    r"adopted",
    r"approved|enacted|appropriat\w*|authorized|voted|(?:budget|appropriation|amount) votes?",
    r"amended|revised|modified|final|rev(?= budget)",
    r"budget(?:ed|s)?|allocat\w+|funding|original",
    r"amounts?|totals?|costs?|expenditures?|expenses?|spending|value|sum|dollars",
    r"proposed|recommend\w*|mayor\w*|manager\w*",
    r"planned|projected|forecast\w*|estimat\w+",
    r"actuals?|spent|prior",
)
"""Words for the stage of a budget, the first standing for the current service level more than the later ones."""
_CLASSES = re.compile(
    r"personn?el|personal|salar(?:y|ies)|wages?|compensation|benefits?|fringe|payroll|staffing|operating|operations?"
    r"|supplies|materials?|commodities|contract\w*|professional|purchased|services?|equipment|capital|outlay|debt"
    r"|transfers?|utilities|maintenance|travel|training|overhead|indirect|other|contingency|subsidies|non|goods"
)
"""Words for classes of spending."""
_PART_OF_YEAR = re.compile(
    r"(?:q|qtr|quarter) ?[1-4]|[1-4](?:st|nd|rd|th)? ?(?:q|qtr|quarter)|(?:jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov"
    r"|dec|may|january|february|march|april|june|july|august|september|october|november|december)"
)
"""A quarter or a month."""
_AROUND_CLASSES = re.compile(r"and|of|the|than|in|out|fy|costs?|expen[sd]\w*|budget|amounts?")
"""Words that stand beside those of a class."""
_HISTORY = {
    "district": r"(?:council )?district|ward|area|neighbou?rhood|region|site|school|location|precinct",
    "outcome": r"outcome(?: name)?|measure(?: name)?|indicator|metric|kpi",
    "spending": (
        r"(?:actual |total )?(?:spen[dt]|spending|expend\w+|expenses?|outlays?|costs?|actuals?|amount|budget"
        r"|appropriations?)"
    ),
    "result": r"results?|outputs?|(?:outcome |measure |indicator )?value|achieved|units|performance|level",
    "index": r"(?:price |cost )?(?:index|deflator)(?: value)?|cpi.*|value",
}
"""Headers of a table of past spending and results."""
_GENERIC = (5, 6)
"""The places of words that say nothing of the stage where another word does."""
_FOOTNOTE = re.compile(r"[(\[](?:\d|[a-z])[)\]]|[*\u2020\u2021\u00b9\u00b2\u00b3]+")
_FISCAL = re.compile(r"\bfy ?(\d{4}|\d{2})(?: ?[-/] ?(\d{4}|\d{2}))?\b|\b((?:19|20)\d{2})(?: ?[-/] ?(\d{4}|\d{2}))?\b")


@lru_cache(maxsize=4096)
def words_of(header: str) -> str:
    """Return a header in small English words: CamelCase and snake_case parted, no accents, marks or footnote marks."""
    text = re.sub(r"([a-z])([A-Z])", r"\1 \2", header)
    text = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1 \2", text)
    text = _FOOTNOTE.sub(" ", plain_letters(text))
    words = " ".join(re.sub(r"[^\w#%/-]+|_", " ", text).replace(" - ", " ").split()).strip("-/ ")
    return in_english(words)


@lru_cache(maxsize=4096)
def meaning(header: str) -> str:
    """Return the key of a program that a header means, ``money``, ``year``, or an empty text where it is unknown."""
    if is_program_key(header):
        return MONEY if header == "baseline" else header
    plain = re.sub(r"[/-]", " ", words_of(header))
    plain = " ".join(plain.replace(".", " ").split())
    for pattern, key in _MEANINGS:
        if re.fullmatch(pattern, plain):
            return key
    if close := difflib.get_close_matches(plain, _WORDS, n=1, cutoff=_ALMOST):
        return _WORDS[close[0]]
    if _NO_MONEY.search(plain) or _LABEL.search(plain) or REVENUE.search(plain):
        return ""
    named_year = _FISCAL.search(plain) is not None
    return MONEY if named_year or any(re.search(rf"\b(?:{stage})\b", plain) for stage in _STAGES) else ""


def money_rank(header: str) -> tuple[int, int]:
    """Return how little an amount's header says of the current service level, and its year with a minus sign."""
    plain = words_of(header)
    if plain not in _WORDS and (close := difflib.get_close_matches(plain, _WORDS, n=1, cutoff=_ALMOST)):
        plain = close[0]
    found = [at for at, stage in enumerate(_STAGES) if re.search(rf"\b(?:{stage})\b", plain)]
    rank = min(found, key=lambda at: (at in _GENERIC, at), default=len(_STAGES))
    if _NO_MONEY.search(plain) or _LABEL.search(plain) or REVENUE.search(plain):
        rank = len(_STAGES) + 1
    return rank, -year_of(header)


def is_part_of_year(header: str) -> bool:
    """Return whether a header names a quarter or a month."""
    words = re.sub(r"[/-]", " ", _FISCAL.sub(" ", words_of(header))).split()
    return _PART_OF_YEAR.fullmatch(" ".join(word for word in words if stage_rank(word) is None)) is not None


def is_class(header: str) -> bool:
    """Return whether a header names a class of spending and nothing else, such as Personnel or FY26 Capital Outlay."""
    words = re.sub(r"[/-]", " ", _FISCAL.sub(" ", words_of(header))).split()
    rest = [word for word in words if not _AROUND_CLASSES.fullmatch(word) and stage_rank(word) is None]
    return bool(rest) and all(map(_CLASSES.fullmatch, rest)) and words[0] not in ("total", "subtotal", "all")


def class_rank(header: str) -> tuple[int, int]:
    """Return :func:`money_rank` of a class of spending, in which general words such as costs say nothing."""
    rank, year = money_rank(header)
    return (len(_STAGES) if rank in _GENERIC else rank), year


def is_of_history(header: str, key: str) -> bool:
    """Return whether a header of a table of past spending and results names a column of its programs, years, ..."""
    if key in ("program", "year"):
        keys = ("program", "name") if key == "program" else (YEAR,)
        return meaning(header) in keys or (key == "year" and words_of(header) in ("yr", "period"))
    return key in _HISTORY and re.fullmatch(_HISTORY[key], words_of(header)) is not None


def thing_rank(header: str) -> int:
    """Return how little a header says that its column names what the money is allotted to."""
    plain = words_of(header)
    found = (at for at, thing in enumerate(_THINGS) if re.match(rf"(?:{thing})(?!\w)", plain))
    return next(found, len(_THINGS))


def unit_rank(header: str) -> int:
    """Return the level of an organization that a header names, 0 for departments and more for parts of them."""
    plain = words_of(header)
    return next((at for at, units in enumerate(_UNITS) if re.search(rf"\b(?:{units})\b", plain)), len(_UNITS))


def is_row_number(header: str) -> bool:
    """Return whether a header names a code of rows and not what it is a code of."""
    return re.fullmatch(_CODE, words_of(header)) is not None


def is_title(header: str) -> bool:
    """Return whether a header may name a column of what money is allotted to: no amount, number, year or fund."""
    key = meaning(header)
    words = words_of(header)
    is_other = any(kind.search(words) for kind in (_NO_MONEY, _ACCOUNT, _PARENT)) or is_level(header)
    return bool(header) and (key in _TITLES if key else not is_other)


def is_parent(header: str) -> bool:
    """Return whether a header names a column of what each row is a part of."""
    return _PARENT.search(words_of(header)) is not None


def is_level(header: str) -> bool:
    """Return whether a header names a column of how deep each row stands in an outline."""
    return _LEVEL.fullmatch(words_of(header)) is not None


def is_revenue(heading: str) -> bool:
    """Return whether a heading stands above revenue; a department of revenue is none."""
    words = words_of(heading)
    return REVENUE.search(words) is not None and re.search(rf"\b(?:{_DEPARTMENT}|office|collection)\b", words) is None


def is_count(value: str) -> bool:
    """Return whether a value says that a number is no amount: positions, a variance, a share."""
    return _NO_MONEY.search(words_of(value)) is not None


def stage_rank(value: str) -> int | None:
    """Return the rank of a word for the stage of a budget, such as Adopted; None if it is none."""
    plain = words_of(value)
    return next((at for at, stage in enumerate(_STAGES) if re.fullmatch(rf"(?:{stage})(?: budget)?", plain)), None)


def year_of(header: str) -> int:
    """Return the last fiscal year that a header names, such as 2026 in ``FY 25/26``; 0 if it names none."""
    years = [0]
    for match in _FISCAL.finditer(words_of(header)):
        years += [int(year) + (2000 if len(year) == 2 else 0) for year in match.groups() if year]
    return max(years)
