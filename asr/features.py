"""Acoustic features as Kaldi computes them: MFCC and log-mel energies, streaming or whole.

The numbers are those of Kaldi's compute-mfcc-feats and compute-fbank-feats, so that models trained
on Kaldi features (Vosk's among them) would understand them. Other libraries that call themselves
MFCC (librosa, python_speech_features) differ in window, mel scale or energy and don't match.

Samples are taken at int16 scale, as Kaldi does, and not in [-1, 1]: the log energies depend on it.
Dither is off unless asked for: the same audio gives the same features.

Source: https://kaldi-asr.org/doc/feat.html; Davis & Mermelstein 1980.
"""

from dataclasses import dataclass
from typing import Any, Literal

import kaldi_native_fbank as knf
import numpy as np
from numpy.typing import NDArray

from voxdesk.kernel.audio import SAMPLE_RATE_HZ, Pcm
from voxdesk.kernel.errors import AudioFormatError

Features = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class FeatureOptions:
    """Kaldi's options, under their own names with units. The defaults are Kaldi's but for dither.

    Attributes:
        sample_rate_hz: of the audio.
        frame_length_ms: length of a window.
        frame_shift_ms: from one window to the next.
        window: "povey" (Kaldi's own), "hamming", "hanning", "rectangular" or "blackman".
        preemphasis: y[n] = x[n] - preemphasis · x[n-1], inside each window.
        remove_dc: take the mean out of each window.
        snip_edges: only windows that lie wholly inside the audio; else one for each shift, with
            the audio mirrored at its ends.
        dither: standard deviation of noise added to each sample, int16 scale.
        mel_bins: number of triangular filters.
        low_hz: where the lowest filter begins.
        high_hz: where the highest ends; 0 is half the sample rate, below 0 counts down from it.
        cepstra: MFCC only: coefficients kept, c0 included.
        lifter: MFCC only: cepstral liftering, 0 for none.
        use_energy: MFCC only: c0 is replaced by the log energy of the window.
    """

    sample_rate_hz: int = SAMPLE_RATE_HZ
    frame_length_ms: float = 25.0
    frame_shift_ms: float = 10.0
    window: str = "povey"
    preemphasis: float = 0.97
    remove_dc: bool = True
    snip_edges: bool = True
    dither: float = 0.0
    mel_bins: int = 23
    low_hz: float = 20.0
    high_hz: float = 0.0
    cepstra: int = 13
    lifter: float = 22.0
    use_energy: bool = True

    def frame_count(self, samples: int) -> int:
        """How many feature frames that many samples give in all."""
        length = round(self.sample_rate_hz * self.frame_length_ms / 1000)
        shift = round(self.sample_rate_hz * self.frame_shift_ms / 1000)
        if self.snip_edges:
            return 0 if samples < length else 1 + (samples - length) // shift
        return (samples + shift // 2) // shift


KALDI_MFCC = FeatureOptions()
"""13 coefficients of 23 filters: what GMM models take."""

HIRES_MFCC = FeatureOptions(mel_bins=40, cepstra=40, high_hz=-400.0, use_energy=False)
"""All 40 coefficients of 40 filters: what neural models of Kaldi (and Vosk) take."""

LOG_MEL_80 = FeatureOptions(mel_bins=80)
"""80 log-mel energies."""


class FeatureStream:
    """Features of one stream of audio, as it comes. Holds a window of audio, not the whole call."""

    def __init__(self, kind: Literal["mfcc", "log_mel"], options: FeatureOptions) -> None:
        """A stream that yields `kind` frames of shape (n, cepstra) or (n, mel_bins)."""
        self._rate_hz = options.sample_rate_hz
        if kind == "mfcc":
            self._kaldi: Any = knf.OnlineMfcc(_mfcc_options(options))
            self._dim = options.cepstra
        else:
            self._kaldi = knf.OnlineFbank(_fbank_options(options))
            self._dim = options.mel_bins
        self._given = 0

    def accept(self, pcm: Pcm) -> Features:
        """Take any number of samples; the frames that they completed, shape (n, dim), n ≥ 0.

        Raises:
            AudioFormatError: pcm is not one-dimensional int16.
        """
        if pcm.dtype != np.int16 or pcm.ndim != 1:
            raise AudioFormatError(f"features need int16 samples, got {pcm.dtype} {pcm.shape}")
        if len(pcm):
            self._kaldi.accept_waveform(self._rate_hz, pcm.astype(np.float32))
        return self._take()

    def finish(self) -> Features:
        """The audio is over: the frames at its edge (none with `snip_edges`)."""
        self._kaldi.input_finished()
        return self._take()

    def _take(self) -> Features:
        ready = self._kaldi.num_frames_ready
        features = np.zeros((ready - self._given, self._dim), np.float32)
        for row in range(len(features)):
            features[row] = self._kaldi.get_frame(self._given + row)  # a view, dead after pop
        self._kaldi.pop(len(features))  # else every frame of the call stays in memory
        self._given = ready
        return features


def mfcc(pcm: Pcm, options: FeatureOptions = KALDI_MFCC) -> Features:
    """Mel-frequency cepstral coefficients of whole audio.

    Args:
        pcm: int16, shape (samples,), at `options.sample_rate_hz`.
        options: see `FeatureOptions`.

    Returns:
        float32, shape (frames, cepstra); no frames for audio shorter than a window.
    """
    return _whole(FeatureStream("mfcc", options), pcm)


def log_mel(pcm: Pcm, options: FeatureOptions = LOG_MEL_80) -> Features:
    """Natural logarithm of mel filter energies of whole audio, float32, (frames, mel_bins)."""
    return _whole(FeatureStream("log_mel", options), pcm)


def _whole(stream: FeatureStream, pcm: Pcm) -> Features:
    return np.concatenate((stream.accept(pcm), stream.finish()))


def _mfcc_options(options: FeatureOptions) -> Any:
    kaldi = knf.MfccOptions()
    _fill(kaldi, options)
    kaldi.num_ceps = options.cepstra
    kaldi.cepstral_lifter = options.lifter
    kaldi.use_energy = options.use_energy
    return kaldi


def _fbank_options(options: FeatureOptions) -> Any:
    kaldi = knf.FbankOptions()
    _fill(kaldi, options)
    return kaldi


def _fill(kaldi: Any, options: FeatureOptions) -> None:
    frame = kaldi.frame_opts
    frame.samp_freq = options.sample_rate_hz
    frame.frame_length_ms = options.frame_length_ms
    frame.frame_shift_ms = options.frame_shift_ms
    frame.window_type = options.window
    frame.preemph_coeff = options.preemphasis
    frame.remove_dc_offset = options.remove_dc
    frame.snip_edges = options.snip_edges
    frame.dither = options.dither
    mel = kaldi.mel_opts
    mel.num_bins = options.mel_bins
    mel.low_freq = options.low_hz
    mel.high_freq = options.high_hz
