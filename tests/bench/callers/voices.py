"""What a simulated caller sounds like: a voice that isn't the machine's, or a recording."""

import hashlib
import re
import shutil
import subprocess
import tempfile
import wave
from functools import cache
from pathlib import Path

import numpy as np
import soundfile
import soxr

from tests.bench.speech import RATE_HZ, data_folder, read_wav
from voxdesk.kernel.audio import SAMPLE_RATE_HZ, Pcm
from voxdesk.testing.scripted_voice import ScriptedVoice

PITCHES = (1.2, 0.88, 1.1)
"""The packaged voice made others; the machine speaks with it at 1.0."""
FLITE = ("slt", "rms", "awb")
"""Voices of Debian's flite, used where it is installed."""
_QUIETER = 0.6
_PAUSE_S = 0.35


class Voice:
    """One caller's; the same words sound the same, and are made once."""

    def __init__(self, name: str) -> None:
        """`name`: a pitch, or a voice of flite."""
        self.name = name

    def say(self, text: str) -> Pcm:
        """8 kHz, with some silence after it. Blocks while it is made."""
        key = hashlib.sha256(f"{self.name} {text}".encode()).hexdigest()[:24]
        path = _folder() / f"{key}.wav"
        if path.is_file():
            return read_wav(path)
        pcm = self._flite(text) if self.name in FLITE else self._scripted(text)
        _write(path, pcm)
        return pcm

    def _scripted(self, text: str) -> Pcm:
        """Fillers are followed by a pause, as people make it."""
        voice = _scripted(float(self.name))
        pause = np.zeros(round(_PAUSE_S * SAMPLE_RATE_HZ), np.int16)
        parts = re.split(r"(?<=\b(?:um|uh|er)),\s*|(?<=\bhmm),\s*", text)
        pieces = [piece for part in parts if part.strip() for piece in (voice.say(part), pause)]
        wide: Pcm = np.concatenate(pieces[:-1])
        return soxr.resample(wide, SAMPLE_RATE_HZ, RATE_HZ)

    def _flite(self, text: str) -> Pcm:
        with tempfile.NamedTemporaryFile(suffix=".wav") as file:
            command = ["flite", "-voice", self.name, "-t", text, "-o", file.name]
            subprocess.run(command, check=True, timeout=60)
            samples, rate = soundfile.read(file.name, dtype="int16")
        narrow = soxr.resample(samples, rate, RATE_HZ)
        quieter: Pcm = (narrow * _QUIETER).astype(np.int16)
        return quieter


@cache
def voices() -> tuple[str, ...]:
    """Those that there are here."""
    return tuple(map(str, PITCHES)) + (FLITE if shutil.which("flite") else ())


@cache
def recordings() -> dict[str, Path]:
    """Digit strings that real people said, by the digits."""
    words = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    found = {}
    folder = data_folder()
    for line in (folder / "manifest.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        fields = line.split("\t")
        if fields[3] == "fsdd":
            digits = "".join(str(words.index(word)) for word in fields[7].split())
            found[digits] = folder / fields[1]
    return found


@cache
def _scripted(pitch: float) -> ScriptedVoice:
    return ScriptedVoice(pitch)


@cache
def _folder() -> Path:
    folder = Path(tempfile.gettempdir()) / "voxdesk-caller-voices"
    folder.mkdir(exist_ok=True)
    return folder


def _write(path: Path, pcm: Pcm) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(pcm.astype("<i2").tobytes())
