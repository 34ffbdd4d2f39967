"""Turn by turn: what was asked is known; what was hidden once is hidden when it is read back."""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from recordings.redaction.cues import find_cues
from recordings.redaction.deciding import NUMBERS, Heard, asked_in, names_number
from recordings.redaction.finding import LONGEST, find, find_in, hear
from recordings.redaction.going_on import further, mended
from recordings.redaction.languages import Language, language_of
from recordings.redaction.model import Kind, Redacted, Span, hide
from recordings.redaction.runs import plain

_LINES: Final = 4
"""Turns that are remembered as what was asked."""
_PART: Final = 6
"""Digits of a hidden number that are hidden elsewhere too."""
_SECRET: Final = 3
_HOLDING: Final = 6
"""Turns in which a number that one says piece by piece may be broken off."""
# One reads back what the other has said of a number so far, who goes on with it.
_THEN: Final = re.compile(
    r"\W*(?:(?:yes|yeah|yep|right|correct|ok|okay|that's right|对的?|是的?"
    r"|嗯)\W*)?(?:and )?(?:then|然后|后面)"
)
# "I need to change my address." "Of course. What's the new one?": it speaks of what one named.
_REFERS: Final = re.compile(
    r"\b(?:what(?:'s| is| should| would| will)?|which|and|give|tell|read|so)\b[^?.]{0,20}"
    r"\b(?:new|right|correct|current|proper|updated|it|that)(?: one)?(?: (?:be|now|to be|please))?"
    r"\W*$|(?:新的|改成|换成|改为|正确的|现在的?)(?:是|呢|为)?(?:什么|哪里|哪儿|多少)?\W*$"
)
_SMALL_TALK: Final = 8
_TOPICS: Final = frozenset({Kind.BIRTH, Kind.ADDRESS, Kind.EMAIL})


@dataclass(frozen=True, slots=True)
class Turn:
    """What one side said; `side` is any name that tells the sides apart."""

    side: str
    text: str
    language: str


@dataclass(frozen=True, slots=True)
class _Said:
    """A turn that was said, and whether something of it was hidden."""

    turn: Turn
    language: Language
    text: str  # plain
    hid: bool
    other: bool  # it speaks of an order, an amount and the like

    def encourages(self) -> bool:
        """Whether it wants to hear more of the same: "mm-hm", "take your time", "and the rest?"."""
        words = self.language.left_over(self.text)
        if self.hid or words <= 1:
            return True
        if self.other or words > _SMALL_TALK * (2 if self.language.chinese else 1):
            return False
        going = self.language.going.search(self.text) is not None
        return going or self.language.asking.search(self.text) is None


def redact(text: str, language: str, *, context: str = "") -> Redacted:
    """A text as it may be shown.

    Args:
        text: as it was written or recognized.
        language: BCP 47; "zh…" is read as Chinese, everything else as English.
        context: what was asked just before, newest line last.
    """
    return hide(text, find(text, language_of(language, text), context), language)


def redact_turns(turns: Iterable[Turn]) -> Iterator[Redacted]:
    """Each turn of a call, in order, as it may be shown."""
    memory = Memory()
    for turn in turns:
        yield memory.redact(turn)


class Memory:
    """Of one call: what was asked, and which numbers were hidden."""

    def __init__(self) -> None:
        self._said: deque[_Said] = deque(maxlen=_LINES * 3)
        self._values: dict[str, Kind] = {}
        self._shown: set[str] = set()  # what the other side said of an order and the like
        self._number: Kind | None = None  # of the newest number that was hidden
        self._number_side = ""
        self._since = 0  # turns since then
        self._topic: Kind | None = None  # a date of birth, an address, an e-mail address
        self._topic_since = 0

    def redact(self, turn: Turn) -> Redacted:
        """The next turn, as it may be shown."""
        language = language_of(turn.language, turn.text)
        topics = frozenset({self._topic} if self._topic is not None else ())
        if len(turn.text) > LONGEST:
            heard = hear("", language, "")
            spans = find(turn.text, language, self._context(turn))
        else:
            topics |= self._referred_to(turn)
            heard = hear(turn.text, language, self._context(turn), topics)
            spans = find_in(heard)
        known = tuple(self._known(turn))
        if self._shown and (heard.asked is None or heard.asked.kind is None):
            spans = tuple(span for span in spans if not self._was_shown(heard, span))
        spans = (*(_named(span, known) for span in spans), *known)
        if self._number is not None:
            spans = (*spans, *mended(heard, spans, self._number))
            if self._goes_on(turn):
                spans = (*spans, *further(heard, spans, self._number))
        text = plain(turn.text)
        redacted = hide(turn.text, spans, turn.language)
        other = any(cue.kind is None and not cue.last for cue in heard.cues)
        self._said.append(_Said(turn, language, text, bool(redacted.spans), other))
        self._learn(turn, redacted.spans)
        if other:
            self._shown.update(
                run.value
                for run in heard.spelled
                if run.digits >= _PART
                and not any(span.start < run.end and run.start < span.end for span in spans)
            )
        return redacted

    def _was_shown(self, heard: Heard, span: Span) -> bool:
        """Whether a number is only repeated that was said of something harmless."""
        return any(
            run.value in self._shown and run.start <= span.start and span.end <= run.end
            for run in (*heard.numbers, *heard.spelled)
        )

    def known(self, text: str, language: str) -> str:
        """A text that nobody said, without the numbers that were hidden in the call."""
        return hide(text, tuple(self._known(Turn("", text, language))), language).text

    def _goes_on(self, turn: Turn) -> bool:
        """Whether one has said a number and since then nobody spoke of anything else."""
        if self._since > _HOLDING:
            return False
        if self._number_side != turn.side:
            newest = self._said[-1]
            asked = newest.language.going.search(newest.text) is not None
            goes_on = asked or _THEN.match(plain(turn.text)) is not None
            return not self._since and goes_on
        between = list(self._said)[-self._since :] if self._since else []
        return all(said.turn.side == turn.side or said.encourages() for said in between)

    def _referred_to(self, turn: Turn) -> frozenset[Kind]:
        """What one wants to change, when the other side just asks for "the new one"."""
        if len(self._said) < 2:  # noqa: PLR2004 - what one said and the question
            return frozenset()
        own, question = self._said[-2], self._said[-1]
        if own.turn.side != turn.side or question.turn.side == turn.side:
            return frozenset()
        if question.other or not _REFERS.search(question.text):
            return frozenset()
        cues = find_cues(own.text, own.language.cues)
        kinds = {cue.kind for cue in cues if cue.strong and cue.kind is not None}
        return frozenset(kinds & _TOPICS)

    def _context(self, turn: Turn) -> str:
        """The other side's newest lines, and one's own unfinished sentence behind them.

        What one answered already is no question any more, once the other side speaks of
        something else.
        """
        lines: list[str] = []
        elsewhere = False
        for said in reversed(self._said):
            if said.turn.side != turn.side:
                lines.append(said.turn.text)
                elsewhere = elsewhere or not said.encourages()
            elif said.hid and elsewhere:
                break
            elif not lines:
                lines.append(said.turn.text)
            if len(lines) == _LINES:
                break
        own = bool(lines) and self._said[-1].turn.side == turn.side
        if own and len(lines) > 1 and self._only_looks(lines):
            del lines[0]
        return "\n".join(reversed(lines))

    def _only_looks(self, lines: Sequence[str]) -> bool:
        """Whether one who was asked for nobody's secret says where it stands.

        "Your order number?" "It's in my e-mail, hang on." "Seven seven one." Newest line first.
        """
        language = self._said[-1].language
        asked = asked_in(plain("\n".join(reversed(lines[1:]))), language)
        return asked is not None and asked.kind is None and not names_number(lines[0], language)

    def _learn(self, turn: Turn, spans: tuple[Span, ...]) -> None:
        self._since += 1
        self._topic_since += 1
        if numbers := [span.kind for span in spans if span.kind in NUMBERS]:
            self._number, self._since, self._number_side = numbers[-1], 0, turn.side
        elif self._since > _HOLDING:
            self._number = None
        if topics := [span.kind for span in spans if span.kind in _TOPICS]:
            self._topic, self._topic_since = topics[-1], 0
        elif self._topic_since > _LINES:
            self._topic = None
        language = language_of(turn.language, turn.text)
        for span in spans:
            part = turn.text[span.start : span.end]
            for run in language.runs(plain(part), part, span.kind in (Kind.ID, Kind.ACCOUNT)):
                if len(run.value) >= _SECRET:
                    self._values[run.value] = span.kind

    def _known(self, turn: Turn) -> Iterator[Span]:
        if not self._values:
            return
        language = language_of(turn.language, turn.text)
        text = plain(turn.text)
        for letters in (False, True):
            for run in language.runs(text, turn.text, letters):
                kind = self._kind_of(run.value)
                if kind is not None:
                    yield Span(run.start, run.end, kind)

    def _kind_of(self, value: str) -> Kind | None:
        if value in self._values:
            return self._values[value]
        for known, kind in self._values.items():
            if len(value) >= _PART and (value in known or (len(known) >= _PART and known in value)):
                return kind
        return None


def _named(span: Span, known: Sequence[Span]) -> Span:
    """By what is known of the same number: what one calls a card is one when it's read back."""
    kind = next(
        (one.kind for one in known if one.start <= span.start and span.end <= one.end), None
    )
    return span if kind is None else replace(span, kind=kind)
