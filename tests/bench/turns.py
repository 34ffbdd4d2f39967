"""How soon and how wrongly turns end, replayed without real time: `python -m tests.bench.turns`.

Real utterances (rules of tests/bench/speech.py: 200 ms before the speech, 500 ms after it, then a
quiet line) go through the real voice detector, the real turn detector and, for each pause, the
real recognizer; only the recognizer's latency is a model, so that the machine's load is not
measured. Seconds are seconds of audio. Report only; nothing here is asserted.

    end → over      from the caller's last sample to TurnEnded
    end → answer    the same, but not before the words are known
    cut             the turn ended inside the utterance, more than 60 ms before its last sample
"""

import argparse
import asyncio
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import soxr
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from rich.table import Table

from asr.recognizer import Recognizer
from asr.turns import (
    HangTime,
    SpeechPaused,
    SpeechStarted,
    TurnDetector,
    TurnEnded,
    TurnProfile,
)
from asr.vad import VadModel, VadResult, WebRtcModel, load_vad
from asr.whisper import WhisperRecognizer
from asr.workers import DecodingPool
from dialog.understanding import completeness
from tests.bench.speech import CONVERSATIONAL, ROOT, Utterance, load_utterances
from voxdesk.kernel.audio import AudioFrame, Pcm, to_pcm
from voxdesk.kernel.call import CallId
from voxdesk.kernel.speech import Completeness, Expectation

BEFORE_S, AFTER_S = 1.0, 3.0
CUT_TOLERANCE_S = 0.06
LEAD_IN_S = 0.3
REAL_ONSET_DB = 20.0  # below the loudest frame; what lies lower is breath
RESULTS = ROOT / "bench-results" / "turns.json"

console = Console()


@dataclass
class Replay:
    """One utterance as the detector heard it.

    Attributes:
        results: of the voice detector, 20 ms each.
        start_s: first speech by level (35 dB below the loudest frame).
        voice_s: first speech above breath (20 dB below it).
        end_s: end of the last speech frame.
        words: completeness of the words up to each pause, by the pause's speech end in ms.
        texts: those words.
    """

    name: str
    source: str
    results: list[VadResult]
    frames: list[AudioFrame]
    start_s: float
    voice_s: float
    end_s: float
    pause_ms: int
    words: dict[int, Completeness] = field(default_factory=dict)
    texts: dict[int, str] = field(default_factory=dict)


def line_noise(seconds: float) -> Pcm:
    """A quiet line, 8 kHz."""
    return np.random.default_rng(7).integers(-4, 5, round(seconds * 8000)).astype(np.int16)


def wide(pcm: Pcm) -> Pcm:
    """8 kHz to 16 kHz, as the line does it."""
    return to_pcm(soxr.resample(pcm.astype(np.float32) / 32768, 8000, 16000, quality="HQ"))


def frames_of(pcm: Pcm) -> list[AudioFrame]:
    """20 ms each, at 16 kHz."""
    return [AudioFrame(pcm[i : i + 320], i) for i in range(0, len(pcm) - 319, 320)]


def heard(model: VadModel, frames: Iterable[AudioFrame]) -> list[VadResult]:
    """What a new detector makes of them."""
    vad = model.open()
    return [vad.accept(frame) for frame in frames]


def _first_voice(loud: NDArray[np.bool_]) -> int:
    """The first loud frame with others after it: one alone is a click of the microphone."""
    candidates = np.flatnonzero(loud)
    lasting = [at for at in candidates if loud[at : at + 5].sum() >= 3]
    return int(lasting[0] if lasting else candidates[0])


def replay_of(model: VadModel, utterance: Utterance) -> Replay:
    """An utterance on a quiet line."""
    pcm = np.concatenate([line_noise(BEFORE_S), utterance.pcm, line_noise(AFTER_S)])
    frames = frames_of(wide(pcm))
    results = heard(model, frames)
    first = round(BEFORE_S * 50) + utterance.first
    last = round(BEFORE_S * 50) + utterance.last
    levels = np.array([result.level_dbfs for result in results[first : last + 1]])
    voice = _first_voice(levels > levels.max() - REAL_ONSET_DB)
    return Replay(
        utterance.name,
        utterance.source,
        results,
        frames,
        start_s=first * 0.02,
        voice_s=(first + voice) * 0.02,
        end_s=(last + 1) * 0.02,
        pause_ms=utterance.pause_ms,
    )


async def recognize_pauses(recognizer: Recognizer, replay: Replay, pause_s: float) -> None:
    """The words up to every pause, and how finished they sound; nothing knows what follows."""
    patient = HangTime(60.0, 60.0, 60.0)
    detector = TurnDetector(TurnProfile(hang=patient, pause_s=pause_s, max_speech_s=120.0))
    started_s = 0.0
    for index, result in enumerate(replay.results):
        for event in detector.accept(result):
            if isinstance(event, SpeechStarted):
                started_s = event.at_s
            elif isinstance(event, SpeechPaused):
                turn = recognizer.open_turn(CallId("bench"), Expectation(), start_s=started_s)
                for frame in replay.frames[: index + 1]:
                    if frame.end_s > started_s - LEAD_IN_S:
                        turn.accept(frame)
                transcript = await turn.finish(event.speech_end_s)
                turn.cancel()
                key = round(event.speech_end_s * 1000)
                replay.texts[key] = transcript.text
                replay.words[key] = completeness(transcript, Expectation())


@dataclass
class Outcome:
    """One utterance under one policy; times in seconds of audio."""

    name: str
    over_s: float | None = None  # after the last sample
    answer_s: float | None = None
    onset_s: float | None = None
    voice_onset_s: float | None = None
    cut: bool = False
    pauses: int = 0


Words = Callable[[Replay, float], Completeness | None]


def no_words(_replay: Replay, _end_s: float) -> Completeness | None:
    """Nothing is known of the words."""
    return None


def recognized_words(replay: Replay, end_s: float) -> Completeness | None:
    """What the recognizer understood up to this pause."""
    return replay.words.get(round(end_s * 1000))


def play(replay: Replay, profile: TurnProfile, words: Words, recognition_s: float) -> Outcome:
    """One utterance through a turn detector; hints come `recognition_s` after each pause."""
    detector = TurnDetector(profile)
    outcome = Outcome(replay.name)
    hints: list[tuple[float, float, Completeness | None]] = []
    for result in replay.results:
        while hints and result.end_s >= hints[0][0] - 1e-6:
            _, end_s, hint = hints.pop(0)
            if hint is not None:
                detector.hint(hint, speech_end_s=end_s)
        for event in detector.accept(result):
            if isinstance(event, SpeechStarted) and outcome.onset_s is None:
                outcome.onset_s = result.end_s - replay.start_s
                outcome.voice_onset_s = result.end_s - replay.voice_s
            elif isinstance(event, SpeechPaused):
                outcome.pauses += 1
                known_s = result.end_s + recognition_s
                hints = [(known_s, event.speech_end_s, words(replay, event.speech_end_s))]
            elif isinstance(event, TurnEnded):
                if result.end_s < replay.end_s - CUT_TOLERANCE_S:
                    outcome.cut = True
                else:
                    known = max((at for at, end_s, _ in hints), default=result.end_s)
                    outcome.over_s = result.end_s - replay.end_s
                    outcome.answer_s = max(result.end_s, known) - replay.end_s
    return outcome


def study(
    replays: Sequence[Replay], profile: TurnProfile, words: Words, recognition_s: float
) -> dict[str, float]:
    """The figures of one policy, in ms and percent."""
    outcomes = [play(replay, profile, words, recognition_s) for replay in replays]
    whole = [one for one in outcomes if not one.cut]
    over = [one.over_s * 1000 for one in whole if one.over_s is not None]
    answer = [one.answer_s * 1000 for one in whole if one.answer_s is not None]
    return {
        "turns": len(outcomes),
        "over_p50_ms": percentile(over, 50),
        "over_p95_ms": percentile(over, 95),
        "answer_p50_ms": percentile(answer, 50),
        "answer_p95_ms": percentile(answer, 95),
        "cut_percent": 100 * sum(one.cut for one in outcomes) / len(outcomes),
        "missed": sum(one.over_s is None for one in whole),
        "pauses_a_turn": sum(one.pauses for one in outcomes) / len(outcomes),
    }


def percentile(values: Sequence[float], share: float) -> float:
    """Of nothing: not a number."""
    return float(np.percentile(values, share)) if values else float("nan")


# ------------------------------------------------------------------ sounds that are no speech


def disturbances(utterances: Sequence[Utterance]) -> dict[str, Pcm]:
    """A minute each of what is not the caller, 16 kHz."""
    random = np.random.default_rng(3)
    samples = 60 * 8000
    white = random.standard_normal(samples)
    clicks = line_noise(60).astype(np.float64)
    for second in range(1, 59):
        length = int(random.integers(8, 480))  # up to 60 ms
        at = second * 8000 + int(random.integers(160))
        clicks[at : at + length] += random.standard_normal(length) * 6000
    babble = np.zeros(samples)
    for number in range(200):
        voice = utterances[number % len(utterances)].pcm.astype(np.float64)
        at = int(random.integers(0, samples - len(voice)))
        babble[at : at + len(voice)] += voice / (voice.std() + 1)
    babble /= babble.std()

    def at_level(sound: np.ndarray, level_dbfs: float) -> Pcm:
        return wide(to_pcm(sound / sound.std() * 10 ** (level_dbfs / 20)))

    return {
        "quiet line": wide(line_noise(60)),
        "white noise at -40 dBFS": at_level(white, -40),
        "white noise at 0 dB to speech (-20 dBFS)": at_level(white, -20),
        "clicks of 1-60 ms, one a second": wide(np.clip(clicks, -32768, 32767).astype(np.int16)),
        "babble of many voices at -50 dBFS": at_level(babble, -50),
        "babble of many voices at -35 dBFS": at_level(babble, -35),
        "babble of many voices at -20 dBFS": at_level(babble, -20),
    }


def false_starts(model: VadModel, sound: Pcm) -> int:
    """How many turns begin in a sound in which nobody speaks to us."""
    detector = TurnDetector()
    return sum(
        isinstance(event, SpeechStarted)
        for result in heard(model, frames_of(sound))
        for event in detector.accept(result)
    )


# ------------------------------------------------------------------ report


def show_policies(replays: Sequence[Replay], recognition_s: float) -> list[dict[str, object]]:
    """Fixed hang times, and the chosen profile with and without words."""
    chosen = TurnProfile()
    rows: list[dict[str, object]] = []
    policies: list[tuple[str, TurnProfile, Words]] = [
        (f"fixed {hang_s:.2f} s", replace(chosen, hang=HangTime(hang_s, hang_s, hang_s)), no_words)
        for hang_s in (0.35, 0.40, 0.45, 0.50, 0.55, 0.60, 0.70, 0.80)
    ]
    policies.append(("chosen, words unknown", chosen, no_words))
    policies.append(("chosen, by the words", chosen, recognized_words))
    table = Table(
        title=f"{len(replays)} turns; words known {recognition_s * 1000:.0f} ms after a pause"
    )
    for heading in ("policy", "over p50", "over p95", "answer p50", "answer p95", "cut", "pauses"):
        table.add_column(heading, justify="left" if heading == "policy" else "right")
    for name, profile, words in policies:
        figures = study(replays, profile, words, recognition_s)
        rows.append({"policy": name, **figures})
        table.add_row(
            name,
            *(
                f"{figures[key]:.0f} ms"
                for key in ("over_p50_ms", "over_p95_ms", "answer_p50_ms", "answer_p95_ms")
            ),
            f"{figures['cut_percent']:.1f}%",
            f"{figures['pauses_a_turn']:.2f}",
        )
    console.print(table)
    return rows


def show_grid(replays: Sequence[Replay], recognition_s: float) -> None:
    """Neighbours of the chosen hang times: a choice that only its own point likes is luck."""
    table = Table(title="hang times by the words: complete / unsure / incomplete")
    for heading in ("hang", "pause", "answer p50", "answer p95", "cut"):
        table.add_column(heading, justify="right")
    for pause_s in (0.12, 0.20):
        for complete_s in (0.40, 0.45, 0.50):
            for unsure_s in (0.50, 0.60, 0.70):
                for incomplete_s in (0.80, 1.00):
                    hang = HangTime(complete_s, unsure_s, incomplete_s)
                    profile = TurnProfile(hang=hang, pause_s=pause_s)
                    figures = study(replays, profile, recognized_words, recognition_s)
                    table.add_row(
                        f"{complete_s:.2f} / {unsure_s:.2f} / {incomplete_s:.2f}",
                        f"{pause_s:.2f}",
                        f"{figures['answer_p50_ms']:.0f}",
                        f"{figures['answer_p95_ms']:.0f}",
                        f"{figures['cut_percent']:.1f}%",
                    )
    console.print(table)


def show_onsets(replays: Sequence[Replay]) -> dict[str, float]:
    """From the start of speech to SpeechStarted, by both rules of what its start is."""
    outcomes = [play(replay, TurnProfile(), no_words, 0.2) for replay in replays]
    figures = {}
    for name, values in (
        ("first frame within 35 dB of the loudest (breath counts)", [o.onset_s for o in outcomes]),
        ("voice: within 20 dB", [o.voice_onset_s for o in outcomes]),
    ):
        delays = [value * 1000 for value in values if value is not None]
        p50, p90, p95 = (percentile(delays, share) for share in (50, 90, 95))
        console.print(f"onset, {name}: p50 {p50:.0f}, p90 {p90:.0f}, p95 {p95:.0f} ms")
        figures[name] = p95
    return figures


def show_words(replays: Sequence[Replay]) -> None:
    """How the words were judged at real ends, and at pauses inside."""
    table = Table(title="words judged", show_header=True)
    for heading in ("", *(one.value for one in Completeness)):
        table.add_column(heading, justify="right")
    ends: list[Completeness] = []
    inside: list[Completeness] = []
    for replay in replays:
        for end_ms, judged in replay.words.items():
            (ends if end_ms / 1000 > replay.end_s - CUT_TOLERANCE_S * 2 else inside).append(judged)
    for name, judged_all in (("at the end", ends), ("at a pause inside", inside)):
        counts = [f"{judged_all.count(one)}" for one in Completeness]
        table.add_row(name, *counts)
    console.print(table)


async def run(arguments: argparse.Namespace) -> None:
    """The whole study."""
    sources = tuple(arguments.sources) or CONVERSATIONAL
    utterances = load_utterances(sources)
    model: VadModel = WebRtcModel() if arguments.vad == "webrtc" else load_vad()
    replays = [replay_of(model, one) for one in track(utterances, "listening", console=console)]
    if not arguments.no_words:
        pool = DecodingPool(1)
        recognizer = WhisperRecognizer.load(
            arguments.model, models_dir=ROOT / "var" / "models", pool=pool
        )
        for replay in track(replays, "recognizing", console=console):
            await recognize_pauses(recognizer, replay, arguments.pause)
        await pool.close()
        show_words(replays)
    recognition_s = arguments.recognition_ms / 1000
    rows = show_policies(replays, recognition_s)
    onsets = show_onsets(replays)
    noises = {}
    for name, sound in disturbances(utterances).items():
        noises[name] = false_starts(model, sound)
        console.print(f"turns begun in a minute of {name}: {noises[name]}")
    if arguments.grid:
        show_grid(replays, recognition_s)
    RESULTS.parent.mkdir(exist_ok=True)
    report = {
        "vad": model.name,
        "recognition_ms": arguments.recognition_ms,
        "policies": rows,
        "onset_p95_ms": onsets,
        "false_starts_a_minute": noises,
        "pauses": [
            {
                "utterance": replay.name,
                "s_before_end": round(replay.end_s - end_ms / 1000, 2),
                "judged": replay.words[end_ms].value,
                "text": text,
            }
            for replay in replays
            for end_ms, text in replay.texts.items()
        ],
    }
    RESULTS.write_text(json.dumps(report, indent=1, ensure_ascii=False))
    console.print(f"details in {RESULTS}")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.turns", description=__doc__)
    parser.add_argument("--sources", nargs="*", default=[], help="sets of speech-dev")
    parser.add_argument("--vad", choices=("silero", "webrtc"), default="silero")
    parser.add_argument("--model", default="tiny.en", help="Whisper model")
    parser.add_argument("--pause", type=float, default=TurnProfile().pause_s, help="seconds")
    parser.add_argument("--recognition-ms", type=float, default=200.0)
    parser.add_argument("--no-words", action="store_true", help="without recognition: quick")
    parser.add_argument("--grid", action="store_true", help="neighbours of the chosen hang times")
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
