"""Who speaks when in a recording from elsewhere, and which of them is the agent."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np

from asr.speaker_encoder import HOP_S, WINDOW_S, MfccVoices, SpeakerEncoder, is_installed
from asr.vad import load_vad
from recordings.speakers.apart import D_VECTOR, MFCC, Likeness, Turn, speech_spans, turns_of
from recordings.speakers.by_pyannote import PyannoteWay
from recordings.speakers.parts import two_channels
from recordings.speakers.way import Progress, Way
from recordings.wav_file import Stereo
from voxdesk.app.imports.sound import Imported, NotSound
from voxdesk.app.settings import Settings
from voxdesk.kernel.audio import FRAME_MS, FRAME_SAMPLES, SAMPLE_RATE_HZ, AudioFrame, Pcm
from voxdesk.kernel.worded import worded

FRAME_S: Final = FRAME_MS / 1000
BOTH_CHANNELS: Final = "channels"
SPEECH_SHARE: Final = 0.25
"""How much of the work it is to find where somebody speaks."""
NOBODY: Final = worded(
    "Nobody speaks in this recording. Listen to it: where somebody does, it may be too soft; make "
    "it louder and send it again."
)


@dataclass(frozen=True, slots=True)
class Separated:
    """Who speaks when, and each side's channel.

    Attributes:
        agent: which of the speakers, or -1.
        way: by what they were told apart.
    """

    turns: Sequence[Turn]
    sound: Stereo
    agent: int
    way: str

    @property
    def speakers(self) -> int:
        """How many there are."""
        return len({turn.speaker for turn in self.turns})


def way_of(settings: Settings) -> Way:
    """pyannote.audio where a folder of it is set; else the packaged encoder; else MFCC.

    Raises:
        ModelMissing: the folder that is set can't be loaded. Nothing else is taken in its place:
            who set it would not know.
    """
    folder = settings.imports.pyannote_folder
    if folder:
        return _pyannote(folder)
    return _packaged() if is_installed() else ByVoices(MfccVoices(), MFCC)


class ByVoices:
    """A `Way`: speech by the voice activity detector, then vectors of voices brought together."""

    def __init__(self, voices: SpeakerEncoder | MfccVoices, likeness: Likeness) -> None:
        """With the maker of vectors, and how alike those of one person are."""
        self._voices = voices
        self._likeness = likeness

    @property
    def name(self) -> str:
        """As `Way.name`."""
        return self._voices.name

    def turns(self, pcm: Pcm, tell: Progress | None = None) -> list[Turn]:
        """As `Way.turns`."""
        told = tell or _untold
        spans = spans_of(pcm, lambda share: told(SPEECH_SHARE * share))
        if not spans:
            told(1.0)
            return []
        rest = 1 - SPEECH_SHARE
        vectors = self._voices.vectors(pcm, lambda share: told(SPEECH_SHARE + rest * share))
        return turns_of(vectors, spans, self._likeness, window_s=WINDOW_S, hop_s=HOP_S)


def separate(
    sound: Imported, way: Callable[[], Way], tell: Progress, *, first_is_agent: bool
) -> Separated:
    """Both sides of a recording.

    Args:
        sound: all of it.
        way: makes the way, where one is needed: not for a file with each side on its channel.
        tell: see `Progress`.
        first_is_agent: who speaks first.

    Raises:
        NotSound: nobody speaks.
        ModelMissing: see `way_of`.
    """
    if sound.sides is not None:
        return _by_channel(sound.sides, tell, first_is_agent=first_is_agent)
    loaded = way()
    turns = loaded.turns(sound.mono, tell)
    if not turns:
        raise NotSound(NOBODY)
    speakers = {turn.speaker for turn in turns}
    # Where only one person speaks (a message, a dictation), that is the caller.
    agent = -1 if len(speakers) == 1 else 0
    if not first_is_agent and agent == 0:
        agent = 1
    return Separated(turns, two_channels(sound.mono, turns, agent=agent), agent, loaded.name)


def _by_channel(sides: tuple[Pcm, Pcm], tell: Progress, *, first_is_agent: bool) -> Separated:
    """The file had each side on a channel: nothing to be told apart."""
    spans = [
        spans_of(sides[0], lambda share: tell(share / 2)),
        spans_of(sides[1], lambda share: tell((1 + share) / 2)),
    ]
    if not any(spans):
        raise NotSound(NOBODY)
    begins = [side[0][0] if side else float("inf") for side in spans]
    first = 0 if begins[0] <= begins[1] else 1
    agent = first if first_is_agent else 1 - first
    turns = sorted(
        (Turn(side, start, end) for side in (0, 1) for start, end in spans[side]),
        key=lambda turn: turn.start_s,
    )
    stereo = np.stack([sides[1 - agent], sides[agent]], axis=1)
    return Separated(turns, stereo, agent, BOTH_CHANNELS)


def spans_of(pcm: Pcm, tell: Progress) -> list[tuple[float, float]]:
    """Where somebody speaks, seconds."""
    vad = load_vad().open()
    whole = len(pcm) // FRAME_SAMPLES * FRAME_SAMPLES
    probabilities = []
    for at in range(0, whole, FRAME_SAMPLES):
        frame = AudioFrame(pcm[at : at + FRAME_SAMPLES], at)
        probabilities.append(vad.accept(frame).probability)
        if at % (60 * SAMPLE_RATE_HZ) == 0:
            tell(at / whole)
    return speech_spans(probabilities, FRAME_S)


def _untold(_: float) -> None:
    """Nobody wants to know."""


@lru_cache(maxsize=1)
def _pyannote(folder: str) -> Way:
    return PyannoteWay(Path(folder))


@lru_cache(maxsize=1)
def _packaged() -> Way:
    return ByVoices(SpeakerEncoder(), D_VECTOR)
