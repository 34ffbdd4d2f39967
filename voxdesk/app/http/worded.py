"""Sentences as what they are made of, in answers: for pages in other languages."""

from typing import Self

from pydantic import BaseModel

from voxdesk.kernel.worded import Worded, as_data


class WordedOut(BaseModel):
    """A sentence in English, taken apart.

    Attributes:
        wording: the sentence with `{name}` in place of each value; what translations go by.
        values: by name; one may be a sentence itself.
    """

    wording: str
    values: dict[str, "str | WordedOut"] = {}

    @classmethod
    def of(cls, text: Worded) -> Self:
        """What a text is made of."""
        return cls.model_validate(as_data(text))


class TroubleKept(BaseModel):
    """Why something failed, as it was kept then; the English text is beside it.

    Attributes:
        code: as of `Trouble`, and of whatever version of this program it was; the same for case.
        details: the values, by name.
        worded: the text taken apart.
    """

    code: str
    case: str | None = None
    details: dict[str, str | float] = {}
    worded: WordedOut | None = None
