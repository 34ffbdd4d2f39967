"""One recording from elsewhere becomes a call: read, told apart by speaker, written down."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np

from asr.recognizer import Recognizer
from asr.workers import DecodingPool
from crm.calls.entries import LoggedEvent, NewCall, change, opening
from crm.calls.repository import store
from crm.imports import repository
from crm.imports.models import Import
from recordings.keeping import Keeper
from recordings.library import recording_path
from recordings.speakers.apart import Turn
from recordings.speakers.parts import utterances
from recordings.wav_file import Stereo, WavFile
from voxdesk.app.imports.arriving import path_of, sweep
from voxdesk.app.imports.separating import BOTH_CHANNELS, FRAME_S, Separated, separate, way_of
from voxdesk.app.imports.sound import Imported, NotSound, read_sound
from voxdesk.app.jobs.house import JobsHouse
from voxdesk.app.logs import during_call
from voxdesk.app.recognizers import load_recognizer
from voxdesk.kernel.audio import FRAME_SAMPLES, SAMPLE_RATE_HZ, AudioFrame, Pcm
from voxdesk.kernel.call import CallEvent, CallId, Direction, EndCause, EventKind
from voxdesk.kernel.errors import DatabaseError, RecognizerFailed, VoxdeskError
from voxdesk.kernel.speech import AnswerKind, Expectation, Transcript
from voxdesk.kernel.worded import worded

PAD_S: Final = 0.2
TRIES: Final = 2
READ, APART, WRITTEN = 4, 35, 98
"""Percent of the work that is done after each of its parts."""

log = logging.getLogger(__name__)


class Cancelled(Exception):
    """Nobody wants it any more."""


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that was said, by whom, in words."""

    turn: Turn
    transcript: Transcript


def release(house: JobsHouse) -> None:
    """What we had in our hands when we died waits again."""
    with house.database.transaction() as session:
        repository.release(session, node=None if house.alone else house.node, now=house.clock.now())
    sweep(house)


def work_on_one(house: JobsHouse) -> bool:
    """Make a call of the oldest recording that waits; False: none does.

    Raises:
        DatabaseError: it is away.
    """
    with house.database.transaction() as session:
        node = None if house.alone else house.node
        found = repository.claim(session, node=node, now=house.clock.now())
    if found is None:
        return False
    with during_call(_call_id(found)):
        return _made(house, found)


def _made(house: JobsHouse, found: Import) -> bool:
    """True, also when it failed: the next one's turn has come."""
    try:
        _make_call(house, found)
    except Cancelled:
        log.info("import %s is cancelled", found.id)
    except DatabaseError:
        raise
    except Exception as problem:  # noqa: BLE001  whatever it is, the next one must come through
        why: VoxdeskError | str = worded(
            "A mistake in the program; its log says more. The file is kept: try it again after the "
            "next update, or keep it for a report."
        )
        if isinstance(problem, VoxdeskError):
            why = problem
        log.warning("import %s failed: %s", found.id, type(problem).__name__)
        with house.database.transaction() as session:
            repository.fail(session, found.id, why, now=house.clock.now())
        return True  # its file stays until it is tried again or thrown away
    except BaseException:  # we are told to stop
        with contextlib.suppress(DatabaseError), house.database.transaction() as session:
            repository.give_back(session, found.id, now=house.clock.now())
        raise
    path_of(house.settings, found.id).unlink(missing_ok=True)
    return True


def _make_call(house: JobsHouse, found: Import) -> None:
    path = path_of(house.settings, found.id)
    tell = _Progress(house, found.id)
    tell(0)
    sound = read_sound(path, longest_s=60.0 * house.settings.imports.longest_min)
    tell(READ)
    separated = separate(
        sound,
        lambda: way_of(house.settings),
        tell.part(READ, APART),
        first_is_agent=found.first != "caller",
    )
    tell(APART)
    said = asyncio.run(_written_down(house, found, separated, sound, tell))
    tell(WRITTEN)
    _keep(house, found, sound, separated, said)


class _Progress:
    """Writes down how far it is, each percent once; stops the work when it is cancelled."""

    def __init__(self, house: JobsHouse, import_id: str) -> None:
        self._house = house
        self._id = import_id
        self._last = -1

    def __call__(self, percent: float) -> None:
        if int(percent) == self._last:
            return
        self._last = int(percent)
        house = self._house
        with house.database.transaction() as session:
            if not repository.progress(session, self._id, self._last, now=house.clock.now()):
                raise Cancelled

    def part(self, first: int, last: int) -> Callable[[float], None]:
        """Of a part of the work, 0..1."""
        return lambda share: self(first + (last - first) * share)


# ------------------------------------------------------------------ in words


async def _written_down(
    house: JobsHouse, found: Import, separated: Separated, sound: Imported, tell: _Progress
) -> list[Said]:
    pool = DecodingPool(1)
    recognizer = load_recognizer(house.settings, pool)
    try:
        parts = []
        for side in (0, 1):
            is_agent = side == 1
            own = [t for t in separated.turns if (t.speaker == separated.agent) == is_agent]
            pcm = separated.sound[:, side] if sound.sides is not None else sound.mono
            parts += [(turn, pcm) for turn in utterances(own, _softest(pcm))]
        said = []
        for number, (turn, pcm) in enumerate(parts):
            transcript = await _recognized(recognizer, turn, pcm, found)
            if transcript.text:
                said.append(Said(turn, transcript))
            tell(APART + (WRITTEN - APART) * (number + 1) / len(parts))
        return sorted(said, key=lambda one: one.turn.start_s)
    finally:
        await recognizer.close()
        await pool.close()


def _softest(pcm: Pcm) -> Callable[[float, float], float]:
    def between(start_s: float, end_s: float) -> float:
        first, last = (int(at * SAMPLE_RATE_HZ) for at in (start_s, end_s))
        part = pcm[first:last].astype(np.float32)
        block = SAMPLE_RATE_HZ // 10
        if len(part) < block:
            return end_s
        energies = np.square(part[: len(part) // block * block]).reshape(-1, block).mean(axis=1)
        return start_s + (int(energies.argmin()) + 0.5) * 0.1

    return between


async def _recognized(recognizer: Recognizer, turn: Turn, pcm: Pcm, found: Import) -> Transcript:
    first = max(0, int((turn.start_s - PAD_S) / FRAME_S)) * FRAME_SAMPLES
    last = min(len(pcm), int((turn.end_s + PAD_S) / FRAME_S) * FRAME_SAMPLES)
    expectation = Expectation(kind=AnswerKind.FREE, language=found.language)
    for attempt in range(TRIES):
        opened = recognizer.open_turn(CallId(found.id), expectation, start_s=first / SAMPLE_RATE_HZ)
        try:
            for at in range(first, last - FRAME_SAMPLES + 1, FRAME_SAMPLES):
                part = np.ascontiguousarray(pcm[at : at + FRAME_SAMPLES])
                opened.accept(AudioFrame(part, at))
            return await opened.finish(turn.end_s)
        except RecognizerFailed:
            if attempt == TRIES - 1:
                raise
        finally:
            opened.cancel()
    raise AssertionError("unreachable")


# ------------------------------------------------------------------ the call


def _keep(
    house: JobsHouse, found: Import, sound: Imported, separated: Separated, said: Sequence[Said]
) -> None:
    """Its recording and its log; killed in between, the next try writes the same again."""
    call_id = _call_id(found)
    # Nobody said when it was: then it isn't over in the future.
    length = timedelta(seconds=sound.seconds)
    began = min(found.started_at, house.clock.now() - length)
    name = recording_path(call_id, began)
    _write(house, found, name, separated.sound)
    new = NewCall(
        call_id,
        Direction.IMPORTED,
        began,
        caller_name=found.name,
        language=found.language,
        node=house.node,
    )
    events = [CallEvent(call_id, EventKind.ANSWERED, began)]
    events += [_event(call_id, began, one, separated) for one in said]
    data = {"cause": EndCause.HUNG_UP.value}
    events.append(
        CallEvent(call_id, EventKind.ENDED, began + length, round(sound.seconds * 1000), data)
    )
    logged = [LoggedEvent(seq, event) for seq, event in enumerate(events)]
    columns = change(call_id, {"recording_path": name})
    with house.database.transaction() as session:
        store(session, [opening(new), *logged, columns])
        kept = repository.finish(
            session,
            found.id,
            call_id=call_id,
            speakers=separated.speakers,
            way=separated.way,
            now=house.clock.now(),
        )
        if not kept:
            session.rollback()
    if not kept:
        house.recordings.delete(name)
        raise Cancelled
    log.info("import %s is call %s now", found.id, call_id)


def _call_id(found: Import) -> CallId:
    return CallId(f"i{found.id}")


def _event(call_id: CallId, began: datetime, said: Said, separated: Separated) -> CallEvent:
    turn, transcript = said.turn, said.transcript
    best = transcript.hypotheses[0]
    is_agent = turn.speaker == separated.agent
    data: dict[str, Any] = {
        "side": "agent" if is_agent else "caller",
        "text": best.text,
        "confidence": best.confidence,
        "engine": transcript.engine,
        "speech_start_ms": round(turn.start_s * 1000),
        "speech_end_ms": round(turn.end_s * 1000),
        "words": [[word.text, word.start_s, word.end_s] for word in best.words],
    }
    if separated.way != BOTH_CHANNELS:
        data["speaker"] = turn.speaker
    at = began + timedelta(seconds=turn.end_s)
    return CallEvent(call_id, EventKind.TRANSCRIBED, at, round(turn.end_s * 1000), data)


def _write(house: JobsHouse, found: Import, name: str, sound: Stereo) -> None:
    """Keep the call's recording as every other, in place of what a killed try left."""
    beside = path_of(house.settings, f"{found.id}.wav")
    beside.unlink(missing_ok=True)
    try:
        file = WavFile(beside, SAMPLE_RATE_HZ)
        try:
            file.write(0, np.ascontiguousarray(sound))
        finally:
            file.close()
        house.recordings.delete(name)
        with beside.open("rb") as source:
            Keeper(house.recordings, sealing=house.settings.recording.encrypt).put(name, source)
    except OSError as error:
        raise NotSound(
            worded(
                "The recording can't be kept: {why}. Free room on the disk of {folder}, then try "
                "this again; the file is still here.",
                why=str(error.strerror),
                folder=str(house.settings.state_dir),
            )
        ) from error
    finally:
        beside.unlink(missing_ok=True)
