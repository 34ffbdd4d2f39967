"""What a replay shows of a call: step by step, with words only where they are asked for."""

from collections.abc import Sequence
from dataclasses import dataclass

from dialog.events import (
    DigitsTimedOut,
    Event,
    Heard,
    MessageDone,
    NoInput,
    Pressed,
    Resumed,
    TransferDone,
)
from dialog.replay.comparing import Comparison
from dialog.replay.course import Course, How, Stop
from dialog.replay.playing import Stopped
from dialog.replay.summing import Parting
from recordings.redaction import Memory, Turn
from voxdesk.app.replaying.wording import Wording


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a side.

    Attributes:
        who: "caller", "step", "said", "note" or "end".
    """

    who: str
    text: str


@dataclass(frozen=True, slots=True)
class SideBySide:
    """A call from where it parts."""

    then: tuple[Line, ...]
    now: tuple[Line, ...]


def side_by_side(one: Comparison, wording: Wording, *, words: bool) -> SideBySide:
    """Both courses, from the stop before they part.

    Args:
        one: call and replay.
        wording: of the language that it is told in.
        words: what was said is shown.
    """
    first, other = one.part.stops if one.part else (0, 0)
    then = _course(one.before, _before(one.before, first), wording, words=words)
    now = _course(one.after, _before(one.after, other), wording, words=words)
    last = stopped(one.stopped, wording) if one.stopped else _ending(one.after, wording)
    return SideBySide(
        (*then, Line("end", _ending(one.before, wording))),
        (*now, Line("end", wording("stopped", cause=last) if one.stopped else last)),
    )


def stopped(stop: Stopped, wording: Wording) -> str:
    """Why a replay stopped, and where."""
    where = ": ".join(part for part in (stop.step, stop.what) if part)
    said = wording(f"cause.{stop.cause}")
    return f"{said} ({where})" if where else said


def leads(parting: Parting, wording: Wording) -> tuple[str, str, str]:
    """Where calls part: after which step, where they went, where they go."""
    after = parting.after
    if not after and parting.stopped is not None:
        after = wording("parting.stopped", cause=wording(f"cause.{parting.stopped}"))
    return (
        parting.step or wording("parting.start"),
        parting.before or wording("parting.stayed"),
        after or wording("parting.stays"),
    )


def ends(parting: Parting, wording: Wording) -> str:
    """How many ended otherwise, and how."""
    return ", ".join(
        f"{wording(f'ending.{before}')} → {wording(f'ending.{after}')}: {count}"
        for (before, after), count in parting.ends.items()
    )


def _ending(course: Course, wording: Wording) -> str:
    ending = wording(f"ending.{course.ending}")
    reason = f" ({course.reason})" if course.reason not in {"", course.ending} else ""
    return wording("ended", ending=f"{ending}{reason}")


def _course(course: Course, first: int, wording: Wording, *, words: bool) -> tuple[Line, ...]:
    lines: list[Line] = []
    memory = Memory()
    keys = ""
    for stop in course.stops[first:]:
        if words and isinstance(stop.event, Pressed) and _is_part(stop):
            keys += f"{stop.event.digit} "
            continue
        shown = _stop(stop, wording, memory, words=words)
        if keys and isinstance(stop.event, Pressed):
            pressed = _hidden(memory, "caller", keys + stop.event.digit)
            shown[0] = Line("caller", wording("did.key", key=pressed))
        elif keys:
            lines.append(_pressed(memory, keys, wording))
        lines += shown
        keys = ""
    if keys:
        lines.append(_pressed(memory, keys, wording))
    return tuple(lines)


def _pressed(memory: Memory, keys: str, wording: Wording) -> Line:
    return Line("caller", wording("did.key", key=_hidden(memory, "caller", keys.strip())))


def _hidden(memory: Memory, who: str, text: str) -> str:
    """What was said or keyed, without what nobody needs to see."""
    return memory.redact(Turn(who, text, "")).text


def _before(course: Course, stop: int) -> int:
    """The stop before this one; with all keys of a number."""
    place = max(0, stop - 1)
    while 0 < place < len(course.stops) and _is_part(course.stops[place]):
        place -= 1
    return place


def _is_part(stop: Stop) -> bool:
    """Whether it was a key, and nothing came of it but a longer number."""
    if not isinstance(stop.event, Pressed):
        return False
    return not stop.steps and not stop.said and not stop.skipped and stop.how is How.RECORDED


def _stop(stop: Stop, wording: Wording, memory: Memory, *, words: bool) -> list[Line]:
    lines = [Line("caller", did(stop.event, wording, words=words, memory=memory))]
    if stop.how is not How.RECORDED:
        lines.append(Line("note", wording(f"how.{stop.how}")))
    if stop.skipped:
        lines.append(Line("note", wording("skipped", count=stop.skipped)))
    if stop.steps:
        lines.append(Line("step", " → ".join(stop.steps)))
    elif stop.question is not None and stop.said:
        how = "reads_back" if stop.question.reading_back else "again"
        lines.append(Line("step", f"{stop.step} {wording(how)}"))
    if words:
        hidden = wording("hidden")
        lines += [
            Line("said", hidden if one.sensitive else _hidden(memory, "said", one.text))
            for one in stop.said
        ]
    for asked in stop.asked:
        values = (_hidden(memory, "asked", value) for _, value in asked.by)
        by = f" {', '.join(values)}" if words else ""
        outcome = wording(asked.outcome)
        lines.append(Line("note", wording("looks_up", what=f"{asked.what}{by}", outcome=outcome)))
    return lines


def did(  # noqa: PLR0911  one return a kind of event
    event: Event | None, wording: Wording, *, words: bool, memory: Memory | None = None
) -> str:
    """What happened, with the caller's words and keys only where `words` says so.

    Args:
        event: what came.
        wording: of the language that it is told in.
        words: the caller's words and keys are shown.
        memory: of what was asked before, for hiding what nobody needs to see.
    """
    memory = memory or Memory()
    match event:
        case None:
            return wording("did.answer")
        case Heard(transcript=transcript):
            return (
                wording("did.words", text=_hidden(memory, "caller", transcript.text))
                if words
                else wording("did.said")
            )
        case Pressed(digit=digit):
            return wording("did.key", key=digit) if words else wording("did.pressed")
        case DigitsTimedOut():
            return wording("did.keys_done")
        case NoInput():
            return wording("did.silent")
        case TransferDone(outcome=outcome):
            return wording("did.back", outcome=outcome.replace("_", " "))
        case MessageDone(recorded=recorded):
            return wording("did.message" if recorded else "did.no_message")
        case Resumed():
            return wording("did.resumed")
    return type(event).__name__


def merged(lines: Sequence[Line]) -> tuple[tuple[Line, int], ...]:
    """Lines with how often each follows itself: keys pressed one after the other are one line."""
    found: list[tuple[Line, int]] = []
    for line in lines:
        if found and found[-1][0] == line:
            found[-1] = line, found[-1][1] + 1
        else:
            found.append((line, 1))
    return tuple(found)
