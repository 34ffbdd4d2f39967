"""A voice without a speaker: pitch pulses through moving formants, four syllables a second.

Nobody would understand it, but both voice detectors take it for speech.
"""

import numpy as np

from voxdesk.kernel.audio import FRAME_SAMPLES, SAMPLE_RATE_HZ, AudioFrame, Pcm


def voice(seconds: float, *, pitch_hz: float = 130.0, peak: int = 9000) -> Pcm:
    t = np.arange(round(seconds * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    pitch = pitch_hz * (1 + 0.08 * np.sin(2 * np.pi * 3 * t))
    phase = 2 * np.pi * np.cumsum(pitch) / SAMPLE_RATE_HZ
    first = 500 + 250 * np.sin(2 * np.pi * 2 * t)
    second = 1500 + 500 * np.sin(2 * np.pi * 1.3 * t)
    sound = np.zeros_like(t)
    for harmonic in range(1, 30):
        f = harmonic * pitch
        gain = sum(
            weight / (1 + ((f - formant) / width) ** 2)
            for weight, formant, width in ((1, first, 90), (0.5, second, 120), (0.25, 2500, 160))
        )
        sound += gain * np.sin(harmonic * phase) * (f < 3600)
    sound *= 0.15 + 0.85 * np.clip(np.sin(2 * np.pi * 4 * t) + 0.6, 0, 1)
    pcm: Pcm = (sound / np.abs(sound).max() * peak).astype(np.int16)
    return pcm


def line_noise(seconds: float, *, amplitude: int = 8, seed: int = 7) -> Pcm:
    random = np.random.default_rng(seed)
    samples = round(seconds * SAMPLE_RATE_HZ)
    return random.integers(-amplitude, amplitude + 1, samples).astype(np.int16)


def white_noise(seconds: float, *, level_dbfs: float, seed: int = 3) -> Pcm:
    random = np.random.default_rng(seed)
    samples = random.standard_normal(round(seconds * SAMPLE_RATE_HZ))
    return np.clip(samples * 32768 * 10 ** (level_dbfs / 20), -32768, 32767).astype(np.int16)


def frames(pcm: Pcm) -> list[AudioFrame]:
    whole = len(pcm) // FRAME_SAMPLES * FRAME_SAMPLES
    return [AudioFrame(pcm[i : i + FRAME_SAMPLES], i) for i in range(0, whole, FRAME_SAMPLES)]
