"""What every request may need: settings, database, clock."""

import threading
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Final

from fastapi import Depends, Request

from crm.staff.passwords import Passwords
from crm.staff.sessions import Lengths
from dialog.catalogue import Catalogue
from dialog.dialogue import Dialogue
from dialog.flow import Flow
from dialog.flow_file import check_text
from voxdesk.app.calls.hidden_kept import HiddenKept
from voxdesk.app.drafts import hash_of
from voxdesk.app.flow_choice import dialogue_of
from voxdesk.app.outside.reading import load_catalogue
from voxdesk.app.settings import Settings
from voxdesk.db import Database
from voxdesk.kernel.clock import Clock
from voxdesk.kernel.errors import FlowError

DIALOGUES: Final = 8


class Dialogues:
    """The flows that people talk with now; every move of a talk asks for its own again."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], Dialogue] = {}
        self._lock = threading.Lock()

    def of(self, flow: str, data: bytes, settings: Settings) -> Dialogue:
        """The dialogue of a flow's text.

        Raises:
            FlowError: the text has mistakes; the message is the whole report.
            ModelMissing: its examples can't be learnt.
        """
        key = (flow, hash_of(data))
        with self._lock:
            dialogue = self._kept.pop(key, None)
            if dialogue is None:
                dialogue = dialogue_of(runnable(flow, data, settings), settings)
            self._kept[key] = dialogue
            while len(self._kept) > DIALOGUES:
                self._kept.pop(next(iter(self._kept)))
        return dialogue


def runnable(flow: str, data: bytes, settings: Settings) -> Flow:
    """The flow of a text.

    Raises:
        FlowError: it has mistakes; the message is the whole report.
    """
    catalogue = load_catalogue(settings.config_dir)
    checked = check_text(data, name=flow, path=f"{flow}.yaml", catalogue=catalogue)
    if checked.problems or checked.flow is None:
        raise FlowError(checked.report)
    return checked.flow


@dataclass(frozen=True, slots=True)
class House:
    """Of this installation."""

    settings: Settings
    database: Database
    clock: Clock
    dialogues: Dialogues = field(default_factory=Dialogues)
    passwords: Passwords = field(default_factory=Passwords)
    hidden: HiddenKept = field(default_factory=HiddenKept)

    @property
    def flows(self) -> Path:
        """The folder of the drafts."""
        return self.settings.config_dir / "flows"

    @property
    def lengths(self) -> Lengths:
        """How long staff stay signed in."""
        console = self.settings.console
        return Lengths(
            idle=timedelta(minutes=console.idle_minutes),
            whole=timedelta(hours=console.session_hours),
        )

    @property
    def catalogue(self) -> Catalogue:
        """What flows of this installation can look up and have done.

        Raises:
            SettingsError: a service's file is wrong.
        """
        return load_catalogue(self.settings.config_dir)


def house_of(request: Request) -> House:
    """That of the application which the request came to."""
    house: House = request.app.state.house
    return house


AHouse = Annotated[House, Depends(house_of)]
