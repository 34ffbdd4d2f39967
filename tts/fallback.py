"""Two voices in a row: when the first fails, the second says the same sentence, in the same time.

An outage costs one time-out, not one a sentence: after a failure the first voice rests, longer
each time, and then gets one sentence to prove itself.
"""

import queue
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tts.sentences import split_clauses
from tts.synthesizer import Synthesizer
from voxdesk.kernel.audio import SAMPLE_RATE_HZ, Pcm
from voxdesk.kernel.errors import SynthesisFailed, VoxdeskError

_SYMBOLS_PER_S = {"zh": 4.5}  # characters of speech a second; other languages below
_LETTERS_PER_S = 15.0
_QUEUED_PIECES = 64


class CircuitBreaker:
    """Whether to try something that may be broken. Pure: time comes in. Thread-safe.

    Closed: try. Open: don't, for `rest_s`, doubled after each further failure up to
    `longest_rest_s`. Then one try is let through; its success closes, its failure opens again.
    """

    def __init__(self, *, rest_s: float = 30.0, longest_rest_s: float = 300.0) -> None:
        self._first_rest_s = rest_s
        self._longest_rest_s = longest_rest_s
        self._lock = threading.Lock()
        self._rest_s = rest_s
        self._open_until_s: float | None = None
        self._trial_since_s: float | None = None

    @property
    def closed(self) -> bool:
        """Nothing is known to be broken."""
        with self._lock:
            return self._open_until_s is None

    def allow(self, now_s: float) -> bool:
        """Ask before each try; a yes must be followed by `succeeded`, `failed` or `gave_up`."""
        with self._lock:
            if self._open_until_s is None:
                return True
            if now_s < self._open_until_s or self._trial_since_s is not None:
                return False
            self._trial_since_s = now_s
            return True

    def succeeded(self, *, started_s: float) -> None:
        """A try that started then went well; one from before the failure proves nothing."""
        with self._lock:
            if self._trial_since_s is not None and started_s >= self._trial_since_s:
                self._open_until_s = self._trial_since_s = None
                self._rest_s = self._first_rest_s

    def failed(self, now_s: float) -> None:
        """A try failed."""
        with self._lock:
            if self._open_until_s is not None and self._trial_since_s is None:
                return  # others that were under way fail for the same reason
            if self._trial_since_s is not None:
                self._rest_s = min(self._longest_rest_s, self._rest_s * 2.0)
            self._open_until_s = now_s + self._rest_s
            self._trial_since_s = None

    def gave_up(self) -> None:
        """A try was stopped by its user: it proves nothing."""
        with self._lock:
            self._trial_since_s = None


class FallbackVoice:
    """A voice that falls back to another one.

    `name` changes with an outage, so that prompts made meanwhile are cached as the second's.

    Args:
        first: preferred; may hang, fail, or stop in the middle of a sentence.
        second: says what the first didn't; should be local.
        first_sound_s: how long the first may stay silent before the second takes over.
        stall_s: the same between two pieces.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        first: Synthesizer,
        second: Synthesizer,
        *,
        first_sound_s: float = 1.5,
        stall_s: float = 2.0,
        breaker: CircuitBreaker | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.languages = tuple(tag for tag in first.languages if tag in second.languages)
        self.local = first.local and second.local
        self._first = first
        self._second = second
        self._first_sound_s = first_sound_s
        self._stall_s = stall_s
        self._breaker = breaker or CircuitBreaker()
        self._clock = clock

    @property
    def name(self) -> str:
        """Of the first voice while it is well, else of the second."""
        return self._first.name if self._breaker.closed else self._second.name

    def synthesize(self, sentence: str, *, language: str = "en") -> Iterator[Pcm]:
        """One sentence, by the first voice or the second, or begun by one and ended by the other.

        Raises:
            SynthesisFailed: the second voice failed too.
        """
        rest = sentence
        started_s = self._clock()
        if self._breaker.allow(started_s):
            samples = 0
            finished = False
            try:
                for piece in self._by_first(sentence, language):
                    samples += len(piece)
                    yield piece
                finished = True
            except SynthesisFailed:
                self._breaker.failed(self._clock())
                rest = rest_of(sentence, samples / SAMPLE_RATE_HZ, language)
            except GeneratorExit:
                self._breaker.gave_up()
                raise
            if finished:
                self._breaker.succeeded(started_s=started_s)
                return
        if rest:
            yield from self._second.synthesize(rest, language=language)

    def close(self) -> None:
        """Free both."""
        self._first.close()
        self._second.close()

    def _by_first(self, sentence: str, language: str) -> Iterator[Pcm]:
        """The first voice in a thread of its own, so that it can hang without us."""
        pump = _Pump(self._first, sentence, language)
        threading.Thread(target=pump.run, name="tts-first-voice", daemon=True).start()
        wait_s = self._first_sound_s
        try:
            while (piece := pump.next(wait_s)) is not None:
                yield piece
                wait_s = self._stall_s
        finally:
            pump.stop()


@dataclass(frozen=True, slots=True)
class _End:
    error: SynthesisFailed | None


class _Pump:
    """Moves pieces from a voice that may block to a reader that won't wait for ever."""

    def __init__(self, voice: Synthesizer, sentence: str, language: str) -> None:
        self._voice = voice
        self._sentence = sentence
        self._language = language
        self._pieces: queue.Queue[Pcm | _End] = queue.Queue(_QUEUED_PIECES)
        self._stopped = threading.Event()

    def run(self) -> None:
        """In a thread of its own; ends with the voice, or soon after `stop`."""
        error: SynthesisFailed | None = None
        try:
            for piece in self._voice.synthesize(self._sentence, language=self._language):
                if not self._put(piece):
                    return
        except SynthesisFailed as failure:
            error = failure
        except Exception as failure:  # noqa: BLE001  whatever it is, the second voice speaks
            reason = failure if isinstance(failure, VoxdeskError) else type(failure).__name__
            error = SynthesisFailed(str(reason), voice=self._voice.name)
        self._put(_End(error))

    def next(self, timeout_s: float) -> Pcm | None:
        """The next piece; None at the end.

        Raises:
            SynthesisFailed: the voice failed, or nothing came in time.
        """
        try:
            item = self._pieces.get(timeout=timeout_s)
        except queue.Empty:
            raise SynthesisFailed(f"silent for {timeout_s:g} s", voice=self._voice.name) from None
        if isinstance(item, _End):
            if item.error is not None:
                raise item.error
            return None
        return item

    def stop(self) -> None:
        """Nobody reads any more."""
        self._stopped.set()

    def _put(self, item: Pcm | _End) -> bool:
        while not self._stopped.is_set():
            try:
                self._pieces.put(item, timeout=0.1)
            except queue.Full:
                continue
            return True
        return False


def rest_of(sentence: str, heard_s: float, language: str) -> str:
    """What is still to be said of a sentence of which so many seconds were heard.

    Nobody knows the exact word, so it goes back to the beginning of the clause (or, in a clause
    without commas, a few words): a word twice is better than one lost. Empty when all was heard.
    """
    if heard_s <= 0.0:
        return sentence
    rate = _SYMBOLS_PER_S.get(language, _LETTERS_PER_S)
    heard_chars = int(heard_s * rate)
    if heard_chars >= len(sentence) * 1.25:
        return ""
    position = 0
    begin = 0
    for clause in split_clauses(sentence, max(8, len(sentence) // 4)):
        begin = sentence.find(clause, position)
        position = begin + len(clause)
        if position > heard_chars * 0.8:
            return sentence[begin:].strip()
    return sentence[begin:].strip()
