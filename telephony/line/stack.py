"""pjsua2's endpoint: its set-up, its account, its end. Lives in the SIP thread."""

import ctypes
import gc
import sys
import time
import traceback
import urllib.parse
from collections.abc import Callable
from typing import Any, Final

import pjsua2 as pj

from telephony.line.doorbell import Doorbell
from telephony.line.guard import Guard
from telephony.line.patience import be_patient
from telephony.line.sentry import Sentry
from telephony.line.settings import CODECS, LineSettings
from telephony.line.sip_text import clean, quoted
from telephony.messages import FRAME_MS, SAMPLE_RATE_HZ, Registration
from voxdesk.kernel.errors import TelephonyError

_POLL_MS: Final = 20
_POLL_WITH_BELL_MS: Final = 100
_MAX_MEDIA_PORTS: Final = 512
_MIN_SESSION_S: Final = 90
_TCP_PORT_TRIES: Final = 20
_UNREGISTER_WITHIN_S: Final = 1.0
_APPEND: Final = 0x1108  # PJ_O_APPEND: what a line said before it died is worth keeping
_NO_NETWORK: Final = pj.PJSUA_DESTROY_NO_NETWORK  # what had to be said is said
_ADDRESS_IN_USE: Final = 120_098  # pjlib's mapping of EADDRINUSE
_PERMISSION_DENIED: Final = 120_013
_NOT_OUR_ADDRESS: Final = 120_099
_SRTP_SUITES: Final = ("AES_CM_128_HMAC_SHA1_80", "AES_256_CM_HMAC_SHA1_80")
"""Each costs a line of the INVITE, and beyond 1,300 bytes that goes by TCP (RFC 3261 18.1.1)."""
_USER_CHARACTERS: Final = "+*-_.!~'()"

IncomingHandler = Callable[[int, str, str], None]


class _Account(pj.Account):  # type: ignore[misc]  # pjsua2 has no types
    def __init__(
        self, on_incoming: IncomingHandler, on_registration: Callable[[Registration], None]
    ) -> None:
        super().__init__()
        self._on_incoming = on_incoming
        self._on_registration = on_registration

    def onIncomingCall(self, prm: Any) -> None:  # noqa: N802  pjsua2's name
        """An INVITE; what isn't taken here, pjsua2 hangs up."""
        try:
            self._on_incoming(prm.callId, prm.rdata.wholeMsg, prm.rdata.srcAddress)
        except Exception:  # noqa: BLE001  it must not unwind through pjsua2
            traceback.print_exc(file=sys.stderr)

    def onRegState(self, prm: Any) -> None:  # noqa: N802  pjsua2's name
        """The trunk's answer to REGISTER."""
        registered = prm.code // 100 == 2 and prm.expiration > 0  # noqa: PLR2004  2xx
        self._on_registration(Registration(registered, max(0, prm.code), max(0, prm.expiration)))


class Stack:
    """One SIP endpoint.

    Args:
        settings: of the line.
        on_incoming: called with pjsua2's call id, the INVITE's text and its source "ip:port".
        on_registration: called whenever the trunk has answered.

    Attributes:
        capacity: how many calls the library was compiled for.
        addresses: SIP URIs to dial.
        account: what calls belong to.
        bell: ends a `poll`.
        guard: looks at what comes before pjsip does.

    Raises:
        TelephonyError: a port is taken, an address isn't ours; says what to do.
    """

    def __init__(
        self,
        settings: LineSettings,
        on_incoming: IncomingHandler,
        on_registration: Callable[[Registration], None],
    ) -> None:
        self._settings = settings
        self._on_registration = on_registration
        self._registered = False
        self._endpoint = pj.Endpoint()
        self._endpoint.libCreate()
        self._endpoint.libInit(self._endpoint_config())
        library = ctypes.CDLL(pj._pjsua2.__file__)  # noqa: SLF001  pjsua2 doesn't wrap this
        self.capacity: int = library.pjsua_call_get_max_count()
        be_patient()
        self._endpoint.audDevManager().setNullDev()
        self._choose_codecs()
        self.addresses = self._listen()
        self._endpoint.libStart()
        udp = self._udp_addresses()
        self.bell = Doorbell(udp)
        self.guard = Guard(Sentry(frozenset(settings.trusted)), udp, self.poll)
        self.account = _Account(on_incoming, self._registration)
        self.account.create(self._account_config())

    def poll(self, *, alert: bool = False) -> None:
        """Let SIP happen; returns early when something did, or somebody rings the bell.

        At the latest after 100 ms; 20 when the bell doesn't work, or time matters (`alert`).
        """
        wait_ms = _POLL_WITH_BELL_MS if self.bell.works and not alert else _POLL_MS
        self._endpoint.libHandleEvents(wait_ms)
        self.bell.answer()

    def identity(self, caller: str, caller_name: str) -> tuple[str, str]:
        """From, and P-Asserted-Identity, for an outbound call; empty for the line's own."""
        user = urllib.parse.quote(clean(caller), safe=_USER_CHARACTERS)
        own = self._own_uri()
        if not user and not caller_name:
            return "", ""
        host = own.rpartition("@")[2]
        uri = f"<sip:{user}@{host}>" if user else f"<{own}>"
        return (f"{quoted(caller_name)} {uri}" if caller_name else uri), (uri if user else "")

    def register(self, *, on: bool) -> None:
        """Register at the trunk, at once and from now on; or take that back."""
        if self._settings.trunk is not None and (on or self._registered):
            self.account.setRegistration(on)

    def close(self) -> None:
        """Take the registration back and give everything up, in the only order that is safe.

        Calls must be over, and let go.
        """
        self.guard.close()
        self.bell.close()
        if self._registered:
            self.account.setRegistration(False)
        self._poll_until(lambda: not self._registered, _UNREGISTER_WITHIN_S)
        gc.collect()
        self.account.shutdown()
        del self.account
        gc.collect()
        self._endpoint.libDestroy(_NO_NETWORK)

    def _poll_until(self, done: Callable[[], bool], within_s: float) -> None:
        deadline_s = time.monotonic() + within_s
        while not done() and time.monotonic() < deadline_s:
            self.poll()

    def _registration(self, state: Registration) -> None:
        self._registered = state.registered
        self._on_registration(state)

    def _endpoint_config(self) -> Any:
        config = pj.EpConfig()
        config.logConfig.level = self._settings.log_level
        config.logConfig.consoleLevel = 0
        config.logConfig.filename = self._settings.log_file
        config.logConfig.fileFlags = _APPEND
        config.uaConfig.userAgent = self._settings.user_agent
        config.uaConfig.threadCnt = 0  # SIP runs in `poll`, so nothing happens behind our back
        config.uaConfig.natTypeInSdp = 0
        media = config.medConfig
        media.clockRate = media.sndClockRate = SAMPLE_RATE_HZ
        media.audioFramePtime = FRAME_MS
        media.ecTailLen = 0
        media.noVad = True
        media.sndAutoCloseTime = -1  # one clock thread for life; see `_keep_thread_state`
        media.maxMediaPorts = _MAX_MEDIA_PORTS
        media.threadCnt = 1
        media.quality = 5  # resampling: below, 3 kHz loses 5 dB; above, nothing is won
        return config

    def _choose_codecs(self) -> None:
        chosen = {CODECS[name]: rank for rank, name in enumerate(self._settings.codecs)}
        known = self._endpoint.codecEnum2()
        for name in [known[index].codecId for index in range(len(known))]:
            rank = next((rank for codec, rank in chosen.items() if name.startswith(codec)), None)
            self._endpoint.codecSetPriority(name, 0 if rank is None else 250 - 10 * rank)

    def _listen(self) -> tuple[str, ...]:
        """The same port number for every transport."""
        first, *others = self._settings.transports
        for attempt in range(_TCP_PORT_TRIES):
            transport_id, host, port = self._open(first, self._settings.port)
            try:
                for other in others:
                    self._open(other, port)
            except TelephonyError:
                if self._settings.port or attempt == _TCP_PORT_TRIES - 1:
                    raise
                self._endpoint.transportClose(transport_id)
            else:
                return tuple(
                    f"sip:{host}:{port}" + ("" if name == "udp" else f";transport={name}")
                    for name in self._settings.transports
                )
        raise TelephonyError("No port is free.")

    def _open(self, transport: str, port: int) -> tuple[int, str, int]:
        config = pj.TransportConfig()
        config.port = port
        config.boundAddress = self._sip_address
        if not self._settings.front_door:
            config.publicAddress = self._settings.public_address
        kind = pj.PJSIP_TRANSPORT_UDP if transport == "udp" else pj.PJSIP_TRANSPORT_TCP
        try:
            transport_id = self._endpoint.transportCreate(kind, config)
        except pj.Error as error:
            raise TelephonyError(self._cannot_listen(transport, port, error)) from error
        local = self._endpoint.transportGetInfo(transport_id).localName
        host, _, bound_port = local.rpartition(":")
        return transport_id, host, int(bound_port)

    def _udp_addresses(self) -> list[tuple[str, int]]:
        """As the system names the socket: the address bound to, or all of them."""
        return [
            (name, int(address.rpartition(":")[2]))
            for address in self.addresses
            if ";transport" not in address
            for name in (address.removeprefix("sip:").rpartition(":")[0], "0.0.0.0")  # noqa: S104
        ]

    def _cannot_listen(self, transport: str, port: int, error: Any) -> str:
        what = f"Can't listen for SIP on {self._sip_address}:{port} ({transport})"
        flag = "u" if transport == "udp" else "t"
        match error.status:
            case code if code == _ADDRESS_IN_USE:
                return (
                    f"{what}: the port is taken. Stop the program that has it "
                    f"(`ss -l{flag}np 'sport = :{port}'` shows which), or choose another port "
                    "(the setting sip.port)."
                )
            case code if code == _PERMISSION_DENIED:
                return f"{what}: not allowed. Choose a port from 1024 on."
            case code if code == _NOT_OUR_ADDRESS:
                return f"{what}: this machine has no such address. `ip address` shows its own."
        return f"{what}: {clean(error.reason)}."

    @property
    def _sip_address(self) -> str:
        return self._settings.sip_address or self._settings.bind_address

    def _own_uri(self) -> str:
        trunk = self._settings.trunk
        if trunk is None and self._settings.contact:
            return f"sip:voxdesk@{self._settings.contact.partition(';')[0]}"
        if trunk is None:
            return "sip:voxdesk@" + self.addresses[0].removeprefix("sip:").partition(";")[0]
        host = trunk.registrar.removeprefix("sip:").partition(";")[0].rpartition("@")[2]
        return f"sip:{trunk.user}@{host}"

    def _account_config(self) -> Any:
        settings = self._settings
        config = pj.AccountConfig()
        config.idUri = self._own_uri()
        transport = config.mediaConfig.transportConfig
        transport.boundAddress = settings.bind_address
        transport.publicAddress = settings.public_address
        transport.port = settings.rtp_port
        transport.portRange = settings.rtp_ports if settings.rtp_port else 0
        config.mediaConfig.srtpUse = {
            "off": pj.PJMEDIA_SRTP_DISABLED,
            "optional": pj.PJMEDIA_SRTP_OPTIONAL,
            "mandatory": pj.PJMEDIA_SRTP_MANDATORY,
        }[settings.srtp]
        config.mediaConfig.srtpSecureSignaling = 0  # keys over UDP, or through the front door's TLS
        for name in _SRTP_SUITES:
            suite = pj.SrtpCrypto()
            suite.name = name
            config.mediaConfig.srtpOpt.cryptos.append(suite)
        config.mediaConfig.srtpOpt.keyings.append(pj.PJMEDIA_SRTP_KEYING_SDES)
        if settings.front_door:
            config.sipConfig.proxies.append(f"sip:{settings.front_door};lr;hide")
        if settings.contact:
            user = settings.trunk.user if settings.trunk is not None else "voxdesk"
            config.sipConfig.contactForced = f"<sip:{user}@{settings.contact}>"
        config.callConfig.timerUse = pj.PJSUA_SIP_TIMER_OPTIONAL
        config.callConfig.timerMinSESec = _MIN_SESSION_S
        config.callConfig.timerSessExpiresSec = max(_MIN_SESSION_S, settings.session_expires_s)
        if (trunk := settings.trunk) is not None:
            config.regConfig.registrarUri = trunk.registrar
            config.regConfig.registerOnAdd = settings.register
            config.regConfig.timeoutSec = trunk.expires_s
            config.regConfig.retryIntervalSec = 10
            config.regConfig.firstRetryIntervalSec = 2
            name = trunk.auth_user or trunk.user
            config.sipConfig.authCreds.append(
                pj.AuthCredInfo(
                    "digest", "*", name, pj.PJSIP_CRED_DATA_PLAIN_PASSWD, trunk.password
                )
            )
            if trunk.proxy:
                config.sipConfig.proxies.append(trunk.proxy)
        return config
