"""What of a call is hidden, in words and in sound: reckoned when it is shown, never kept."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import BinaryIO, Final

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from crm.calls.models import Call, Message
from crm.imports.models import Import
from crm.messages.models import MessageText
from crm.transcripts.from_log import LATEST_MS
from crm.transcripts.model import Segment, Side, Word
from crm.transcripts.repository import roles_of, times_of
from crm.transcripts.words import spread
from recordings.redaction import Kind, Memory, Redacted, Turn
from recordings.redaction.times import Spoken, places, stretches
from recordings.redaction.tone import Hidden, ToneFile

BOTH_CHANNELS: Final = "channels"
"""The way of an import whose file had each side on a channel of its own."""
CHANNELS: Final = {Side.CALLER: 0, Side.VOXDESK: 1, Side.AGENT: 1}


@dataclass(frozen=True, slots=True)
class Shown:
    """A segment as it may be seen.

    Attributes:
        segment: with labels instead of what is hidden; a label is one word.
        labels: which of its words are labels, and of what.
    """

    segment: Segment
    labels: tuple[tuple[int, Kind], ...] = ()


def shown_segments(segments: Sequence[Segment], language: str) -> list[Shown]:
    """What both sides said, in order, without what nobody needs to see."""
    return [
        _shown(segment, redacted)
        for segment, redacted in zip(segments, _redacted(segments, language), strict=True)
    ]


def _redacted(segments: Sequence[Segment], language: str) -> Iterator[Redacted]:
    memory = Memory()
    for segment in segments:
        if segment.sensitive or not segment.text:
            yield Redacted(segment.text)
        else:
            yield memory.redact(Turn(_who(segment), segment.text, language))


def _who(segment: Segment) -> str:
    return segment.side if segment.speaker is None else f"{segment.speaker}"


def _shown(segment: Segment, redacted: Redacted) -> Shown:
    if not redacted.spans:
        return Shown(segment)
    where = places(segment.text, [word.text for word in segment.words])
    if where is None:  # words of another text: their times are reckoned anew
        words = spread(segment.text, segment.start_ms, segment.end_ms)
        segment = replace(segment, words=words)
        where = places(segment.text, [word.text for word in words]) or []
    kept: list[Word] = []
    labels: list[tuple[int, Kind]] = []
    timed = list(zip(where, segment.words, strict=False))
    for place, (span, block) in enumerate(zip(redacted.spans, redacted.blocks, strict=True)):
        before = redacted.spans[place - 1].end if place else 0
        kept += [word for (start, end), word in timed if start >= before and end <= span.start]
        inside = [word for (start, end), word in timed if start < span.end and span.start < end]
        if inside:
            labels.append((len(kept), span.kind))
            label = redacted.text[block.start : block.end]
            kept.append(Word(label, inside[0].start_ms, inside[-1].end_ms))
    last = redacted.spans[-1].end
    kept += [word for (start, _), word in timed if start >= last]
    return Shown(replace(segment, text=redacted.text, words=tuple(kept)), tuple(labels))


def messages_in(call: Call) -> Select[int, float, str, str]:
    """What was left in mailboxes, with its words."""
    return (
        select(Message.start_ms, Message.seconds, MessageText.text, MessageText.language)
        .join(
            MessageText,
            (MessageText.call_id == Message.call_id) & (MessageText.event_seq == Message.event_seq),
        )
        .where(Message.call_id == call.id, MessageText.text != "")
        .order_by(Message.event_seq)
    )


def way_of(session: Session, call: Call) -> str | None:
    """How an imported call's speakers were told apart; None: it is none."""
    return session.scalar(select(Import.way).where(Import.call_id == call.id))


def hidden_stretches(
    session: Session, call: Call, segments: Sequence[Segment]
) -> tuple[Hidden, ...]:
    """Where in a call's recording a tone belongs, its messages' words included.

    All of it where the words are gone before the sound: nobody knows what was said where.
    """
    if call.words_removed_at is not None:
        return tuple(Hidden(channel, 0, LATEST_MS) for channel in (0, 1))
    # Times in the log itself are not counted on: some recognizers only guess them.
    measured = times_of(session, call.id).keys()
    found = list(_of_segments(segments, call.language, measured))
    for start_ms, seconds, text, language in session.execute(messages_in(call)):
        end_ms = start_ms + round(seconds * 1000)
        said = Segment(0, Side.CALLER, start_ms, end_ms, text)
        found += _of_segments([said], language, frozenset())
    if way_of(session, call) not in (None, BOTH_CHANNELS) or roles_of(session, call.id):
        # Speakers were told apart in one sound: the edge of what one said may be beside the other.
        # Or somebody said since that they are on the other side than their sound.
        found += [replace(one, channel=1 - one.channel) for one in found]
    return tuple(found)


def _of_segments(
    segments: Sequence[Segment], language: str, measured: AbstractSet[int]
) -> Iterator[Hidden]:
    for segment, redacted in zip(segments, _redacted(segments, language), strict=True):
        spoken = Spoken(
            segment.text,
            segment.start_ms,
            segment.end_ms,
            [(word.text, word.start_ms, word.end_ms) for word in segment.words],
            measured=segment.seq in measured,
        )
        for start_ms, end_ms in stretches(spoken, redacted.spans):
            yield Hidden(CHANNELS[segment.side], start_ms, end_ms)


def toned(file: BinaryIO, hidden: Sequence[Hidden]) -> BinaryIO:
    """The recording with tones; itself where nothing is hidden.

    Raises:
        AudioFormatError: it is no sound.
    """
    return ToneFile(file, hidden) if hidden else file  # type: ignore[return-value]
