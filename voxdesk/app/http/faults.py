"""What is wrong with a field of a request, said by a wording of pydantic's and its values."""

from collections.abc import Mapping
from typing import Any

from pydantic_core import PydanticKnownError

from voxdesk.kernel.worded import Value, Worded, plain, worded


def fault(problem: Mapping[str, Any]) -> Worded:
    """What pydantic says of it, word for word."""
    message = str(problem["msg"])
    given = problem.get("ctx", {})
    try:
        wording = PydanticKnownError(problem["type"], given or None).message_template
    except (KeyError, TypeError, ValueError):  # FastAPI has some of its own
        return plain(message)
    values: dict[str, Value] = {name: _sentence(value) for name, value in given.items()}
    plurals = (
        ({"expected_plural": "s"}, {"expected_plural": ""}) if "_plural}" in wording else ({},)
    )
    for plural in plurals:
        found = Worded(wording, {**values, **plural})
        if found == message:
            return found
    return plain(message)


def _sentence(value: object) -> str:
    """A value: words of ours, a choice ("'agent' or 'caller'"), or anything else."""
    if isinstance(value, ValueError) and value.args and isinstance(value.args[0], Worded):
        return value.args[0]
    value = str(value)
    one, between, other = value.rpartition(" or ")
    return worded("{one} or {other}", one=one, other=other) if between else value
