"""Every metric of the engine: its name, what it counts, by what it is split. Pure.

The page docs/reference/metrics.md is made of this, and the alert rules and the dashboard in
docker/ are checked against it. No label ever holds anything of a caller's.
"""

from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["counter", "gauge", "histogram"]

LATENCY_S: Final = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.2, 1.5, 2.0, 3.0, 5.0)
PART_S: Final = (0.005, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0, 1.5, 2.0, 5.0)
QUEUE_S: Final = (5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0)
CALL_S: Final = (5.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0)


@dataclass(frozen=True, slots=True)
class Metric:
    """One of them.

    Attributes:
        name: as Prometheus has it, unit included; a counter's ends in "_total".
        meaning: one sentence.
        labels: what it is split by.
        buckets: of a histogram.
    """

    name: str
    kind: Kind
    meaning: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()


CALLS = Metric("voxdesk_calls", "gauge", "Calls in progress.", ("direction",))
CALLS_ENDED = Metric(
    "voxdesk_calls_total",
    "counter",
    "Calls that have ended, by why; those that were turned away have the cause `rejected`.",
    ("direction", "cause"),
)
CALL_DURATION = Metric(
    "voxdesk_call_duration_seconds",
    "histogram",
    "Length of answered calls.",
    ("direction",),
    CALL_S,
)
CALLS_REFUSED = Metric(
    "voxdesk_calls_refused_total",
    "counter",
    "Callers turned away by the engine: what was full, or `draining`.",
    ("reason",),
)
ADMISSION_OPEN = Metric(
    "voxdesk_admission_open",
    "gauge",
    "1: every caller is taken; 0.5: one a second, near a limit; 0: none.",
)
READY = Metric("voxdesk_ready", "gauge", "1 when /readyz says so.")
BUILD = Metric("voxdesk_build_info", "gauge", "Always 1; the label is the version.", ("version",))

LINE_UP = Metric("voxdesk_line_up", "gauge", "1 while the line takes calls.", ("line",))
LINE_LEGS = Metric("voxdesk_line_legs", "gauge", "Legs in use.", ("line",))
LINE_CAPACITY = Metric("voxdesk_line_capacity", "gauge", "Legs that the line can hold.", ("line",))
LINE_RESTARTS = Metric(
    "voxdesk_line_restarts_total", "counter", "Times that the line was started again.", ("line",)
)
LINE_CPU = Metric(
    "voxdesk_line_cpu_seconds_total", "counter", "Processor time of the line.", ("line",)
)
LINE_MEMORY = Metric(
    "voxdesk_line_memory_bytes", "gauge", "Resident memory of the line.", ("line",)
)
LIVE_DROPPED = Metric(
    "voxdesk_live_frames_dropped_total",
    "counter",
    "Frames of 20 ms between two bridged people that came too late to be played.",
    ("line",),
)
TRUNK_REGISTERED = Metric(
    "voxdesk_trunk_registered", "gauge", "1 while the trunk has us registered; absent without one."
)
LOST_FRAMES = Metric(
    "voxdesk_lost_frames_total",
    "counter",
    "Frames of 20 ms from callers that never came, counted when their call ends.",
)

VOICE_TO_VOICE = Metric(
    "voxdesk_voice_to_voice_seconds",
    "histogram",
    "From the caller's last sound to the first sound of the answer.",
    (),
    LATENCY_S,
)
TURN_PART = Metric(
    "voxdesk_turn_part_seconds",
    "histogram",
    "Its parts, one after the other: `hang_time` (is the turn over?), `waiting_for_words`, "
    "`understanding`, `synthesis`, `playout`.",
    ("part",),
    PART_S,
)
TURNS = Metric(
    "voxdesk_turns_total",
    "counter",
    "Turns of callers: `understood`, `no_match`, `no_input`, `failed` (no recognizer heard it), "
    "`unanswered` (the call ended).",
    ("outcome",),
)
IGNORED = Metric(
    "voxdesk_ignored_speech_total",
    "counter",
    "Speech that was no turn: a backchannel, noise, our own echo.",
    ("why",),
)
PROMPTS_STOPPED = Metric(
    "voxdesk_prompts_stopped_total", "counter", "Prompts that were interrupted.", ("by",)
)

RECOGNIZED = Metric(
    "voxdesk_recognitions_total",
    "counter",
    "Turns heard, by the model that heard them, and why it wasn't the larger one "
    "(`crowded`, `recent_wait`, or empty).",
    ("engine", "stepped_back"),
)
RECOGNITION_WAIT = Metric(
    "voxdesk_recognition_wait_seconds",
    "histogram",
    "What the decoding of a turn waited for a worker.",
    (),
    PART_S,
)
RECOGNITION_DECODE = Metric(
    "voxdesk_recognition_decode_seconds",
    "histogram",
    "What the decoding of a turn took.",
    ("engine",),
    PART_S,
)
RECOGNITION_WORKERS = Metric("voxdesk_recognition_workers", "gauge", "Decodings at once, at most.")
RECOGNITION_RUNNING = Metric("voxdesk_recognition_running", "gauge", "Decodings that run.")
RECOGNITION_WAITING = Metric(
    "voxdesk_recognition_waiting", "gauge", "Finished turns that wait for a worker."
)
RECOGNITION_RECENT = Metric(
    "voxdesk_recognition_recent_wait_seconds", "gauge", "What turns lately waited for a worker."
)

PROMPTS = Metric(
    "voxdesk_prompts_total",
    "counter",
    "Prompts that were heard: sound from the `cache`, or `made` for it.",
    ("source",),
)
SYNTHESIS = Metric(
    "voxdesk_synthesis_seconds",
    "histogram",
    "From asking for a prompt that wasn't cached to its first sound.",
    (),
    PART_S,
)

QUEUE_LENGTH = Metric("voxdesk_queue_length", "gauge", "Callers who wait for a person.")
QUEUE_WAIT = Metric(
    "voxdesk_queue_wait_seconds",
    "histogram",
    "What callers waited for a person, by how that ended.",
    ("outcome",),
    QUEUE_S,
)
TRANSFERS = Metric(
    "voxdesk_transfers_total", "counter", "Transfers, by kind and how they ended.",
    ("mode", "outcome"),
)  # fmt: skip
LOOKUPS = Metric(
    "voxdesk_lookups_total", "counter", "Look-ups of records in calls: found, missing, failed.",
    ("outcome",),
)  # fmt: skip

MESSAGES_UNHEARD = Metric(
    "voxdesk_messages_unheard", "gauge", "Messages that nobody has listened to, by mailbox.",
    ("mailbox",),
)  # fmt: skip
CALLBACKS_WAITING = Metric(
    "voxdesk_callbacks_waiting", "gauge", "Callers who are to be called back, at any time.",
)  # fmt: skip
CALLBACKS_CALLED = Metric(
    "voxdesk_callback_calls_total",
    "counter",
    "Calls made to call somebody back, by what came of it: `talked`, `declined`, `no_answer`, "
    "`busy`, `no_person` (a machine), `no_agent` …",
    ("outcome",),
)

LOG_PENDING = Metric(
    "voxdesk_call_log_pending", "gauge", "Entries of call logs that are in memory only."
)
LOG_SPOOLING = Metric(
    "voxdesk_call_log_spooling", "gauge", "1 while call logs wait on disk for the database."
)
LOG_LOST = Metric(
    "voxdesk_call_log_lost_total", "counter", "Entries that neither database nor disk took."
)
LOG_REJECTED = Metric(
    "voxdesk_call_log_rejected_total", "counter", "Entries that the database refused for good."
)
ALARM = Metric(
    "voxdesk_alarm",
    "gauge",
    "1 while a number of the call centre is off its goal, as on the live page; 0 for the others "
    "that have one. Every engine on a database says the same.",
    ("number",),
)
DATABASE_UP = Metric("voxdesk_database_up", "gauge", "1 when the database answered lately.")
RECORDINGS = Metric(
    "voxdesk_recordings_total", "counter", "Recordings: `started`, `stopped`, `failed`.",
    ("state",),
)  # fmt: skip
DISK_FREE = Metric("voxdesk_disk_free_bytes", "gauge", "Room on the disk of `state_dir`.")
ERRORS = Metric(
    "voxdesk_errors_total", "counter", "Faults of ours in calls, by code.", ("code",)
)  # fmt: skip
TRACES = Metric(
    "voxdesk_traces_total",
    "counter",
    "Traces of calls: `sent`, or `dropped` because the collector took none.",
    ("outcome",),
)

LOOP_LAG = Metric(
    "voxdesk_event_loop_lag_seconds",
    "histogram",
    "How late the engine's event loop ran, looked at twenty times a second.",
    (),
)
LOOP_RECENT = Metric(
    "voxdesk_event_loop_recent_lag_seconds", "gauge", "The average of the last seconds."
)
PROCESS = (
    Metric("voxdesk_process_cpu_seconds_total", "counter", "Processor time of the engine."),
    Metric("voxdesk_process_resident_memory_bytes", "gauge", "Resident memory of the engine."),
    Metric("voxdesk_process_virtual_memory_bytes", "gauge", "Virtual memory of the engine."),
    Metric("voxdesk_process_open_fds", "gauge", "Open file descriptors of the engine."),
    Metric("voxdesk_process_max_fds", "gauge", "How many it may have."),
    Metric("voxdesk_process_start_time_seconds", "gauge", "When it started, Unix time."),
)

CATALOGUE: Final[tuple[Metric, ...]] = (
    *(value for value in list(globals().values()) if isinstance(value, Metric)),
    *PROCESS,
)
