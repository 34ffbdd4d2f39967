"""The simulator over HTTP: talk with a flow that no call runs yet.

The dialogue is pure, so nothing is kept here between two moves: whoever talks sends what was done
so far (`talk`) with each.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, Field

from crm.audit.models import Act
from crm.flows import repository
from crm.lookups import Lookups
from crm.staff.models import Role
from dialog import events
from dialog.dialogue import Dialogue
from dialog.trying.moves import Beginning, Move, Talk
from dialog.trying.records import answer_from, read_records
from dialog.trying.trial import Answer, Misfit, Moment, Trial, outcomes
from voxdesk.app import publishing
from voxdesk.app.drafts import path_of, read_draft
from voxdesk.app.http.audit import noted
from voxdesk.app.http.errors import NotThere
from voxdesk.app.http.guard import Reader, Staff
from voxdesk.app.http.house import AHouse, House
from voxdesk.app.trying.answers import asking_here

router = APIRouter(tags=["trials"])
MOST_RECORDS: Final = 100_000
SEES_CUSTOMERS: Final = frozenset({Role.ADMINISTRATOR, Role.SUPERVISOR, Role.AUDITOR})


class Answering(BaseModel):
    """Who answers what the flow looks up; nobody: whoever talks is asked."""

    crm: bool = Field(
        default=False,
        description="The CRM and the services here; nothing is done. For who may see customers.",
    )
    records: str = Field(
        "",
        max_length=MOST_RECORDS,
        description="YAML: kinds with numbers with records, as in tests.",
    )


class BeginIn(Answering):
    """With what to talk, and as whom."""

    flow: str = Field(max_length=200)
    source: Literal["draft", "live"] = "draft"
    beginning: Beginning
    phone: str = Field(
        "", max_length=40, description="The caller's number; with `crm` they are looked up by it."
    )


class MoveIn(Answering):
    """What was done so far, and what is done now; nothing new: to see the last moments again."""

    talk: Talk
    move: Annotated[Move, Field(discriminator="do")] | None = None


class SaidOut(BaseModel):
    """Something that the caller heard."""

    step: str
    text: str
    language: str
    sensitive: bool


class WaitOut(BaseModel):
    """What the call waits for.

    Attributes:
        what: caller, lookup, act, transfer, queue, message, or over.
        details: of a lookup or an act: what it is about; of a transfer or queue: how it may end.
    """

    what: Literal["caller", "lookup", "act", "transfer", "queue", "message", "over"]
    details: dict[str, Any] = Field(default_factory=dict)


class TalkOut(BaseModel):
    """What came of it."""

    talk: Talk
    said: list[SaidOut]
    steps: list[str]
    waits: WaitOut
    variables: dict[str, Any]


@router.post("/trials")
def begin(wanted: BeginIn, house: AHouse, reader: Reader) -> TalkOut:
    """Begin a talk with a flow's draft, or with what is live."""
    dialogue = _dialogue(house, wanted.flow, wanted.source)
    with _answers(house, reader, wanted) as (answer, lookups):
        beginning = wanted.beginning
        if wanted.phone and not beginning.caller:
            known = dict(lookups.caller_facts(wanted.phone)) if lookups else {}
            caller = {**known} if known else {"known": False, "phone": wanted.phone}
            beginning = beginning.model_copy(update={"caller": caller})
        trial = Trial.begin(dialogue, beginning, answer)
    return _shown(trial, trial.moments)


@router.post("/trials/moves")
def move(done: MoveIn, house: AHouse, reader: Reader) -> TalkOut:
    """Go on with a talk: words, keys, silence, the answer to a lookup, how a transfer ends."""
    before = Trial.resumed(dialogue_of_talk(house, done.talk), done.talk)
    if done.move is None:
        return _shown(before, before.moments)
    with _answers(house, reader, done) as (answer, _):
        after = before.after(done.move, answer)
    return _shown(after, after.since(before))


@contextmanager
def _answers(
    house: House, reader: Staff, wanted: Answering
) -> Iterator[tuple[Answer | None, Lookups | None]]:
    if wanted.records:
        found = read_records(wanted.records.encode(), path="records")
        yield lambda asked: answer_from(found, asked), None
        return
    if not wanted.crm:
        yield None, None
        return
    if reader.role not in SEES_CUSTOMERS:
        raise HTTPException(
            HTTPStatus.FORBIDDEN,
            f"{reader.name} is {reader.role} here and may not see customers; give records instead.",
        )
    with house.database.transaction() as session:
        noted(session, reader, Act.READ, of="customers in a trial", now=house.clock.now())
    lookups = Lookups(house.database, default_country=house.settings.calls.country)
    with asking_here(house.settings, house.database, lookups) as answer:
        yield answer, lookups


def _shown(trial: Trial, moments: tuple[Moment, ...]) -> TalkOut:
    return TalkOut(
        talk=trial.talk,
        said=[
            SaidOut(
                step=said.step,
                text=said.text,
                language=said.language,
                sensitive=said.sensitive,
            )
            for moment in moments
            for said in moment.said
        ],
        steps=[step for moment in moments for step in moment.steps],
        waits=_waits(trial.now),
        variables=dict(trial.now.state.variables),
    )


def _waits(moment: Moment) -> WaitOut:  # noqa: PLR0911  one case a kind of wait
    match moment.waiting:
        case events.Lookup(what=what, by=by):
            return WaitOut(what="lookup", details={"what": what, "by": dict(by)})
        case events.Act(what=what, given=given):
            return WaitOut(what="act", details={"what": what, "with": dict(given)})
        case events.Transfer(target=target) as transfer:
            ends = {"target": target, "ends": outcomes(transfer)}
            return WaitOut(what="transfer", details=ends)
        case events.Enqueue(queue=queue, leave_key=key) as line:
            ends = {"queue": queue, "leave_key": key, "ends": outcomes(line)}
            return WaitOut(what="queue", details=ends)
        case events.RecordMessage(mailbox=mailbox):
            return WaitOut(what="message", details={"mailbox": mailbox})
        case events.HangUp(reason=reason):
            return WaitOut(what="over", details={"reason": reason})
    return WaitOut(what="caller")


def _dialogue(house: House, flow: str, source: str) -> Dialogue:
    if source == "live":
        version = publishing.live_version(house.database, flow)
        if version is None:
            raise NotThere(f"{flow} was never published.", case="never_published", flow=flow)
        return house.dialogues.of(flow, version.text.encode(), house.settings)
    if not path_of(house.flows, flow).exists():
        raise NotThere(f"There is no draft of {flow}.", case="no_draft", flow=flow)
    return house.dialogues.of(flow, read_draft(house.flows, flow).data, house.settings)


def dialogue_of_talk(house: House, talk: Talk) -> Dialogue:
    """The flow that a talk is with: the draft, if it is still that, or a published version."""
    if path_of(house.flows, talk.flow).exists():
        draft = read_draft(house.flows, talk.flow)
        if draft.hash == talk.version:
            return house.dialogues.of(talk.flow, draft.data, house.settings)
    with house.database.reading() as session:
        version = repository.by_hash(session, talk.flow, talk.version)
    if version is None:
        raise Misfit(
            f"the draft of {talk.flow} was changed since; begin a new talk",
            case="talk_old",
            flow=talk.flow,
        )
    return house.dialogues.of(talk.flow, version.text.encode(), house.settings)
