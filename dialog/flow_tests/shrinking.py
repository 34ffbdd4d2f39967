"""Makes a call that shows a fault short and plain (delta debugging, Zeller 2002)."""

import dataclasses
from collections.abc import Callable, Iterator, Sequence

from dialog.flow_tests.script import USUAL_CONFIDENCE, Doing, Presses, Says, World

Shows = Callable[[World, Sequence[Doing]], bool]
"""Whether a call still shows the fault."""


def shrink(
    shows: Shows, world: World, script: tuple[Doing, ...]
) -> tuple[World, tuple[Doing, ...]]:
    """The shortest call that was found to show the fault.

    Args:
        shows: whether a call does.
        world: what is so before a call that does.
        script: what the caller does in it.
    """
    script = _fewer(lambda fewer: shows(world, fewer), script)
    for plainer in _plainer_worlds(world):
        world = next((one for one in plainer(world) if shows(one, script)), world)
    for place, doing in enumerate(script):
        script = _plainest(lambda plainer: shows(world, plainer), script, place, doing)
    return world, script


def _plainest(
    shows: Callable[[tuple[Doing, ...]], bool], script: tuple[Doing, ...], place: int, doing: Doing
) -> tuple[Doing, ...]:
    """One event made plainer, as long as that can be done."""
    for plainer in _plainer(doing):
        changed = (*script[:place], plainer, *script[place + 1 :])
        if plainer != doing and shows(changed):
            return _plainest(shows, changed, place, plainer)
    return script


def _fewer(
    shows: Callable[[tuple[Doing, ...]], bool], script: tuple[Doing, ...]
) -> tuple[Doing, ...]:
    """Leave out ever smaller parts, until every event is needed."""
    size = max(1, len(script) // 2)
    while True:
        place, shorter = 0, False
        while place < len(script):
            without = (*script[:place], *script[place + size :])
            if shows(without):
                script, shorter = without, True
            else:
                place += size
        if size == 1 and not shorter:
            return script
        size = max(1, size // 2)


def _plainer_worlds(world: World) -> Iterator[Callable[[World], Iterator[World]]]:
    """Ways to make a world plainer, each tried on what the ones before it left."""

    def unknown_caller(now: World) -> Iterator[World]:
        yield dataclasses.replace(now, caller={})
        language = now.caller.get("language", "")
        yield dataclasses.replace(now, caller={"known": False, "language": language})

    def crm_there(now: World) -> Iterator[World]:
        yield dataclasses.replace(now, crm_away=False)

    def all_there(now: World) -> Iterator[World]:
        yield dataclasses.replace(now, outside={})

    def nobody_called(now: World) -> Iterator[World]:
        yield dataclasses.replace(now, callee="")

    def without(key: tuple[str, str]) -> Callable[[World], Iterator[World]]:
        def fewer(now: World) -> Iterator[World]:
            left = {other: record for other, record in now.records.items() if other != key}
            yield dataclasses.replace(now, records=left)

        return fewer

    yield from (unknown_caller, crm_there, all_there, nobody_called)
    yield from (without(key) for key in world.records)


def _plainer(doing: Doing) -> Iterator[Doing]:
    if isinstance(doing, Says):
        yield dataclasses.replace(doing, n_best=doing.n_best[-1:])
        yield dataclasses.replace(doing, n_best=doing.n_best[:1])
        yield dataclasses.replace(doing, confidence=USUAL_CONFIDENCE)
        yield dataclasses.replace(doing, prompt_heard=None)
    elif isinstance(doing, Presses):
        keys = doing.keys
        shorter = (keys[:place] + keys[place + 1 :] for place in range(len(keys)))
        yield from (Presses(fewer) for fewer in shorter if fewer)
