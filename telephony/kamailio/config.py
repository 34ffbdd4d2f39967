"""Kamailio's configuration, written from `DoorSettings`. Pure.

Only checked numbers, addresses and host names get into it; paths never do (certificate and key
are linked beside it under names of ours).
"""

from typing import Final

from telephony.kamailio.routes import routes
from telephony.kamailio.settings import DoorSettings

CONFIG: Final = "door.cfg"
LINE_LIST: Final = "door.list"
TLS_CONFIG: Final = "door-tls.cfg"
CERTIFICATE: Final = "door-cert.pem"
KEY: Final = "door-key.pem"
RPC_SOCKET: Final = "door.sock"
LINES: Final = 1
"""The dispatcher's set of lines."""

_MODULES: Final = (
    "tm", "tmx", "sl", "rr", "pv", "xlog", "maxfwd", "textops", "siputils", "sanity", "nathelper",
    "pike", "htable", "dispatcher", "jsonrpcs", "rtimer", "cfgutils",
)  # fmt: skip

_CORE: Final = """\
#!KAMAILIO
# Written by Voxdesk at each start; changes here are lost.
debug=0
log_stderror=yes
children=1
tcp_children=2
auto_aliases=no
dns=no
rev_dns=no
dns_retr_time=1
dns_retr_no=1
dns_cache_negative_ttl=10
use_dst_blocklist=no
disable_core_dump=yes
mhomed=no
tcp_connection_lifetime=3605
tcp_max_connections=512
tcp_connect_timeout=5
tcp_send_timeout=5
server_header="Server: Voxdesk"
user_agent_header="User-Agent: Voxdesk"
"""

_PARAMETERS: Final = """\
modparam("tm", "fr_timer", 4000)
modparam("tm", "fr_inv_timer", 200000)
modparam("tm", "max_inv_lifetime", 300000)
modparam("tm", "failure_reply_mode", 3)
modparam("tm", "auto_inv_100_reason", "Trying")
modparam("rr", "enable_full_lr", 1)
modparam("rr", "append_fromtag", 0)
modparam("sanity", "default_checks", 17895)
modparam("pike", "sampling_time_unit", 2)
modparam("pike", "reqs_density_per_unit", {density})
modparam("pike", "remove_latency", 20)
modparam("pike", "pike_log_level", -1)
modparam("htable", "htable", "rate=>size=8;autoexpire=3;initval=0")
modparam("htable", "htable", "told=>size=6;autoexpire=60;initval=0")
modparam("htable", "htable", "calls=>size=10;autoexpire=86400")
modparam("htable", "htable", "trunk=>size=4;autoexpire=7200;initval=0")
modparam("dispatcher", "list_file", "{line_list}")
modparam("dispatcher", "flags", 2)
modparam("dispatcher", "xavp_dst", "_dsdst_")
modparam("dispatcher", "ds_default_socket", "udp:{inner}")
modparam("dispatcher", "ds_ping_method", "OPTIONS")
modparam("dispatcher", "ds_ping_from", "sip:door@{inner}")
modparam("dispatcher", "ds_ping_interval", 1)
modparam("dispatcher", "ds_probing_mode", 1)
modparam("dispatcher", "ds_probing_threshold", 2)
modparam("dispatcher", "ds_inactive_threshold", 1)
modparam("rtimer", "timer", "name=alone;interval=60;mode=0")
modparam("rtimer", "exec", "timer=alone;route=ALONE")
modparam("jsonrpcs", "transport", 4)
modparam("jsonrpcs", "dgram_socket", "{rpc_socket}")
"""
_TLS_PARAMETERS: Final = f"""\
modparam("tls", "config", "{TLS_CONFIG}")
modparam("tls", "low_mem_threshold1", 16384)
modparam("tls", "low_mem_threshold2", 8192)
"""
# In KB: connections are refused before calls have no memory left.
# One worker a socket: two would hand on a 180 and the 200 behind it, or an ACK and its BYE, in
# either order. A ping that isn't answered counts after fr_timer; a call has less time, see routes.


def kamailio_config(settings: DoorSettings) -> str:
    """The whole `kamailio.cfg`."""
    modules = [*_MODULES, *(["tls"] if settings.tls else [])]
    parameters = _PARAMETERS.format(
        density=2 * settings.source_requests_per_s,
        line_list=LINE_LIST,
        inner=settings.inner,
        rpc_socket=RPC_SOCKET,
    )
    if settings.tls:
        parameters += _TLS_PARAMETERS
    return "\n".join(
        (
            _CORE + "\n".join(_sockets(settings)),
            "\n".join(f'loadmodule "{name}.so"' for name in modules),
            parameters,
            routes(settings),
        )
    )


def line_list(settings: DoorSettings) -> str:
    """The dispatcher's list of destinations."""
    lines = range(len(settings.line_ports))
    return "".join(f"{LINES} {settings.line_uri(index)} 0 0 duid={index + 1}\n" for index in lines)


def tls_config() -> str:
    """The tls module's own file.

    Servers that we call over TLS are not verified: the system's list of authorities takes 60 MB
    of Kamailio's memory.
    """
    return f"""\
[server:default]
method = TLSv1.2+
certificate = {CERTIFICATE}
private_key = {KEY}
verify_certificate = no
require_certificate = no

[client:default]
method = TLSv1.2+
verify_certificate = no
require_certificate = no
"""


def _sockets(settings: DoorSettings) -> list[str]:
    outer = [("udp", settings.port)]
    if settings.tcp:
        outer.append(("tcp", settings.port))
    if settings.tls:
        outer.append(("tls", settings.tls.port))
    return [
        *(
            f"listen={transport}:{settings.address}:{port} "
            f'advertise {settings.public_host}:{port} name "outer_{transport}"'
            for transport, port in outer
        ),
        f'listen=udp:{settings.inner} name "inner"',
        f"disable_tcp={'no' if settings.tcp or settings.tls else 'yes'}",
        f"enable_tls={'yes' if settings.tls else 'no'}",
    ]
