"""The sound of a call over HTTP, any stretch of it."""

import logging
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from itertools import chain
from typing import Annotated, BinaryIO, Final

from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import StreamingResponse

from crm.audit.models import Act
from recordings.library import damaged_ms
from recordings.redaction.tone import Hidden
from recordings.waveforms.repository import forget
from voxdesk.app.calls.hidden import toned
from voxdesk.app.http.audit import looked
from voxdesk.app.http.call import may_see_original, the_call
from voxdesk.app.http.guard import Listener
from voxdesk.app.http.house import AHouse, House
from voxdesk.app.http.ranges import NoSuchRange, Stretch, stretch_of
from voxdesk.app.recordings_kept import library_of
from voxdesk.kernel.errors import AudioFormatError, RecordingMissing, RecordingUnreadable

log = logging.getLogger(__name__)
router = APIRouter(tags=["calls"])
_BLOCK_BYTES: Final = 1 << 16


@router.get(
    "/calls/{call_id}/recording",
    response_class=Response,
    responses={
        200: {"content": {"audio/wav": {}}},
        206: {"content": {"audio/wav": {}}},
        416: {"description": "Behind the end"},
    },
)
def recording(
    call_id: str,
    house: AHouse,
    staff: Listener,
    *,
    asked: Annotated[str, Header(alias="Range", max_length=100)] = "",
    original: Annotated[bool, Query(description="Without tones; needs a reason.")] = False,
    reason: Annotated[str, Query(max_length=500, description="Why, for the audit log.")] = "",
) -> Response:
    """The recording as WAV: caller on the left, answer on the right. Takes a Range.

    A tone stands where something is hidden.
    """
    why = may_see_original(staff, reason) if original else ""
    act = Act.SAW_ORIGINAL if original else Act.HEARD_RECORDING
    with house.database.transaction() as session:
        call = the_call(session, call_id)
        of = f"{'sound of ' if original else ''}call {call.id}"
        looked(session, staff, act, of=of, now=house.clock.now(), why=why)
    if not call.recording_path:
        raise RecordingMissing("This call was not recorded.", case="not_recorded")
    hidden: Sequence[Hidden] = ()
    if not original:
        # Reading apart: what is reckoned for long must not hold up who writes.
        with house.database.reading() as session:
            hidden = house.hidden.of(session, call)
    sound = library_of(house.settings).open(call.recording_path, patient=True)
    file = _with_tones(sound, hidden)
    size = file.seek(0, 2)
    headers = {"Accept-Ranges": "bytes", "Cache-Control": "private, no-store"}
    try:
        stretch = stretch_of(asked, size)
    except NoSuchRange:
        file.close()
        return Response(
            status_code=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
            headers=headers | {"Content-Range": f"bytes */{size}"},
        )
    whole = stretch or Stretch(0, size - 1)
    headers["Content-Length"] = str(whole.length)
    if stretch is not None:
        headers["Content-Range"] = f"bytes {stretch.first}-{stretch.last}/{size}"
    return StreamingResponse(
        _begun(_noticing(_bytes(file, whole), sound, house, call.id)),
        HTTPStatus.OK if stretch is None else HTTPStatus.PARTIAL_CONTENT,
        headers,
        "audio/wav",
    )


def _with_tones(sound: BinaryIO, hidden: Sequence[Hidden]) -> BinaryIO:
    """The recording as it may be heard.

    Raises:
        RecordingUnreadable: it is no sound.
    """
    try:
        return toned(sound, hidden)
    except AudioFormatError as error:
        sound.close()
        raise RecordingUnreadable(
            "The recording is damaged and can't be played.", case="recording_damaged"
        ) from error
    except BaseException:
        sound.close()
        raise


def _noticing(
    blocks: Iterator[bytes], sound: BinaryIO, house: House, call_id: str
) -> Iterator[bytes]:
    """The same; a shape that was made before there was damage is made anew, and shows it."""
    for block in blocks:
        yield block
        if damaged := damaged_ms(sound):
            log.warning("the recording of call %s is damaged: %s ms", call_id, damaged)
            with house.database.transaction() as session:
                forget(session, call_id)
            break
    yield from blocks


def _begun(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The same with the first block read: what is wrong there is an answer, no broken one.

    Raises:
        RecordingUnreadable: the store or the disk doesn't give it.
    """
    first = next(blocks, b"")
    return _ended_where_lost(chain((first,), blocks))


def _ended_where_lost(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """A player asks again from where an answer ended, and is told."""
    try:
        yield from blocks
    except RecordingUnreadable as error:
        log.warning("%s", error)


def _bytes(file: BinaryIO, stretch: Stretch) -> Iterator[bytes]:
    with file:
        file.seek(stretch.first)
        left = stretch.length
        while left > 0 and (block := file.read(min(left, _BLOCK_BYTES))):
            left -= len(block)
            yield block
