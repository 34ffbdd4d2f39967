"""Settings of messages that callers leave."""

from pydantic import Field

from voxdesk.app.setting_types import Section


class MessageSettings(Section):
    """What becomes of a message after the call."""

    transcribe: bool = Field(
        default=True,
        description="Write down what was said, after the call; calls come first.",
    )
    notice: str = Field(
        "",
        description=(
            "Act of a service that is told of each message, like office.notice. It is given those "
            "of mailbox, caller, seconds, text, language, left_at and call that it takes."
        ),
    )
