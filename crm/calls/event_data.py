"""What each kind of event carries in `CallEvent.data`: the writer's and the reader's agreement.

Every `…_ms` without another word is a position on the call's audio clock: milliseconds since
answer, the same clock as `CallEvent.audio_ms` and the recording. `…_took_ms`-like durations say so.
All keys are optional for readers: a log outlives the program that wrote it.

One turn of the conversation, from the caller's last sound to our first:

    speech_end_ms    the caller is silent
    paused_ms        the VAD is sure of a pause
    speculated_ms    decoding begins, perhaps before the turn is over
    decoded_ms       … and its result is there
    decided_ms       the turn is over (hang time)
    asked_ms         the dialogue has answered, a prompt is wanted
    + synth_ms       its first sound is there
    first_audio_ms   its first frame is played

HEARD carries the times down to `decided_ms`, the PROMPT that answers it (same `turn`) the rest.
What speculation bought shows by itself: with `reused`, decoding ended before the turn was over.
"""

from typing import Any, TypedDict


class HypothesisData(TypedDict):
    """One entry of an N-best list; confidence 0..1."""

    text: str
    confidence: float


class IncomingData(TypedDict, total=False):
    """INCOMING: an INVITE. `source` is "ip:port"."""

    caller: str
    caller_name: str
    callee: str
    diverted_from: str
    source: str


class DialledData(TypedDict, total=False):
    """DIALLED: we call out."""

    target: str
    caller: str


class AnsweredData(TypedDict, total=False):
    """ANSWERED. Sets the call's `answered_at`."""

    codec: str
    secure: bool
    setup_ms: float  # duration from INVITE to answer


class StartedData(TypedDict, total=False):
    """STARTED: what the dialogue began with, so that the call can be run again from its log.

    Attributes:
        facts: what the CRM knew of the caller; see `crm.lookups.CallerFacts`.
        callee: the number or name that was called.
        today: ISO date where the call centre is; `now` the ISO time.
        languages: what could be spoken and heard, primary tags.
    """

    facts: dict[str, Any]
    callee: str
    today: str
    now: str
    languages: list[str]


class StepData(TypedDict, total=False):
    """STEP: the dialogue entered a step."""

    step: str
    flow: str
    version: str


class PromptData(TypedDict, total=False):
    """PROMPT: something was said. Logged when its first frame was played, or when it was dropped.

    Attributes:
        utterance: its id, the same in PROMPT_PAUSED … PROMPT_FINISHED.
        text: as said, not yet normalized; left out when the step is sensitive.
        turn: the last turn of the caller's before it, 0 before the first. The first prompt with
            a turn's number is its answer.
        cached: the sound was there before it was asked for.
        asked_ms: when the dialogue asked for it, which is when the turn was understood.
        synth_ms: duration from then until its first sound was ready.
        first_audio_ms: when its first frame was played; absent when it never was.
        voice: the synthesizer's name.
    """

    utterance: int
    text: str
    language: str
    turn: int
    cached: bool
    asked_ms: float
    synth_ms: float
    first_audio_ms: float
    voice: str


class PromptPausedData(TypedDict, total=False):
    """PROMPT_PAUSED and PROMPT_RESUMED. `position_ms` counts within the utterance."""

    utterance: int
    position_ms: int


class PromptStoppedData(TypedDict, total=False):
    """PROMPT_STOPPED and PROMPT_FINISHED: durations within the utterance.

    Attributes:
        total_ms: None while it wasn't all synthesized.
        by: "speech", "key", "hangup" …; absent when finished.
    """

    utterance: int
    heard_ms: int
    total_ms: int | None
    by: str


class SpeechStartedData(TypedDict, total=False):
    """SPEECH_STARTED."""

    turn: int
    speech_start_ms: float
    over_prompt: bool


class HeardData(TypedDict, total=False):
    """HEARD: a turn of the caller's, as recognized.

    Attributes:
        turn: counts the caller's turns, from 1.
        text: left out when the step is sensitive, and so is `n_best`.
        confidence: of `text`, 0..1.
        engine: the recognizer's name.
        stepped_back: why it wasn't a larger one, "crowded" or "recent_wait"; absent when it was,
            or there is none.
        n_best: best first, `text` included.
        speech_start_ms: first sample of speech.
        speech_end_ms: last sample of speech; latencies count from here.
        paused_ms: when the VAD was sure of a pause.
        speculated_ms: when decoding began (speculatively, or because the turn was over).
        decoded_ms: when the result that was used was there.
        decided_ms: when the turn was called over.
        queued_ms: duration that decoding waited for a worker.
        decode_ms: duration of the decoding.
        reused: the speculation's result was used.
        completeness: what the turn detector thought of the words: "complete", "unsure" …
        reason: why the turn was called over.
        over_prompt: it was said while a prompt was playing.
        prompt_heard: share of that prompt that the caller had heard, 0..1.
    """

    turn: int
    text: str
    confidence: float
    engine: str
    stepped_back: str
    n_best: list[HypothesisData]
    speech_start_ms: float
    speech_end_ms: float
    paused_ms: float
    speculated_ms: float
    decoded_ms: float
    decided_ms: float
    queued_ms: float
    decode_ms: float
    reused: bool
    completeness: str
    reason: str
    over_prompt: bool
    prompt_heard: float


class IgnoredData(TypedDict, total=False):
    """IGNORED: `why` is "backchannel", "noise", "echo", "not_expected" or the like."""

    turn: int
    text: str
    why: str


class KeyData(TypedDict, total=False):
    """KEY. `digit` is left out when the step is sensitive. `method`: "rfc4733" or "info"."""

    step: str
    digit: str
    method: str


class UnderstoodData(TypedDict, total=False):
    """UNDERSTOOD, CONFIRM and SLOT: a reading, what is asked back, and what was kept.

    `value` is left out when the step is sensitive.
    """

    step: str
    slot: str
    value: str
    confidence: float
    text: str
    turn: int


class LanguageData(TypedDict, total=False):
    """LANGUAGE: the caller asked for it, and is spoken to in it now and the next time. A tag."""

    language: str


class FeelingData(TypedDict, total=False):
    """FEELING: how the turn before it sounds by its words; none where it is calm. Strength 0..1."""

    step: str
    feeling: str
    strength: float


class AttemptData(TypedDict, total=False):
    """NO_INPUT and NO_MATCH. `count` in a row, from 1."""

    step: str
    count: int
    turn: int


class LookupData(TypedDict, total=False):
    """LOOKUP.

    Attributes:
        outcome: "found", "missing" or "failed".
        record: what was found; left out when the step is sensitive.
        took_ms: a duration.
        reason: why it failed.
    """

    what: str
    outcome: str
    record: dict[str, Any]
    took_ms: float
    reason: str


class SurveyData(TypedDict, total=False):
    """SURVEY: becomes a row of `survey_answers`.

    Attributes:
        survey: "csat", "nps", "servqual" or "acsi".
        step: of the flow.
        state: "offered", "answered", "declined" (stopped before its end) or "complete".
        question: that was answered.
        value: the number that was said.
        text: a comment, instead of a number.
    """

    survey: str
    step: str
    state: str
    question: str
    value: float
    text: str


class HoursData(TypedDict, total=False):
    """HOURS: a flow asked whether a place is open.

    Attributes:
        hours: name of the hours in the flow.
        state: "open", "closed" or "holiday".
        at: the moment that was looked at, ISO.
    """

    hours: str
    state: str
    at: str


class SearchedData(TypedDict, total=False):
    """SEARCHED: what a search in the knowledge base found; a replay finds the same.

    Attributes:
        found: questions with their confidence, the likeliest first; left out at a sensitive step.
        outcome: "failed" where there was no search, with its `reason`; else absent.
    """

    step: str
    found: list[tuple[str, float]]
    outcome: str
    reason: str


class QuestionData(TypedDict, total=False):
    """QUESTION: what a caller wanted to know; becomes a row of `asked_questions`.

    Attributes:
        outcome: "answered" or "unknown".
        question: which one of the knowledge base, "shop/returns"; absent when there is no answer.
        text: the caller's words when there is none; left out when the step is sensitive.
        knowledge: names of the files that were looked in.
    """

    step: str
    flow: str
    knowledge: list[str]
    language: str
    outcome: str
    question: str
    text: str


class ActData(TypedDict, total=False):
    """ACT. `outcome`: "done", "refused" or "failed"; `reason`: why not; never what it was about."""

    what: str
    outcome: str
    reason: str
    took_ms: float


class QueuedData(TypedDict, total=False):
    """QUEUED."""

    queue: str
    skills: list[str]
    priority: int


class QueuePositionData(TypedDict, total=False):
    """QUEUE_POSITION: 1 is next."""

    queue: str
    position: int


class AgentData(TypedDict, total=False):
    """AGENT_RINGING, AGENT_MISSED (with `why`) and BRIDGED, which sets the call's `agent`."""

    agent: str
    target: str
    why: str
    waited_s: float


class MessageLeftData(TypedDict, total=False):
    """MESSAGE_LEFT: becomes a row of `messages`.

    Without a path it is part of the call's own recording, from `start_ms` on. With `transcribe` a
    row of `message_texts` waits for its words, spoken in `language`.
    """

    mailbox: str
    recording_path: str
    start_ms: int
    seconds: float
    language: str
    transcribe: bool


class TransferData(TypedDict, total=False):
    """TRANSFER: logged when it starts (no `outcome`) and when it is over; becomes one row.

    Attributes:
        number: of this attempt within its call, from 1; it ties both events together.
        mode: "blind", "bridged" or "queue".
        connected_ms: when both were connected; absent when they never were.
        outcome: as `dialog.events.TransferDone` has it.
        sip_code: the other end's final answer.
    """

    number: int
    mode: str
    target: str
    agent: str
    connected_ms: float
    outcome: str
    sip_code: int


class HeldData(TypedDict, total=False):
    """HELD."""

    on: bool


class RecordingData(TypedDict, total=False):
    """RECORDING. A path sets the call's `recording_path`.

    Attributes:
        state: "started", "paused", "resumed", "stopped" or "failed".
        path: below the recordings folder.
        seconds: its length, when stopped.
        why: when failed, or "sensitive" when paused.
    """

    state: str
    path: str
    seconds: float
    why: str


class ErrorData(TypedDict, total=False):
    """ERROR: ours. `code` is a `VoxdeskError.code`, `where` the part that failed."""

    code: str
    where: str
    message: str


class EndedData(TypedDict, total=False):
    """ENDED. Sets the call's `ended_at` and `cause`; `cause` is an `EndCause`."""

    cause: str
    sip_code: int
    by_us: bool
    lost_frames: int
    reason: str


class TranscribedData(TypedDict, total=False):
    """TRANSCRIBED: something said in a recording from elsewhere.

    Attributes:
        side: "caller" or "agent".
        speaker: number of who spoke, from 0 as they are first heard.
        words: text and seconds from and to, where they were measured.
    """

    side: str
    speaker: int
    text: str
    confidence: float
    engine: str
    speech_start_ms: int
    speech_end_ms: int
    words: list[tuple[str, float, float]]
