"""A call by what somebody types of its id."""

from sqlalchemy.orm import Session

from crm.calls.models import Call
from crm.calls.repository import find_call
from voxdesk.app.terminal import clean
from voxdesk.kernel.errors import VoxdeskError


def the_call(session: Session, wanted: str) -> Call:
    """The call whose id begins like this, or the "last" one.

    Raises:
        VoxdeskError: there is no such call, or more than one begins like this.
    """
    call = find_call(session, wanted)
    if call is None:
        raise VoxdeskError(
            f'no call, or more than one, has an id that begins with "{clean(wanted)}"; '
            "see: voxdesk calls list"
        )
    return call
