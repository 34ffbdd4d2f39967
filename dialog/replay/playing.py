"""A recorded call, run again through another version of its flow.

What the caller said and did is given to the version at the step where it belongs, for as long as
it answers what is asked. Nobody is called, put in a queue or recorded, nothing is looked up but
through whoever drives this: a generator asks, and is sent the answer.
"""

import enum
from collections import deque
from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from dialog.dialogue import Dialogue
from dialog.events import (
    Act,
    DigitsTimedOut,
    Enqueue,
    Event,
    HangUp,
    Heard,
    Listen,
    Lookup,
    LookupDone,
    LookupFailed,
    MessageDone,
    NoInput,
    Pressed,
    RecordMessage,
    Resumed,
    Search,
    SearchDone,
    Transfer,
)
from dialog.flow import Ask, Flow
from dialog.knowledge.library import library_of
from dialog.replay.course import Course, Ending, Given, How, Question, Track, renamed_slot
from dialog.replay.fitting import fitting
from dialog.replay.log_values import place_of
from dialog.replay.recorded import Answer, Recorded, Trouble, key_of
from dialog.slot_values import slot_value
from dialog.understanding.words import squeezed
from voxdesk.kernel.speech import Expectation, Transcript

MORE_EVENTS: Final = 60
"""Events that a replay may have beyond twice those of the call; more is a loop."""
YES: Final = "1"
"""The key that says yes to what is read back, in every language."""


class Cause(enum.StrEnum):
    """Why a replay stopped before its end."""

    OTHER_WORDS = "other_words"  # what the caller said next answers other questions
    NO_WORDS = "no_words"  # the caller had no more to say
    ASKED_AGAIN = "asked_again"  # the answer isn't understood here
    LOOKUP = "lookup"  # what would have been found isn't known
    NOT_KEPT = "not_kept"  # what was said there isn't kept
    DIFFERENT = "different"  # the call itself can't be followed beyond this
    ENDLESS = "endless"
    NO_VERSION = "no_version"  # the version that the call ran on is gone


@dataclass(frozen=True, slots=True)
class Stopped:
    """Where and why a replay stopped; `what`: the kind of record, for a lookup."""

    cause: Cause
    step: str
    what: str = ""


@dataclass(frozen=True, slots=True)
class Listening:
    """Asks for the words of a recorded turn, recognized anew with this expectation."""

    given: Given
    expectation: Expectation


Need = Listening | Lookup
"""What a replay asks whoever drives it; a `Lookup` is asked only where the call had no such one."""
Have = Transcript | Answer | None
"""What it is sent; None: it isn't known."""


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a replay.

    Attributes:
        course: as far as it went.
        stopped: why it went no further; None: to its end.
        listened: turns that were recognized anew.
        misheard: of those, which had other words, by their number from 0.
    """

    course: Course
    stopped: Stopped | None = None
    listened: int = 0
    misheard: tuple[int, ...] = ()


def play(
    dialogue: Dialogue,
    recorded: Recorded,
    old: Flow,
    *,
    names: Mapping[str, str] | None = None,
    listen: bool = False,
) -> Generator[Need, Have, Played]:
    """Run a call through this dialogue.

    Args:
        dialogue: of the version to try, in the languages of the call.
        recorded: the call.
        old: the flow that it ran on.
        names: old to new names of steps that are otherwise the same.
        listen: ask for the words of each turn anew.
    """
    return _Player(dialogue, recorded, old, names or {}, listen=listen).run()


def played(replay: Generator[Need, Have, Played]) -> Played:
    """The same with nobody to ask: only what the call itself had is known."""
    try:
        next(replay)
        while True:
            replay.send(None)
    except StopIteration as end:
        found: Played = end.value
        return found


class _Player:
    def __init__(
        self,
        dialogue: Dialogue,
        recorded: Recorded,
        old: Flow,
        names: Mapping[str, str],
        *,
        listen: bool,
    ) -> None:
        self._track = Track(dialogue)
        self._recorded = recorded
        self._old = old
        self._listen = listen
        self._names = names
        self._left = deque(_renamed(given, names) for given in recorded.given)
        self._accepted = _accepted(recorded.course, names)
        self._asked_then = {
            stop.question.renamed(names).key for stop in recorded.course.stops if stop.question
        }
        self._answered: tuple[str, str, bool] | None = None
        self._answers = {key: deque(given) for key, given in recorded.answers.items()}
        self._timed_at = -1  # after so many stops a silence was put in
        self._listened = 0
        self._misheard: list[int] = []

    def run(self) -> Generator[Need, Have, Played]:
        """Until the call ends, or nobody knows how it would go on."""
        track = self._track
        track.feed(self._recorded.started, self._recorded.moment)
        most = 2 * len(self._recorded.given) + MORE_EVENTS
        while track.stops <= most:
            match track.wait:
                case HangUp():
                    return self._end()
                case Lookup() | Act() as asked:
                    stopped = yield from self._look_up(asked)
                    if stopped is not None:
                        return self._end(stopped)
                case Search() as search:
                    self._search(search)
                case Listen():
                    question = track.question
                    assert question is not None  # noqa: S101  that is what Listen means
                    end = yield from self._ask(question)
                    if end is not None:
                        return end
                case Transfer() | Enqueue() | RecordMessage():
                    if not self._hand_over():
                        return self._end()
        return self._end(Stopped(Cause.ENDLESS, track.state.step))

    # ------------------------------------------------------------ the caller

    def _ask(self, question: Question) -> Generator[Need, Have, Played | None]:
        """The caller is asked something. What is returned ends the replay."""
        track, left = self._track, self._left
        if left and isinstance(left[0].event, Resumed):
            resumed = left.popleft()
            if resumed.question is not None:
                track.feed(Resumed(), resumed.moment)
            return None
        fit = fitting(
            question,
            left,
            before=self._answered,
            dialogue=track.dialogue,
            state=track.state,
            old=self._old,
        )
        if track.state.keys and (fit is None or fit.place or fit.borrowed):
            track.feed(DigitsTimedOut())  # no further key comes
            return None
        if fit is None:
            return self._unanswered(question)
        given = left[fit.place]
        if self._waits_less(question, given):
            track.feed(NoInput(), how=How.TIMED)
            return None
        for _ in range(fit.place + 1):
            left.popleft()
        event = given.event
        if isinstance(event, Heard) and self._listen:
            event = yield from self._heard_anew(event, given, question)
        how = How.BORROWED if fit.borrowed else How.RECORDED
        self._answered = question.key
        if isinstance(event, DigitsTimedOut) and not track.state.keys:
            return None  # the number was complete here without waiting
        track.feed(event, given.moment, how=how, skipped=fit.place)
        return None

    def _unanswered(self, question: Question) -> Played | None:
        """Nothing that the caller did answers this."""
        track = self._track
        if self._would_say_yes(question):
            track.feed(Pressed(YES), how=How.SUPPOSED)
            return None
        same = self._is_where_it_ended(question)
        if self._recorded.trouble is not None and not self._left:
            trouble, step = self._recorded.trouble
            kept = Cause.NOT_KEPT if trouble is Trouble.NOT_KEPT else Cause.DIFFERENT
            return self._end(Stopped(kept, step)) if same else self._end_here(question)
        if same and not self._left:
            ending = Ending.HUNG_UP if self._recorded.hung_up else Ending.CUT
            return self._end(ending=ending)
        return self._end_here(question)

    def _would_say_yes(self, question: Question) -> bool:
        """Whether what is read back is what the caller went on with in the recorded call."""
        candidate = self._track.state.candidate
        if candidate is None or not question.reading_back or question.key in self._asked_then:
            return False
        step = self._track.dialogue.flow.steps.get(question.step)
        value = slot_value(step.answer, candidate.value) if isinstance(step, Ask) else None
        kept = self._accepted.get(question.slot or question.step, ())
        return str(candidate.value if value is None else value) in kept

    def _end_here(self, question: Question) -> Played:
        if question.key == self._answered:
            cause = Cause.ASKED_AGAIN
        else:
            cause = Cause.OTHER_WORDS if self._left else Cause.NO_WORDS
        return self._end(Stopped(cause, question.step))

    def _is_where_it_ended(self, question: Question) -> bool:
        stops = self._recorded.course.stops
        last = stops[-1].question if stops else None
        return last is not None and last.renamed(self._names).key == question.key

    def _waits_less(self, question: Question, given: Given) -> bool:
        """Whether this version would have taken the caller's pause for no answer."""
        if given.waited_s is None or given.question is None or self._timed_at == self._track.stops:
            return False
        before_s = given.question.no_input_s
        if not question.no_input_s < before_s or given.waited_s <= question.no_input_s:
            return False
        self._timed_at = self._track.stops + 1
        return True

    def _heard_anew(
        self, event: Heard, given: Given, question: Question
    ) -> Generator[Need, Have, Event]:
        found = yield Listening(given, question.expectation)
        if not isinstance(found, Transcript):
            return event  # there is no sound of it: what was heard then
        if squeezed(found.text) != squeezed(event.transcript.text):
            self._misheard.append(self._listened)
        self._listened += 1
        return replace(event, transcript=found)

    # ------------------------------------------------------------ others

    def _look_up(self, lookup: Lookup | Act) -> Generator[Need, Have, Stopped | None]:
        left, track = self._left, self._track
        if left and isinstance(left[0].event, Resumed) and left[0].at == place_of(lookup):
            resumed = left.popleft()
            track.feed(resumed.event, resumed.moment)
            return None
        key = key_of(lookup)
        if key not in self._answers:
            if isinstance(lookup, Act):  # a replay does nothing, and nobody knows what would come
                return Stopped(Cause.LOOKUP, track.state.step, lookup.what)
            found = yield lookup
            if not isinstance(found, LookupDone | LookupFailed):
                return Stopped(Cause.LOOKUP, track.state.step, lookup.what)
            self._answers[key] = deque([found])
        given = self._answers[key]
        # Asked more often than then, it is answered as the last time.
        track.answer(replace(given.popleft() if len(given) > 1 else given[0], token=lookup.token))
        return None

    def _search(self, search: Search) -> None:
        """Found is what this version knows, whatever the call's own knew."""
        left, track = self._left, self._track
        if left and isinstance(left[0].event, Resumed) and left[0].at == place_of(search):
            track.feed(left.popleft().event)
            return
        matches = library_of(track.dialogue.flow.knowledge).search(search)
        track.found(SearchDone(search.token, matches))

    def _hand_over(self) -> bool:
        """Give the call to whom it was given then; False: it ends with them, as far as is known."""
        track, left = self._track, self._left
        at = place_of(track.wait)
        place = next((place for place, one in enumerate(left) if one.at == at), None)
        if place is None:
            return False
        skipped = 0
        while place > 0:
            skipped += not isinstance(left.popleft().event, Resumed)
            place -= 1
        given = left.popleft()
        if given.met:
            track.met_person()
        if isinstance(given.event, MessageDone) and given.event.recorded:
            track.left_message()
        if given.last:
            return False
        track.feed(given.event, given.moment, skipped=skipped)
        self._answered = None
        return True

    def _end(self, stopped: Stopped | None = None, ending: Ending | None = None) -> Played:
        course = self._track.course(Ending.OPEN if stopped else ending)
        return Played(course, stopped, self._listened, tuple(self._misheard))


def _renamed(given: Given, names: Mapping[str, str]) -> Given:
    question = given.question.renamed(names) if given.question else None
    return replace(given, question=question, step=names.get(given.step, given.step))


def _accepted(course: Course, names: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """By slot or menu, the answers that the call went on with."""
    found: dict[str, tuple[str, ...]] = {}
    for stop in course.stops:
        for slot, value in stop.values:
            name = renamed_slot(slot, names)
            found[name] = (*found.get(name, ()), value)
    return found
