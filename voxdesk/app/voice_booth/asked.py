"""What the process is asked, and what it answers: a line of JSON each."""

from typing import Annotated, Final, Literal

from pydantic import BaseModel, Field

from voxdesk.kernel.speech import Expectation

LONGEST_TEXT: Final = 2000
LONGEST_SOUND_S: Final = 30


class Say(BaseModel):
    """Speak a text.

    Attributes:
        narrow: as a telephone of 8 kHz carries it.
        sensitive: by a voice of this machine only.
    """

    do: Literal["say"] = "say"
    text: str
    language: str
    narrow: bool = True
    sensitive: bool = False


class Hear(BaseModel):
    """Make words of a sound: a WAV of one channel, 16 bits, in base64."""

    do: Literal["hear"] = "hear"
    sound: str
    expectation: Expectation
    narrow: bool = True


class Asked(BaseModel):
    """One of them."""

    one: Annotated[Say | Hear, Field(discriminator="do")]


class Answer(BaseModel):
    """What came of it.

    Attributes:
        sound: a WAV in base64.
        texts: what was heard, the likeliest first.
        confidence: of the likeliest, 0 to 1.
        code: of the error; empty: there was none.
    """

    sound: str = ""
    texts: tuple[str, ...] = ()
    confidence: float = 0.0
    engine: str = ""
    code: str = ""
    error: str = ""
