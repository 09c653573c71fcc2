"""How residents comment, by what the scenario says under `residents`; and the words that the page explains."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from budgetopt.report.blocks.content import Block, Bullets, Paragraph
from budgetopt.report.residents.resident_view import ResidentView
from budgetopt.scenario.model import Hearing

__all__ = ["comment_blocks", "word_blocks"]


def comment_blocks(view: ResidentView) -> Iterator[Block]:
    """Yield the ways to comment, the hearings by date and the last day; nothing where the scenario names none."""
    said, say, own = view.said, view.language.say, view.language.of_office
    ways = any((said.email, said.phone, said.address, said.link))
    if ways or said.hearings:
        yield Paragraph(say("You can say what you think of this plan."))
    if said.until:
        yield Paragraph(say("The last day for comments is {day}.", day=view.language.day(said.until)))
    if said.email:
        yield Paragraph(say("Write to"), link=(said.email, f"mailto:{quote(said.email, safe='@.+-_')}"))
    if said.link:
        yield Paragraph(say("Comment or read more at {address}", address=said.link))
    if said.phone:
        yield Paragraph(say("Call {number}.", number=own(said.phone)))
    if said.address:
        yield Paragraph(say("Send a letter to {address}, or come by.", address=own(said.address)))
    if said.hearings:
        hearings = sorted(said.hearings, key=lambda hearing: (hearing.date, hearing.time or ""))
        yield Bullets(say("Public hearings"), [_hearing(view, hearing) for hearing in hearings])
    if said.public_note:
        yield Paragraph(own(said.public_note))


def _hearing(view: ResidentView, hearing: Hearing) -> str:
    say, own = view.language.say, view.language.of_office
    when = view.language.day(hearing.date)
    if hearing.time:
        when = say("{day}, at {time}", day=when, time=view.language.clock(hearing.time))
    place = own(hearing.place)
    words = say("{when}: {place}.", when=when, place=place) if place else f"{when}."
    return f"{words} {own(hearing.public_note)}".strip()


def word_blocks(view: ResidentView) -> Iterator[Block]:
    """Yield the words that need an explanation."""
    say = view.language.say
    items = [
        say("Fund: public money that is kept apart for some uses."),
        say("Program: a service or a work that the money pays for."),
    ]
    if view.figures.has_baseline:
        items.append(say("Today's level: what a program has now, at the costs of the years of the plan."))
    if view.results:
        items.append(say("Result: what people get from a program, as it is counted."))
    if len(view.plan.scenario.packages):
        items.append(say("Proposal: a step that is paid for in full, or not at all."))
    yield Bullets(say("What they mean"), items)
