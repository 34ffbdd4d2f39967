"""What is heard while nobody speaks: hold music, ringing, a beep. Made from sines, so it is ours.

All are 16 kHz int16, quiet (about -26 dBFS), and stay below 3.4 kHz: what a telephone carries.
"""

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voxdesk.kernel.audio import SAMPLE_RATE_HZ, Pcm, silence, to_pcm

MUSIC_LEVEL_DBFS = -26.0

_Samples = NDArray[np.float64]

_BEAT_S = 0.75
_BEATS_A_BAR = 4
_TRANSPOSE = 12  # semitones; a telephone carries nothing below 300 Hz
# Chords as MIDI notes (60 is middle C): root, then the notes of the broken chord above it.
_BARS = (
    (48, 60, 64, 67, 71),  # C major seventh
    (45, 57, 60, 64, 67),  # A minor seventh
    (41, 57, 60, 65, 69),  # F major
    (43, 55, 59, 62, 67),  # G major
    (40, 55, 59, 64, 67),  # E minor seventh
    (45, 57, 60, 64, 69),  # A minor
    (38, 57, 60, 62, 65),  # D minor seventh
    (43, 53, 59, 62, 67),  # G seventh
)
_ORDER = (1, 2, 3, 4, 3, 2, 4, 3)  # which note on each half beat


@dataclass(frozen=True, slots=True)
class RingTone:
    """A country's ringing tone: frequencies, and seconds of sound and silence in turn.

    Source: ITU-T E.180 supplement 2.
    """

    frequencies_hz: tuple[float, ...]
    cadence_s: tuple[float, ...]


RING_TONES = {
    "us": RingTone((440.0, 480.0), (2.0, 4.0)),
    "eu": RingTone((425.0,), (1.0, 4.0)),
    "uk": RingTone((400.0, 450.0), (0.4, 0.2, 0.4, 2.0)),
    "cn": RingTone((450.0,), (1.0, 4.0)),
}


@functools.lru_cache(maxsize=1)
def hold_music() -> Pcm:
    """24 s of calm broken chords that can be repeated without a seam. Read-only."""
    beats = len(_BARS) * _BEATS_A_BAR
    total = round(beats * _BEAT_S * SAMPLE_RATE_HZ)
    mix = np.zeros(total)
    for bar, (root, *notes) in enumerate(_BARS):
        start = bar * _BEATS_A_BAR * _BEAT_S
        _add(mix, start, _note(root, 3.6, decay_s=2.2) * 0.9)
        for step, which in enumerate(_ORDER):
            note = _note(notes[which - 1], 2.4, decay_s=0.9)
            _add(mix, start + step * _BEAT_S / 2, note * (0.6 if step % 2 else 0.75))
    return _frozen(_at_level(mix, MUSIC_LEVEL_DBFS))


@functools.lru_cache(maxsize=8)
def ringing(country: str = "us") -> Pcm:
    """One period of what a caller hears while the other end rings; repeat it. Read-only.

    Args:
        country: a key of `RING_TONES`; an unknown one rings as in the US.
    """
    tone = RING_TONES.get(country, RING_TONES["us"])
    parts: list[Pcm] = []
    for number, seconds in enumerate(tone.cadence_s):
        samples = round(seconds * SAMPLE_RATE_HZ)
        parts.append(silence(samples) if number % 2 else _tone(tone.frequencies_hz, samples))
    return _frozen(np.concatenate(parts))


@functools.lru_cache(maxsize=4)
def beep(duration_s: float = 0.3, frequency_hz: float = 1000.0) -> Pcm:
    """The tone after which to speak. Read-only."""
    return _frozen(_tone((frequency_hz,), round(duration_s * SAMPLE_RATE_HZ), fade_s=0.01))


@functools.lru_cache(maxsize=64)
def _note(midi: int, duration_s: float, *, decay_s: float) -> _Samples:
    """A soft, bell-like tone."""
    frequency = 440.0 * 2.0 ** ((midi - 69 + _TRANSPOSE) / 12.0)
    t = np.arange(round(duration_s * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    sound = np.zeros(len(t))
    for harmonic, strength in ((1, 1.0), (2, 0.35), (3, 0.12), (4, 0.05)):
        # Higher harmonics die sooner, as in anything that is struck.
        envelope = np.exp(-t * harmonic**0.5 / decay_s)
        sound += strength * envelope * np.sin(2.0 * np.pi * frequency * harmonic * t)
    attack = np.minimum(1.0, t / 0.02)
    release = np.minimum(1.0, (duration_s - t) / 0.2)
    return sound * attack * release


def _add(mix: _Samples, start_s: float, sound: _Samples) -> None:
    """Mix in; what rings beyond the end rings on at the beginning, so the loop has no seam."""
    start = round(start_s * SAMPLE_RATE_HZ)
    fits = min(len(sound), len(mix) - start)
    mix[start : start + fits] += sound[:fits]
    mix[: len(sound) - fits] += sound[fits:]


def _tone(frequencies_hz: tuple[float, ...], samples: int, fade_s: float = 0.02) -> Pcm:
    t = np.arange(samples) / SAMPLE_RATE_HZ
    sound = sum((np.sin(2.0 * np.pi * f * t) for f in frequencies_hz), np.zeros(samples))
    edge = np.minimum(1.0, np.minimum(t, (samples - 1) / SAMPLE_RATE_HZ - t) / fade_s)
    return _at_level(sound * edge, MUSIC_LEVEL_DBFS)


def _at_level(sound: _Samples, level_dbfs: float) -> Pcm:
    rms = float(np.sqrt(np.mean(np.square(sound))))
    return to_pcm(sound * (10.0 ** (level_dbfs / 20.0) / rms))


def _frozen(pcm: Pcm) -> Pcm:
    pcm.flags.writeable = False
    return pcm
