"""The background work of one call: bounded by the call, and never failing in silence."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any


class CallTasks:
    """Tasks that end with the call; an error in one is told, not lost."""

    def __init__(self, on_error: Callable[[str, Exception], None]) -> None:
        """`on_error` gets the name of the work and what went wrong, on the loop."""
        self._on_error = on_error
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        """Run it beside the call."""
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def cancel(self) -> list[asyncio.Task[None]]:
        """Tell everything that still runs to end, but not the caller of this; what was told."""
        tasks = [task for task in self._tasks if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        return tasks

    async def close(self) -> None:
        """Cancel what still runs and wait until it has cleaned up."""
        if tasks := self.cancel():
            await asyncio.wait(tasks, timeout=5.0)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if task.cancelled():
            return
        error = task.exception()
        if isinstance(error, Exception):
            self._on_error(task.get_name(), error)
