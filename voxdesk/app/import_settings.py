"""Settings of recordings from elsewhere."""

from pydantic import Field

from voxdesk.app.setting_types import Section


class ImportSettings(Section):
    """Recordings that become calls: uploaded, or found in a folder."""

    folder: str = Field(
        "",
        description=(
            "Files that appear here are taken in, and moved to taken/ below it. Empty: no folder."
        ),
    )
    most_mb: int = Field(500, ge=1, le=4000, description="Largest file.")
    longest_min: int = Field(120, ge=1, le=360, description="Longest recording.")
    pyannote_folder: str = Field(
        "",
        description=(
            "Folder of a pyannote.audio pipeline (config.yaml and its models) that tells the "
            "speakers of mono recordings apart. Nothing is downloaded. Empty: the packaged way."
        ),
    )
