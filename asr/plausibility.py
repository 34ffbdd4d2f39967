"""Which texts a recognizer has made up: loops, and polite phrases found in noise.

Whisper writes something for every sound. What no person would have said in that time, at that
level, is caught here by plain measures of text and audio.
"""

import zlib
from dataclasses import dataclass
from typing import Final

from voxdesk.kernel.audio import SAMPLE_RATE_HZ, Pcm, level_dbfs

# Repetition compresses; people's speech up to a minute stays well under this (Whisper's own limit
# is 2.4 for 30 s windows).
MAX_COMPRESSION: Final = 2.2
_FIRST_CJK: Final = 0x2E80
_MIN_COMPRESSIBLE_BYTES: Final = 40
_MAX_WORDS_PER_S: Final = 4.5
_SPARE_WORDS: Final = 3
MIN_LOG_PROB: Final = -1.0


def is_loop(text: str, *, duration_s: float) -> bool:
    """Whether a decoder got stuck: it repeats itself, or says more than fits into the time.

    A language without spaces is measured by its characters, which are then its words.
    """
    content = text.encode()
    if len(content) > _MIN_COMPRESSIBLE_BYTES:
        squeezed = len(zlib.compress(content))
        if len(content) / squeezed > MAX_COMPRESSION:
            return True
    return spoken_units(text) > _SPARE_WORDS + _MAX_WORDS_PER_S * duration_s


def is_wide(character: str) -> bool:
    """Whether it belongs to a script that is written without spaces (Chinese, Japanese)."""
    return ord(character) >= _FIRST_CJK


def spoken_units(text: str) -> int:
    """Words, and characters of scripts that are written without spaces."""
    units = 0
    for word in text.split():
        wide = sum(1 for character in word if is_wide(character))
        units += wide or 1
    return units


@dataclass(frozen=True, slots=True)
class SpeechEvidence:
    """What the audio and the recognizer say for and against speech.

    Attributes:
        no_speech: the recognizer's own probability that nobody spoke, 0..1.
        log_prob: mean log probability of the text's tokens.
        level_dbfs: of the loudest 100 ms.
    """

    no_speech: float
    log_prob: float
    level_dbfs: float

    @property
    def is_audible(self) -> bool:
        """Loud enough that somebody may have spoken."""
        return self.level_dbfs >= _SILENT_DBFS


_SILENT_DBFS: Final = -58.0
_NO_SPEECH: Final = 0.6


def evidence(pcm: Pcm, *, no_speech: float, log_prob: float) -> SpeechEvidence:
    """Measure the audio of a turn, 16 kHz."""
    block = SAMPLE_RATE_HZ // 10
    levels = [
        level_dbfs(pcm[at : at + block]) for at in range(0, max(1, len(pcm) - block + 1), block)
    ]
    return SpeechEvidence(
        no_speech,
        log_prob,
        max(levels),
    )


def is_made_up(found: SpeechEvidence) -> bool:
    """Whether a text should be thrown away, because nobody spoke."""
    if not found.is_audible:
        return True
    return found.no_speech > _NO_SPEECH and found.log_prob < MIN_LOG_PROB
