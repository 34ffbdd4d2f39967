"""Where a call is in its flow: one immutable value that survives a restart as JSON."""

import dataclasses
import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from voxdesk.kernel.speech import BargeIn


class Phase(enum.StrEnum):
    """What the call waits for."""

    NEW = "new"
    LISTENING = "listening"
    CONFIRMING = "confirming"
    LOOKING_UP = "looking_up"
    SEARCHING = "searching"
    ACTING = "acting"
    HANDED_OVER = "handed_over"
    RECORDING = "recording"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Line:
    """Something that was said, to be said again on "repeat"; fields as of `events.Say`."""

    text: str
    language: str
    barge_in: BargeIn = BargeIn.SPEECH
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """An answer that is being read back.

    Attributes:
        value: what is asked about.
        others: further readings of the same words.
        rounds: how often something was read back at this step.
        misses: replies that were neither yes nor no.
        record: what a lookup found for a second reading, taken over on yes; else None.
    """

    value: str
    others: tuple[str, ...] = ()
    rounds: int = 1
    misses: int = 0
    record: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Ahead:
    """An answer that is there before its question is asked.

    Attributes:
        value: as of `Understood`.
        confidence: as of `Understood`.
        settled: it was taken before, and is not read back again.
    """

    value: str
    confidence: float
    settled: bool = False


@dataclass(frozen=True, slots=True)
class Guess:
    """A lookup tried with another reading of a slot, after the best one was not found.

    Attributes:
        lookup: the step that looks up.
        slot: whose other reading it is; the slot keeps its value until the caller says yes.
        value: the reading that is tried.
        rest: readings that can be tried after it.
    """

    lookup: str
    slot: str
    value: str
    rest: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Interrupted:
    """A question that waits while the caller asks something else. Other fields as of `State`.

    Attributes:
        by: name of what was asked instead.
        step: whose question it is.
        phase: listening, or confirming an answer.
        language: that of the call.
        answered: length of the path.
    """

    by: str
    step: str
    phase: Phase
    language: str
    answered: int
    no_input: int = 0
    no_match: int = 0
    digits: str = ""
    rejected: tuple[str, ...] = ()
    candidate: Candidate | None = None
    guess: Guess | None = None
    said: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Mood:
    """How the caller feels, as far as their words tell.

    Attributes:
        feeling: "calm", "frustrated", "angry" or "pleased"; of the last words, or of those before
            while a strong feeling fades.
        upset: how frustrated or angry, 0..1.
        times: how often they were upset.
        offered: they were asked whether they want a person, and are not asked again.
        words: a checksum of the last words, by which a repetition is known; 0: none.
    """

    feeling: str = "calm"
    upset: float = 0.0
    times: int = 0
    offered: bool = False
    words: int = 0


@dataclass(frozen=True, slots=True)
class State:
    """Everything that the dialogue remembers. Plain values only.

    Attributes:
        version: of the flow that the call runs.
        step: name of the current step.
        language: primary tag.
        today: ISO date, or empty.
        now: ISO time at which the call was answered, or empty.
        at: the moment of the last event, ISO: with its offset, or as the clock at the place shows
            it; empty where nobody told.
        variables: caller, callee, slots, records.
        path: steps at which the caller has answered, for "go back".
        no_input: silent tries at this step; no_match: those not understood.
        misses: both, in a row, over all steps.
        moves: steps entered since the caller last did something.
        keys: digits keyed so far.
        digits: digits said so far that were too few.
        rejected: values that the caller said no to at this step.
        candidate: the answer that is being read back.
        others: by slot, what else the caller may have said.
        ahead: by slot, answers to questions that weren't asked yet.
        guess: the other reading that is being tried, or read back.
        asked: readings of a question to the knowledge base, until it is answered or given up.
        token: of the last lookup or search, or of what is being done.
        said: the last prompt, all of it.
        heard: share of it that the caller has heard, 0..1.
        interrupted: questions that wait, the first one first.
        mood: how the caller feels.
        offering: they were just asked whether they want a person.
        typed: keys that nothing ended were the last answer: a `#` may still come.
        wish: what the caller said behind a no, for the menu that comes next.
    """

    version: str = ""
    phase: Phase = Phase.NEW
    step: str = ""
    language: str = ""
    today: str = ""
    now: str = ""
    at: str = ""
    variables: Mapping[str, Any] = field(default_factory=dict)
    path: tuple[str, ...] = ()
    no_input: int = 0
    no_match: int = 0
    misses: int = 0
    moves: int = 0
    keys: str = ""
    digits: str = ""
    rejected: tuple[str, ...] = ()
    candidate: Candidate | None = None
    others: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ahead: Mapping[str, Ahead] = field(default_factory=dict)
    guess: Guess | None = None
    asked: tuple[str, ...] = ()
    token: int = 0
    said: tuple[Line, ...] = ()
    heard: float = 1.0
    interrupted: tuple[Interrupted, ...] = ()
    mood: Mood = Mood()
    offering: bool = False
    typed: bool = False
    wish: str = ""

    def to_json(self) -> dict[str, Any]:
        """Plain JSON types."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "State":
        """The state that `to_json` wrote."""
        values = _shared(data)
        values |= {
            "path": tuple(values["path"]),
            "asked": tuple(values.get("asked", ())),
            "others": {slot: tuple(found) for slot, found in values["others"].items()},
            "ahead": {slot: Ahead(**found) for slot, found in values.get("ahead", {}).items()},
            "interrupted": tuple(
                Interrupted(**_shared(one)) for one in values.get("interrupted", ())
            ),
            "mood": Mood(**values.get("mood", {})),
        }
        return cls(**values)


def _shared(data: Mapping[str, Any]) -> dict[str, Any]:
    """What a state and an interrupted question have in common."""
    candidate, guess = data["candidate"], data["guess"]
    return {
        **data,
        "phase": Phase(data["phase"]),
        "rejected": tuple(data["rejected"]),
        "candidate": Candidate(**{**candidate, "others": tuple(candidate["others"])})
        if candidate
        else None,
        "guess": Guess(**{**guess, "rest": tuple(guess["rest"])}) if guess else None,
        "said": tuple(
            Line(**{**line, "barge_in": BargeIn(line["barge_in"])}) for line in data["said"]
        ),
    }
