"""What must not stop a prompt: echo, noise, other people, coughs, backchannels."""

import random
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr

from tests.bench.speech import FRAME, RATE_HZ, Utterance, data_folder, read_wav
from voxdesk.kernel.audio import FULL_SCALE, Pcm
from voxdesk.testing.signal_checks import frame_levels_dbfs, speech_bounds
from voxdesk.testing.softphone import Echo

SPEECH_DBFS = -26.0  # how loud callers are on the telephone, speaking
RECORDED_BACKCHANNELS = {
    "woz_MUL1423_008B": "mmhmm",
    "woz_MUL1423_011B": "okay",
    "woz_MUL1423_015B": "okay",
    "woz_MUL1423_007A": "um",
    "woz_MUL1423_027A": "um",
}
# Not "mm-hm": espeak-ng spells it.
SPOKEN_BACKCHANNELS = ("uh-huh", "okay", "yeah", "right", "I see")
ESPEAK_VOICES = ("en-us", "en-gb+f3")


@dataclass(frozen=True, slots=True)
class Disturbance:
    """One thing that happens at the caller's side during a prompt.

    Attributes:
        kind: group in the report.
        name: this one.
        pcm: heard once, at 8 kHz; None for an echo.
        echo: during the whole prompt.
    """

    kind: str
    name: str
    pcm: Pcm | None = None
    echo: Echo | None = None


def at_level(pcm: Pcm, level_dbfs: float) -> Pcm:
    """The same sound, its loud part (frames within 35 dB of the loudest) at that level."""
    levels = frame_levels_dbfs(pcm, RATE_HZ)
    loud = levels[levels > levels.max() - 35]
    now_dbfs = 10 * np.log10(np.mean(10 ** (loud / 10)))
    scaled = pcm * 10 ** ((level_dbfs - now_dbfs) / 20)
    clipped: Pcm = np.clip(scaled, -FULL_SCALE, FULL_SCALE - 1).astype(np.int16)
    return clipped


def every_disturbance(utterances: list[Utterance], *, seed: int = 3) -> list[Disturbance]:
    """All of them, the same each time."""
    dice = random.Random(seed)  # noqa: S311 repeatable choice
    found = [*_echoes(), *_noises(), *_babble(utterances, dice), *_mouth_and_table()]
    return [*found, *_recorded_backchannels(), *_spoken_backchannels()]


def _echoes() -> Iterator[Disturbance]:
    for gain_db in (-20, -25, -30):
        for delay_ms in (100, 200, 300):
            name = f"echo {gain_db} dB {delay_ms} ms"
            yield Disturbance("echo", name, echo=Echo(delay_ms / 1000, gain_db))


def _noises() -> Iterator[Disturbance]:
    for level_dbfs in (-46, -36, -26):
        for length_s in (0.4, 1.5):
            white = np.random.default_rng(5).normal(size=round(length_s * RATE_HZ)) * 3000
            name = f"noise {level_dbfs} dBFS {length_s} s"
            yield Disturbance("noise", name, at_level(white.astype(np.int16), level_dbfs))


def _babble(utterances: list[Utterance], dice: random.Random) -> Iterator[Disturbance]:
    """Six people at once, none of them near the phone."""
    for level_dbfs in (-46, -41, -36):
        for take in (1, 2):
            voices = [dice.choice(utterances).bare for _ in range(6)]
            length = 2 * RATE_HZ
            mixed = np.sum([np.resize(at_level(v, SPEECH_DBFS), length) for v in voices], axis=0)
            pcm = at_level(np.clip(mixed / 3, -32768, 32767).astype(np.int16), level_dbfs)
            yield Disturbance("babble", f"babble {level_dbfs} dBFS, {take}", pcm)


def _mouth_and_table() -> Iterator[Disturbance]:
    """Coughs (noise through the resonances of a throat, dying away) and clicks."""
    rng = np.random.default_rng(9)
    for index, (length_s, centre_hz) in enumerate(((0.25, 700), (0.35, 1100), (0.2, 500))):
        at = np.arange(round(length_s * RATE_HZ)) / RATE_HZ
        burst = rng.normal(size=len(at)) * np.exp(-at / (length_s / 4))
        throat = np.cos(2 * np.pi * centre_hz * at) * np.exp(-at * 60)
        cough = np.convolve(burst, throat)[: len(at)]
        cough *= 8000 / np.abs(cough).max()
        pause = np.zeros(round(0.15 * RATE_HZ))
        pcm = np.concatenate([cough, pause, cough * 0.7]).astype(np.int16)
        yield Disturbance("cough", f"cough {index + 1}", at_level(pcm, -22.0))
    for index, length_s in enumerate((0.003, 0.008, 0.02)):
        click = np.zeros(round(0.3 * RATE_HZ))
        size = round(length_s * RATE_HZ)
        click[:size] = rng.normal(size=size) * 9000
        click[len(click) // 2 :][:size] = rng.normal(size=size) * 9000
        pcm = np.clip(click, -32768, 32767).astype(np.int16)
        yield Disturbance("click", f"click {index + 1}", pcm)


def _recorded_backchannels() -> Iterator[Disturbance]:
    folder = data_folder() / "wav"
    for name, words in RECORDED_BACKCHANNELS.items():
        pcm = read_wav(folder / f"{name}.wav")
        bounds = speech_bounds(pcm, RATE_HZ)
        if bounds is not None:
            cut = pcm[max(0, bounds.first - 2) * FRAME : (bounds.last + 3) * FRAME]
            label = f"{words} ({name})"
            yield Disturbance("recorded backchannel", label, at_level(cut, SPEECH_DBFS))


def _spoken_backchannels() -> Iterator[Disturbance]:
    """By espeak-ng, which is left out where it isn't installed."""
    program = shutil.which("espeak-ng")
    if program is None:
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "said.wav"
        for words in SPOKEN_BACKCHANNELS:
            for voice in ESPEAK_VOICES:
                subprocess.run(
                    [program, "-v", voice, "-s", "150", "-w", str(path), words],
                    check=True,
                    timeout=20,
                )
                sound, rate_hz = soundfile.read(path, dtype="int16")
                pcm = at_level(soxr.resample(sound, rate_hz, RATE_HZ), SPEECH_DBFS)
                yield Disturbance("espeak backchannel", f"{words}, {voice}", pcm)
