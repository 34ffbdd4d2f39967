"""Writes down what was said in messages, and tells somebody of them. A process of its own.

Run as `python -m voxdesk.app.transcripts.worker` with the settings as JSON on standard input. It
takes what is waiting on this machine, one message after another, and ends.
"""

import asyncio
import logging
import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from asr.recognizer import Recognizer
from asr.vad import VadModel, load_vad
from asr.workers import DecodingPool
from crm.lookups import Lookups
from crm.messages import repository
from crm.messages.repository import LeftMessage
from dialog.events import Act
from voxdesk.app.logs import in_call
from voxdesk.app.outside.door import Outside
from voxdesk.app.outside.reading import load_services
from voxdesk.app.recognizers import load_recognizer
from voxdesk.app.recordings_kept import library_of
from voxdesk.app.serve import configure_logging
from voxdesk.app.settings import Settings
from voxdesk.app.transcripts.listening import read_part, words_of
from voxdesk.db import Database
from voxdesk.kernel.call import CallId
from voxdesk.kernel.errors import SettingsError, VoxdeskError

NICENESS: Final = 19
"""Calls come first, always."""
NOTICE_WITHIN: Final = timedelta(days=1)
"""Older messages are no news."""
NOTICE_AT_MOST_S: Final = 15.0

log = logging.getLogger(__name__)


class Worker:
    """Works through what is waiting on one machine."""

    def __init__(self, settings: Settings, database: Database, node: str) -> None:
        self._settings = settings
        self._database = database
        self._node = node
        self._library = library_of(settings)
        self._ears: tuple[Recognizer, VadModel, DecodingPool] | None = None

    async def run(self) -> int:
        """Write down and tell everything; how many messages were written down."""
        count = 0
        try:
            while self._settings.messages.transcribe and await self._next():
                count += 1
            await self._tell()
        finally:
            if self._ears is not None:
                await self._ears[0].close()
                await self._ears[2].close()
        return count

    async def _next(self) -> bool:
        with self._database.transaction() as session:
            left = repository.claim(session, node=self._node, now=datetime.now(UTC))
        if left is None or left.text is None:
            return False
        in_call(CallId(left.call.id))
        try:
            with self._library.open(left.recording_path) as file:
                sound = read_part(
                    file, start_ms=left.message.start_ms, seconds=left.message.seconds
                )
            recognizer, vad, _ = self._listen()
            words = await words_of(
                sound,
                recognizer=recognizer,
                vad=vad.open(),
                call_id=CallId(left.call.id),
                language=left.text.language or self._settings.calls.language,
            )
        except VoxdeskError as error:
            log.warning("call %s: its message can't be written down: %s", left.call.id, error)
            with self._database.transaction() as session:
                repository.give_back(session, left.text, now=datetime.now(UTC))
            return True
        with self._database.transaction() as session:
            repository.finish(
                session,
                left.text,
                words=words.text,
                confidence=words.confidence,
                engine=words.engine,
                now=datetime.now(UTC),
            )
        log.info("call %s: its message is written down", left.call.id)
        return True

    def _listen(self) -> tuple[Recognizer, VadModel, DecodingPool]:
        """Models load when the first message needs them."""
        if self._ears is None:
            pool = DecodingPool(1)
            self._ears = (load_recognizer(self._settings, pool), load_vad(), pool)
        return self._ears

    # ------------------------------------------------------------------ telling somebody

    async def _tell(self) -> None:
        now = datetime.now(UTC)
        with self._database.reading() as session:
            news = repository.unnoticed(session, node=self._node, since=now - NOTICE_WITHIN)
        what = self._settings.messages.notice
        if not news:
            return
        if not what:
            for left in news:
                self._told(left)
            return
        outside = Outside(
            Lookups(self._database, default_country=self._settings.calls.country),
            self._database,
            load_services(self._settings.config_dir),
            now=lambda: datetime.now(UTC),
            pretend=not self._settings.calls.services_act,
        )
        try:
            kind = outside.catalogue.acts.get(what)
            if kind is None:
                raise SettingsError(f'messages.notice: no service has an act "{what}"')
            for left in news:
                given = {name: value for name, value in facts(left).items() if name in kind.takes}
                await self._notice(outside, what, given, left)
        finally:
            await outside.close()

    async def _notice(
        self, outside: Outside, what: str, given: Mapping[str, str], left: LeftMessage
    ) -> None:
        act = Act(0, what, given, f"message {left.message.event_seq}")
        try:
            async with asyncio.timeout(NOTICE_AT_MOST_S):
                outcome = await outside.act(CallId(left.call.id), act)
        except (VoxdeskError, TimeoutError) as error:
            why = str(error) or "timeout"
            log.warning("call %s: nobody could be told of its message: %s", left.call.id, why)
            return  # tried again with the next message
        if outcome.outcome != "failed" or outcome.reason == "unfinished":
            self._told(left)

    def _told(self, left: LeftMessage) -> None:
        if left.text is not None:
            with self._database.transaction() as session:
                repository.noticed(session, left.text, now=datetime.now(UTC))


def facts(left: LeftMessage) -> Mapping[str, str]:
    """What a notice may say of a message."""
    message, text = left.message, left.text
    return {
        "mailbox": message.mailbox,
        "caller": left.call.caller or "withheld",
        "seconds": str(round(message.seconds)),
        "text": (text.text if text else "") or "(no words)",
        "language": text.language if text else "",
        "left_at": message.left_at.isoformat(timespec="seconds"),
        "call": left.call.id,
    }


def run(settings: Settings, node: str) -> int:
    """All of it; how many messages were written down.

    Raises:
        VoxdeskError: the database is away, or no recognizer is there.
    """
    database = Database(settings.database_url)
    try:
        return asyncio.run(Worker(settings, database, node).run())
    finally:
        database.close()


def main() -> None:
    """As the engine starts it: settings on standard input, this machine's name as argument."""
    os.nice(NICENESS)
    settings = Settings.model_validate_json(sys.stdin.read())
    configure_logging(settings)
    try:
        run(settings, sys.argv[1])
    except VoxdeskError as error:
        log.error("messages can't be written down: %s", error)  # noqa: TRY400  says it all
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
