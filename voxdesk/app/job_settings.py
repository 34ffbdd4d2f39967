"""Settings of the work after calls."""

from pydantic import Field

from voxdesk.app.setting_types import Section


class JobSettings(Section):
    """Word times, search, waveforms and all else that is done when a call is over."""

    run: bool = Field(
        default=True,
        description="`voxdesk serve` starts the process that does it; calls come first.",
    )
