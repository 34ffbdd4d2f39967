"""Sound from files of strangers: what they really are, whatever they are called."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from voxdesk.kernel.audio import SAMPLE_RATE_HZ, Pcm
from voxdesk.kernel.errors import VoxdeskError
from voxdesk.kernel.worded import worded

BLOCK_S: Final = 10
RATES_HZ: Final = range(4_000, 192_001)
MOST_CHANNELS: Final = 8
ALIKE: Final = 0.9
"""Two channels so alike are one sound, recorded twice."""


class NotSound(VoxdeskError):
    """A file that can't become a call; says why."""

    code = "not_sound"


@dataclass(frozen=True, slots=True)
class Imported:
    """16 kHz.

    Attributes:
        mono: all that is heard.
        sides: both sides, where the file had them on channels of their own.
    """

    mono: Pcm
    sides: tuple[Pcm, Pcm] | None

    @property
    def seconds(self) -> float:
        """Length."""
        return len(self.mono) / SAMPLE_RATE_HZ


def read_sound(path: Path, *, longest_s: float) -> Imported:
    """Read a WAV, FLAC, Ogg or MP3 file; what it is is told by its content.

    Raises:
        NotSound: it is none of these, empty, damaged from the start, or too long.
    """
    try:
        # By the open file: the library would go by a name's ending.
        with path.open("rb") as file, soundfile.SoundFile(file) as sound:
            rate, channels = sound.samplerate, sound.channels
            if rate not in RATES_HZ or channels > MOST_CHANNELS:
                raise NotSound(
                    worded(
                        "This sound has {rate} Hz and {channels} channels; it takes 4000 to 192000 "
                        "Hz and at most {most} channels.",
                        rate=rate,
                        channels=channels,
                        most=MOST_CHANNELS,
                    )
                )
            blocks = _blocks(sound, rate, longest_s)
    except (soundfile.LibsndfileError, ValueError) as error:
        raise NotSound(
            worded(
                "This is no recording: the file's content is neither WAV, FLAC, Ogg nor MP3, or it "
                "is damaged at its very beginning. Open it in a player: where it can be heard "
                "there, save it as WAV or MP3 and send that."
            )
        ) from error
    except OSError as error:
        raise NotSound(
            worded(
                "The file can't be read any more: {why}. Send it again.", why=str(error.strerror)
            )
        ) from error
    if not blocks:
        raise NotSound(
            worded(
                "There is no sound in this file: it has a header, and nothing after it. Fetch it "
                "again from where it was recorded."
            )
        )
    whole = np.concatenate(blocks)
    mono = _pcm(whole.mean(axis=1))
    if channels == 2 and not _are_alike(whole):  # noqa: PLR2004
        return Imported(mono, (_pcm(whole[:, 0]), _pcm(whole[:, 1])))
    return Imported(mono, None)


def _blocks(sound: soundfile.SoundFile, rate: int, longest_s: float) -> list[NDArray[np.float32]]:
    """All that can be read; a file that breaks off in the middle gives what comes before."""
    stream = soxr.ResampleStream(rate, SAMPLE_RATE_HZ, sound.channels, dtype="float32")
    blocks: list[NDArray[np.float32]] = []
    read = 0
    while True:
        try:
            block = sound.read(rate * BLOCK_S, dtype="float32", always_2d=True)
        except soundfile.LibsndfileError:
            if not read:
                raise
            block = np.zeros((0, sound.channels), np.float32)
        read += len(block)
        if read > longest_s * rate:
            raise NotSound(
                worded(
                    "This recording is longer than {minutes} minutes (setting "
                    "imports.longest_min). Cut it and send its parts, or have the setting raised.",
                    minutes=f"{longest_s / 60:.0f}",
                )
            )
        # Files may hold what is no number.
        block = np.nan_to_num(block, nan=0.0, posinf=1.0, neginf=-1.0)
        last = len(block) == 0
        out = stream.resample_chunk(block, last=last)
        if len(out):
            blocks.append(np.asarray(out, np.float32).reshape(-1, sound.channels))
        if last:
            return blocks if read else []


def _pcm(samples: NDArray[np.float32]) -> Pcm:
    return np.clip(samples * 32767, -32768, 32767).astype(np.int16)


def _are_alike(sound: NDArray[np.float32]) -> bool:
    left, right = sound[:, 0].astype(np.float64), sound[:, 1].astype(np.float64)
    energy = float(np.sqrt((left @ left) * (right @ right)))
    return energy <= 0 or float(left @ right) / energy >= ALIKE
