"""The one place where everything is put together, and taken apart again."""

import asyncio
import logging
import socket
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

from asr.shared_vad import SharedVad
from asr.vad import load_vad
from asr.workers import DecodingPool
from crm.calls.call_log import CallLog
from crm.calls.recovery import end_abandoned
from crm.lookups import Lookups
from dialog.catalogue import Catalogue
from dialog.dialogue import Dialogue
from dialog.events import Say, Started
from dialog.flow import Flow, Queue
from dialog.flow_problems import meant
from dialog.flow_templates import fixed_texts
from dialog.prompts import Prompts
from recordings.recorder import RecordingThread
from telephony.exchange import Exchange
from telephony.line.settings import LineSettings, TrunkSettings
from telephony.messages import MAX_CLIP_BYTES, MOMENT, SORRY, Clip, clip_name
from telephony.queue.messages import QueueSettings
from telephony.queue.service import QueueService
from telephony.queue.state import Rules
from telephony.queue.store import QueueStore
from telephony.wire_events import pcm_to_wire
from voxdesk.app import database as schema
from voxdesk.app.apology import WORDING as FULL
from voxdesk.app.callbacks.desk import rules_of
from voxdesk.app.callbacks.flow import callback_flow
from voxdesk.app.flow_archive import FlowArchive
from voxdesk.app.flow_loading import load_flows
from voxdesk.app.flow_watch import FlowWatch
from voxdesk.app.front_door import front_door, outbound_reserve
from voxdesk.app.intents.early import EarlyReading
from voxdesk.app.intents.keeper import IntentKeeper
from voxdesk.app.knowledge.keeper import KnowledgeKeeper
from voxdesk.app.live_flows import LiveFlows
from voxdesk.app.outside.door import Outside
from voxdesk.app.outside.reading import load_services
from voxdesk.app.published_flows import PublishedFlows
from voxdesk.app.recognizers import load_recognizer
from voxdesk.app.recordings_kept import library_of, sealing_keys
from voxdesk.app.services import Services
from voxdesk.app.settings import Settings
from voxdesk.app.voices import load_speech
from voxdesk.db import Database
from voxdesk.kernel.call import CallId
from voxdesk.kernel.clock import SystemClock
from voxdesk.kernel.errors import SettingsError, SynthesisFailed
from voxdesk.kernel.worded import worded

WARM_AT_MOST_S: Final = 20.0
"""So long a published flow may wait for its prompts; then it is live with those that are ready."""

LOADED_AT_MOST_S: Final = 5.0
"""So long a start may wait for what was learnt from examples; calls come before learning."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class House:
    """Everything that runs in an engine, and the order in which it ends."""

    services: Services
    flows: LiveFlows
    flow_watch: FlowWatch
    exchange: Exchange
    database: Database
    pool: DecodingPool
    intents: IntentKeeper
    knowledge: KnowledgeKeeper
    began_at: datetime

    async def get_ready(self, *, in_progress: Collection[CallId] = ()) -> None:
        """Make ready what callers hear first, and put the records of a dead engine in order.

        Args:
            in_progress: calls that it left and that go on.
        """
        await asyncio.to_thread(self._tidy_up, frozenset(in_progress))
        for flow in self.services.flows.values():
            self.intents.hold(flow)  # what is missing is trained meanwhile, in another process
            self.knowledge.hold(flow)  # the same
        await warm_prompts(self.services)
        await self.intents.settled(within_s=LOADED_AT_MOST_S)
        await self.knowledge.settled(within_s=LOADED_AT_MOST_S)
        self.exchange.give_clips(await lonely_clips(self.services))

    def _tidy_up(self, in_progress: frozenset[CallId]) -> None:
        """Calls that an earlier engine of this node left open are closed, recordings mended."""
        recording = self.services.settings.recording.enabled
        if recording and (
            trouble := self.services.recordings.trouble
        ):  # the first key is made by asking
            log.error("calls are not recorded: %s", trouble)
        yesterday = self.began_at.date() - timedelta(days=1)
        self.services.recordings_library.repair(since=yesterday, except_for=in_progress)
        end_abandoned(
            self.database,
            self.services.call_log,
            node=self.services.node,
            before=self.began_at,
            except_for=in_progress,
        )

    async def write_down(self) -> None:
        """What was recorded and logged so far is written, and nothing more is."""
        await asyncio.to_thread(self.services.call_log.close)
        await asyncio.to_thread(self.services.recordings.close)

    async def close(self) -> None:
        """Lines first, so that nothing new comes; records last, so that all is written."""
        await self.exchange.close()
        await self.intents.close()
        await self.knowledge.close()
        await self.services.queue.close()
        await self.services.outside.close()
        await self.services.recognizer.close()
        await self.services.speech.close()
        await self.pool.close()
        await asyncio.to_thread(self.services.recordings.close)
        await asyncio.to_thread(self.services.call_log.close)
        self.database.close()


async def open_house(settings: Settings) -> House:
    """Check what is configured, load models side by side, open the lines.

    Calls that come in before `get_ready` and `on_incoming` get 503.

    Raises:
        VoxdeskError: something is missing or wrong; says what to do.
    """
    began_at = datetime.now(UTC)
    prompts = Prompts.load(settings.config_dir / "prompts")
    await asyncio.to_thread(schema.prepare, settings.database_url)
    database = Database(settings.database_url)
    clock = SystemClock()
    lookups = Lookups(database, default_country=settings.calls.country)
    outside = Outside(
        lookups,
        database,
        load_services(settings.config_dir),
        now=clock.now,
        pretend=not settings.calls.services_act,
        rules=rules_of(settings),
    )
    demand_notice(settings, outside.catalogue)
    published = PublishedFlows(database)
    flows = await asyncio.to_thread(load_flows, settings, published)
    flows.put(callback_flow(prompts))
    demand_callback_flow(settings, flows)
    archive = FlowArchive(settings.state_dir / "flows", published.text)
    for each in flows.loaded:
        archive.keep(each.flow, each.data)
    pool = DecodingPool(settings.recognition.workers)
    with ThreadPoolExecutor(3, thread_name_prefix="loading") as loading:
        loop = asyncio.get_running_loop()
        vad, recognizer, speech = await asyncio.gather(
            loop.run_in_executor(loading, load_vad),
            loop.run_in_executor(loading, load_recognizer, settings, pool),
            loop.run_in_executor(loading, load_speech, settings),
        )
    run_dir = settings.state_dir / "run"
    exchange = Exchange(
        line_settings(settings),
        lines=settings.sip.lines,
        run_dir=run_dir,
        door=front_door(settings.sip, run_dir),
    )
    recordings_dir = settings.state_dir / "recordings"
    call_log = CallLog(database, settings.state_dir / "spool")
    node = socket.gethostname()
    intents = IntentKeeper(settings.state_dir)
    knowledge = KnowledgeKeeper(
        settings.state_dir, lambda: clock.now().astimezone().date().isoformat()
    )
    services = Services(
        settings=settings,
        clock=clock,
        lines=exchange,
        vad=SharedVad(vad, loop.call_later),
        recognizer=EarlyReading(recognizer, intents.read),
        speech=speech,
        flows=flows,
        archive=archive,
        prompts=prompts,
        node=node,
        call_log=call_log,
        lookups=lookups,
        outside=outside,
        queue=QueueService(
            QueueStore(database, rules=Rules(wrap_up_s=settings.queue.wrap_up_s)),
            exchange,
            node=node,
            settings=QueueSettings(
                ring_s=settings.queue.ring_s,
                no_agents_wait_s=settings.queue.no_agents_wait_s,
            ),
            clock=clock,
        ),
        recordings=RecordingThread(recordings_dir, keys=sealing_keys(settings)),
        recordings_library=library_of(settings),
        intents=intents.of,
        knowledge=knowledge.of,
    )
    watch = FlowWatch(
        flows, published, archive, partial(get_flow_ready, services, intents, knowledge)
    )
    house = House(services, flows, watch, exchange, database, pool, intents, knowledge, began_at)
    try:
        await exchange.start()
    except BaseException:
        await house.close()
        raise
    return house


def demand_callback_flow(settings: Settings, flows: LiveFlows) -> None:
    """Make sure that there is the flow that they hear whom we call back.

    Raises:
        SettingsError: there is no such flow, or it has no queue.
    """
    name = settings.callbacks.flow
    if not name:
        return
    if name not in flows:
        hint = meant(name, flows, worded("Flows"))
        raise SettingsError(f'callbacks.flow: there is no flow "{name}".\n  {hint}')
    if not any(isinstance(step, Queue) for step in flows[name].steps.values()):
        raise SettingsError(
            f'callbacks.flow: the flow "{name}" has no step with "queue", so nobody would be '
            "talked with."
        )


def demand_notice(settings: Settings, catalogue: Catalogue) -> None:
    """Make sure that somebody can be told of messages, where the settings want it.

    Raises:
        SettingsError: there is no such act.
    """
    what = settings.messages.notice
    if what and what not in catalogue.acts:
        hint = meant(what, catalogue.acts, worded("Acts"))
        raise SettingsError(f'messages.notice: no service has an act "{what}".\n  {hint}')


def line_settings(settings: Settings) -> LineSettings:
    """What a line needs to know."""
    sip = settings.sip
    trunk = None
    if sip.trunk.registrar:
        trunk = TrunkSettings(
            registrar=f"sip:{sip.trunk.registrar}",
            user=sip.trunk.user,
            password=sip.trunk.password,
            expires_s=sip.trunk.expires_s,
        )
    return LineSettings(
        bind_address=sip.address,
        public_address=sip.public_address,
        port=sip.port,
        transports=sip.transports,
        rtp_port=sip.rtp_first_port,
        rtp_ports=sip.rtp_ports,
        codecs=sip.codecs,
        srtp=sip.srtp,
        media_timeout_s=sip.media_timeout_s,
        max_call_s=sip.max_call_s,
        engine_timeout_s=sip.engine_timeout_s,
        fallback=sip.fallback,
        trusted=("127.0.0.1", *sip.trusted),
        outbound_reserve=outbound_reserve(sip),
        trunk=trunk,
    )


async def warm_prompts(services: Services) -> None:
    """What callers hear first is ready before the first call, the rest soon after."""
    speech, prompts = services.speech, services.prompts
    calls = services.settings.calls
    if calls.when_full == "apology":  # synthesis is the last thing that a full machine should do
        await speech.warm([prompts.get(FULL, calls.language)], language=calls.language)
    for flow in services.flows.values():
        dialogue = services.dialogue(flow)
        for language in dialogue.languages:
            await speech.warm(first_texts(dialogue, language), language=language)
            speech.warm_in_background(fixed_texts(flow, language), language=language)
    for language in speech.languages:
        speech.warm_in_background(prompts.fixed_texts(language), language=language)


async def get_flow_ready(
    services: Services, intents: IntentKeeper, knowledge: KnowledgeKeeper, flow: Flow
) -> None:
    """What a flow that becomes live will say is made; what it understands and knows is learnt."""
    await asyncio.gather(warm_flow(services, flow), intents.ready(flow), knowledge.ready(flow))


async def warm_flow(services: Services, flow: Flow) -> None:
    """What callers of a flow that becomes live will hear is made, as far as time allows.

    What they hear first before everything else; it goes before what nobody waits for.
    """
    speech = services.speech
    dialogue = Dialogue(flow, services.prompts, languages=speech.languages)
    try:
        async with asyncio.timeout(WARM_AT_MOST_S):
            for language in dialogue.languages:
                await speech.warm(first_texts(dialogue, language), language=language)
            for language in dialogue.languages:
                await speech.warm(fixed_texts(flow, language), language=language)
    except (TimeoutError, SynthesisFailed) as error:
        why = str(error) or f"not within {WARM_AT_MOST_S:.0f} s"
        log.warning("flow %s: its prompts aren't all ready: %s", flow.name, why)
        for language in dialogue.languages:
            speech.warm_in_background(fixed_texts(flow, language), language=language)


async def lonely_clips(services: Services) -> list[Clip]:
    """What lines say to callers while there is no engine, in every language that can be spoken."""
    clips = []
    for language in services.speech.languages:
        for what, wording in ((MOMENT, "one_moment"), (SORRY, "error")):
            text = services.prompts.get(wording, language)
            pieces = services.speech.speak(text, language=language)
            try:
                sound = [pcm_to_wire(piece.pcm) async for piece in pieces]
            except SynthesisFailed:
                log.warning("there is no sound for %s in %s", wording, language)
                continue
            pcm = b"".join(sound)[:MAX_CLIP_BYTES]
            clips.append(Clip(clip_name(what, language), pcm))
    return clips


def first_texts(dialogue: Dialogue, language: str) -> list[str]:
    """What an unknown caller is told on answering."""
    started = Started(caller={"known": False, "language": language})
    _, actions = dialogue.step(dialogue.initial_state(), started)
    return [action.text for action in actions if isinstance(action, Say)]
