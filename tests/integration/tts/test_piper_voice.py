"""The packaged voice itself: cut in two it says what the whole model says, and is understood."""

import json
import logging
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from asr.whisper_decoder import WhisperDecoder
from asr.whisper_model import WhisperModel
from asr.whisper_models import TINY_EN, find_model
from tts import piper
from tts.normalize import normalize
from tts.onnx_split import NotSplittable, split_before_weight
from tts.piper import PiperVoice, packaged_voice, voice_in
from voxdesk.kernel.audio import Pcm
from voxdesk.kernel.errors import ModelMissing, SynthesisFailed
from voxdesk.kernel.speech import FREE_SPEECH

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def voice() -> Iterator[PiperVoice]:
    loaded = PiperVoice()
    yield loaded
    loaded.close()


def pcm_of(voice: PiperVoice, text: str) -> Pcm:
    return np.concatenate(list(voice.synthesize(normalize(text, "en"))))


def test_piece_by_piece_the_sound_is_that_of_the_whole_plan(voice: PiperVoice) -> None:
    library, decoder = voice._voice, voice._decoder
    (phonemes,) = library.phonemize("Your order number four seven one one is on its way.")
    plan = library.phoneme_ids_to_audio(library.phonemes_to_ids(phonemes))
    whole = decoder.session.run(None, {decoder.seam: plan[None]})[0].ravel()

    pieces = []
    for start in range(0, plan.shape[1], 40):
        end = min(plan.shape[1], start + 40)
        pieces.append(piper._decode(decoder, plan, start, end, {}))
    joined = np.concatenate(pieces)

    assert len(joined) == len(whole)
    assert float(np.max(np.abs(joined - whole))) < 1e-4


def test_a_model_without_the_seam_is_run_whole(voice: PiperVoice) -> None:
    library = voice._voice
    ids = library.phonemes_to_ids(library.phonemize("Okay.")[0])
    whole_model = piper._session(packaged_voice().model.read_bytes(), 1)
    library_on_whole = type(library)(session=whole_model, config=library.config)

    (samples,) = piper._say(library_on_whole, None, ids)

    assert 0.2 < len(samples) / library.config.sample_rate < 3


@pytest.mark.parametrize("model", [b"", b"junk", b"\x3a\x05ab", bytes(100)])
def test_what_is_no_model_is_not_cut(model: bytes) -> None:
    with pytest.raises(NotSplittable):
        split_before_weight(model, "dec.conv_pre.weight")


@pytest.mark.parametrize(
    ("prompt", "heard"),
    [
        ("Your order number 4711 is on its way.", "way"),
        ("Please hold while I connect you to an agent.", "agent"),
        ("Is that correct, yes or no?", "correct"),
    ],
)
def test_it_is_understood(voice: PiperVoice, prompt: str, heard: str) -> None:
    model = WhisperModel(find_model(TINY_EN, models_dir=Path()), name=TINY_EN, workers=1)
    pad = np.zeros(3200, np.int16)

    text = (
        WhisperDecoder(model)
        .decode(np.concatenate([pad, pcm_of(voice, prompt), pad]), FREE_SPEECH, start_s=0.0)
        .text
    )

    assert normalize(heard, "en").split()[-1] in normalize(text, "en")


def test_sentences_never_reach_a_log(voice: PiperVoice, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        pcm_of(voice, "The secret word is marmalade.")

    assert "marmalade" not in caplog.text


def test_a_missing_file_says_which_and_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match=r"nowhere\.onnx.*voxdesk models get"):
        PiperVoice(tmp_path / "nowhere.onnx")


def test_a_voice_without_its_configuration_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.onnx").write_bytes(b"x")

    with pytest.raises(ModelMissing, match=r"a\.onnx\.json"):
        PiperVoice(tmp_path / "a.onnx")


@pytest.mark.parametrize(
    ("model", "config"),
    [(b"junk", None), (None, "{}"), (None, "not json"), (None, '["list"]')],
)
def test_a_damaged_voice_says_so(tmp_path: Path, model: bytes | None, config: str | None) -> None:
    files = packaged_voice()
    path = tmp_path / "a.onnx"
    path.write_bytes(files.model.read_bytes() if model is None else model)
    Path(f"{path}.json").write_text(files.config.read_text() if config is None else config)

    with pytest.raises(ModelMissing, match=r"a\.onnx"):
        PiperVoice(path)


def test_a_voice_that_would_fetch_from_the_internet_is_refused(tmp_path: Path) -> None:
    config = json.loads(packaged_voice().config.read_text())
    config["phoneme_type"] = "pinyin"
    (tmp_path / "zh.onnx").write_bytes(b"x")
    (tmp_path / "zh.onnx.json").write_text(json.dumps(config))

    with pytest.raises(ModelMissing, match="g2pW"):
        PiperVoice(tmp_path / "zh.onnx")


def test_a_folder_holds_one_voice(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="no Piper voice"):
        voice_in(tmp_path)
    shutil.copyfile(packaged_voice().config, tmp_path / "a.onnx.json")
    (tmp_path / "a.onnx").touch()
    assert voice_in(tmp_path).model == tmp_path / "a.onnx"
    (tmp_path / "b.onnx").touch()
    with pytest.raises(ModelMissing, match="2 voices"):
        voice_in(tmp_path)


def test_a_closed_voice_fails_its_sentences() -> None:
    closed = PiperVoice()
    closed.close()

    with pytest.raises(SynthesisFailed, match="closed"):
        list(closed.synthesize("Hello."))
