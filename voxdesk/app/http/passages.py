"""What was said where a search found calls, over HTTP: some calls at a time, behind their list."""

from typing import Annotated, Final

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy import select

from crm.audit.models import Act
from crm.audit.repository import WORDS_OF_CALLS
from crm.calls.models import Call
from crm.finding.passages import Found, best, found_in, shortened
from crm.finding.query import MOST_CHARACTERS, parse
from crm.transcripts.model import Side
from voxdesk.app.calls.transcript import said_in, visible
from voxdesk.app.http.audit import looked
from voxdesk.app.http.guard import Listener
from voxdesk.app.http.house import AHouse

router = APIRouter(tags=["calls"])
MOST_CALLS: Final = 20
"""Of one request: each call's words are read and hidden anew."""
CallIds = Annotated[
    list[Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]],
    Query(min_length=1, max_length=MOST_CALLS, alias="call", description="Ids of calls."),
]


class PieceOut(BaseModel):
    """A piece of a text; all of them together are the text."""

    text: str
    found: bool = Field(description="It is what was looked for.")


class PassageOut(BaseModel):
    """What was said where something was found, as it may be shown."""

    side: Side
    at_ms: int = Field(description="Of the first word found, on the recording's clock.")
    pieces: list[PieceOut]


class PassagesOut(BaseModel):
    """Of one call."""

    call: str
    passages: list[PassageOut] = Field(
        description="The best, in order of time. None: a name, a number or a step was found."
    )
    more: int = Field(description="Turns in which something was found beside these.")


@router.get("/calls/passages")
def passages(
    house: AHouse,
    staff: Listener,
    q: Annotated[str, Query(min_length=1, max_length=MOST_CHARACTERS, description="The search.")],
    ids: CallIds,
) -> list[PassagesOut]:
    """Where in calls the words of a search were said; in the order of `call`."""
    query = parse(q)
    with house.database.reading() as session:
        there = {call.id: call for call in session.scalars(select(Call).where(Call.id.in_(ids)))}
        calls = [there[one] for one in dict.fromkeys(ids) if one in there]
        said = [(call, said_in(session, call)) for call in calls]
    shown = [
        _of_call(call.id, found_in(query, visible(words, call.language))) for call, words in said
    ]
    seen = " ".join(one.call for one in shown if one.passages)
    if seen:
        with house.database.transaction() as session:
            of = f"{WORDS_OF_CALLS} {seen}"
            looked(session, staff, Act.SEARCHED, of=of, now=house.clock.now())
    return shown


def _of_call(call: str, found: list[Found]) -> PassagesOut:
    chosen = [_passage(one) for one in best(found)]
    return PassagesOut(call=call, passages=chosen, more=len(found) - len(chosen))


def _passage(found: Found) -> PassageOut:
    part = shortened(found)
    text, pieces, place = part.segment.text, [], 0
    for one in part.places:
        if one.start > place:
            pieces.append(PieceOut(text=text[place : one.start], found=False))
        pieces.append(PieceOut(text=text[one.start : one.end], found=True))
        place = one.end
    if place < len(text):
        pieces.append(PieceOut(text=text[place:], found=False))
    return PassageOut(side=part.segment.side, at_ms=found.at_ms, pieces=pieces)
