"""What commands show of calls is written down, as what the console shows."""

import getpass
from datetime import UTC, datetime
from typing import Annotated, Final

import typer
from sqlalchemy.orm import Session

from crm.audit import repository as audit
from crm.audit.models import Act
from crm.staff.models import Role
from voxdesk.kernel.errors import VoxdeskError

SHORTEST_REASON: Final = 5
Original = Annotated[bool, typer.Option("--original", help="With what is hidden; needs --reason.")]
Reason = Annotated[str, typer.Option(help="Why the original is needed, for the audit log.")]


def demand_reason(reason: str, *, original: bool) -> str:
    """The reason; empty where nothing hidden is asked for.

    Raises:
        VoxdeskError: the original is asked for without one.
    """
    if not original:
        return ""
    if len(reason.strip()) < SHORTEST_REASON:
        raise VoxdeskError(
            "--original shows what is hidden: say why with --reason; the audit log keeps it"
        )
    return reason.strip()


def note(session: Session, act: Act, of: str, why: str = "") -> None:
    """Whoever has a shell here is known by their account on this machine."""
    audit.note(
        session,
        who=f"{getpass.getuser()} (command line)",
        role=Role.ADMINISTRATOR,
        act=act,
        of=of,
        now=datetime.now(UTC),
        why=why,
    )
