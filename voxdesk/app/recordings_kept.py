"""The recordings of this installation, as its settings say."""

from recordings.library import RecordingLibrary
from voxdesk.app.settings import Settings


def library_of(settings: Settings) -> RecordingLibrary:
    """Where every part of Voxdesk reads recordings."""
    return RecordingLibrary(settings.state_dir / "recordings")
