"""One tree of errors. Each has a stable code; its message says what, where, and what to do.

VoxdeskError
├── SettingsError            a wrong or unknown setting
├── FlowError                a flow that can't be run
├── PublishRefused           a flow that can't be published as it is
│   └── PublishConflict      somebody else has published meanwhile
├── ScorecardError           a scorecard that nobody can score with
├── ScoreRefused             a scoring that can't be kept like this
│   ├── ScoreConflict        it was changed meanwhile
│   └── ScoreTaken           somebody else is at it
├── AccessRefused            somebody may not do what they ask for
│   ├── PasswordRefused      a password that is too easy to guess
│   ├── LinkSpent            a one-time link that is worth nothing any more
│   ├── SignInRefused        a wrong name or password
│   ├── TooManyTries         too many of them; says when to try again
│   ├── SessionOver          a session that has ended
│   └── PasswordChangeNeeded somebody has to choose another password first
├── AudioFormatError         audio that is not what was agreed
├── ProtocolError            bytes between line and engine that make no sense
├── TelephonyError           the call path: a taken port, a line that is gone
│   └── NoLegFree            every leg is in use
├── RecognizerFailed         a speech engine gave up
├── SynthesisFailed          a voice gave up
├── ModelMissing             a model, voice or package is not there
├── RecordingMissing         there is no such recording
├── RecordingUnreadable      a recording is there, and can't be read: cut, changed, empty
│   └── RecordingLocked      its key isn't here
├── ServiceFailed            a system outside failed, or answers nonsense
└── DatabaseError            the database is away or of another version
"""

from datetime import datetime

from voxdesk.kernel.cases import Case
from voxdesk.kernel.worded import Worded


class VoxdeskError(Exception):
    """Anything that Voxdesk itself has to say to a person, in English.

    Attributes:
        worded: the message, where it can be said in other languages by its wording.
        case: which of the things that have this code; None: only the message says it.
        details: the values in the message, by name: whoever says it in another language needs them.
    """

    code = "voxdesk"

    def __init__(
        self, message: str = "", *, case: Case | None = None, **details: str | float
    ) -> None:
        super().__init__(message)
        self.worded = message if isinstance(message, Worded) else None
        self.case: Case | None = case
        self.details = details


class SettingsError(VoxdeskError):
    """A setting is wrong: names file, line, key, and what would be right."""

    code = "settings"


class FlowError(VoxdeskError):
    """A flow file can't be run: names file, line and the nearest right name."""

    code = "flow"


class PublishRefused(VoxdeskError):
    """A version of a flow can't be made live, or there is no such version."""

    code = "publish_refused"


class PublishConflict(PublishRefused):
    """A change was made from a version that isn't live any more.

    Attributes:
        flow: its name.
        number: the version that is live.
        author: who published that; the same for reason and at.
    """

    code = "publish_conflict"

    def __init__(
        self, message: str, *, flow: str, number: int, author: str, reason: str, at: datetime
    ) -> None:
        super().__init__(message, flow=flow, number=number, author=author, reason=reason)
        self.flow = flow
        self.number = number
        self.author = author
        self.reason = reason
        self.at = at


class ScorecardError(VoxdeskError):
    """A scorecard's file has mistakes, or isn't there: names file, line and column."""

    code = "scorecard"


class ScoreRefused(VoxdeskError):
    """A scoring can't be kept like this: says which answer, and what to do."""

    code = "score_refused"


class ScoreConflict(ScoreRefused):
    """A scoring was changed since it was read: says what is different."""

    code = "score_conflict"


class ScoreTaken(ScoreRefused):
    """A scoring, or the call that one is wanted of, is in somebody else's hands: says whose."""

    code = "score_taken"


class AccessRefused(VoxdeskError):
    """Somebody isn't known here, or may not do this."""

    code = "access_refused"


class NotYours(AccessRefused):
    """It is somebody else's; says whose."""

    code = "not_yours"


class PasswordRefused(AccessRefused):
    """A password that is too easy to guess; says what would be right."""

    code = "password_refused"


class LinkSpent(AccessRefused):
    """A one-time link was used, has expired, or never was."""

    code = "link_spent"


class SignInRefused(AccessRefused):
    """Name or password are wrong, or the account may not sign in; never says which."""

    code = "sign_in_refused"


class TooManyTries(AccessRefused):
    """Signing in failed too often.

    Attributes:
        wait_s: seconds until the next try is taken.
    """

    code = "too_many_tries"

    def __init__(self, message: str, *, wait_s: int) -> None:
        super().__init__(message, wait_s=wait_s)
        self.wait_s = wait_s


class SessionOver(AccessRefused):
    """Whoever was signed in isn't any more."""

    code = "session_over"


class PasswordChangeNeeded(AccessRefused):
    """An administrator wants another password to be chosen first."""

    code = "password_change_needed"


class AudioFormatError(VoxdeskError):
    """Audio of another type, shape or rate than agreed."""

    code = "audio_format"


class ProtocolError(VoxdeskError):
    """A message between line and engine that can't be decoded."""

    code = "protocol"


class TelephonyError(VoxdeskError):
    """The call path can't do what was asked."""

    code = "telephony"


class NoLegFree(TelephonyError):
    """Every call leg of every line is in use."""

    code = "no_leg_free"


class RecognizerFailed(VoxdeskError):
    """A recognizer could not hear this turn.

    Attributes:
        engine: which one.
        retryable: whether the same audio may succeed on a second try.
    """

    code = "recognizer"

    def __init__(self, message: str, *, engine: str, retryable: bool = False) -> None:
        super().__init__(f"{engine}: {message}")
        self.engine = engine
        self.retryable = retryable


class SynthesisFailed(VoxdeskError):
    """A voice could not say this sentence."""

    code = "synthesis"

    def __init__(self, message: str, *, voice: str) -> None:
        super().__init__(f"{voice}: {message}")
        self.voice = voice


class ModelMissing(VoxdeskError):
    """A model, voice or package is not on this machine; says how to bring it."""

    code = "model_missing"


class RecordingMissing(VoxdeskError):
    """A recording was deleted, moved, or never made."""

    code = "recording_missing"


class RecordingUnreadable(VoxdeskError):
    """A recording is there and can't be read as it was written."""

    code = "recording_unreadable"


class RecordingLocked(RecordingUnreadable):
    """The key of a recording isn't here, or isn't the one it was locked with."""

    code = "recording_locked"


class ServiceFailed(VoxdeskError):
    """A service that a flow uses didn't do what was asked; never says what that was about.

    Attributes:
        why: in one word: "timeout", "unreachable", "status_500", "nonsense", "too_large" …
    """

    code = "service"

    def __init__(self, operation: str, why: str) -> None:
        super().__init__(f"{operation}: {why}")
        self.why = why


class DatabaseError(VoxdeskError):
    """The database is away, or of a version that this program doesn't speak."""

    code = "database"
