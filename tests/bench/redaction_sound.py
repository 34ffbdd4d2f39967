"""Whether a recognizer still hears what is hidden: python -m tests.bench.redaction_sound

Sentences with a secret between harmless words are spoken by the packaged voice, carried by G.711,
recognized by Whisper tiny.en, redacted as its words were recognized, and a tone is laid over them,
once with word times measured after the call, once with guessed ones. Then it is recognized again:
the whole, and the hidden stretch alone. Kept: harmless words that are still heard.
"""

import io
import json
import re
import sys
import tempfile
import time
from difflib import SequenceMatcher
from pathlib import Path
from typing import Final

import numpy as np

from asr.whisper_decoder import WhisperDecoder
from asr.whisper_model import WhisperModel
from asr.whisper_models import find_model
from asr.word_times import Aligner
from crm.transcripts.words import pieces
from recordings.redaction import redact
from recordings.redaction.reading_en import runs
from recordings.redaction.runs import plain
from recordings.redaction.times import Spoken, Stretch, stretches
from recordings.redaction.tone import TONE_HZ, Hidden, ToneFile
from recordings.sound import read_frames
from recordings.wav_file import WavFile
from tests.bench.voice import telephone
from tts.normalize import normalize
from tts.piper import PiperVoice
from voxdesk.kernel.audio import SAMPLE_RATE_HZ, Pcm
from voxdesk.kernel.speech import FREE_SPEECH

BEFORE: Final = "Hello, I am calling because the charge from last week is wrong, and "
AFTER: Final = ". Please tell me when the refund will be on its way to me."
SECRETS: Final = (
    ("my card number is", "4 2 4 2, 4 2 4 2, 4 2 4 2, 4 2 4 2", "What's your card number?"),
    ("my card number is", "4 1 1 1, 1 1 1 1, 1 1 1 1, 1 1 1 1", ""),
    ("the card is", "5 1 0 5, 1 0 5 1, 0 5 1 0, 5 1 0 0", "Your card number, please."),
    ("my social security number is", "5 3 6, 2 2, 8 8 1 4", ""),
    ("my passport number is", "5 3 3 4 0 1 2 3 6", ""),
    ("my phone number is", "4 1 5, 5 5 5, 2 6 7 1", ""),
    ("you can call me at", "6 5 0, 2 5 3, 0 0 0 1", "Which number may we call?"),
    ("my account number is", "4 4 7 1 9 9 0 2", ""),
    ("my pin is", "4 7 1 1", "Please say your PIN."),
    ("the security code is", "7 3 9", "What is the security code?"),
    ("my date of birth is", "March third 1985", "What is your date of birth?"),
    ("I live at", "42 Elm Street", ""),
)
PAUSE: Final = np.zeros(SAMPLE_RATE_HZ // 2, np.int16)


def spoken(voice: PiperVoice, text: str) -> Pcm:
    sound = np.concatenate(list(voice.synthesize(normalize(text, "en"))))
    return np.concatenate([PAUSE, telephone(sound), PAUSE])


def digits(text: str) -> str:
    return "".join(run.value for run in runs(plain(text), text, letters=False))


def longest_shared(one: str, other: str) -> int:
    return SequenceMatcher(None, one, other, autojunk=False).find_longest_match().size


def with_tones(pcm: Pcm, found: tuple[Stretch, ...]) -> tuple[Pcm, bool]:
    """The sound with tones, and whether all else is as it was."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "call.wav"
        file = WavFile(path, SAMPLE_RATE_HZ)
        file.write(0, np.stack([pcm, pcm], axis=1))
        file.close()
        data = path.read_bytes()
    toned = read_frames(ToneFile(io.BytesIO(data), [Hidden(0, *one) for one in found]))
    outside = np.ones(len(pcm), bool)
    for start, end in found:
        outside[start * SAMPLE_RATE_HZ // 1000 : -(-end * SAMPLE_RATE_HZ // 1000)] = False
    same = np.array_equal(toned[outside, 0], pcm[outside]) and np.array_equal(toned[:, 1], pcm)
    return np.ascontiguousarray(toned[:, 0]), bool(same)


def is_tone(pcm: Pcm) -> bool:
    """One frequency carries nearly everything."""
    power = np.abs(np.fft.rfft(pcm.astype(float) * np.hanning(len(pcm)))) ** 2
    at = round(TONE_HZ * len(pcm) / SAMPLE_RATE_HZ)
    return bool(power[max(0, at - 8) : at + 9].sum() > 0.99 * power.sum())


def main() -> None:
    voice = PiperVoice()
    model = WhisperModel(find_model("tiny.en", models_dir=Path()), name="tiny.en")
    decoder, aligner = WhisperDecoder(model), Aligner(model)
    totals = {
        name: {"secrets": 0, "digits_before": 0, "digits_after": 0, "digits_in_stretch": 0,
               "tones": 0, "same_elsewhere": 0, "harmless": 0, "kept": 0, "hidden_s": 0.0}
        for name in ("measured", "guessed")
    }  # fmt: skip
    redacting_s = sound_s = 0.0
    for lead, secret, asked in SECRETS:
        pcm = spoken(voice, f"{BEFORE}{lead} {secret}{AFTER}")
        heard = decoder.decode(pcm, FREE_SPEECH, start_s=0.0).text
        began = time.perf_counter()
        redacted = redact(heard, "en", context=asked)
        redacting_s += time.perf_counter() - began
        sound_s += len(pcm) / SAMPLE_RATE_HZ
        if not redacted.spans:
            sys.stdout.write(f"  not found: {secret!r} in {heard!r}\n")
            continue
        secrets = "".join(digits(heard[span.start : span.end]) for span in redacted.spans)
        end_ms = (len(pcm) - len(PAUSE)) * 1000 // SAMPLE_RATE_HZ
        times = aligner.align(pcm, pieces(heard), language="en")
        words = [
            (word, round(1000 * start), round(1000 * end))
            for word, (start, end) in zip(pieces(heard), times or [], strict=bool(times))
        ]
        for name, counts in totals.items():
            said = Spoken(heard, 500, end_ms, words, measured=name == "measured" and bool(times))
            found = stretches(said, redacted.spans)
            toned, same = with_tones(pcm, found)
            again = decoder.decode(toned, FREE_SPEECH, start_s=0.0).text
            counts["secrets"] += 1
            counts["digits_before"] += len(secrets)
            shared = longest_shared(secrets, digits(again))
            counts["digits_after"] += shared
            if shared:
                sys.stdout.write(f"  {name}: of {secret!r} {shared} in {again!r}\n")
            for start, end in found:
                part = toned[start * 16 : end * 16]
                counts["tones"] += is_tone(part) / len(found)
                alone = decoder.decode(
                    np.concatenate([PAUSE, part, PAUSE]), FREE_SPEECH, start_s=0.0
                ).text
                counts["digits_in_stretch"] += len(digits(alone))
                counts["hidden_s"] += (min(end, len(pcm) // 16) - max(0, start)) / 1000
            counts["same_elsewhere"] += same
            rest = set(re.findall(r"[a-z]{4,}", (BEFORE + AFTER).lower()))
            counts["harmless"] += len(rest)
            counts["kept"] += len(rest & set(re.findall(r"[a-z]{4,}", again.lower())))
    for name, counts in totals.items():
        sys.stdout.write(
            f"{name:9} {counts['secrets']} secrets; of {counts['digits_before']} digits "
            f"{counts['digits_after']} heard in the whole, {counts['digits_in_stretch']} in the "
            f"hidden stretches; a tone in {counts['tones']:.0f}; unchanged elsewhere "
            f"{counts['same_elsewhere']}; harmless words still heard "
            f"{counts['kept'] / max(1, counts['harmless']):.0%}; hidden {counts['hidden_s']:.0f} "
            f"of {sound_s:.0f} s\n"
        )
    sys.stdout.write(f"redacting: {redacting_s / sound_s:.6f} of the sound's length\n")
    sys.stdout.write(json.dumps(totals) + "\n")


if __name__ == "__main__":
    main()
