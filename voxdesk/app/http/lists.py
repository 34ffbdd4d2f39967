"""What every list of rows takes."""

from typing import Annotated, Final

from fastapi import Query

MOST: Final = 200

Limit = Annotated[int, Query(ge=1, le=MOST, description="At most so many.")]
Offset = Annotated[int, Query(ge=0, le=1_000_000, description="Leave out so many before.")]
BIGGEST_ID: Final = 2**31 - 1
"""What PostgreSQL takes for an INTEGER; a larger one is nobody's."""
