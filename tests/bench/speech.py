"""Real speech to call with: utterances of the data folder, and plans of who says what when."""

import csv
import os
import random
import sys
import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from voxdesk.kernel.audio import Pcm
from voxdesk.testing.signal_checks import speech_bounds

RATE_HZ = 8000
FRAME = RATE_HZ // 50
LEAD_FRAMES, TAIL_FRAMES = 10, 25  # 200 ms of the recording before the speech, 500 ms after it
ROOT = Path(__file__).parents[2]
CONVERSATIONAL = ("spokenwoz", "picovoice-barista", "open-speech-repository")


@dataclass(frozen=True, slots=True)
class Utterance:
    """One thing said.

    Attributes:
        pcm: 8 kHz int16, with lead-in and tail.
        first: first frame of speech (20 ms frames), by level.
        last: last frame of speech.
        pause_ms: longest pause inside the speech.
    """

    name: str
    source: str
    text: str
    pcm: Pcm
    first: int
    last: int
    pause_ms: int

    @property
    def speech_s(self) -> float:
        """From the first to the last speech frame."""
        return (self.last - self.first + 1) * 0.02

    @property
    def bare(self) -> Pcm:
        """From the first speech frame on, without the lead-in."""
        return self.pcm[self.first * FRAME :]


def data_folder() -> Path:
    """Where the speech is; ends the program, loudly, where it is not."""
    folder = Path(os.environ.get("VOXDESK_DATA", ROOT.parent / "shared" / "data")) / "speech-dev"
    if not (folder / "manifest.tsv").is_file():
        sys.exit(f"No speech at {folder}; set VOXDESK_DATA to the folder that holds speech-dev/.")
    return folder


def read_wav(path: Path) -> Pcm:
    """A mono 8 kHz recording."""
    with wave.open(str(path)) as file:
        if (file.getframerate(), file.getnchannels(), file.getsampwidth()) != (RATE_HZ, 1, 2):
            sys.exit(f"{path}: not 16-bit mono at 8 kHz")
        return np.frombuffer(file.readframes(file.getnframes()), np.int16)


def load_utterances(
    sources: tuple[str, ...] = CONVERSATIONAL,
    *,
    shortest_s: float = 1.5,
    longest_s: float = 6.0,
) -> list[Utterance]:
    """Every utterance of these sources whose speech, by level, is that long."""
    folder = data_folder()
    found = []
    with (folder / "manifest.tsv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            if row["source"] not in sources:
                continue
            pcm = read_wav(folder / row["path"])
            bounds = speech_bounds(pcm, RATE_HZ)
            if bounds is None or not shortest_s <= bounds.duration_s <= longest_s:
                continue
            start = max(0, bounds.first - LEAD_FRAMES)
            end = min(len(pcm) // FRAME, bounds.last + 1 + TAIL_FRAMES)
            found.append(
                Utterance(
                    name=row["id"],
                    source=row["source"],
                    text=row["text"] or row["slots"],
                    pcm=pcm[start * FRAME : end * FRAME],
                    first=bounds.first - start,
                    last=bounds.last - start,
                    pause_ms=bounds.longest_pause_ms,
                )
            )
    return found


@dataclass(frozen=True, slots=True)
class PlannedTurn:
    """What is said next, and whether into the reply before it."""

    utterance: Utterance
    interrupts: bool = False


def plan_calls(
    utterances: list[Utterance], calls: int, turns: int, interruptions: int, *, seed: int = 1
) -> list[list[PlannedTurn]]:
    """For each call so many turns, then so many pairs of a turn and an interruption of its reply.

    The same seed gives the same plan, so that two runs compare.
    """
    dice = random.Random(seed)  # noqa: S311 a plan, not a secret
    pool = utterances[:]
    dice.shuffle(pool)
    at = 0

    def take(*, interrupts: bool = False) -> PlannedTurn:
        nonlocal at
        at += 1
        return PlannedTurn(pool[(at - 1) % len(pool)], interrupts)

    plans = []
    for _ in range(calls):
        plan = [take() for _ in range(turns)]
        for _ in range(interruptions):
            plan += [take(), take(interrupts=True)]
        plans.append(plan)
    return plans
