"""The packaged voice: time to the first sound, cost, memory, and how well it is understood.

Run with `python tests/bench/voice.py`. Understood: Whisper tiny.en hears it after G.711 at 8 kHz,
as a telephone carries it; its own errors count against the voice.
"""

import asyncio
import io
import json
import re
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import soundfile
import soxr
from rapidfuzz.distance import Levenshtein

from asr.whisper_decoder import WhisperDecoder
from asr.whisper_model import WhisperModel
from asr.whisper_models import find_model
from tts.normalize import normalize
from tts.piper import PiperVoice
from tts.speech import SpeechService
from voxdesk.kernel.audio import SAMPLE_RATE_HZ, Pcm, to_pcm
from voxdesk.kernel.speech import FREE_SPEECH

ANSWER = "Your order is on its way to you."
PROMPTS = (
    "Thank you for calling, how can I help you today?",
    "Your order number 4711 is on its way.",
    "It will arrive on Tuesday, March 3rd.",
    "I'm sorry, I didn't catch that, could you please say it again?",
    "For billing, press 1, for delivery, press 2.",
    "Please hold while I connect you to an agent.",
    "Your total is $12.50.",
    "You are number 3 in the queue.",
    "We are open Monday to Friday from 9am to 5pm.",
    "Is that correct, yes or no?",
    "Please tell me your order number.",
    "Goodbye, and thank you for calling.",
)
ROUNDS = 12


def telephone(pcm: Pcm) -> Pcm:
    """8 kHz, mu-law, and back."""
    narrow = soxr.resample(pcm.astype(np.float32) / 32768, SAMPLE_RATE_HZ, 8000)
    coded = io.BytesIO()
    soundfile.write(coded, narrow, 8000, format="WAV", subtype="ULAW")
    coded.seek(0)
    heard, _ = soundfile.read(coded, dtype="float32")
    return to_pcm(soxr.resample(heard, 8000, SAMPLE_RATE_HZ))


def words(text: str) -> list[str]:
    """Words as they sound, so that "4711" and "four seven one one" are the same."""
    return re.findall(r"[a-z']+", normalize(text.replace("-", " "), "en").lower().replace("-", " "))


async def first_sounds(voice: PiperVoice) -> list[float]:
    """Wall ms from asking to the first piece, one call, nothing cached."""
    service = SpeechService({"en": voice})
    times = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        speech = service.speak(ANSWER)
        await anext(speech)
        times.append((time.perf_counter() - begin) * 1000)
        await speech.aclose()  # type: ignore[attr-defined]
        await asyncio.sleep(0.2)
    return times


def main() -> None:
    process = psutil.Process()
    before = process.memory_info().rss
    begin, begin_cpu = time.perf_counter(), time.process_time()
    voice = PiperVoice()
    result: dict[str, Any] = {
        "load_s": time.perf_counter() - begin,
        "load_cpu_s": time.process_time() - begin_cpu,
    }
    first = asyncio.run(first_sounds(voice))
    cpu, sound_s, first_cpu = 0.0, 0.0, []
    errors = total = 0
    said: list[tuple[str, Pcm]] = []
    for prompt in PROMPTS:
        start = time.process_time()
        pieces = []
        for piece in voice.synthesize(normalize(prompt, "en")):
            if not pieces:
                first_cpu.append((time.process_time() - start) * 1000)
            pieces.append(piece)
        cpu += time.process_time() - start
        said.append((prompt, np.concatenate(pieces)))
        sound_s += len(said[-1][1]) / SAMPLE_RATE_HZ
    result |= {
        "first_sound_ms_p50": statistics.median(first),
        "first_sound_ms_max": max(first),
        "first_sound_cpu_ms_p50": statistics.median(first_cpu),
        "real_time_factor_cpu": cpu / sound_s,
        "rss_mb": (process.memory_info().rss - before) / 1e6,
    }
    decoder = WhisperDecoder(WhisperModel(find_model("tiny.en", models_dir=Path()), name="tiny.en"))
    for prompt, pcm in said:
        padded = np.concatenate(
            [np.zeros(3200, np.int16), telephone(pcm), np.zeros(3200, np.int16)]
        )
        heard = decoder.decode(padded, FREE_SPEECH, start_s=0.0).text
        wanted, got = words(prompt), words(heard)
        wrong = Levenshtein.distance(wanted, got)
        errors += wrong
        total += len(wanted)
        if wrong:
            sys.stdout.write(f"  said {prompt!r}\n  heard {heard!r}\n")
    result["word_error_rate_after_g711"] = errors / total
    for name, value in result.items():
        sys.stdout.write(f"{name:30} {value:8.3f}\n")
    sys.stdout.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
