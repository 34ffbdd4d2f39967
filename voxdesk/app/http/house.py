"""What every request may need: settings, database, clock."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request

from voxdesk.app.settings import Settings
from voxdesk.db import Database
from voxdesk.kernel.clock import Clock


@dataclass(frozen=True, slots=True)
class House:
    """Of this installation."""

    settings: Settings
    database: Database
    clock: Clock

    @property
    def flows(self) -> Path:
        """The folder of the drafts."""
        return self.settings.config_dir / "flows"

    @property
    def prompts(self) -> Path:
        """The folder of the standard wordings."""
        return self.settings.config_dir / "prompts"


def house_of(request: Request) -> House:
    """That of the application which the request came to."""
    house: House = request.app.state.house
    return house


AHouse = Annotated[House, Depends(house_of)]
