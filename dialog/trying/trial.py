"""A talk with a flow that is being tried: every moment of it is kept, so that one can go back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dialog import events
from dialog.dialogue import Dialogue
from dialog.flow import Queue, Transfer
from dialog.knowledge.library import library_of
from dialog.state import State
from dialog.trying.moves import (
    MAX_MOVES,
    ActEnds,
    Answered,
    Beginning,
    HandoverEnds,
    IsSilent,
    LookupEnds,
    MessageEnds,
    Move,
    Presses,
    Says,
    Talk,
)
from voxdesk.kernel.call import EventKind
from voxdesk.kernel.errors import VoxdeskError
from voxdesk.kernel.speech import Hypothesis, Transcript

Waiting = (
    events.Listen
    | events.Lookup
    | events.Act
    | events.Transfer
    | events.Enqueue
    | events.RecordMessage
    | events.HangUp
)
Answer = Callable[[events.Lookup | events.Act], LookupEnds | ActEnds | None]
"""Answers what a flow looks up or has done; None: somebody is to be asked."""

MESSAGE_S = 5.0


class Misfit(VoxdeskError):
    """A move that can't be made now; says what can."""

    code = "trial"


@dataclass(frozen=True, slots=True)
class Said:
    """Something that the caller heard, and at which step."""

    step: str
    text: str
    language: str
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """What a move led to.

    Attributes:
        move: None: the call was answered.
        said: in order.
        steps: that were entered, in order.
        waiting: what the call waits for now.
        state: of the dialogue, afterwards.
    """

    move: Move | None
    said: tuple[Said, ...]
    steps: tuple[str, ...]
    waiting: Waiting
    state: State


@dataclass(frozen=True, slots=True)
class Trial:
    """A talk; never changed. Every method gives a new one."""

    dialogue: Dialogue
    beginning: Beginning
    moments: tuple[Moment, ...]

    @classmethod
    def begin(
        cls, dialogue: Dialogue, beginning: Beginning, answer: Answer | None = None
    ) -> "Trial":
        """The call is answered.

        Raises:
            Misfit: the flow hasn't the language.
        """
        if beginning.language and beginning.language.split("-")[0] not in dialogue.languages:
            raise Misfit(
                f'flow "{dialogue.flow.name}" has no language "{beginning.language}".\n'
                f"  Languages: {', '.join(dialogue.languages)}"
            )
        today, now = beginning.today.isoformat(), beginning.now
        started = events.Started(beginning.known(), beginning.callee, today, now)
        first = _moment(dialogue, None, dialogue.initial_state(), [started], events.HangUp("error"))
        return _answered(cls(dialogue, beginning, (first,)), answer)

    @classmethod
    def resumed(cls, dialogue: Dialogue, talk: Talk) -> "Trial":
        """A talk from what was kept of it.

        Raises:
            Misfit: it is a talk with another flow or version, or its moves don't fit.
        """
        if (talk.flow, talk.version) != (dialogue.flow.name, dialogue.flow.version):
            raise Misfit(
                f'this talk is with flow "{talk.flow}", version {talk.version}, and here is '
                f'"{dialogue.flow.name}", version {dialogue.flow.version}; begin a new one'
            )
        trial = cls.begin(dialogue, talk.beginning)
        for move in talk.moves:
            trial = trial.after(move)
        return trial

    @property
    def now(self) -> Moment:
        """The last moment."""
        return self.moments[-1]

    @property
    def talk(self) -> Talk:
        """What must be kept of it."""
        flow = self.dialogue.flow
        moves = tuple(moment.move for moment in self.moments if moment.move is not None)
        return Talk(flow=flow.name, version=flow.version, beginning=self.beginning, moves=moves)

    @property
    def path(self) -> tuple[str, ...]:
        """Every step so far, in order."""
        return tuple(step for moment in self.moments for step in moment.steps)

    def after(self, move: Move, answer: Answer | None = None) -> "Trial":
        """The talk after a move, and after the answers to what the flow looks up then.

        Raises:
            Misfit: the call waits for something else, or the talk is too long.
        """
        if len(self.moments) > MAX_MOVES:
            raise Misfit(
                f"a talk has at most {MAX_MOVES} moves; begin a new one",
                case="talk_long",
                most=MAX_MOVES,
            )
        now = self.now
        if problem := _misfit(now.waiting, move):
            raise Misfit(problem)
        following = _moment(self.dialogue, move, now.state, _events(now.waiting, move), now.waiting)
        later = Trial(self.dialogue, self.beginning, (*self.moments, following))
        return _answered(later, answer)

    def back(self) -> "Trial":
        """The talk without the caller's last move, and without answers to lookups after it.

        Raises:
            Misfit: there is none.
        """
        kept = list(self.moments)
        while isinstance(kept[-1].move, Answered):
            kept.pop()
        if kept[-1].move is None:
            raise Misfit(
                "this is the beginning of the talk; there is nothing to take back",
                case="talk_begin",
            )
        return Trial(self.dialogue, self.beginning, tuple(kept[:-1]))

    def since(self, earlier: "Trial") -> tuple[Moment, ...]:
        """The moments that came after those of `earlier`."""
        return self.moments[len(earlier.moments) :]


def _answered(trial: Trial, answer: Answer | None) -> Trial:
    """The talk after the answers to all that the flow looks up now."""
    while answer is not None and isinstance(trial.now.waiting, events.Lookup | events.Act):
        found = answer(trial.now.waiting)
        if found is None:
            break
        trial = trial.after(found)
    return trial


def _moment(
    dialogue: Dialogue,
    move: Move | None,
    state: State,
    happening: Sequence[events.Event],
    waiting: Waiting,
) -> Moment:
    said: list[Said] = []
    steps: list[str] = []
    place = state.step
    coming = list(happening)
    while coming:
        state, actions = dialogue.step(state, coming.pop(0))
        for action in actions:
            if isinstance(action, events.Say):
                said.append(Said(place, action.text, action.language, action.sensitive))
            elif isinstance(action, events.Search):
                matches = library_of(dialogue.flow.knowledge).search(action)
                coming.insert(0, events.SearchDone(action.token, matches))
            elif isinstance(action, Waiting):
                waiting = action
            elif action.kind == EventKind.STEP:
                place = str(action.data["step"])
                steps.append(place)
        if isinstance(move, Presses) and not coming and state.keys:
            coming = [events.DigitsTimedOut()]
    return Moment(move, tuple(said), tuple(steps), waiting, state)


def _events(  # noqa: PLR0911  one case a kind of move
    waiting: Waiting, move: Move
) -> list[events.Event]:
    """What the dialogue hears of a move."""
    match move:
        case Says(texts=texts, confidence=confidence):
            n_best = (Hypothesis(text, confidence * 0.9**rank) for rank, text in enumerate(texts))
            return [events.Heard(Transcript(tuple(n_best)))]
        case Presses() if isinstance(waiting, events.Enqueue):
            return [events.TransferDone("left_queue")]
        case Presses() if isinstance(waiting, events.RecordMessage):
            return [events.MessageDone(recorded=True, duration_s=MESSAGE_S)]
        case Presses(keys=keys):
            return [events.Pressed(key) for key in keys]
        case IsSilent():
            return [events.NoInput()]
        case HandoverEnds(outcome=outcome):
            return [events.TransferDone(outcome)]
        case MessageEnds(recorded=recorded):
            return [events.MessageDone(recorded, MESSAGE_S if recorded else 0.0)]
        case ActEnds() if isinstance(waiting, events.Act):
            return [events.ActDone(waiting.token, move.outcome, move.record, move.reason)]
    assert isinstance(move, LookupEnds)  # noqa: S101  _misfit saw to it
    assert isinstance(waiting, events.Lookup)  # noqa: S101  _misfit saw to it
    if move.outcome == "failed":
        return [events.LookupFailed(waiting.token, "tried out")]
    return [events.LookupDone(waiting.token, move.outcome == "found", move.record)]


def _misfit(waiting: Waiting, move: Move) -> str:
    """Why this can't happen now, and what can; nothing when it can."""
    match waiting:
        case events.HangUp():
            return "the call is over"
        case events.Listen():
            fits = isinstance(move, Says | Presses | IsSilent)
            wanted = "waits for the caller: words, keys or silence"
        case events.Lookup():
            fits = isinstance(move, LookupEnds)
            wanted = f"looks up {asked(waiting)}: found, missing or failed"
        case events.Act():
            fits = isinstance(move, ActEnds)
            wanted = f"has something done, {asked(waiting)}: done, refused or failed"
        case events.RecordMessage():
            fits = isinstance(move, MessageEnds) or _is_key(move, "#")
            wanted = "records a message: recorded or empty"
        case events.Enqueue():
            ends = outcomes(waiting)
            fits = _is_key(move, waiting.leave_key) or _ends(move, ends)
            wanted = f'is in the queue "{waiting.queue}", which ends in: {", ".join(ends)}'
        case events.Transfer():
            ends = outcomes(waiting)
            fits = _ends(move, ends)
            wanted = f"is being transferred to {waiting.target}, which ends in: {', '.join(ends)}"
    return "" if fits else f"that can't happen now: the call {wanted}"


def outcomes(waiting: events.Transfer | events.Enqueue) -> tuple[str, ...]:
    """How a transfer or the wait in a queue may end."""
    kind = Transfer if isinstance(waiting, events.Transfer) else Queue
    return ("connected", *kind.OUTCOMES)


def asked(wanted: events.Lookup | events.Act) -> str:
    """A lookup or an act in words: "order, number 4711"."""
    values = wanted.by if isinstance(wanted, events.Lookup) else wanted.given
    return f"{wanted.what}, {', '.join(f'{key} {value}' for key, value in values.items())}"


def _is_key(move: Move, key: str) -> bool:
    return isinstance(move, Presses) and move.keys == key


def _ends(move: Move, ends: tuple[str, ...]) -> bool:
    return isinstance(move, HandoverEnds) and move.outcome in ends
