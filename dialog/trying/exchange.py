"""A talk with a flow as plain functions: JSON in, JSON out, nothing kept in between.

A request carries the whole talk so far, so any server can answer it, and none has to remember it.
Lookups and acts are answered by `answer`, or else by whoever talks: `waiting.for` is then "lookup"
or "act".
"""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dialog import events
from dialog.dialogue import Dialogue
from dialog.trying.moves import Beginning, Move, Talk
from dialog.trying.trial import Answer, Misfit, Moment, Trial, Waiting, outcomes
from voxdesk.kernel.speech import AnswerKind

Model = TypeVar("Model", bound=BaseModel)


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class MoveRequest(_Request):
    """A talk and the next move in it."""

    talk: Talk
    move: Move


class UndoRequest(_Request):
    """A talk and how many moves of the caller to take back."""

    talk: Talk
    moves: int = Field(1, ge=1, le=300)


def start(
    dialogue: Dialogue, request: Mapping[str, Any], *, answer: Answer | None = None
) -> dict[str, Any]:
    """Begin a talk; the request is a `Beginning`.

    Raises:
        Misfit: the request is wrong, or the flow lacks the language.
    """
    trial = Trial.begin(dialogue, _valid(Beginning, request), answer)
    return _reply(trial, trial.moments)


def move(
    dialogue: Dialogue, request: Mapping[str, Any], *, answer: Answer | None = None
) -> dict[str, Any]:
    """Go on with a talk; the request is a `MoveRequest`.

    Raises:
        Misfit: the request is wrong, or that can't happen now.
    """
    wanted = _valid(MoveRequest, request)
    before = Trial.resumed(dialogue, wanted.talk)
    trial = before.after(wanted.move, answer)
    return _reply(trial, trial.since(before))


def undo(dialogue: Dialogue, request: Mapping[str, Any]) -> dict[str, Any]:
    """Take back moves of the caller; the request is an `UndoRequest`.

    Raises:
        Misfit: the request is wrong, or there aren't so many.
    """
    wanted = _valid(UndoRequest, request)
    trial = Trial.resumed(dialogue, wanted.talk)
    for _ in range(wanted.moves):
        trial = trial.back()
    return _reply(trial, trial.moments[-1:])


def _valid(model: type[Model], request: Mapping[str, Any]) -> Model:
    try:
        return model.model_validate(request)
    except ValidationError as error:
        problems = (
            f"{'.'.join(map(str, item['loc'])) or 'request'}: "
            f"{item['msg'].removeprefix('Value error, ')}"
            for item in error.errors(include_input=False, include_url=False)[:5]
        )
        raise Misfit("; ".join(problems)) from None


def _reply(trial: Trial, moments: tuple[Moment, ...]) -> dict[str, Any]:
    """What there is to show.

    `heard` and `steps` are new since the request; `talk` goes into the next one.
    """
    state = trial.now.state
    return {
        "talk": trial.talk.model_dump(mode="json"),
        "heard": [
            {"step": said.step, "text": said.text, "language": said.language}
            for moment in moments
            for said in moment.said
        ],
        "steps": [step for moment in moments for step in moment.steps],
        "step": state.step,
        "language": state.language,
        "variables": dict(state.variables),
        "waiting": _waiting(trial.now.waiting),
    }


def _waiting(waiting: Waiting) -> dict[str, Any]:  # noqa: PLR0911  one case a kind of wait
    match waiting:
        case events.Listen(expectation=expected):
            about: dict[str, Any] = {"for": "caller", "answer": str(expected.kind)}
            if expected.kind is AnswerKind.CHOICE:
                about["choices"] = [
                    {"value": choice.value, "phrases": list(choice.phrases)}
                    for choice in expected.choices
                ]
            return about
        case events.Lookup(what=what, by=by):
            return {"for": "lookup", "what": what, "by": dict(by)}
        case events.Act(what=what, given=given):
            return {"for": "act", "what": what, "with": dict(given)}
        case events.Transfer(target=target):
            return {"for": "handover", "to": target, "outcomes": list(outcomes(waiting))}
        case events.Enqueue(queue=queue):
            return {"for": "handover", "to": queue, "outcomes": list(outcomes(waiting))}
        case events.RecordMessage(mailbox=mailbox):
            return {"for": "message", "mailbox": mailbox}
        case events.HangUp(reason=reason):
            return {"for": "nothing", "reason": reason}
