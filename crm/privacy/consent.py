"""What a caller was told about being recorded, as the call's log has it. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from voxdesk.kernel.call import CallEvent, EventKind

ABOUT_RECORDING: Final = re.compile(r"\brecord(s|ed|ing|ings)?\b|录音|錄音", re.IGNORECASE)


class Told(StrEnum):
    """How far a caller heard that the call is recorded."""

    HEARD = "heard"
    CUT_SHORT = "cut_short"
    NOT_TOLD = "not_told"


@dataclass(frozen=True, slots=True)
class Consent:
    """The announcement, and how much of it was heard.

    Attributes:
        text: that was said; empty when its words were removed since.
        audio_ms: when it began, on the recording's clock.
        heard_out: it was played to its end; False: the caller spoke or pressed a key before.
        recording_since: when recording began; None: it never did.
    """

    text: str
    at: datetime
    audio_ms: int
    heard_out: bool
    recording_since: datetime | None


def consent_of(events: Sequence[CallEvent]) -> Consent | None:
    """The first prompt that spoke of recording; None: none did.

    Prompts are known by their words, in English and Mandarin.
    """
    since = next(
        (
            one.at
            for one in events
            if one.kind is EventKind.RECORDING and one.data.get("state") == "started"
        ),
        None,
    )
    for one in events:
        said = str(one.data.get("text") or "")
        told = ABOUT_RECORDING.search(said) or one.data.get("told")  # its words' time is over
        if one.kind is EventKind.PROMPT and told:
            utterance = one.data.get("utterance")
            finished = any(
                other.kind is EventKind.PROMPT_FINISHED
                and other.data.get("utterance") == utterance
                and not other.data.get("interrupted")
                for other in events
            )
            return Consent(said, one.at, one.audio_ms, finished, since)
    return None


def told_of(events: Sequence[CallEvent]) -> Told:
    """The same in a word."""
    found = consent_of(events)
    if found is None:
        return Told.NOT_TOLD
    return Told.HEARD if found.heard_out else Told.CUT_SHORT
