"""The simulator over HTTP: talk with a flow that no call runs yet.

The dialogue is pure, so nothing is kept here between two moves: whoever talks sends what was done
so far (`talk`) with each.
"""

from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from crm.flows import repository
from dialog import events
from dialog.dialogue import Dialogue
from dialog.trying.moves import Beginning, Move, Talk
from dialog.trying.trial import Misfit, Moment, Trial, outcomes
from voxdesk.app import publishing
from voxdesk.app.drafts import path_of, read_draft
from voxdesk.app.http.errors import NotThere
from voxdesk.app.http.guard import Reader
from voxdesk.app.http.house import AHouse, House

router = APIRouter(tags=["trials"])


class BeginIn(BaseModel):
    """With what to talk, and as whom."""

    flow: str = Field(max_length=200)
    source: Literal["draft", "live"] = "draft"
    beginning: Beginning


class MoveIn(BaseModel):
    """What was done so far, and what is done now; nothing new: to see the last moments again."""

    talk: Talk
    move: Annotated[Move, Field(discriminator="do")] | None = None


class SaidOut(BaseModel):
    """Something that the caller heard."""

    step: str
    text: str
    language: str


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
def begin(wanted: BeginIn, house: AHouse, _: Reader) -> TalkOut:
    """Begin a talk with a flow's draft, or with what is live."""
    dialogue = _dialogue(house, wanted.flow, wanted.source)
    trial = Trial.begin(dialogue, wanted.beginning)
    return _shown(trial, trial.moments)


@router.post("/trials/moves")
def move(done: MoveIn, house: AHouse, _: Reader) -> TalkOut:
    """Go on with a talk: words, keys, silence, the answer to a lookup, how a transfer ends."""
    before = Trial.resumed(_dialogue_of(house, done.talk), done.talk)
    if done.move is None:
        return _shown(before, before.moments)
    after = before.after(done.move)
    return _shown(after, after.since(before))


def _shown(trial: Trial, moments: tuple[Moment, ...]) -> TalkOut:
    return TalkOut(
        talk=trial.talk,
        said=[
            SaidOut(step=said.step, text=said.text, language=said.language)
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
            raise NotThere(f"{flow} was never published.")
        return house.dialogues.of(flow, version.text.encode(), house.settings)
    if not path_of(house.flows, flow).exists():
        raise NotThere(f"There is no draft of {flow}.")
    return house.dialogues.of(flow, read_draft(house.flows, flow).data, house.settings)


def _dialogue_of(house: House, talk: Talk) -> Dialogue:
    """The flow that a talk is with: the draft, if it is still that, or a published version."""
    if path_of(house.flows, talk.flow).exists():
        draft = read_draft(house.flows, talk.flow)
        if draft.hash == talk.version:
            return house.dialogues.of(talk.flow, draft.data, house.settings)
    with house.database.reading() as session:
        version = repository.by_hash(session, talk.flow, talk.version)
    if version is None:
        raise Misfit(f"the draft of {talk.flow} was changed since; begin a new talk")
    return house.dialogues.of(talk.flow, version.text.encode(), house.settings)
