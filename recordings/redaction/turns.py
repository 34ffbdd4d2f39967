"""Turn by turn: what was asked is known; what was hidden once is hidden when it is read back."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from recordings.redaction.finding import find
from recordings.redaction.going_on import NUMBERS, further, mended
from recordings.redaction.languages import language_of
from recordings.redaction.model import Kind, Redacted, Span, hide
from recordings.redaction.runs import plain

_LINES: Final = 4
"""Turns that are remembered as what was asked."""
_PART: Final = 6
"""Digits of a hidden number that are hidden elsewhere too."""
_SECRET: Final = 3
_GO_ON: Final = 4
"""Words of "mm-hm", "go on", "and then?"; in Chinese, characters."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What one side said; `side` is any name that tells the sides apart."""

    side: str
    text: str
    language: str


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
        self._said: deque[Turn] = deque(maxlen=_LINES * 2)
        self._values: dict[str, Kind] = {}
        self._number: Kind | None = None  # of the newest number that was hidden
        self._number_side = ""
        self._since = 0  # turns since then

    def redact(self, turn: Turn) -> Redacted:
        """The next turn, as it may be shown."""
        spans = find(turn.text, language_of(turn.language, turn.text), self._context(turn))
        known = tuple(self._known(turn))
        spans = (*(_named(span, known) for span in spans), *known)
        if self._number is not None:
            language, text = language_of(turn.language, turn.text), plain(turn.text)
            spans = (*spans, *mended(text, turn.text, language, spans, self._number))
            if self._goes_on(turn):
                spans = (*spans, *further(text, turn.text, language, spans, self._number))
        redacted = hide(turn.text, spans, turn.language)
        self._said.append(turn)
        self._learn(turn, redacted.spans)
        return redacted

    def known(self, text: str, language: str) -> str:
        """A text that nobody said, without the numbers that were hidden in the call."""
        return hide(text, tuple(self._known(Turn("", text, language))), language).text

    def _goes_on(self, turn: Turn) -> bool:
        """Whether one has just said a number and the other side no more than "go on"."""
        between = list(self._said)[-self._since :] if self._since else []
        return (
            self._number_side == turn.side
            and len(between) == 1
            and between[0].side != turn.side
            and language_of(between[0].language, between[0].text).left_over(plain(between[0].text))
            <= _GO_ON
        )

    def _context(self, turn: Turn) -> str:
        """The other side's newest lines, and one's own unfinished sentence behind them."""
        lines: list[str] = []
        for said in reversed(self._said):
            if said.side != turn.side or not lines:
                lines.append(said.text)
            if len(lines) == _LINES:
                break
        return "\n".join(reversed(lines))

    def _learn(self, turn: Turn, spans: tuple[Span, ...]) -> None:
        self._since += 1
        if numbers := [span.kind for span in spans if span.kind in NUMBERS]:
            self._number, self._since, self._number_side = numbers[-1], 0, turn.side
        elif self._since > _LINES:
            self._number = None
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
