"""What was said in a call, as its log has it. Pure.

Words have the times that a recognizer measured; all others a share of their segment's time.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from crm.calls.entries import LoggedEvent
from crm.transcripts.model import Segment, Side, Word
from crm.transcripts.words import spoken_ms, spread, spread_over
from voxdesk.kernel.call import EventKind

NOT_SPEECH: Final = frozenset({"noise", "echo"})
"""Why sound was ignored that nobody said."""


LATEST_MS: Final = 7 * 24 * 3600 * 1000
"""No call lasts longer; whatever a log says."""
MOST_SPEAKERS: Final = 32
_OURS: Final = frozenset(
    {
        EventKind.PROMPT,
        EventKind.PROMPT_PAUSED,
        EventKind.PROMPT_RESUMED,
        EventKind.PROMPT_FINISHED,
        EventKind.PROMPT_STOPPED,
    }
)


def segments_of(events: Iterable[LoggedEvent]) -> tuple[Segment, ...]:
    """What both sides said, in order of time; a log that is torn or odd gives what can be read."""
    reader = _Reader()
    for logged in events:
        reader.read(logged)
    return reader.finished()


@dataclass(slots=True)
class _Playing:
    """A prompt that is being said.

    Attributes:
        stretches: of time in which it was heard; the last is open until `since_ms` is None.
    """

    seq: int
    text: str
    sensitive: bool
    since_ms: int | None
    stretches: list[tuple[int, int]] = field(default_factory=list)

    def pause(self, at_ms: int) -> None:
        if self.since_ms is not None:
            self.stretches.append((self.since_ms, max(self.since_ms, at_ms)))
            self.since_ms = None

    def resume(self, at_ms: int) -> None:
        if self.since_ms is None:
            self.since_ms = at_ms

    def segment(self, total_ms: int | None) -> Segment:
        start, end = self.stretches[0][0], self.stretches[-1][1]
        words = () if self.sensitive else spread_over(self.text, self.stretches, total_ms=total_ms)
        return Segment(self.seq, Side.VOXDESK, start, end, self.text, words, self.sensitive)


class _Reader:
    """Goes through one call's log."""

    def __init__(self) -> None:
        self._segments: list[Segment] = []
        self._playing: dict[int, _Playing] = {}
        self._speech_start_ms: int | None = None
        self._last_ms = 0

    def read(self, logged: LoggedEvent) -> None:
        self._last_ms = max(self._last_ms, logged.event.audio_ms)
        if logged.event.kind in _OURS:
            self._played(logged)
        else:
            self._said(logged)

    def _played(self, logged: LoggedEvent) -> None:
        at_ms, data = logged.event.audio_ms, logged.event.data
        match logged.event.kind:
            case EventKind.PROMPT:
                self._prompt(logged)
            case EventKind.PROMPT_PAUSED:
                # Neither it nor the next may say which: only one is heard at a time.
                for playing in self._playing.values():
                    playing.pause(at_ms)
            case EventKind.PROMPT_RESUMED:
                for playing in self._playing.values():
                    playing.resume(at_ms)
            case EventKind.PROMPT_FINISHED:
                self._over(_utterance(data), at_ms, total_ms=None)
            case EventKind.PROMPT_STOPPED:
                total = _number(data, "total_ms")
                self._over(_utterance(data), at_ms, total_ms=total, stopped=True)

    def _said(self, logged: LoggedEvent) -> None:
        at_ms, data = logged.event.audio_ms, logged.event.data
        match logged.event.kind:
            case EventKind.SPEECH_STARTED:
                self._speech_start_ms = _number(data, "speech_start_ms")
            case EventKind.HEARD:
                self._heard(logged)
            case EventKind.TRANSCRIBED:
                self._transcribed(logged)
            case EventKind.IGNORED if str(data.get("why")) not in NOT_SPEECH and _text(data):
                start = at_ms if self._speech_start_ms is None else self._speech_start_ms
                self._caller(logged.seq, _text(data), min(start, at_ms), at_ms)

    def finished(self) -> tuple[Segment, ...]:
        """All segments; prompts without an end were cut off by the end of the log."""
        for utterance, playing in list(self._playing.items()):
            start = playing.since_ms if playing.since_ms is not None else self._last_ms
            self._over(utterance, start + spoken_ms(playing.text), total_ms=None)
        ordered = sorted(self._segments, key=lambda one: (one.start_ms, one.seq))
        return tuple(ordered)

    def _prompt(self, logged: LoggedEvent) -> None:
        data = logged.event.data
        sensitive = "text" not in data
        if not sensitive and not _text(data):
            return
        first = _number(data, "first_audio_ms")
        start = logged.event.audio_ms if first is None else first
        utterance = _utterance(data)
        if utterance in self._playing:  # the same number again: the engine was started again
            self._over(utterance, start, total_ms=None)
        self._playing[utterance] = _Playing(logged.seq, _text(data), sensitive, start)

    def _over(
        self, utterance: int, at_ms: int, *, total_ms: int | None, stopped: bool = False
    ) -> None:
        playing = self._playing.pop(utterance, None)
        if playing is None:
            return
        playing.pause(at_ms)
        if stopped and total_ms is None:
            total_ms = spoken_ms(playing.text)
        self._segments.append(playing.segment(total_ms))

    def _heard(self, logged: LoggedEvent) -> None:
        data = logged.event.data
        end = _number(data, "speech_end_ms")
        start = _number(data, "speech_start_ms")
        end = logged.event.audio_ms if end is None else end
        start = end if start is None else min(start, end)
        self._speech_start_ms = None
        if "text" not in data:
            sensitive = Segment(logged.seq, Side.CALLER, start, end, "", (), sensitive=True)
            self._segments.append(sensitive)
        elif _text(data):
            self._caller(logged.seq, _text(data), start, end, _measured(data))

    def _transcribed(self, logged: LoggedEvent) -> None:
        data = logged.event.data
        side = Side.AGENT if data.get("side") == Side.AGENT.value else Side.CALLER
        text, end = _text(data), _number(data, "speech_end_ms")
        end = logged.event.audio_ms if end is None else end
        start = min(_number(data, "speech_start_ms") or 0, end)
        if text:
            words = _measured(data) or spread(text, start, end)
            said = Segment(logged.seq, side, start, end, text, words, speaker=_speaker(data))
            self._segments.append(said)

    def _caller(
        self, seq: int, text: str, start: int, end: int, words: tuple[Word, ...] = ()
    ) -> None:
        said = Segment(seq, Side.CALLER, start, end, text, words)
        if not words:
            said = replace(said, words=spread(text, start, end))
        self._segments.append(said)


def _measured(data: Mapping[str, Any]) -> tuple[Word, ...]:
    """Words with the recognizer's times (seconds since answer); none when any makes no sense."""
    words: list[Word] = []
    listed = data.get("words")
    for entry in listed if isinstance(listed, list | tuple) else ():
        match entry:
            case [str(text), int() | float() as start_s, int() | float() as end_s]:
                start = _bounded(start_s * 1000)
                words.append(Word(text, start, max(start, _bounded(end_s * 1000))))
            case _:
                return ()
    return tuple(words)


def _utterance(data: Mapping[str, Any]) -> int:
    value = data.get("utterance")
    return value if isinstance(value, int) else 0


def _speaker(data: Mapping[str, Any]) -> int | None:
    value = data.get("speaker")
    # A bool is an int for Python, and nobody's number.
    return value if type(value) is int and 0 <= value < MOST_SPEAKERS else None


def _text(data: Mapping[str, Any]) -> str:
    value = data.get("text")
    return value.strip() if isinstance(value, str) else ""


def _number(data: Mapping[str, Any], key: str) -> int | None:
    value = data.get(key)
    return _bounded(value) if isinstance(value, int | float) else None


def _bounded(ms: float) -> int:
    return round(min(LATEST_MS, max(0, ms)))
