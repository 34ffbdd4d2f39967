"""One detector of voice for all calls of an engine: frames that come together are judged together.

Twenty calls bring a thousand frames a second, each in its own moment. Judged one by one they cost
half of a core, most of it for fetching the network's weights again; gathered for some
milliseconds they cost a tenth.
"""

from collections import deque
from collections.abc import Callable
from typing import Final

from asr.vad import Vad, VadModel, VadResult, check_frame
from voxdesk.kernel.audio import AudioFrame

GATHER_S: Final = 0.008
"""The first frame waits so long for those of other calls; well below the 20 ms of a frame."""
FEW: Final = 2
"""With so few calls nothing is gained by waiting."""


class SharedVad:
    """Opens a detector for each call, and runs them side by side. Used from one thread.

    Args:
        model: of all of them.
        later: calls a function after so many seconds; an event loop's `call_later`.
    """

    def __init__(
        self, model: VadModel, later: Callable[[float, Callable[[], None]], object]
    ) -> None:
        self._model = model
        self._later = later
        self._open = 0
        self._waiting: dict[VadStream, None] = {}  # in the order in which they came

    def open(
        self,
        on_result: Callable[[VadResult], None],
        on_fault: Callable[[Exception], None],
    ) -> "VadStream":
        """A detector for one call, to be closed.

        Args:
            on_result: gets what each frame sounds like, in order, a few milliseconds after it was
                given.
            on_fault: gets what goes wrong in the detector or in `on_result`; other calls go on.
        """
        self._open += 1
        return VadStream(self, self._model.open(), on_result, on_fault)

    def closed(self, stream: "VadStream") -> None:
        """Nothing more of this one."""
        self._open -= 1
        self._waiting.pop(stream, None)

    def ready(self, stream: "VadStream") -> None:
        """It has a frame to be judged."""
        first = not self._waiting
        self._waiting[stream] = None
        if first:
            self._later(0.0 if self._open <= FEW else GATHER_S, self._judge)

    def _judge(self) -> None:
        while self._waiting:
            # After a standstill a call may have several frames; they must be judged in turn.
            streams = list(self._waiting)
            frames = [stream.frames.popleft() for stream in streams]
            for stream in streams:
                if not stream.frames:
                    del self._waiting[stream]
            try:
                results = self._model.accept_each([stream.vad for stream in streams], frames)
            except Exception as error:  # noqa: BLE001  a library's; every one of these calls must know
                for stream in streams:
                    stream.on_fault(error)
                continue
            for stream, result in zip(streams, results, strict=True):
                stream.tell(result)


class VadStream:
    """The detector of one call. Made by `SharedVad.open`."""

    def __init__(
        self,
        shared: SharedVad,
        vad: Vad,
        on_result: Callable[[VadResult], None],
        on_fault: Callable[[Exception], None],
    ) -> None:
        self.vad = vad
        self.frames: deque[AudioFrame] = deque()
        self.on_fault = on_fault
        self._shared = shared
        self._on_result = on_result
        self._closed = False

    def accept(self, frame: AudioFrame) -> None:
        """Take the next 20 ms of 16 kHz audio; every frame of the call, in order.

        Raises:
            AudioFormatError: not 20 ms at 16 kHz.
        """
        check_frame(frame)
        if not self._closed:
            self.frames.append(frame)
            self._shared.ready(self)

    def tell(self, result: VadResult) -> None:
        """What the next frame sounds like; a listener that fails harms its own call only."""
        if self._closed:
            return
        try:
            self._on_result(result)
        except Exception as error:  # noqa: BLE001  anything may be wrong in a listener
            self.on_fault(error)

    def close(self) -> None:
        """The call is over. Harmless twice."""
        if not self._closed:
            self._closed = True
            self.frames.clear()
            self._shared.closed(self)
