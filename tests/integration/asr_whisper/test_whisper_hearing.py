"""Whisper's packaged weights, hearing the packaged voice over a telephone line."""

import asyncio
import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import soxr

from asr.spoken_numbers import digit_string
from asr.whisper import WhisperRecognizer
from asr.whisper_decoder import WhisperDecoder
from asr.whisper_model import WhisperModel
from asr.whisper_models import base_is_installed, find_model
from asr.workers import DecodingPool
from tts.piper import PiperVoice
from voxdesk.kernel.audio import SAMPLE_RATE_HZ, AudioFrame, Pcm, silence, to_pcm
from voxdesk.kernel.call import CallId
from voxdesk.kernel.errors import AudioFormatError, ModelMissing
from voxdesk.kernel.speech import (
    FREE_SPEECH,
    AnswerKind,
    Choice,
    Expectation,
    Transcript,
)

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]

MENU = Expectation(
    kind=AnswerKind.CHOICE,
    choices=tuple(Choice(word, (word,)) for word in ("billing", "delivery", "returns", "sales")),
)


@pytest.fixture(scope="module")
def model() -> WhisperModel:
    return WhisperModel(find_model("tiny.en", models_dir=Path("var/models")), name="tiny.en")


@pytest.fixture(scope="module")
def decoder(model: WhisperModel) -> WhisperDecoder:
    return WhisperDecoder(model)


@pytest.fixture(scope="module")
def voice() -> Iterator[PiperVoice]:
    voice = PiperVoice()
    yield voice
    voice.close()


@cache
def _spoken(voice: PiperVoice, text: str) -> Pcm:
    return np.concatenate(list(voice.synthesize(text)))


def on_the_phone(pcm: Pcm) -> Pcm:
    """8 kHz and back, on a line that hisses a little, with silence around."""
    narrow = soxr.resample(pcm.astype(np.float32) / 32768, SAMPLE_RATE_HZ, 8000)
    wide = soxr.resample(narrow, 8000, SAMPLE_RATE_HZ)
    line = np.concatenate([np.zeros(4800), wide, np.zeros(3200)])
    return to_pcm(line + 0.0005 * np.random.default_rng(1).standard_normal(len(line)))


@pytest.fixture
def hear(decoder: WhisperDecoder, voice: PiperVoice):  # noqa: ANN201  a closure
    def heard(text: str, expectation: Expectation = FREE_SPEECH) -> Transcript:
        return decoder.decode(on_the_phone(_spoken(voice, text)), expectation, start_s=5.0)

    return heard


def plain(text: str) -> str:
    return " ".join(re.sub(r"[^a-z0-9 ]", " ", text.lower()).split())


def test_a_sentence_is_heard_with_word_times_inside_the_turn(hear) -> None:  # noqa: ANN001
    transcript = hear("My parcel has not arrived yet.")
    assert "parcel has not arrived" in plain(transcript.text)
    words = transcript.hypotheses[0].words
    assert [word.text for word in words] == transcript.text.split()
    starts = [word.start_s for word in words]
    assert starts == sorted(starts)
    assert starts[0] >= 5.0
    assert 0.5 < transcript.confidence <= 1.0
    assert len({plain(one.text) for one in transcript.hypotheses}) == len(transcript.hypotheses)


def test_digits_are_heard_exactly(hear) -> None:  # noqa: ANN001
    step = Expectation(kind=AnswerKind.ORDER_NUMBER, min_digits=4, max_digits=8)
    spoken = ("4 7 1 2", "9 0 2 5", "8 1 6 3 0 4")
    exact = [digit_string(hear(digits, step).text) == digits.replace(" ", "") for digits in spoken]
    assert sum(exact) >= 2  # the voice is never twice the same


def test_a_caller_who_does_not_say_the_number_is_not_given_one(hear) -> None:  # noqa: ANN001
    step = Expectation(kind=AnswerKind.ORDER_NUMBER)
    assert "agent" in plain(hear("I would like to speak to an agent.", step).text)


@pytest.mark.parametrize("word", ["billing", "delivery", "returns", "sales"])
def test_a_word_of_the_menu_is_told_from_the_others(hear, word: str) -> None:  # noqa: ANN001
    assert plain(hear(f"{word}.", MENU).text) == word


def test_what_is_not_on_the_menu_is_not_taken_for_it(hear) -> None:  # noqa: ANN001
    heard = plain(hear("What a beautiful morning.", MENU).text)
    assert heard not in {"billing", "delivery", "returns", "sales"}


@pytest.mark.parametrize("level_dbfs", [-90, -60, -40, -20])
def test_noise_alone_has_no_words(decoder: WhisperDecoder, level_dbfs: int) -> None:
    noise = np.random.default_rng(5).standard_normal(2 * SAMPLE_RATE_HZ)
    transcript = decoder.decode(to_pcm(noise * 10 ** (level_dbfs / 20)), FREE_SPEECH, start_s=0.0)
    assert transcript.hypotheses == ()


def test_nothing_at_all_has_no_words(decoder: WhisperDecoder) -> None:
    assert decoder.decode(silence(0), FREE_SPEECH, start_s=0.0).hypotheses == ()


STORY = (
    "I ordered a blue chair three weeks ago from your website.",
    "The first letter said that it would come on a Monday.",
    "Nobody came, so I waited the whole of the next day as well.",
    "Then a driver called me and asked for the way to my house.",
    "I told him everything, but he never found the street.",
    "My neighbour has seen a van of yours near the church.",
    "On Friday somebody left a box in front of the garden gate.",
    "There was a lamp inside, and it was not even mine.",
    "I took it to the post office and paid eleven dollars for that.",
    "Your colleague promised me a new date for the delivery.",
    "Since then I have written two letters and had no answer.",
    "The old chair is broken, and my mother has to sit on a bench.",
    "We have guests at the weekend, and I am really unhappy.",
    "The colour doesn't matter any more, any chair will do.",
    "I have been a customer of yours for almost twenty years.",
    "It was always a pleasure to buy something in your shop.",
    "So please send me my money back.",
)


def test_a_minute_of_monologue_is_heard_to_its_end(
    decoder: WhisperDecoder, voice: PiperVoice
) -> None:
    pause = silence(SAMPLE_RATE_HZ // 2)
    monologue = np.concatenate([part for text in STORY for part in (_spoken(voice, text), pause)])
    assert len(monologue) > 50 * SAMPLE_RATE_HZ
    transcript = decoder.decode(on_the_phone(monologue), FREE_SPEECH, start_s=0.0, thorough=False)
    heard = plain(transcript.text)
    found = [word in heard for word in ("website", "driver", "neighbour", "lamp", "guests")]
    assert sum(found) >= 4
    assert heard.endswith("money back")
    assert transcript.hypotheses[0].words[-1].end_s > len(monologue) / SAMPLE_RATE_HZ - 2.0


def test_a_turn_has_one_decoding_for_its_speculation_and_its_end(voice: PiperVoice) -> None:
    pcm = on_the_phone(_spoken(voice, "Where is my parcel?"))

    async def call() -> None:
        pool = DecodingPool(1)
        recognizer = WhisperRecognizer.load("tiny.en", models_dir=Path("var/models"), pool=pool)
        turn = recognizer.open_turn(CallId("a"), FREE_SPEECH, start_s=0.0)
        for at in range(0, len(pcm) - 319, 320):
            turn.accept(AudioFrame(pcm[at : at + 320], at))
        end_s = len(pcm) / SAMPLE_RATE_HZ - 0.2
        guessed = await turn.speculate(end_s)
        final = await turn.finish(end_s)
        assert guessed is not None
        assert not guessed.is_final
        assert final.is_final
        assert final.hypotheses == guessed.hypotheses
        assert final.decode_ms == guessed.decode_ms > 0  # the very same decoding
        assert final.engine == "whisper-tiny.en"
        with pytest.raises(AudioFormatError, match="8000"):
            turn.accept(AudioFrame(silence(160), 0, 8000))
        turn.cancel()
        turn.cancel()
        assert await turn.speculate(end_s) is None
        with pytest.raises(ModelMissing, match="whisper-base"):
            recognizer.open_turn(CallId("b"), Expectation(language="zh"), start_s=0.0)
        await pool.close()

    asyncio.run(call())


def test_the_larger_model_is_put_together_once_and_hears(tmp_path: Path, voice: PiperVoice) -> None:
    if not base_is_installed():
        pytest.skip("needs the optional packages of voxdesk[whisper-base]")
    path = find_model("base", models_dir=tmp_path)
    assert find_model("base", models_dir=tmp_path) == path
    larger = WhisperDecoder(WhisperModel(path, name="base"))
    assert larger.model.understands("zh-CN")
    pcm = on_the_phone(_spoken(voice, "My parcel has not arrived yet."))
    assert "parcel" in larger.decode(pcm, FREE_SPEECH, start_s=0.0, thorough=False).text


def test_a_broken_model_says_what_to_do(tmp_path: Path) -> None:
    for name in ("model.bin", "config.json", "tokenizer.json"):
        (tmp_path / name).write_text("{}")
    with pytest.raises(ModelMissing, match="Reinstall"):
        WhisperModel(tmp_path, name="broken")


def test_real_callers_are_understood_about_as_well_as_measured(decoder: WhisperDecoder) -> None:
    data = Path(os.environ.get("VOXDESK_DATA", "../shared/data")) / "speech-dev"
    if not (data / "manifest.tsv").is_file():
        pytest.skip("needs real telephone speech: set VOXDESK_DATA to the folder of speech-dev/")
    soundfile = pytest.importorskip("soundfile")
    right = 0
    words = ("yes", "no", "stop", "left", "right", "up", "down", "on", "off", "go")
    menu = Expectation(
        kind=AnswerKind.CHOICE, choices=tuple(Choice(word, (word,)) for word in words)
    )
    files = sorted(
        path for path in (data / "wav").glob("sc_*.wav") if path.name.split("_")[1] in words
    )
    for path in files:
        narrow, _ = soundfile.read(path, dtype="float32")
        pcm = to_pcm(soxr.resample(narrow, 8000, SAMPLE_RATE_HZ))
        right += plain(decoder.decode(pcm, menu, start_s=0.0).text) == path.name.split("_")[1]
    assert right >= 0.8 * len(files)
