"""Messages are written down by a process of its own, with the recognizer that is installed."""

import asyncio
import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr
from fixtures.odd_service import OddService, says
from fixtures.system import Speak
from typer.testing import CliRunner

from crm.calls.call_log import CallLog
from crm.calls.entries import NewCall
from crm.messages import repository
from crm.messages.repository import LeftMessage
from voxdesk.app import database as schema
from voxdesk.app.cli import app
from voxdesk.app.settings import Settings
from voxdesk.app.transcripts.watch import TranscriptWatch
from voxdesk.app.transcripts.worker import Worker
from voxdesk.db import Database
from voxdesk.kernel.audio import SAMPLE_RATE_HZ
from voxdesk.kernel.call import CallEvent, CallId, Direction, EventKind

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]
SAID = "Please call me back about the green lamp."
CONFIG = Path(__file__).parents[3] / "config"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "config" / "services").mkdir(parents=True)
    return Settings.model_validate(
        {
            "state_dir": tmp_path / "var",
            "config_dir": tmp_path / "config",
            "recognition": {"whisper_model": "tiny.en"},
        }
    )


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    schema.prepare(settings.database_url)
    opened = Database(settings.database_url)
    yield opened
    opened.close()


def leave(
    settings: Settings, database: Database, sound: np.ndarray | None, call: str = "call1"
) -> None:
    """A call that is over, with a message from its third second on."""
    path = settings.state_dir / "recordings" / "2026" / "03" / "01" / f"{call}.wav"
    path.parent.mkdir(parents=True, exist_ok=True)
    if sound is not None:
        caller = soxr.resample(sound, 8000, SAMPLE_RATE_HZ)
        left = np.concatenate([np.zeros(3 * SAMPLE_RATE_HZ, np.int16), caller])
        soundfile.write(path, np.stack([left, np.zeros_like(left)], axis=1), SAMPLE_RATE_HZ)
    call_id, now = CallId(call), datetime.now(UTC)
    log = CallLog(database, settings.state_dir / "spool")
    log.open_call(NewCall(call_id, Direction.INBOUND, now, caller="+15550100", node="n1"))
    data = {
        "mailbox": "support",
        "recording_path": f"2026/03/01/{call}.wav",
        "start_ms": 3000,
        "seconds": len(sound) / 8000 if sound is not None else 4.0,
        "language": "en",
        "transcribe": True,
    }
    log.record(CallEvent(call_id, EventKind.MESSAGE_LEFT, now, 9000, data))
    log.record(CallEvent(call_id, EventKind.ENDED, now, 9500, {"cause": "hung_up"}))
    assert log.flush()
    log.close()


def listed(database: Database) -> list[LeftMessage]:
    with database.reading() as session:
        return list(repository.list_left(session))


def test_what_was_said_is_written_down_and_a_service_is_told(
    settings: Settings, database: Database, speak: Speak
) -> None:
    leave(settings, database, speak(SAID))
    settings = settings.model_copy(
        update={"messages": settings.messages.model_copy(update={"notice": "office.notice"})}
    )

    async def work() -> OddService:
        async with OddService([says({})]) as office:
            (settings.config_dir / "services" / "office.yaml").write_text(
                f"url: {office.url}\nacts:\n  notice:\n    with: {{mailbox: text, text: text}}\n"
                '    post: /notice\n    body: {in: "{mailbox}", said: "{text}"}\n'
            )
            assert await Worker(settings, database, "n1").run() == 1
            assert await Worker(settings, database, "n1").run() == 0
            return office

    office = asyncio.run(work())

    [left] = listed(database)
    assert left.text is not None
    assert left.text.state == "done"
    assert "green lamp" in left.text.text
    assert left.text.confidence > 0.3
    [request] = office.requests
    assert request.json == {"in": "support", "said": left.text.text}


def test_the_engine_has_it_done_by_a_process_of_its_own(
    settings: Settings, database: Database, speak: Speak, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(CONFIG.parent))
    leave(settings, database, speak(SAID))

    async def watch() -> TranscriptWatch:
        log = CallLog(database, settings.state_dir / "engine-spool")
        watching = TranscriptWatch(database, log, settings, node="n1")
        running = asyncio.create_task(watching.run())
        try:
            async with asyncio.timeout(120):
                # The worker is another process.
                while not (text := listed(database)[0].text) or text.state != "done":  # noqa: ASYNC110
                    await asyncio.sleep(0.2)
        finally:
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running
            log.close()
        return watching

    watching = asyncio.run(watch())

    assert watching.unheard == {"support": 1}
    assert "lamp" in listed(database)[0].text.text  # type: ignore[union-attr]


def test_a_recording_that_is_gone_is_given_up_after_some_tries(
    settings: Settings, database: Database
) -> None:
    leave(settings, database, None)

    for _ in range(5):
        asyncio.run(Worker(settings, database, "n1").run())

    [left] = listed(database)
    assert left.text is not None
    assert left.text.state == "failed"


def test_the_commands_show_what_was_said_and_where_to_hear_it(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch, speak: Speak
) -> None:
    leave(settings, database, speak(SAID))
    [left] = listed(database)
    assert left.text is not None
    with database.transaction() as session:
        repository.finish(
            session, left.text, words="Call me\x1b[31m back.", confidence=1, engine="e",
            now=datetime.now(UTC),
        )  # fmt: skip
    monkeypatch.setenv("VOXDESK_STATE_DIR", str(settings.state_dir))
    monkeypatch.setenv("VOXDESK_CONFIG_DIR", str(settings.config_dir))
    run = CliRunner().invoke

    assert "1 new" in run(app, ["messages", "list"]).output
    shown = run(app, ["messages", "show", "1"]).output
    assert '"Call me [31m back."' in shown
    assert "call1.wav, from 0:03.0" in shown
    assert "No messages." in run(app, ["messages", "list", "--unheard"]).output
    assert "there is no message 9" in str(run(app, ["messages", "show", "9"]).exception)
