"""`voxdesk demo`: one real call, shown as it happens; then the system stays to be dialled."""

import asyncio
import contextlib
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

from rich.console import Console
from rich.rule import Rule

from crm.calls.call_log import CallLog
from crm.calls.entries import LoggedEvent
from crm.customers.phone import plan_of
from crm.sample_data import load_sample_data
from telephony.queue.state import AgentId, SignedIn
from telephony.queue.store import AgentProfile, QueueStore
from voxdesk.app import database as schema
from voxdesk.app.call_report import print_call
from voxdesk.app.call_view import CallView
from voxdesk.app.control import ControlServer, socket_path
from voxdesk.app.demo_console import are_pages_built, callers_beside, console_beside, way_in
from voxdesk.app.drain import Stop, stop_signals
from voxdesk.app.engine import Engine
from voxdesk.app.observe_settings import LogSettings
from voxdesk.app.serve import configure_logging, dial_hint
from voxdesk.app.settings import Settings
from voxdesk.db import Database
from voxdesk.kernel.call import CallEvent, EventKind
from voxdesk.kernel.clock import SystemClock
from voxdesk.kernel.errors import AccessRefused, TelephonyError

console = Console()

CALL_AT_MOST_S = 240.0
RECORD_AT_MOST_S = 15.0
AGENT_READY_AT_MOST_S = 30.0
PERSON_LEAVES_WITHIN_S = 5.0
LOOPBACK = "127.0.0.1"
CALLER = "+15550100"


def run_demo(settings: Settings, *, once: bool) -> None:
    """Show a call; stay for more of them unless `once`.

    Raises:
        VoxdeskError: something went wrong on the way; says what.
    """
    demo = _demo_settings(settings)
    configure_logging(demo)
    # Ctrl-C before the system runs is no error worth a traceback.
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_Demo(demo).run(once=once))


def _demo_settings(settings: Settings) -> Settings:
    """Data of its own, and a port that is free."""
    port = settings.sip.port
    if not _is_free(port):
        console.print(f"Port {port} is in use; the demonstration takes a free one instead.")
        port = 0
    return settings.model_copy(
        update={
            "state_dir": settings.state_dir / "demo",
            "sip": settings.sip.model_copy(update={"port": port}),
            "database": settings.database.model_copy(update={"url": ""}),
            "observe": settings.observe.model_copy(update={"port": 0}),
            "log": LogSettings(level="error"),
        }
    )


def _is_free(port: int) -> bool:
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind(("", port))
            except OSError:
                return False
    return True


class _Demo:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._view = CallView()
        self._ended = asyncio.Event()
        self._call_id = ""
        self._began = time.monotonic()

    async def run(self, *, once: bool) -> None:
        console.print(Rule("Voxdesk: a call, from dialling to its record"))
        self._prepare_data()
        engine = Engine(self._settings)
        control = ControlServer(engine, socket_path(self._settings.state_dir))
        with stop_signals() as stop:
            try:
                with console.status("Loading speech models and prompts, opening the SIP line …"):
                    await control.start()
                    await engine.start()
                console.print(f"Ready after {time.monotonic() - self._began:.1f} s.\n")
                shown = await self._unless(stop, self._show_call(engine))
                if shown and not once:
                    await self._stay(engine, stop)
            finally:
                await control.close()
                await engine.close()

    def _prepare_data(self) -> None:
        schema.prepare(self._settings.database_url)
        database, now = Database(self._settings.database_url), SystemClock().now()
        with database.transaction() as session:
            load_sample_data(session, now, plan_of(self._settings.calls.country))
        database.close()

    async def _show_call(self, engine: Engine) -> None:
        log = engine.services.call_log
        unsubscribe = self._subscribe(log)
        port = _port_of(engine.exchange.addresses[0])
        try:
            async with _person("scripted_agent") as agent:
                address = await _first_word(agent, "listening")
                self._sign_in_agent(address)
                console.print(
                    f"A scripted caller dials sip:shop@{LOOPBACK}:{port} with a second SIP stack; "
                    "all of it is real: SIP, RTP, speech, recognition.\n"
                )
                async with _person(
                    "scripted_caller", "--to", f"sip:shop@{LOOPBACK}:{port}", "--caller", CALLER
                ) as caller:
                    await asyncio.wait_for(caller.wait(), CALL_AT_MOST_S)
                    if caller.returncode:
                        raise TelephonyError(
                            "the scripted caller did not get through its lines:\n"
                            + await _rest(caller)
                        )
            await asyncio.wait_for(self._ended.wait(), RECORD_AT_MOST_S)
        except TimeoutError:
            raise TelephonyError(
                "the demonstration call did not end in time; "
                f"its log is in {self._settings.state_dir}."
            ) from None
        finally:
            unsubscribe()
        await asyncio.to_thread(log.flush)
        await asyncio.to_thread(print_call, console, self._settings, self._call_id)

    def _sign_in_agent(self, address: str) -> None:
        database, now = Database(self._settings.database_url), SystemClock().now()
        store = QueueStore(database)
        store.put_agent(AgentProfile(AgentId("sam"), "Sam", address, ("support",)), now)
        store.run([SignedIn(AgentId("sam"))], now)
        database.close()

    def _subscribe(self, log: CallLog) -> Callable[[], None]:
        loop = asyncio.get_running_loop()

        def show(event: CallEvent) -> None:
            self._call_id = event.call_id
            line = self._view.line(event)
            if line is not None:
                console.print(line)
            if event.kind is EventKind.ENDED:
                self._ended.set()

        def pass_on(logged: LoggedEvent) -> None:
            loop.call_soon_threadsafe(show, logged.event)

        return log.subscribe(pass_on)

    async def _stay(self, engine: Engine, stop: Stop) -> None:
        to = f"sip:shop@{LOOPBACK}:{_port_of(engine.exchange.addresses[0])}"
        async with console_beside(self._settings) as address, callers_beside(to):
            self._tell_console(address)
            console.print(Rule("Now you"))
            console.print(
                f"Dial {dial_hint(engine)} with any softphone (no registration needed), e.g.\n"
                f"  baresip -e '/dial {to}'\n"
                "Order numbers to try: 4711, 4698. Say “agent” for a person; Sam has gone home, "
                "so you can leave a message.\n"
                "Calls appear here as they happen. Ctrl-C ends it.\n"
            )
            unsubscribe = self._subscribe(engine.services.call_log)
            try:
                await stop.wait()
            finally:
                unsubscribe()

    def _tell_console(self, address: str) -> None:
        console.print(Rule("The console"))
        if not are_pages_built():
            console.print(f"Only its API is here ({address}/api/v1); for the pages: make console\n")
            return
        try:
            console.print(
                "Open this, choose a name and a password, and look at the calls:\n"
                f"  {way_in(self._settings, address)}"
            )
        except AccessRefused:  # somebody came in when the demonstration ran before
            console.print(f"Open {address} and sign in with the name that you chose before.")
        console.print(
            "The call that you saw is there already. More people call in the background for some "
            "minutes, and what they say is really heard, answered and recorded.\n"
        )

    @staticmethod
    async def _unless(stop: Stop, work: Coroutine[Any, Any, None]) -> bool:
        """Do it, unless told to stop meanwhile; whether it was done."""
        working = asyncio.ensure_future(work)
        stopping = asyncio.ensure_future(stop.wait())
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not working.done():
            working.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await working
            return False
        working.result()
        return True


def _port_of(address: str) -> int:
    """Of a SIP URI such as sip:voxdesk@192.0.2.7:5060."""
    return int(address.rpartition(":")[2].partition(";")[0])


@contextlib.asynccontextmanager
async def _person(module: str, *arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A scripted person in a process of their own, gone at the end of the block."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        f"voxdesk.testing.{module}",
        *arguments,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), PERSON_LEAVES_WITHIN_S)
            except TimeoutError:
                process.kill()


async def _first_word(process: asyncio.subprocess.Process, word: str) -> str:
    """What the first line of this process says after `word`."""
    said: list[str] = []
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(AGENT_READY_AT_MOST_S):
            while process.stdout is not None and (raw := await process.stdout.readline()):
                line = raw.decode(errors="replace").strip()
                said.append(line)
                if word in line:
                    return line.partition(word)[2].split()[-1]
    raise TelephonyError("the scripted agent did not start:\n" + "\n".join(said))


async def _rest(process: asyncio.subprocess.Process) -> str:
    """What an ended process said and nobody read."""
    return (await process.stdout.read()).decode(errors="replace") if process.stdout else ""
