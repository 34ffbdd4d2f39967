"""How often the wrong one of two speakers is named, on calls of two channels mixed into one.

Run as `python -m tests.bench.speakers [--split dev|held-out] [--way d-vector|mfcc|pyannote]`; for
pyannote.audio with `--folder` of a pipeline. `--make STEPS` trains a small one into that folder
first, on the people of "dev": the published ones want an account.

Who really speaks comes from the two channels, each heard alone by the voice activity detector. The
mixture is what the separation gets. As in md-eval (NIST), nothing counts within 0.25 s of where a
reference speaker begins or ends, and the speakers that were found are matched to the real ones in
the best way. Of the time in which at least one of them really speaks:

    confusion   somebody is named, and it is the wrong one: the "speaker error"
    missed      nobody is named
    false       somebody is named where nobody speaks (as a share of the same time)
    DER         all three together

Besides the whole calls there are made conversations: utterances of the data folder of two or three
people, one after the other with short pauses. They are split by call and by person: what the
constants were chosen on is "dev".
"""

import argparse
import csv
import itertools
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from asr.speaker_encoder import MfccVoices, SpeakerEncoder
from asr.vad import load_vad
from recordings.speakers.apart import D_VECTOR, MFCC, speech_spans
from recordings.speakers.by_pyannote import PyannoteWay
from recordings.speakers.way import Way
from tests.bench.speech import data_folder
from tests.fixtures.small_pyannote import make_folder
from voxdesk.app.imports.separating import ByVoices
from voxdesk.kernel.audio import FRAME_SAMPLES, SAMPLE_RATE_HZ, AudioFrame, Pcm

FRAME_S = 0.02
COLLAR_S = 0.25
CALLS = {"dev": ("SNG0480",), "held-out": ("MUL1423", "SNG1263")}
PEOPLE = {
    "dev": ("SNG0480A", "SNG0480B", "george", "osr34"),
    "held-out": ("MUL1423A", "MUL1423B", "SNG1263A", "SNG1263B", "theo", "lucas"),
}


@dataclass(frozen=True, slots=True)
class Trial:
    """A mixture, and for each frame of 20 ms and real speaker whether they speak."""

    name: str
    kind: str
    mixed: Pcm
    speaking: NDArray[np.bool_]


def heard(pcm: Pcm) -> list[float]:
    """The probability of speech in each frame."""
    vad = load_vad().open()
    whole = len(pcm) // FRAME_SAMPLES * FRAME_SAMPLES
    frames = range(0, whole, FRAME_SAMPLES)
    return [vad.accept(AudioFrame(pcm[at : at + FRAME_SAMPLES], at)).probability for at in frames]


def mask(probabilities: Sequence[float]) -> NDArray[np.bool_]:
    """The stretches of speech of one person."""
    found = np.zeros(len(probabilities), bool)
    for start, end in speech_spans(probabilities, FRAME_S):
        found[round(start / FRAME_S) : round(end / FRAME_S)] = True
    return found


def calls(split: str) -> Iterator[Trial]:
    """The whole calls."""
    for name in CALLS[split]:
        sound, rate = soundfile.read(data_folder() / "calls" / f"{name}.wav", dtype="int16")
        sides = [soxr.resample(sound[:, side], rate, SAMPLE_RATE_HZ) for side in (0, 1)]
        speaking = np.stack([mask(heard(side)) for side in sides], 1)
        mixed = np.clip(np.stack(sides, 1).sum(axis=1, dtype=np.int32), -32768, 32767)
        yield Trial(name, "call", mixed.astype(np.int16), speaking)


def utterances(split: str) -> dict[str, list[Pcm]]:
    """What each of these people says, 16 kHz."""
    said: dict[str, list[Pcm]] = {}
    with (data_folder() / "manifest.tsv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            if row["speaker"] in PEOPLE[split] and float(row["dur"]) >= 1.0:
                pcm, rate = soundfile.read(data_folder() / row["path"], dtype="int16")
                said.setdefault(row["speaker"], []).append(soxr.resample(pcm, rate, SAMPLE_RATE_HZ))
    return said


def made(split: str, people: int, *, count: int = 8, turns: int = 16) -> Iterator[Trial]:
    """Conversations of utterances."""
    dice = random.Random(7)  # noqa: S311  a plan, not a secret
    said = utterances(split)
    sets = list(itertools.combinations(sorted(said), people))
    dice.shuffle(sets)
    for number, who in enumerate(sets[:count]):
        sides: list[list[Pcm]] = [[] for _ in who]
        for turn in range(turns):
            speaker = (turn + dice.randrange(people - 1)) % people if people > 1 else 0
            own = said[who[speaker]]
            pcm = own[(turn // people + number) % len(own)]
            pcm = np.concatenate([pcm, np.zeros(round(dice.uniform(0.1, 0.8) * 16000), np.int16)])
            for side, parts in enumerate(sides):
                parts.append(pcm if side == speaker else np.zeros_like(pcm))
        whole = [np.concatenate(parts) for parts in sides]
        speaking = np.stack([mask(heard(side)) for side in whole], 1)
        mixed = np.stack(whole, 1).sum(axis=1, dtype=np.int32).astype(np.int16)
        yield Trial("+".join(who), f"made of {people}", mixed, speaking)


@dataclass(frozen=True, slots=True)
class Result:
    """Seconds, but for the numbers of speakers."""

    scored: float
    confusion: float
    missed: float
    false: float
    speakers: int
    took: float


def judge(trial: Trial, way: Way) -> Result:
    """Separate, and compare."""
    began_s = time.process_time()
    turns = way.turns(trial.mixed)
    took = time.process_time() - began_s
    count = max([turn.speaker for turn in turns], default=-1) + 1
    named = np.full(len(trial.speaking), -1)
    for turn in turns:
        named[round(turn.start_s / FRAME_S) : round(turn.end_s / FRAME_S)] = turn.speaker
    counted = np.ones(len(named), bool)
    collar = round(COLLAR_S / FRAME_S)
    for side in trial.speaking.T:
        for edge in np.flatnonzero(np.diff(side.astype(int))):
            counted[max(0, edge + 1 - collar) : edge + 1 + collar] = False
    anybody = trial.speaking.any(axis=1)
    real = trial.speaking.shape[1]
    places = [*range(real), *[-1] * max(0, count - real)]
    right = 0
    for match in set(itertools.permutations(places, count)) if count else {()}:
        good = np.zeros(len(named), bool)
        for speaker, side in enumerate(match):
            if side >= 0:
                good |= (named == speaker) & trial.speaking[:, side]
        right = max(right, int((good & counted).sum()))
    somebody = named >= 0
    scored = int((anybody & counted).sum())
    missed = int((anybody & ~somebody & counted).sum())
    false = int((~anybody & somebody & counted).sum())
    wrong = scored - missed - right
    return Result(*(FRAME_S * n for n in (scored, wrong, missed, false)), count, took)


WAYS: dict[str, Callable[[Path], Way]] = {
    "d-vector": lambda _: ByVoices(SpeakerEncoder(), D_VECTOR),
    "mfcc": lambda _: ByVoices(MfccVoices(), MFCC),
    "pyannote": PyannoteWay,
}


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.speakers", description=__doc__)
    parser.add_argument("--split", choices=("dev", "held-out"))
    parser.add_argument("--way", choices=WAYS, default="d-vector")
    parser.add_argument("--folder", type=Path, help="of pyannote.audio's pipeline")
    parser.add_argument("--make", type=int, default=0, metavar="STEPS", help="train a small one")
    parser.add_argument("--calls", action="store_true", help="only the whole calls")
    given = parser.parse_args()
    if given.make:
        make_folder(given.folder, utterances("dev"), steps=given.make)
    way = WAYS[given.way](given.folder)
    for split in (given.split,) if given.split else ("dev", "held-out"):
        table = Table(title=f"{split}, {way.name}")
        columns = ("what", "kind", "speech s", "speakers", "confusion", "missed", "false", "DER")
        for column in (*columns, "of its length"):
            table.add_column(column)
        totals: dict[str, list[tuple[Trial, Result]]] = {}
        trials = calls(split)
        if not given.calls:
            trials = itertools.chain(trials, *(made(split, people) for people in (1, 2, 3)))
        for trial in trials:
            result = judge(trial, way)
            totals.setdefault(trial.kind, []).append((trial, result))
            if trial.kind == "call":
                _row(table, trial.name, trial.kind, [(trial, result)])
        for kind, results in totals.items():
            _row(table, f"all {len(results)}", kind, results)
        Console().print(table)


def _row(table: Table, name: str, kind: str, results: list[tuple[Trial, Result]]) -> None:
    scored = sum(result.scored for _, result in results)
    parts = [
        sum(getattr(result, what) for _, result in results) / scored
        for what in ("confusion", "missed", "false")
    ]
    length_s = sum(len(trial.mixed) for trial, _ in results) / SAMPLE_RATE_HZ
    took = sum(result.took for _, result in results) / length_s
    found = " ".join(str(result.speakers) for _, result in results)
    shares = [f"{100 * part:.1f} %" for part in (*parts, sum(parts))]
    table.add_row(name, kind, f"{scored:.0f}", found, *shares, f"{took:.3f}")


if __name__ == "__main__":
    main()
