"""The simulator by voice over HTTP: prompts as callers hear them, and what is made of an utterance.

Nothing of either is kept.
"""

import base64
import binascii
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field

from dialog import events
from dialog.trying.moves import MAX_TEXT, Talk
from dialog.trying.trial import Misfit, Trial
from voxdesk.app.http.guard import Reader
from voxdesk.app.http.house import AHouse
from voxdesk.app.http.trials import dialogue_of_talk
from voxdesk.app.voice_booth.asked import LONGEST_TEXT, Hear, Say
from voxdesk.app.voice_booth.booth import NoVoice, VoiceBooth

router = APIRouter(prefix="/trials", tags=["trials"])
MOST_SOUND: Final = 1_900_000
"""Characters of base64: 44 s at 16 kHz, of which 30 s are heard."""
N_BEST: Final = 10


class SpeechIn(BaseModel):
    """What shall be said."""

    text: str = Field(min_length=1, max_length=LONGEST_TEXT)
    language: str = Field("en", max_length=35)
    narrow: bool = Field(default=True, description="As a telephone of 8 kHz carries it.")
    sensitive: bool = Field(default=False, description="Never by a voice of a cloud.")


class UtteranceIn(BaseModel):
    """What a caller said at this moment of a talk."""

    talk: Talk
    sound: str = Field(
        max_length=MOST_SOUND, description="A WAV file, 16 bits, in base64; its first channel."
    )
    narrow: bool = Field(default=True, description="As a telephone of 8 kHz carries it.")


class UtteranceOut(BaseModel):
    """What the recognizer makes of it; the move that it is is `say` with these."""

    texts: list[str] = Field(description="The likeliest first; empty: nobody spoke.")
    confidence: float
    engine: str


def _booth(request: Request) -> VoiceBooth:
    booth: VoiceBooth = request.app.state.booth
    return booth


Booth = Annotated[VoiceBooth, Depends(_booth)]


@router.post(
    "/speech",
    response_class=Response,
    responses={200: {"content": {"audio/wav": {"schema": {"type": "string", "format": "binary"}}}}},
)
def speech(wanted: SpeechIn, booth: Booth, _: Reader) -> Response:
    """A text as callers hear it. The first one takes seconds: a voice is loaded."""
    said = booth.ask(Say(**wanted.model_dump()))
    return Response(base64.b64decode(said.sound), media_type="audio/wav")


@router.post("/utterances")
def utterance(said: UtteranceIn, house: AHouse, booth: Booth, _: Reader) -> UtteranceOut:
    """What the recognizer of calls hears in a sound, at this place of the flow."""
    trial = Trial.resumed(dialogue_of_talk(house, said.talk), said.talk)
    if not isinstance(trial.now.waiting, events.Listen):
        raise Misfit("the call doesn't wait for the caller now")
    try:
        base64.b64decode(said.sound, validate=True)
    except binascii.Error:
        raise NoVoice("This is no sound in base64.") from None
    expectation = trial.now.waiting.expectation
    heard = booth.ask(Hear(sound=said.sound, expectation=expectation, narrow=said.narrow))
    texts = [text[:MAX_TEXT] for text in heard.texts[:N_BEST]]
    return UtteranceOut(texts=texts, confidence=heard.confidence, engine=heard.engine)
