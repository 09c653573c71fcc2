"""Words of budget headers in other languages or shortened, said in the English words that :mod:`header_words` knows."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["in_english", "plain_letters"]

_WORDS: dict[str, tuple[str, ...]] = {
    # German
    "year": ("jahr", "haushaltsjahr", "ano", "ejercicio", "ciclo", "exercice", "exercicio", "annee", "anno", "rok",
             "jaar", "esercizio"),
    "department": ("einzelplan", "bereich", "departement", "dezernat", "fachbereich", "ressort", "amt", "teilhaushalt",
                   "direktion", "departamento", "departamentos", "area", "concejalia", "secretaria",
                   "ministerio", "ramo", "dependencia", "orgao", "organo", "jurisdiccion", "entidad", "direction",
                   "ministere", "dzial", "dipartimento", "settore", "avdeling", "forvaltning", "forvaltningsomrade",
                   "omrade"),
    "service": ("tjeneste", "tjenester", "dienstleistung", "dienstleistungen", "servicio", "servicios", "servizio",
                "servico", "servicos", "usluga"),
    "division": ("abteilung", "institution", "dienststelle", "referat", "seccion", "subsecretaria", "unidade", "unidad",
                 "ur", "direccion"),
    "budget unit": ("kapitel", "teilabschnitt", "rozdzial", "produktgruppe", "kostenstelle", "finanzstelle",
                    "leistung"),
    "program": ("programm", "produkt", "produkte", "programa", "programas", "subprograma", "pp", "program", "missione",
                "programma"),
    "project": ("projekt", "projekte", "massnahme", "massnahmen", "vorhaben", "proyecto", "proyectos", "projet",
                "projets", "projeto", "projetos", "progetto", "zadanie", "zadania"),
    "activity": ("actividad", "actividades", "atividade", "acao", "accion", "aktivitat"),
    "function": ("funktion", "funcion", "fonction", "funcao"),
    "account": ("titel", "konto", "haushaltsstelle", "finanzposition", "sachkonto", "kostenart", "hauptgruppe",
                "obergruppe", "economico", "economica", "concepto", "capitulo", "capitulos", "partida", "inciso",
                "chapitre", "compte", "nature", "paragraf", "elemento", "natureza", "conto", "rubrique"),
    "name": ("bezeichnung", "benennung", "nombre", "nome", "libelle", "intitule", "nom", "nazwa", "tresc",
             "omschrijving", "denominacion", "denominacao"),
    "description": ("beschreibung", "descripcion", "descricao", "descrizione", "opis"),
    "code": ("nummer", "schlussel", "codigo", "kod", "clave", "codice", "numero"),
    "fund": ("fonds", "fondo", "fondos", "fuente", "fonte"),
    "budget": ("haushalt", "haushaltsplan", "presupuesto",
               "presupuestos", "orcamento", "budzet", "bilancio", "begroting",
               "budsjett", "voranschlag"),
    "appropriation": ("credito", "creditos", "credit", "credits", "dotacion", "dotacao", "stanziamento",
                      "bewilligung"),
    "adopted": ("ansatz", "haushaltsansatz", "soll", "planansatz", "inicial", "initial", "primitif", "iniziale",
                "uchwalony", "sancionado"),
    "approved": ("aprobado", "aprobados", "aprovado", "approuve", "zatwierdzony", "beschlossen",
                 "beschluss"),
    "modified": ("modificado", "modificados", "vigente", "actualizado", "atualizada", "atualizado", "definitivo",
                 "definitif", "nachtrag", "rectificado"),
    "proposed": ("entwurf", "propuesto", "propose"),
    "planned": ("plan", "prevision", "previsiones", "previsto", "planung"),
    "actual": ("ist", "rechnung", "ergebnis", "ejecutado", "devengado", "pagado", "pagados", "obligaciones", "realise",
               "realises", "mandate", "empenhado", "liquidado", "pago", "wykonanie", "comprometido", "ejercido",
               "rechnungsabschluss"),
    "amount": ("betrag", "importe", "importes", "monto", "montos", "montant", "montants", "valor", "valores", "kwota",
               "bedrag", "importo", "belop", "belopp"),
    "expenditures": ("ausgabe", "ausgaben", "ausgabetitel", "aufwand", "aufwendungen", "auszahlung", "auszahlungen",
                     "aus",
                     "gasto", "gastos", "egresos", "depense", "depenses", "despesa", "despesas", "wydatek", "wydatki",
                     "wydatkow", "spesa", "spese", "uitgaven", "lasten", "utgifter"),
    "revenue": ("einnahme", "einnahmen", "einahmen", "einnahmetitel", "ertrag", "ertraege", "ertrage", "einzahlung",
                "einzahlungen", "ein", "ingreso", "ingresos", "recette", "recettes", "receita", "receitas", "dochod",
                "dochody", "dochodow", "entrata", "entrate", "inkomsten", "baten", "inntekter", "intakter"),
    "total": ("summe", "gesamt", "gesamtsumme", "insgesamt", "zwischensumme", "suma", "razem", "ogolem", "soma",
              "somme",
              "totaal", "totale", "totales", "totaux"),
    "parent": ("ubergeordnet", "uebergeordnet", "padre", "pai", "superior", "nadrzedny", "bovenliggend"),
    "level": ("ebene", "stufe", "nivel", "niveau", "poziom", "livello", "nivaa"),
    "personnel": ("personalkosten", "personalaufwand", "pessoal", "personale"),
    "operating": ("sachkosten", "sachaufwand", "betriebskosten", "fonctionnement", "funcionamiento", "custeio"),
    "capital": ("investition", "investitionen", "inversion", "inversiones", "investissement", "investissements",
                "investimento", "investimentos"),
    "currency": ("wahrung", "waehrung", "moneda", "devise", "moeda", "waluta", "valuta"),
    "scenario": ("szenario", "escenario", "cenario", "scenariusz"),
    "type": ("art", "typ", "tipo", "rodzaj"),
    "account type": ("titelart",),
}  # fmt: skip
_SHORT = {
    "amt": "amount", "bud": "budget", "bdgt": "budget", "bgt": "budget", "act": "actual", "actl": "actual",
    "descr": "description", "dscr": "description", "cd": "code", "nbr": "number", "obj": "object", "subobj": "object",
    "rec": "recommended", "req": "requested", "orig": "original", "approp": "appropriation", "appr": "appropriation",
    "prog": "program", "prgm": "program", "exp": "expenditures", "expend": "expenditures", "est": "estimate",
    "adop": "adopted", "prop": "proposed", "yr": "year", "nm": "name",
}  # fmt: skip
"""What offices shorten in headers; ``rev`` is revenue or revised, and stays."""
_ENGLISH = _SHORT | {word: english for english, words in _WORDS.items() for word in words}
_COMPOUND = re.compile(r"(\w{3,}?)(?:s|n|en)?(bezeichnung|nummer)")
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i"})


def plain_letters(text: str) -> str:
    """Return a text in small letters without accents."""
    parts = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return "".join(mark for mark in parts if not unicodedata.combining(mark))


def in_english(words: str) -> str:
    """Return words without accents in small letters, those of other languages that are known in English."""
    return re.sub(r"[^\W\d_]+", lambda match: _one(match[0]), words)


def _one(word: str) -> str:
    if word in _ENGLISH:
        return _ENGLISH[word]
    compound = _COMPOUND.fullmatch(word)
    if compound is not None:
        return f"{_ENGLISH.get(compound[1], compound[1])} {_ENGLISH[compound[2]]}"
    return word
