"""Is what we hear only our own prompt, coming back?

SIP gives no echo cancellation, and phones leak: what we played returns some tens to hundreds of
milliseconds later, quieter. Left alone it is speech to any detector and stops every prompt. The
guard compares what is heard now with what was really sent, by normalized cross-correlation over
all plausible delays. Both signals are differenced first: that flattens speech's spectrum, so
that two different voiced sounds don't look alike.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voxdesk.kernel.audio import FRAME_SAMPLES, Pcm, silence

RATE_HZ = 8_000  # telephone band is enough to tell echo, and halves the work
FACTOR = 2  # from 16 kHz
FRAME = FRAME_SAMPLES // FACTOR
HEARD_SAMPLES = 1_920  # 240 ms compared
MAX_DELAY_SAMPLES = 5_600  # 700 ms of network and device delay
SENT_SAMPLES = HEARD_SAMPLES + MAX_DELAY_SAMPLES
FFT_SIZE = 1 << (SENT_SAMPLES - 1).bit_length()
# Normalized correlation over all delays, 99 of 100 cases: unrelated speech stays below 0.41, echo
# (-10 to -30 dB, a phone's band, line noise) above 0.66 until somebody talks over it.
ECHO_SIMILARITY = 0.5
QUIET_RMS = 30.0  # int16; below it there is nothing to compare


@dataclass(frozen=True, slots=True)
class EchoMatch:
    """How well the last 240 ms heard are explained by what was sent.

    Attributes:
        similarity: highest normalized correlation over all delays, 0..1.
        delay_ms: at which delay.
        gain_db: level of the heard sound against the sent one there.
    """

    similarity: float
    delay_ms: float
    gain_db: float

    @property
    def is_echo(self) -> bool:
        """Explained by our own sound; nobody speaks over it."""
        return self.similarity >= ECHO_SIMILARITY


NO_ECHO = EchoMatch(0.0, 0.0, 0.0)
_SILENCE = silence(FRAME_SAMPLES)


class EchoGuard:
    """Keeps the last moments of one call's two directions. Free to feed, 0.5 ms to ask."""

    def __init__(self) -> None:
        self._heard: deque[Pcm] = deque(maxlen=HEARD_SAMPLES // FRAME)
        self._sent: deque[Pcm | None] = deque(maxlen=SENT_SAMPLES // FRAME)
        self._silent_frames = SENT_SAMPLES // FRAME  # since something was sent: long

    def accept(self, heard: Pcm, sent: Pcm | None) -> None:
        """Take 20 ms of both directions, 16 kHz; `sent` None is silence. They are kept as given."""
        self._heard.append(heard)
        self._sent.append(sent)
        self._silent_frames = 0 if sent is not None else self._silent_frames + 1

    @property
    def possible(self) -> bool:
        """Whether anything was sent that could still come back."""
        return self._silent_frames * FRAME < SENT_SAMPLES

    def match(self) -> EchoMatch:
        """Compare the last 240 ms heard with all that was sent."""
        if not self.possible:
            return NO_ECHO
        heard = np.diff(_narrow(self._heard, HEARD_SAMPLES), prepend=np.float32(0))
        sent = np.diff(_narrow(self._sent, SENT_SAMPLES), prepend=np.float32(0))
        heard[0] = sent[0] = 0.0  # nothing is known of the sample before
        heard_energy = float(heard @ heard)
        if heard_energy < len(heard) * QUIET_RMS:
            return NO_ECHO
        spectrum = np.fft.rfft(sent, FFT_SIZE) * np.conj(np.fft.rfft(heard, FFT_SIZE))
        correlation = np.fft.irfft(spectrum, FFT_SIZE)[: MAX_DELAY_SAMPLES + 1]
        # Energy of every stretch of `sent` that `heard` may be a copy of.
        power = np.concatenate(([0.0], np.cumsum(sent * sent)))
        energy = power[HEARD_SAMPLES:] - power[:-HEARD_SAMPLES]
        usable = np.maximum(energy, len(heard) * QUIET_RMS)
        similarity = np.abs(correlation) / np.sqrt(usable * heard_energy)
        best = int(np.argmax(similarity))
        return EchoMatch(
            similarity=min(1.0, float(similarity[best])),
            delay_ms=(MAX_DELAY_SAMPLES - best) * 1000 / RATE_HZ,
            gain_db=float(10 * np.log10(heard_energy / usable[best])),
        )


def _narrow(frames: Iterable[Pcm | None], samples: int) -> NDArray[np.float32]:
    """The newest `samples` at 8 kHz, silence before the first: the mean of each pair."""
    wide = np.concatenate([_SILENCE if frame is None else frame for frame in frames])
    narrow = np.zeros(samples, np.float32)
    pairs = wide[0::FACTOR].astype(np.float32) + wide[1::FACTOR]
    narrow[samples - len(pairs) :] = pairs * np.float32(1 / FACTOR)
    return narrow
