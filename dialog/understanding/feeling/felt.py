"""Adds up what the words of a sentence say of a feeling.

Each cue has a weight, 0..1: how surely it alone shows the feeling. Independent cues add up as
independent chances do, so that several weak ones make a strong one, and none exceeds 1.
"""

import enum
import re
from collections.abc import Iterable
from dataclasses import dataclass

from dialog.understanding.feeling import chinese, english
from dialog.understanding.words import has_han


class Feeling(enum.StrEnum):
    """What is told apart."""

    CALM = "calm"
    FRUSTRATED = "frustrated"
    ANGRY = "angry"
    PLEASED = "pleased"


ANGRY_FROM = 0.6
UPSET_FROM = 0.5
PLEASED_FROM = 0.5
"""Strengths from which a feeling has its name. Low enough for one clear cue; measured."""
MAX_TIMES = 2
"""How often one cue counts in a sentence."""


@dataclass(frozen=True, slots=True)
class Felt:
    """A feeling.

    Attributes:
        feeling: its name.
        strength: 0..1; of a calm sentence the strongest of what is below its threshold.
        upset: how frustrated or angry the words are, 0..1.
    """

    feeling: Feeling = Feeling.CALM
    strength: float = 0.0
    upset: float = 0.0


CALM = Felt()


def feeling(text: str) -> Felt:
    """What a caller's words show. They may have punctuation and capitals; neither counts.

    Args:
        text: one hypothesis, in English or Mandarin, told apart by its script.
    """
    rules = chinese if has_han(text) else english
    said = rules.prepared(text)
    anger = _strength(said, rules.ANGER)
    upset = 1.0 - (1.0 - anger) * (1.0 - _strength(said, rules.FRUSTRATION))
    # "Great, it's broken again" is no praise.
    pleasure = _strength(said, rules.PLEASURE) * (1.0 - upset)
    upset = round(upset, 3)
    if anger >= ANGRY_FROM:
        return Felt(Feeling.ANGRY, upset, upset)
    if upset >= UPSET_FROM:
        return Felt(Feeling.FRUSTRATED, upset, upset)
    if pleasure >= PLEASED_FROM:
        return Felt(Feeling.PLEASED, round(pleasure, 3), upset)
    return Felt(Feeling.CALM, round(max(pleasure, upset), 3), upset)


def _strength(said: str, cues: Iterable[tuple[float, re.Pattern[str]]]) -> float:
    doubt = 1.0
    for weight, pattern in cues:
        for times, _ in enumerate(pattern.finditer(said), 1):
            doubt *= 1.0 - weight
            if times == MAX_TIMES:
                break
    return 1.0 - doubt
