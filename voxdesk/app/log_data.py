"""A turn and a prompt as the call's log has them; see `crm.calls.event_data`. Pure."""

from collections.abc import Collection, Mapping
from typing import Any

from dialog.events import Started
from voxdesk.app.hearing import HeardTurn
from voxdesk.app.speaking import Prompt

N_BEST_LOGGED = 10
# Enough that a confidence is on the same side of a flow's threshold when it is read again.
CONFIDENCE_DIGITS = 6


WORDS = frozenset({"text", "n_best", "words"})
"""What HEARD lacks where nothing of it may stay."""


def started_data(started: Started, languages: Collection[str]) -> dict[str, Any]:
    """Data of STARTED; `languages`: what can be spoken and heard here."""
    return {
        "facts": dict(started.caller),
        "callee": started.callee,
        "today": started.today,
        "now": started.now,
        "languages": list(languages),
    }


def found_data(record: Mapping[str, Any] | None, *, kept: bool) -> dict[str, Any]:
    """What LOOKUP says of the answer; where nothing may stay, only whether there was one."""
    if record is None:
        return {"outcome": "missing"}
    return {"outcome": "found"} | ({"record": dict(record)} if kept else {})


def heard_data(
    turn: int, heard: HeardTurn, *, over_prompt: bool, share: float, sensitive: bool = False
) -> dict[str, Any]:
    """Data of HEARD, from which the dialogue's event can be made again.

    Args:
        turn: counts the caller's from 1.
        heard: what was said, and when.
        over_prompt: it was said while a prompt was playing.
        share: of that prompt that had been heard, 0..1.
        sensitive: without the words.
    """
    data = _heard(turn, heard, over_prompt=over_prompt, share=share)
    return {key: value for key, value in data.items() if not sensitive or key not in WORDS}


def _heard(turn: int, heard: HeardTurn, *, over_prompt: bool, share: float) -> dict[str, Any]:
    transcript, times = heard.transcript, heard.times
    stepped_back = {"stepped_back": transcript.stepped_back} if transcript.stepped_back else {}
    return {
        "turn": turn,
        "text": transcript.text,
        "confidence": round(transcript.confidence, 3),
        "engine": transcript.engine,
        **stepped_back,
        "n_best": [
            {"text": h.text, "confidence": round(h.confidence, CONFIDENCE_DIGITS)}
            for h in transcript.hypotheses[:N_BEST_LOGGED]
        ],
        "words": [
            [w.text, round(w.start_s, 2), round(w.end_s, 2)]
            for h in transcript.hypotheses[:1]
            for w in h.words
        ],
        "speech_start_ms": times.speech_start_ms,
        "speech_end_ms": times.speech_end_ms,
        "paused_ms": times.paused_ms,
        "speculated_ms": times.speculated_ms,
        "decoded_ms": times.decoded_ms,
        "decided_ms": times.decided_ms,
        "queued_ms": round(transcript.queued_ms, 1),
        "decode_ms": round(transcript.decode_ms, 1),
        "reused": heard.speculated,
        "completeness": heard.completeness.value,
        "reason": heard.reason,
        "over_prompt": over_prompt,
        "prompt_heard": round(share, CONFIDENCE_DIGITS),
    }


def prompt_data(prompt: Prompt) -> dict[str, Any]:
    """Data of PROMPT; with the turn that it answers, where it answers one.

    What a sensitive step says is not kept.
    """
    answered = {"turn": prompt.turn} if prompt.turn else {}
    text = {} if prompt.say.sensitive else {"text": prompt.say.text}
    return {
        "utterance": prompt.utterance,
        **text,
        **answered,
        "cached": prompt.cached,
        "synth_ms": round(prompt.synth_ms, 1),
        "asked_ms": prompt.asked_ms,
        "first_audio_ms": prompt.first_audio_ms,
    }
