"""What is different between the course of a call and that of its replay."""

import enum
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from dialog.flow import End, Flow, Handover, Message, Step, Waiting
from dialog.replay.course import Course, Ending, How, Stop, renamed_slot
from dialog.replay.playing import Cause, Played, Stopped
from dialog.replay.recorded import Recorded, Trouble


class Kind(enum.StrEnum):
    """How different a replay was; only one holds."""

    SAME = "same"
    WORDS = "words"  # the same way, and other words on it
    WAY = "way"  # another way, to the same end or an unknown one
    END = "end"  # another way, to another end
    NOT_REPLAYED = "not_replayed"


class Verdict(enum.StrEnum):
    """Whether another end is a better one."""

    BETTER = "better"
    WORSE = "worse"
    OTHER = "other"  # that depends


_POOR: Final = frozenset({Ending.GAVE_UP, Ending.ERROR})
# Cut off by a fault, or ended by the caller, who had perhaps heard all they wanted: not judged.
_GOOD: Final = {Ending.DONE: 2, Ending.PERSON: 1, Ending.MESSAGE: 1, **dict.fromkeys(_POOR, 0)}


def verdict(before: Ending, after: Ending) -> Verdict:
    """Done is better than a person or a message, and those are better than giving up.

    >>> verdict(Ending.PERSON, Ending.DONE), verdict(Ending.DONE, Ending.GAVE_UP)
    (<Verdict.BETTER: 'better'>, <Verdict.WORSE: 'worse'>)
    """
    if before not in _GOOD or after not in _GOOD or _GOOD[before] == _GOOD[after]:
        return Verdict.OTHER
    return Verdict.BETTER if _GOOD[after] > _GOOD[before] else Verdict.WORSE


@dataclass(frozen=True, slots=True)
class Part:
    """Where two courses part.

    Attributes:
        step: the last step that both have, by its new name; empty: they begin differently.
        before: the step after it, as it was; empty: the call ended there, or asked again.
        after: the step after it, as it would be; empty in the same way.
        stops: the place of the parting in each course, counted in stops.
        moves: the two branches that lead apart, from the last common step; None where the steps
            aren't both in the new flow.
    """

    step: str
    before: str
    after: str
    stops: tuple[int, int]
    left: tuple[str, str] | None = None
    taken: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """What was different on the same way.

    Attributes:
        said: steps that say something else, by their new names.
        values: slots and menus that were understood otherwise.
        heard: turns that the recognizer heard otherwise.
    """

    said: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    heard: int = 0

    def __bool__(self) -> bool:
        return bool(self.said or self.values or self.heard)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A call and its replay.

    Attributes:
        call_id: of the call.
        version: that it ran on.
        kind: how different they are.
        before: the call's course.
        after: the replay's.
        stopped: why the replay isn't complete; None: it is.
        part: where they part; None: they don't.
        words: what is different before they part.
        supposed: the replay rests on a "yes" that nobody said, or on words for other questions.
    """

    call_id: str
    version: str
    kind: Kind
    before: Course
    after: Course
    stopped: Stopped | None = None
    part: Part | None = None
    words: Words = Words()
    supposed: bool = False

    @property
    def verdict(self) -> Verdict | None:
        """Whether it ended better; None: it ended alike, or nobody knows."""
        if self.kind is not Kind.END:
            return None
        return verdict(self.before.ending, self.after.ending)


_UNTOLD = frozenset({Cause.LOOKUP, Cause.NOT_KEPT, Cause.DIFFERENT, Cause.NO_VERSION})
"""Causes that say nothing of the version: the replay lacks something."""


def compare(
    recorded: Recorded,
    played: Played,
    *,
    old: Flow,
    new: Flow,
    names: Mapping[str, str] | None = None,
) -> Comparison:
    """What is different.

    Args:
        recorded: the call.
        played: its replay.
        old: the flow that the call ran on.
        new: that of the replay.
        names: old to new names of steps that are otherwise the same.
    """
    renamed = names or {}
    stopped = played.stopped
    if recorded.trouble is not None and not recorded.course.stops:
        stopped = _stopped(recorded.trouble)
        empty = Course((), Ending.OPEN)
        return Comparison(
            recorded.call_id, recorded.version, Kind.NOT_REPLAYED, empty, empty, stopped
        )
    before, after = recorded.course, played.course
    part = _part(before, after, old, new, renamed, open_end=_is_open(recorded, stopped))
    words = _words(before, after, played, renamed, part)
    ends = (before.ending, before.reason) != (after.ending, after.reason)
    supposed = any(stop.how in {How.BORROWED, How.SUPPOSED} for stop in after.stops)
    open_end = Ending.OPEN in {before.ending, after.ending}
    if part is not None or (ends and not open_end):
        kind = Kind.END if ends and not open_end else Kind.WAY
    elif stopped is not None:
        kind = Kind.NOT_REPLAYED if stopped.cause in _UNTOLD else Kind.WAY
    else:
        kind = Kind.WORDS if words else Kind.SAME
    if kind is Kind.WAY and part is None and stopped is not None:
        here = len(after.stops) - 1
        part = Part(stopped.step, _following(before, here, renamed), "", (here + 1, here))
    return Comparison(
        recorded.call_id, recorded.version, kind, before, after, stopped, part, words, supposed
    )


def _stopped(trouble: tuple[Trouble, str]) -> Stopped:
    what, step = trouble
    return Stopped(Cause.NOT_KEPT if what is Trouble.NOT_KEPT else Cause.DIFFERENT, step)


def _is_open(recorded: Recorded, stopped: Stopped | None) -> bool:
    """Whether one course ends before its time, which is no difference by itself."""
    return recorded.trouble is not None or (stopped is not None and stopped.cause in _UNTOLD)


def _following(course: Course, stop: int, names: Mapping[str, str]) -> str:
    steps = [step for one in course.stops[stop + 1 :] for step in one.steps]
    return names.get(steps[0], steps[0]) if steps else ""


# ------------------------------------------------------------------ the way


@dataclass(frozen=True, slots=True)
class _Entered:
    """A step of a course, by its new name, with its stop and its place among all steps."""

    name: str
    stop: int
    place: int


def _part(
    before: Course,
    after: Course,
    old: Flow,
    new: Flow,
    names: Mapping[str, str],
    *,
    open_end: bool,
) -> Part | None:
    """Where the steps that mean something to the caller begin to differ."""
    told, found = _told(before, old, new, names), _told(after, new, old, names, back=True)
    common = 0
    while common < min(len(told), len(found)) and told[common].name == found[common].name:
        common += 1
    if common == len(told) == len(found):
        return None
    if open_end and common in {len(told), len(found)}:
        return None
    one = told[common - 1] if common else None
    other = found[common - 1] if common else None
    last = one.name if one else ""
    return Part(
        step=last,
        before=told[common].name if common < len(told) else "",
        after=found[common].name if common < len(found) else "",
        stops=(
            told[common].stop if common < len(told) else len(before.stops),
            found[common].stop if common < len(found) else len(after.stops),
        ),
        left=_move(before, one, new, names) if one else None,
        taken=_move(after, other, new, {}) if other else None,
    )


def _told(
    course: Course, own: Flow, other: Flow, names: Mapping[str, str], *, back: bool = False
) -> list[_Entered]:
    """Steps without those that only one version has and no caller waits at (`set`, `say` …)."""
    news = set(names.values())
    found: list[_Entered] = []
    place = 0
    for number, stop in enumerate(course.stops):
        for step in stop.steps:
            name = step if back else names.get(step, step)
            both = (step in other.steps or step in news) if back else name in other.steps
            if both or _is_noticed(own.steps.get(step)):
                found.append(_Entered(name, number, place))
            place += 1
    return found


def _is_noticed(step: Step | None) -> bool:
    """Whether the call waits or ends there."""
    return isinstance(step, Waiting | Handover | Message | End)


def _move(
    course: Course, last: _Entered, new: Flow, names: Mapping[str, str]
) -> tuple[str, str] | None:
    """The branch from the last common step to what came right after it."""
    steps = [names.get(step, step) for step in course.steps]
    if last.place + 1 >= len(steps):
        return None
    move = steps[last.place], steps[last.place + 1]
    return move if all(step in new.steps for step in move) else None


# ------------------------------------------------------------------ the words


def _words(
    before: Course,
    after: Course,
    played: Played,
    names: Mapping[str, str],
    part: Part | None,
) -> Words:
    """What was different on the common part of the way."""
    ends = part.stops if part else (len(before.stops), len(after.stops))
    one, other = before.stops[: ends[0]], after.stops[: ends[1]]
    said = _odd(_prompts(one, names), _prompts(other, {}))
    told, found = _values(one, names), _values(other, {})
    # The same values under another name are no difference to the caller.
    alike = [value for _, value in told] == [value for _, value in found]
    values = () if alike else _odd(told, found)
    return Words(said, values, len(played.misheard))


def _prompts(stops: Sequence[Stop], names: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(names.get(said.step, said.step), said.text) for stop in stops for said in stop.said]


def _values(stops: Sequence[Stop], names: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(renamed_slot(slot, names), value) for stop in stops for slot, value in stop.values]


def _odd(one: list[tuple[str, str]], other: list[tuple[str, str]]) -> tuple[str, ...]:
    """Names of what only one side has, each once; of all where only the order differs."""
    if one == other:
        return ()
    only = (Counter(one) - Counter(other)) + (Counter(other) - Counter(one))
    return tuple(dict.fromkeys(name for name, _ in (only or one)))
