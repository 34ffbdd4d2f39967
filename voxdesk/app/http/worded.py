"""A sentence as what it was made of, in answers: for pages in other languages."""

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
    values: dict[str, "str | float | WordedOut"] = {}

    @classmethod
    def of(cls, text: Worded) -> Self:
        """What a text is made of."""
        return cls.model_validate(as_data(text))
