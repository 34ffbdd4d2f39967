"""A flow that is tried with a softphone: a whole engine, on a free port, with data of its own."""

import asyncio
import contextlib
import tempfile
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from crm.calls.entries import LoggedEvent
from crm.customers.phone import plan_of
from crm.sample_data import load_sample_data
from dialog.flow import Flow
from dialog.flow_file import check_file
from voxdesk.app import database as schema
from voxdesk.app.call_view import CallView
from voxdesk.app.control import ControlServer, socket_path
from voxdesk.app.drain import stop_signals
from voxdesk.app.engine import Engine
from voxdesk.app.observe_settings import LogSettings
from voxdesk.app.serve import configure_logging, dial_hint
from voxdesk.app.settings import Settings, TlsSettings, TrunkSettings
from voxdesk.db import Database
from voxdesk.kernel.call import CallEvent
from voxdesk.kernel.clock import SystemClock


def run_by_phone(settings: Settings, flow: Flow, path: Path, console: Console) -> None:
    """Answer calls with this flow until Ctrl-C.

    Raises:
        VoxdeskError: it can't start; says why.
    """
    with tempfile.TemporaryDirectory(prefix="voxdesk-try-") as folder:
        own = own_settings(settings, flow, path, Path(folder))
        configure_logging(own)
        # Ctrl-C before the system runs is no error worth a traceback.
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(_serve(own, console))


def own_settings(settings: Settings, flow: Flow, path: Path, folder: Path) -> Settings:
    """This installation's settings with one flow, a free port, and data in `folder` only."""
    config, state = folder / "config", folder / "state"
    (config / "flows").mkdir(parents=True)
    state.mkdir()
    # With its subflows in it, which lie beside the original.
    (config / "flows" / f"{flow.name}.yaml").write_bytes(check_file(path).data)
    for entry in settings.config_dir.iterdir() if settings.config_dir.is_dir() else ():
        if entry.name != "flows":
            (config / entry.name).symlink_to(entry)
    for kept in ("models", "intents", "knowledge"):
        if (settings.state_dir / kept).is_dir():
            (state / kept).symlink_to((settings.state_dir / kept).absolute())
    sip = settings.sip.model_copy(
        update={
            "port": 0,
            "lines": 1,
            "front_door": "off",
            "trunk": TrunkSettings(),  # the number belongs to the installation that is in use
            "tls": TlsSettings(),
        }
    )
    return settings.model_copy(
        update={
            "config_dir": config,
            "state_dir": state,
            "sip": sip,
            "calls": settings.calls.model_copy(
                update={"flow": flow.name, "numbers": {}, "services_act": False}
            ),
            "database": settings.database.model_copy(update={"url": ""}),
            "observe": settings.observe.model_copy(update={"port": 0}),
            "log": LogSettings(level="error"),
        }
    )


async def _serve(settings: Settings, console: Console) -> None:
    _prepare_data(settings)
    engine = Engine(settings)
    control = ControlServer(engine, socket_path(settings.state_dir))
    with stop_signals() as stop:
        try:
            with console.status("Loading speech models and prompts, opening the SIP line …"):
                await control.start()
                await engine.start()
            console.print(
                f"Dial {dial_hint(engine)} with any softphone (no registration needed).\n"
                "The CRM has sample data: orders 4711, 4698, 4720. Nobody is there to take calls.\n"
                "Calls appear here as they happen. Ctrl-C ends it, and nothing of it is kept.",
                soft_wrap=True,
            )
            unsubscribe = _show_calls(engine, console)
            try:
                await stop.wait()
            finally:
                unsubscribe()
        finally:
            await control.close()
            await engine.close()


def _prepare_data(settings: Settings) -> None:
    schema.prepare(settings.database_url)
    database = Database(settings.database_url)
    with database.transaction() as session:
        load_sample_data(session, SystemClock().now(), plan_of(settings.calls.country))
    database.close()


def _show_calls(engine: Engine, console: Console) -> Callable[[], None]:
    loop = asyncio.get_running_loop()
    view = CallView()

    def show(event: CallEvent) -> None:
        if (line := view.line(event)) is not None:
            console.print(line)

    def pass_on(logged: LoggedEvent) -> None:
        loop.call_soon_threadsafe(show, logged.event)

    return engine.services.call_log.subscribe(pass_on)
