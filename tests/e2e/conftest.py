"""Whole calls last as long as people talk; so those that don't disturb each other run side by side.

A test that is `async def` shares the engine with the others of its kind: when the first of them is
due, all that were selected run, as many at a time as the line has legs, and each is reported under
its own name. `@pytest.mark.legs(2)` says that a test uses so many. A test that needs the engine for
itself (it changes something in it, or waits until it is at rest) is a plain `def`.
"""

import asyncio
import contextlib
import inspect
from collections.abc import Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest

from voxdesk.testing.softphone_call import CallFailed

LEGS = 4
LET_GO_WITHIN_S = 20.0
BUSY_HERE = 486
ENGINES = ("served", "system")
_outcomes = pytest.StashKey[dict[str, BaseException | None]]()


class FreeLegs:
    """Hands out legs in the order of asking, so that nobody who needs many waits for ever."""

    def __init__(self, count: int, in_use: Callable[[], int]) -> None:
        """`in_use`: how many the line itself says that it uses."""
        self._all = self._count = count
        self._in_use = in_use
        self._leaving = 0  # of those that are taken: their tests are over, the line may not know
        self._turn = asyncio.Lock()
        self._changed = asyncio.Condition()

    @asynccontextmanager
    async def taken(self, count: int) -> Any:
        """So many legs, for as long as the block lasts."""
        async with self._turn, self._changed:
            await self._changed.wait_for(lambda: self._count >= count)
            self._count -= count
        try:
            yield
        finally:
            self._leaving += count
            await self._let_go()
            self._leaving -= count
            async with self._changed:
                self._count += count
                self._changed.notify_all()

    async def until_gone(self, before: int) -> None:
        """Wait until the line uses fewer legs than `before`; not for ever."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LET_GO_WITHIN_S):
                while self._in_use() >= before:  # noqa: ASYNC110
                    await asyncio.sleep(0.02)

    async def _let_go(self) -> None:
        """The end of a call takes the line a moment; not for ever, or a test of ours is wrong."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LET_GO_WITHIN_S):
                while self._in_use() > self._all - self._count - self._leaving:  # noqa: ASYNC110
                    await asyncio.sleep(0.02)


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", "legs(count): how many legs of the line a whole call uses")


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a batch when its first test is due; report the outcome of this one."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    outcomes = pyfuncitem.session.stash.setdefault(_outcomes, {})
    if pyfuncitem.nodeid not in outcomes:
        outcomes |= asyncio.run(_run(_batch_of(pyfuncitem), pyfuncitem))
    error = outcomes.pop(pyfuncitem.nodeid)
    if error is not None:
        raise error
    return True


def _batch_of(first: pytest.Function) -> list[pytest.Function]:
    """All selected tests that share the engine with this one."""
    return [
        item
        for item in first.session.items
        if isinstance(item, pytest.Function)
        and inspect.iscoroutinefunction(item.obj)
        and item.path.parent == first.path.parent  # other folders have asynchronous tests too
        and _engine_of(item) == _engine_of(first)
    ]


def _engine_of(item: pytest.Function) -> str:
    return next((name for name in ENGINES if name in item.fixturenames), "")


async def _run(
    batch: list[pytest.Function], first: pytest.Function
) -> dict[str, BaseException | None]:
    engine = first._request.getfixturevalue(_engine_of(first))
    legs = FreeLegs(LEGS, engine.legs_in_use)

    async def perform(item: pytest.Function) -> BaseException | None:
        marker = item.get_closest_marker("legs")
        async with legs.taken(marker.args[0] if marker else 1):
            for may_wait in (True, False):
                try:
                    await _made(item, first)
                except Exception as error:  # noqa: BLE001  raised again under the test's name
                    if may_wait and _was_refused(error):
                        await legs.until_gone(engine.legs_in_use())
                        continue
                    return error
                return None
            return None

    errors = await asyncio.gather(*(perform(item) for item in batch))
    return {item.nodeid: error for item, error in zip(batch, errors, strict=True)}


def _was_refused(error: BaseException | None) -> bool:
    """All legs were in use: a test before it is over, and the line hadn't let go of its leg yet."""
    while error is not None:
        if isinstance(error, CallFailed) and error.status == BUSY_HERE:
            return True
        error = error.__cause__ or error.__context__
    return False


def _made(item: pytest.Function, first: pytest.Function) -> Coroutine[Any, Any, None]:
    """The test's coroutine: parameters of its own, fixtures that all have in common."""
    own = item.callspec.params if hasattr(item, "callspec") else {}
    names = inspect.signature(item.obj).parameters
    shared = {name: first._request.getfixturevalue(name) for name in names if name not in own}
    return item.obj(**shared, **{name: value for name, value in own.items() if name in names})
