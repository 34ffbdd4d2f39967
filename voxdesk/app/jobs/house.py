"""What all work may need."""

import socket
from dataclasses import dataclass, field

from recordings.library import RecordingLibrary
from voxdesk.app.settings import Settings
from voxdesk.db import Database
from voxdesk.kernel.clock import Clock
from voxdesk.kernel.errors import VoxdeskError


class Hopeless(VoxdeskError):
    """Work that fails the same way however often it is tried."""

    code = "hopeless"


@dataclass(frozen=True, slots=True)
class JobsHouse:
    """Of this installation.

    Attributes:
        node: this machine, as in `Call.node`.
    """

    settings: Settings
    database: Database
    clock: Clock
    recordings: RecordingLibrary
    node: str = field(default_factory=socket.gethostname)

    @property
    def alone(self) -> bool:
        """Whether no other machine can have served any of these calls, whatever its name was."""
        return self.database.url.get_backend_name() == "sqlite"
