"""How well callers are understood, on real telephone speech: `python tests/bench/recognition.py`.

Every utterance goes the way of a call: G.711, 8 to 16 kHz, then the decoder with what a step of a
flow would expect there. With `--segment` the turn detector finds its start and end on a quiet line
first, as calls do. Sets: turns of phone calls (word error rate; the references are corrected
recognizer output and not always right), orders (every slot), digit strings (exact, through the
dialogue's understanding), one-word menus (of all legal words), noise (words invented).

The speech is not part of the project; `VOXDESK_DATA` names the folder that has `speech-dev/`.
"""

import argparse
import csv
import json
import os
import random
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import soundfile
import soxr
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # run as a file, it finds the helpers beside it

from asr.turns import HangTime, SpeechPaused, SpeechStarted, TurnDetector, TurnProfile  # noqa: E402
from asr.vad import load_vad  # noqa: E402
from asr.whisper import TAIL_S  # noqa: E402
from asr.whisper_decoder import WhisperDecoder  # noqa: E402
from asr.whisper_model import WhisperModel  # noqa: E402
from asr.whisper_models import find_model  # noqa: E402
from dialog.understanding import understand  # noqa: E402
from tests.bench.word_errors import normal, word_error_rate  # noqa: E402
from voxdesk.kernel.audio import FRAME_SAMPLES, SAMPLE_RATE_HZ, AudioFrame, Pcm, to_pcm  # noqa: E402
from voxdesk.kernel.speech import (  # noqa: E402
    FREE_SPEECH,
    AnswerKind,
    Choice,
    Expectation,
    Transcript,
)

DATA = Path(os.environ.get("VOXDESK_DATA", ROOT.parent / "shared" / "data")) / "speech-dev"
LEAD_IN_S = 0.3
LINE_SILENCE_S = 1.0
ORDER_PROMPT = (
    "I'd like a medium cappuccino with a double shot, dark roast, some almond milk and brown "
    "sugar, please."
)
SURE = 0.4  # understood below this confidence, a dialogue asks again
Decode = Callable[[Pcm, Expectation], Transcript]
console = Console(width=120)


@dataclass(frozen=True, slots=True)
class Utterance:
    """One row of the manifest and its audio at 16 kHz."""

    source: str
    text: str
    slots: tuple[str, ...]
    pcm: Pcm


def load(source: str) -> list[Utterance]:
    """All utterances of one source."""
    with (DATA / "manifest.tsv").open() as lines:
        rows = [row for row in csv.DictReader(lines, delimiter="\t") if row["source"] == source]
    found = []
    for row in rows:
        narrow, rate = soundfile.read(DATA / row["path"], dtype="float32")
        slots = json.loads(row["slots"]).values() if row["slots"] else ()
        pcm = to_pcm(soxr.resample(narrow, rate, SAMPLE_RATE_HZ))
        found.append(Utterance(source, row["text"], tuple(slot.strip() for slot in slots), pcm))
    return found


class Ears:
    """The decoder, as a call would use it, with a clock that counts processor time."""

    def __init__(self, model: str, *, beam: int, segment: bool, hasty: bool = False) -> None:
        """Load the model."""
        self._thorough = not hasty
        path = find_model(model, models_dir=ROOT / "var" / "models")
        self._decoder = WhisperDecoder(WhisperModel(path, name=model, workers=1), beam=beam)
        self._vad = load_vad() if segment else None
        self.cpu_ms: list[float] = []
        self.not_heard = 0

    def __call__(self, pcm: Pcm, expectation: Expectation) -> Transcript:
        """The transcript of one utterance."""
        if self._vad is not None:
            pcm = self._turn_of(pcm)
        begun = time.process_time()
        transcript = self._decoder.decode(pcm, expectation, start_s=0.0, thorough=self._thorough)
        self.cpu_ms.append((time.process_time() - begun) * 1000.0)
        return transcript

    def _turn_of(self, pcm: Pcm) -> Pcm:
        """What the turn detector would hand over: from its start less the lead-in, to its end."""
        quiet = np.random.default_rng(7).integers(-4, 5, int(LINE_SILENCE_S * SAMPLE_RATE_HZ))
        line = np.concatenate([quiet, pcm, quiet]).astype(np.int16)
        patient = HangTime(60.0, 60.0, 60.0)
        detector = TurnDetector(TurnProfile(hang=patient, max_speech_s=120.0))
        assert self._vad is not None
        vad = self._vad.open()
        start_s: float | None = None
        end_s = 0.0
        for at in range(0, len(line) - FRAME_SAMPLES + 1, FRAME_SAMPLES):
            for event in detector.accept(vad.accept(AudioFrame(line[at : at + FRAME_SAMPLES], at))):
                if isinstance(event, SpeechStarted) and start_s is None:
                    start_s = event.at_s
                elif isinstance(event, SpeechPaused):
                    end_s = event.speech_end_s
        if start_s is None:
            self.not_heard += 1
            return np.empty(0, np.int16)
        first, last = max(0.0, start_s - LEAD_IN_S), end_s + TAIL_S
        return line[int(first * SAMPLE_RATE_HZ) : int(last * SAMPLE_RATE_HZ)]


def measure_turns(ears: Decode, source: str) -> dict[str, float]:
    """Word error rate of free speech."""
    pairs = [(one.text, ears(one.pcm, FREE_SPEECH).text) for one in load(source)]
    return {"utterances": len(pairs), "wer_percent": word_error_rate(pairs)}


def measure_orders(ears: Decode) -> dict[str, float]:
    """Orders whose slots are all in the text; the step lists the words of its menu."""
    orders = load("picovoice-barista")
    menu = tuple(sorted({slot for order in orders for slot in order.slots}))
    step = Expectation(phrases=menu, prompt=ORDER_PROMPT)
    whole = 0
    for order in orders:
        heard = "".join(normal(ears(order.pcm, step).text))
        whole += all("".join(normal(slot)) in heard for slot in order.slots)
    return {"utterances": len(orders), "all_slots_percent": 100.0 * whole / len(orders)}


def measure_digits(ears: Decode) -> dict[str, float]:
    """Digit strings, exact, as the dialogue understands them; the step takes 4 to 8 digits."""
    strings = load("fsdd")
    results = {}
    for name, step in (
        ("exact_percent", Expectation(kind=AnswerKind.DIGITS)),
        ("exact_4_to_8_percent", Expectation(AnswerKind.DIGITS, min_digits=4, max_digits=8)),
    ):
        exact = 0
        for one in strings:
            understood = understand(ears(one.pcm, step), step)
            exact += understood is not None and understood.value == "".join(normal(one.text))
        results[name] = 100.0 * exact / len(strings)
    return {"utterances": len(strings), **results}


def menu_of(words: Iterable[str]) -> Expectation:
    """A step that takes one of these words."""
    return Expectation(
        kind=AnswerKind.CHOICE, choices=tuple(Choice(word, (word,)) for word in words)
    )


def measure_menu(ears: Decode) -> dict[str, float]:
    """One word of twenty; and how often a word that isn't on the menu is taken for one that is."""
    said = load("speech-commands")
    words = sorted({one.text for one in said})
    right = sure = wrong_sure = taken = 0
    chosen = random.Random(5)  # noqa: S311  the same menus in every run
    for one in said:
        everything = menu_of(words)
        understood = understand(ears(one.pcm, everything), everything)
        if understood is not None:
            right += understood.value == one.text
            sure += understood.value == one.text and understood.confidence >= SURE
            wrong_sure += understood.value != one.text and understood.confidence >= SURE
        others = menu_of(chosen.sample([word for word in words if word != one.text], 10))
        foreign = understand(ears(one.pcm, others), others)
        taken += foreign is not None and foreign.confidence >= SURE
    sentences = [one for one in load("spokenwoz") if len(one.pcm) < 3 * SAMPLE_RATE_HZ]
    # Without yes and no: a sentence like "okay, perfect" is a yes.
    menu = menu_of(word for word in words if word not in {"yes", "no"})
    talk = [understand(ears(one.pcm, menu), menu) for one in sentences]
    falsely = sum(
        found is not None
        and found.confidence >= SURE
        and not set(normal(found.value)) <= set(normal(one.text))
        for found, one in zip(talk, sentences, strict=True)
    )
    return {
        "utterances": len(said),
        "right_percent": 100.0 * right / len(said),
        "right_and_sure_percent": 100.0 * sure / len(said),
        "wrong_and_sure_percent": 100.0 * wrong_sure / len(said),
        "foreign_word_taken_percent": 100.0 * taken / len(said),
        "talk_taken_percent": 100.0 * falsely / len(sentences),
    }


def measure_noise(ears: Decode) -> dict[str, float]:
    """Turns of noise that got words; 2 s each, levels from a quiet line to a loud street."""
    rng = np.random.default_rng(11)
    menu = menu_of(("yes", "no", "billing", "delivery", "agent"))
    invented = chosen = turns = 0
    for level_dbfs in (-60, -50, -40, -30, -20):
        for colour in (0.0, 0.5, 1.0):
            spectrum = np.fft.rfft(rng.standard_normal(2 * SAMPLE_RATE_HZ))
            shape = np.maximum(1, np.arange(len(spectrum))) ** -colour
            noise = np.fft.irfft(spectrum * shape)
            pcm = to_pcm(noise / np.std(noise) * 10 ** (level_dbfs / 20))
            invented += bool(ears(pcm, FREE_SPEECH).hypotheses)
            chosen += bool(ears(pcm, menu).confidence >= SURE)
            turns += 1
    return {
        "utterances": turns,
        "invented_percent": 100.0 * invented / turns,
        "chosen_from_a_menu_percent": 100.0 * chosen / turns,
    }


MEASURES: dict[str, Callable[[Decode], dict[str, float]]] = {
    "turns": lambda ears: measure_turns(ears, "spokenwoz"),
    "sentences": lambda ears: measure_turns(ears, "open-speech-repository"),
    "orders": measure_orders,
    "digits": measure_digits,
    "menu": measure_menu,
    "noise": measure_noise,
}


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="tiny.en", help="tiny.en, base, or a directory")
    parser.add_argument("--set", dest="sets", nargs="+", choices=MEASURES, default=list(MEASURES))
    parser.add_argument("--beam", type=int, default=5)
    parser.add_argument("--segment", action="store_true", help="let the turn detector cut")
    parser.add_argument("--hasty", action="store_true", help="as on a busy machine")
    arguments = parser.parse_args()
    if not (DATA / "manifest.tsv").is_file():
        sys.exit(f"no speech to measure with: {DATA} is missing. Set VOXDESK_DATA.")
    title = f"{arguments.model}, beam {arguments.beam}" + ", segmented" * arguments.segment
    title += ", hasty" * arguments.hasty
    table = Table(title=title)
    for heading in ("set", "result", "cpu p50 ms", "cpu p95 ms"):
        table.add_column(heading)
    details: dict[str, Any] = {}
    ears = Ears(
        arguments.model, beam=arguments.beam, segment=arguments.segment, hasty=arguments.hasty
    )
    for name in arguments.sets:
        ears.cpu_ms.clear()
        figures = MEASURES[name](ears)
        p50, p95 = np.percentile(ears.cpu_ms, (50, 95))
        details[name] = {**figures, "cpu_p50_ms": p50, "cpu_p95_ms": p95}
        shown = ", ".join(
            f"{key.removesuffix('_percent')} {value:.1f}" for key, value in figures.items()
        )
        table.add_row(name, shown, f"{p50:.0f}", f"{p95:.0f}")
        console.print(f"{name}: {shown}")
    details["rss_mb"] = psutil.Process().memory_info().rss / 1e6
    details["not_heard"] = ears.not_heard
    console.print(table)
    console.print(f"memory {details['rss_mb']:.0f} MB, turns not noticed {ears.not_heard}")
    results = (
        ROOT / "bench-results" / f"recognition-{title.replace(', ', '-').replace(' ', '')}.json"
    )
    results.parent.mkdir(exist_ok=True)
    results.write_text(json.dumps(details, indent=1, default=float))
    console.print(f"details in {results}")


if __name__ == "__main__":
    main()
