"""Every setting, with its default and its meaning; `config/voxdesk.yaml` and the environment.

A field's description is its documentation: the settings reference is made of it. The environment
overrides the file: `VOXDESK_SIP__PORT=5080` is `sip: {port: 5080}`.
"""

import difflib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, ValidationError, field_validator
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from telephony.sip_uri import check_sip_uri
from voxdesk.app.callback_settings import CallbackSettings
from voxdesk.app.console_settings import ConsoleSettings
from voxdesk.app.goal_settings import GoalSettings
from voxdesk.app.import_settings import ImportSettings
from voxdesk.app.job_settings import JobSettings
from voxdesk.app.message_settings import MessageSettings
from voxdesk.app.observe_settings import LimitSettings, LogSettings, ObserveSettings
from voxdesk.app.privacy_settings import PrivacySettings
from voxdesk.app.recording_settings import RecordingSettings
from voxdesk.app.setting_types import Language, Port, Seconds, Section
from voxdesk.kernel.errors import SettingsError, TelephonyError

ENV_PREFIX = "VOXDESK_"
ENV_NESTING = "__"
# Read by other parts of the project; not settings of the product.
ENV_NOT_SETTINGS = {"VOXDESK_CONFIG", "VOXDESK_DATA"}
DEFAULT_FILE = Path("config/voxdesk.yaml")


class TrunkSettings(Section):
    """An account at a SIP provider, to be called under its number and to call out."""

    registrar: str = Field("", description="Host, or host:port. Empty: no trunk.")
    user: str = Field("", description="User name of the account.")
    password: str = Field(
        "", description="Password. Better given as VOXDESK_SIP__TRUNK__PASSWORD.", repr=False
    )
    expires_s: int = Field(300, ge=60, le=86_400, description="How long one registration holds.")


class TlsSettings(Section):
    """SIP over TLS, which ends at the front door."""

    certificate: str = Field("", description="PEM file, with its chain. Empty: no TLS.")
    key: str = Field("", description="PEM file of its key, without a passphrase.")
    port: int = Field(5061, ge=1, le=65_535, description="Port to listen on for TLS.")


class DoorLimitSettings(Section):
    """What the front door lets through."""

    calls_per_s: int = Field(60, ge=1, le=10_000, description="New calls a second, in all.")
    source_calls_per_s: int = Field(
        30, ge=1, le=10_000, description="New calls a second from one address."
    )
    source_requests_per_s: int = Field(
        200,
        ge=10,
        le=100_000,
        description="Requests a second from one address; beyond, it gets no answer for a while.",
    )
    message_bytes: int = Field(
        16_384, ge=2_000, le=60_000, description="Longer requests are refused."
    )


class SipSettings(Section):
    """The telephone side."""

    address: str = Field("0.0.0.0", description="Address to listen on.")  # noqa: S104  callers come from outside
    port: Port = Field(5060, description="Port to listen on; 0 lets the system choose.")
    transports: tuple[Literal["udp", "tcp"], ...] = Field(
        ("udp",),
        min_length=1,
        description=(
            "udp, tcp, or both (a front door always takes UDP). Without a front door about sixty "
            "TCP connections are held and no more: offer it to known peers only."
        ),
    )
    public_address: str = Field(
        "", description="Address that callers see, when it isn't the one listened on (NAT)."
    )
    rtp_first_port: Port = Field(20_000, description="First port of the range for sound.")
    rtp_ports: int = Field(400, ge=8, le=20_000, description="How many ports that range has.")
    lines: int = Field(
        1,
        ge=1,
        le=32,
        description=(
            "Line processes, four calls each. Without a front door the k-th listens on `port` + k."
        ),
    )
    front_door: Literal["auto", "on", "off"] = Field(
        "auto",
        description=(
            "A Kamailio before the lines. auto: with several lines, when it is installed, and "
            "always with TLS."
        ),
    )
    sources: tuple[str, ...] = Field(
        ("private", "trunk"),
        description=(
            "Who may call through the front door: networks like 192.0.2.0/24, or the words "
            "private (this machine and private networks), trunk (whoever answers our "
            "registration), all."
        ),
    )
    limits: DoorLimitSettings = Field(
        DoorLimitSettings(), description="What the front door lets through."
    )
    tls: TlsSettings = Field(TlsSettings(), description="SIP over TLS.")
    outbound_legs: Literal["auto"] | Annotated[int, Field(ge=0, le=3)] = Field(
        "auto",
        description=(
            "Legs of each line that incoming calls leave free, for agents and transfers. auto: 1 "
            "with several lines, else 0. With 0 full lines take callers only, and they wait until "
            "another caller has gone."
        ),
    )
    trusted: tuple[str, ...] = Field(
        (),
        description=(
            "Addresses of trunks and front doors. All others are held to 60 new requests a "
            "second, and shut out for a while when they go far beyond it."
        ),
    )
    srtp: Literal["off", "optional", "mandatory"] = Field(
        "optional", description="Encrypted sound (SDES-SRTP)."
    )
    codecs: tuple[Literal["G722", "PCMU", "PCMA"], ...] = Field(
        ("G722", "PCMU", "PCMA"), min_length=1, description="Codecs offered, best first."
    )
    media_timeout_s: float = Field(
        20,
        ge=2,
        le=86_400,
        description="A call that hears no packet for so long has lost its media and ends.",
    )
    max_call_s: Seconds = Field(7200, description="No call lasts longer.")
    engine_timeout_s: float = Field(
        10,
        ge=1,
        le=120,
        description=(
            "A call whose engine died waits so long for the next one; it hears one short sentence."
        ),
    )
    fallback: str = Field(
        "",
        description=(
            "SIP address where such a call goes after that, by REFER. Empty: it hears an apology "
            "and ends."
        ),
    )

    @field_validator("fallback")
    @classmethod
    def _dialable(cls, value: str) -> str:
        if value:
            try:
                check_sip_uri(value)
            except TelephonyError as error:
                raise ValueError(str(error)) from error
        return value

    trunk: TrunkSettings = Field(TrunkSettings(), description="Registration at a provider.")


class CallSettings(Section):
    """Which flow answers which number."""

    flow: str = Field("shop", description="Flow for every number that isn't listed below.")
    numbers: dict[str, str] = Field(
        default_factory=dict, description="Called number (user part of the address): flow."
    )
    agents_number: str = Field(
        "agents", description="Who dials this signs in or out as an agent, by keys."
    )
    language: Language = Field("en", description="Language when flow and caller name none.")
    country: str = Field(
        "US",
        pattern=r"^[A-Z]{2}$",
        description="Country whose national phone numbers callers and staff use (US, DE, CN …).",
    )
    lookup_timeout_s: Seconds = Field(
        1.0, description="How long the caller's record is waited for before answering."
    )
    services_act: bool = Field(
        default=True,
        description=(
            "False: what flows have done by services counts as done and isn't, for trying out."
        ),
    )
    drain_s: float = Field(
        120,
        ge=0,
        le=86_400,
        description=(
            "How long calls in progress may go on after SIGTERM; then they are ended. New ones "
            "are refused meanwhile."
        ),
    )
    when_full: Literal["busy", "elsewhere", "apology"] = Field(
        "busy",
        description=(
            "A caller beyond the limits hears: busy, the busy tone (486); elsewhere, another "
            "machine behind the same front door (503); apology, a sentence."
        ),
    )
    limits: LimitSettings = Field(LimitSettings(), description="When the machine is full.")


class TurnsSettings(Section):
    """When the caller has finished, and when a prompt gives way."""

    patience: float = Field(
        1.0,
        ge=0.5,
        le=3.0,
        description=(
            "Factor on the silence that ends a turn (0.35 to 1.3 s, by what was said and asked). "
            "Higher cuts fewer callers off, and answers later."
        ),
    )
    barge_in: bool = Field(
        default=True, description="False: no prompt ever gives way to speech (keys still do)."
    )


class RecognitionSettings(Section):
    """Which recognizer hears."""

    engine: Literal["auto", "vosk", "whisper", "remote"] = Field(
        "auto", description="auto: Vosk when a model is installed for the language, else Whisper."
    )
    vosk_model: str = Field(
        "", description="Directory of a Vosk model; empty: the first one under var/models."
    )
    remote_url: str = Field("", description="WebSocket address of a vosk-server, ws://host:2700.")
    whisper_model: Literal["auto", "tiny.en", "base"] = Field(
        "auto", description="auto: base where it is installed and there is headroom, else tiny.en."
    )
    workers: int = Field(2, ge=1, le=64, description="Decodings at the same time.")


class SpeechSettings(Section):
    """Which voice speaks."""

    engine: Literal["piper", "edge"] = Field(
        "piper", description="edge sends texts to a cloud service; sensitive ones never."
    )
    piper_voice: str = Field(
        "",
        description="Folder of an English Piper voice; empty: an installed one, or the packaged.",
    )
    piper_voice_zh: str = Field(
        "", description="Folder of a Mandarin Piper voice; empty: an installed one, or none."
    )
    edge_voice: str = Field("en-US-AriaNeural", description="Voice of the cloud service.")
    edge_voice_zh: str = Field("zh-CN-XiaoxiaoNeural", description="The same for Mandarin.")
    cache_mb: int = Field(512, ge=1, le=1_000_000, description="Prompt cache on disk, at most.")
    workers: int = Field(1, ge=1, le=64, description="Sentences synthesized at the same time.")


class QueueSettings(Section):
    """Waiting for a person."""

    ring_s: Seconds = Field(20, description="How long an agent's phone rings before it's missed.")
    wrap_up_s: float = Field(5, ge=0, le=3600, description="Rest for an agent between two calls.")
    no_agents_wait_s: float = Field(
        20,
        ge=0,
        le=3600,
        description="How long a caller waits while no agent who could help is signed in.",
    )
    announce_every_s: Seconds = Field(30, description="How often the caller hears the position.")


class DatabaseSettings(Section):
    """Where the CRM lives."""

    url: str = Field(
        "",
        description=(
            "SQLAlchemy URL, e.g. postgresql+psycopg://voxdesk@localhost/voxdesk; "
            "empty: SQLite at var/voxdesk.db."
        ),
        repr=False,
    )


class Settings(Section):
    """All of them. Paths are absolute after loading."""

    state_dir: Path = Field(
        Path("var"), description="Database, recordings, prompt cache, models, sockets."
    )
    config_dir: Path = Field(Path("config"), description="Flows, prompts: all that staff edit.")
    sip: SipSettings = Field(SipSettings(), description="The telephone side.")
    calls: CallSettings = Field(CallSettings(), description="Which flow answers which number.")
    turns: TurnsSettings = Field(TurnsSettings(), description="Turn taking.")
    recognition: RecognitionSettings = Field(RecognitionSettings(), description="Hearing.")
    speech: SpeechSettings = Field(SpeechSettings(), description="Speaking.")
    recording: RecordingSettings = Field(RecordingSettings(), description="Recordings.")
    privacy: PrivacySettings = Field(PrivacySettings(), description="How long things are kept.")
    queue: QueueSettings = Field(QueueSettings(), description="Waiting for a person.")
    callbacks: CallbackSettings = Field(CallbackSettings(), description="Calls that we promised.")
    messages: MessageSettings = Field(MessageSettings(), description="What callers leave.")
    imports: ImportSettings = Field(ImportSettings(), description="Recordings from elsewhere.")
    jobs: JobSettings = Field(JobSettings(), description="Work after calls.")
    database: DatabaseSettings = Field(DatabaseSettings(), description="The CRM's database.")
    log: LogSettings = Field(LogSettings(), description="The program's log.")
    observe: ObserveSettings = Field(ObserveSettings(), description="Metrics, health, traces.")
    goals: GoalSettings = Field(GoalSettings(), description="What a good day is.")
    console: ConsoleSettings = Field(ConsoleSettings(), description="The API, and its process.")

    @field_validator("state_dir", "config_dir")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @property
    def database_url(self) -> str:
        """The database's URL, SQLite under `state_dir` unless one is set."""
        return self.database.url or f"sqlite:///{self.state_dir / 'voxdesk.db'}"


def load_settings(path: Path | None = None, env: Mapping[str, str] | None = None) -> Settings:
    """Read file and environment.

    Args:
        path: the file; default `$VOXDESK_CONFIG`, else `config/voxdesk.yaml` if it is there.
        env: the environment; default the process's.

    Raises:
        SettingsError: names every wrong key, with its line and what would be right.
    """
    env = os.environ if env is None else env
    named = path or (Path(env["VOXDESK_CONFIG"]) if env.get("VOXDESK_CONFIG") else None)
    source = named or DEFAULT_FILE
    if named is not None and not named.is_file():
        raise SettingsError(f"{named}: there is no such settings file.")
    document = _read(source) if source.is_file() else CommentedMap()
    values: dict[str, Any] = _plain(document)
    origins: dict[tuple[str, ...], str] = {}
    for name, keys in _environment(env):
        _put(values, keys, env[name], name)
        origins[keys] = name
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        problems = [_explain(dict(item), source, document, origins) for item in error.errors()]
        raise SettingsError("\n".join(problems)) from None


def _read(path: Path) -> CommentedMap:
    try:
        document = YAML(typ="rt").load(path.read_text(encoding="utf-8"))
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise SettingsError(f"{path}:{line}  this is not YAML: {error.problem}") from error
    except (YAMLError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: this is not YAML: {error}") from error
    if document is None:
        return CommentedMap()
    if not isinstance(document, CommentedMap):
        raise SettingsError(f"{path}:1  settings are `key: value` lines, at the top level too.")
    return document


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value


def _environment(env: Mapping[str, str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for name in sorted(env):
        if name.startswith(ENV_PREFIX) and name not in ENV_NOT_SETTINGS:
            yield name, tuple(name.removeprefix(ENV_PREFIX).lower().split(ENV_NESTING))


def _put(values: dict[str, Any], keys: tuple[str, ...], text: str, name: str) -> None:
    place = values
    for key in keys[:-1]:
        inner = place.setdefault(key, {})
        if not isinstance(inner, dict):
            raise SettingsError(f"{name}: {key} is a value, not a block of settings.")
        place = inner
    # Lists and mappings are written as YAML; everything else pydantic turns from text.
    place[keys[-1]] = YAML(typ="safe").load(text) if text[:1] in {"[", "{"} else text


def _explain(
    problem: dict[str, Any],
    path: Path,
    document: CommentedMap,
    origins: Mapping[tuple[str, ...], str],
) -> str:
    keys = tuple(str(part) for part in problem["loc"])
    place = next((f"{name} (environment)" for at, name in origins.items() if at == keys), None)
    if place is None:
        place = f"{path}:{_line(document, keys)}"
    name = ".".join(keys)
    if problem["type"] == "extra_forbidden":
        known = list(_fields(keys[:-1]))
        near = difflib.get_close_matches(keys[-1], known, 1)
        hint = f"Did you mean {near[0]}?  " if near else ""
        return f"{place}  {name}: there is no such setting.\n  {hint}Here: {', '.join(known)}"
    secret = any(word in name for word in ("password", "url", "headers"))
    shown = "" if secret else f", not {problem.get('input')!r}"
    field = _field(keys)
    about = f"\n  {field.description}" if field is not None and field.description else ""
    message = problem["msg"].removeprefix("Input ").removeprefix("Value error, ")
    return f"{place}  {name}: {message}{shown}{about}"


def _line(document: CommentedMap, keys: tuple[str, ...]) -> int:
    line, place = 1, document
    for key in keys:
        if not isinstance(place, CommentedMap) or key not in place:
            break
        line = place.lc.key(key)[0] + 1
        place = place[key]
    return line


def _model(annotation: Any) -> type[Section] | None:
    for kind in (annotation, *get_args(annotation)):
        if isinstance(kind, type) and issubclass(kind, Section):
            return kind
    return None


def _fields(keys: tuple[str, ...]) -> Mapping[str, Any]:
    model: type[Section] | None = Settings
    for key in keys:
        field = model.model_fields.get(key) if model else None
        model = _model(field.annotation) if field else None
    return model.model_fields if model else {}


def _field(keys: tuple[str, ...]) -> Any:
    return _fields(keys[:-1]).get(keys[-1]) if keys else None


def describe(model: type[Section] = Settings, prefix: str = "") -> Iterator[tuple[str, str, str]]:
    """Every setting as (dotted name, default, description), for the reference and for help."""
    for name, field in model.model_fields.items():
        inner = _model(field.annotation)
        if inner is not None:
            yield from describe(inner, f"{prefix}{name}.")
            continue
        default = field.get_default(call_default_factory=True)
        yield f"{prefix}{name}", _shown(default), field.description or ""


def _shown(default: Any) -> str:
    if isinstance(default, bool):
        return "true" if default else "false"
    if isinstance(default, tuple):
        return f"[{', '.join(map(str, default))}]"
    if default in ("", {}):
        return "(empty)"
    return str(default)
