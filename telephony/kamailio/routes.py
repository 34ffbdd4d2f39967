"""What Kamailio does with each message: its routing script. Pure.

Which line owns a call is in the Contact that the line gave (`;vxl=2`), so a Kamailio that was
killed and started again knows it as well. Only for peers that lose that mark it is remembered, too.
"""

from typing import Final

from telephony.kamailio.settings import (
    EVERYONE,
    LINE_PARAMETER,
    LOOPBACK,
    PRIVATE_NETWORKS,
    TRUNK,
    DoorSettings,
)

SOURCE_HEADER: Final = "X-Voxdesk-Source"
"""Who sent the INVITE; only the door may say so."""
FINAL_HEADER: Final = "X-Voxdesk-Final"
"""On a rejection that the flow chose; the same as a line's `FINAL_MARK`."""
SCANNERS: Final = (
    "friendly-scanner|friendly-request|sipvicious|sipcli|sip-scan|sipscan|sundayddr|iwar|pplsip|"
    "vaxsipuseragent|smap|sipptk|scanner|sipsak"
)
METHODS: Final = "INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE, INFO, PRACK, REFER, NOTIFY"
RETRY_AFTER_S: Final = 5
ALONE_MINUTES: Final = 10
"""Without a line for so long, the door closes by itself."""

_DESTINATION: Final = """\
# Where $var(line) listens; false when there is no such line.
route[LINE] {{
    switch ($var(line)) {{
{cases}
        default: return -1;
    }}
    $fsn = "inner";
    return 1;
}}
"""

_SCRIPT: Final = """\
request_route {{
    if ($Rp == {inner_port}) {{
        route(FROM_INSIDE);
        exit;
    }}
    if ($ua =~ "{scanners}") exit;
    if (!pike_check_req()) exit;
    if (msg:len > {max_bytes}) {{
        sl_send_reply("513", "Message Too Large");
        exit;
    }}
    if (!sanity_check()) exit;  # which has answered it
    if (!mf_process_maxfwd_header("30")) {{
        sl_send_reply("483", "Too Many Hops");
        exit;
    }}
    remove_hf_re("^X-Voxdesk-");
    force_rport();
    if (is_method("CANCEL")) {{
        if (t_check_trans()) t_relay();
        else sl_send_reply("481", "Call/Transaction Does Not Exist");
        exit;
    }}
    if (has_totag()) {{
        route(IN_A_CALL);
        exit;
    }}
    if (is_method("ACK")) exit;
    if (is_method("OPTIONS")) {{
        route(HELLO);
        exit;
    }}
    route(SOURCES);
    if (!is_method("INVITE")) {{
        append_to_reply("Allow: {methods}\\r\\n");
        sl_send_reply("405", "Method Not Allowed");
        exit;
    }}
    if (!is_present_hf("Contact")) {{
        sl_send_reply("400", "Missing Contact");
        exit;
    }}
    if (t_precheck_trans()) {{
        t_check_trans();
        exit;
    }}
    t_check_trans();
    route(LIMITS);
    route(ALIAS);
    # TLS has ended here: a line that knows only UDP refuses the scheme.
    if ($(ru{{uri.scheme}}) == "sips") $ru = "sip:" + $(ru{{s.substr,5,0}});
    record_route();
    append_hf("{source_header}: $si:$sp\\r\\n");
    if (is_present_hf("Replaces")) route(TAKE_OVER);
    else route(NEW_CALL);
    exit;
}}

route[HELLO] {{
    append_to_reply("Allow: {methods}\\r\\nAccept: application/sdp\\r\\n");
    sl_send_reply("200", "OK");
}}

route[SOURCES] {{
    if ({listed}) return;
    if ($shtinc(told=>$si) == 1) xlog("L_WARN", "$rm from $si refused: it isn't in sip.sources\\n");
    sl_send_reply("403", "Forbidden");
    exit;
}}

route[LIMITS] {{
    if ($shtinc(rate=>$si:$Ts) > {source_calls} || $shtinc(rate=>all:$Ts) > {calls}) {{
        if ($shtinc(told=>rate:$si) == 1) xlog("L_WARN", "too many calls; one was from $si\\n");
        append_to_reply("Retry-After: {retry_after}\\r\\n");
        sl_send_reply("503", "Too Many Calls");
        exit;
    }}
}}

# A phone behind NAT, or with a connection of its own, is reached where it was heard from. Not when
# there is another proxy before it.
route[ALIAS] {{
    if (is_present_hf("Record-Route")) return;
    if ($proto != "udp" || (nat_uac_test("1") && !({private}))) set_contact_alias("1");
}}

# From outside, within a call. Where it goes is for the line's mark to say, and for nobody's Route.
route[IN_A_CALL] {{
    $var(line) = $(ru{{uri.param,{line_parameter}}}{{s.int}});
    remove_hf("Route");
    if (is_method("ACK")) t_check_trans();  # that of a refusal ends here
    if (!route(LINE)) {{
        if ($sht(calls=>$(ci{{s.md5}})) == $null) {{
            if (!is_method("ACK")) sl_send_reply("481", "Call/Transaction Does Not Exist");
            exit;
        }}
        $du = "sip:{loopback}:" + $sht(calls=>$(ci{{s.md5}}));
        $fsn = "inner";
    }}
    if (is_method("BYE")) route(OVER);
    if (!is_method("ACK")) {{
        if (t_precheck_trans()) {{
            t_check_trans();
            exit;
        }}
        t_check_trans();
    }}
    if (is_method("INVITE|UPDATE|SUBSCRIBE|REFER")) route(ALIAS);
    t_on_reply("FROM_LINE");
    if (!t_relay()) sl_reply_error();
}}

# For the BYE's repetitions.
route[OVER] {{
    if ($sht(calls=>$(ci{{s.md5}})) != $null) $shtex(calls=>$(ci{{s.md5}})) = 60;
}}

route[NEW_CALL] {{
    if (!ds_select_dst("{lines}", "4")) {{
        route(NOBODY);
        exit;
    }}
    route(TRY);
}}

route[TRY] {{
    $avp(chosen) = 0;
    $fsn = "inner";
    t_set_fr(8000, 2000);
    t_on_reply("FROM_LINE");
    t_on_failure("NEXT");
    if (!t_relay()) sl_reply_error();
}}

route[NOBODY] {{
    append_to_reply("Retry-After: {retry_after}\\r\\n");
    send_reply("503", "Service Unavailable");
}}

# INVITE with Replaces: the owner's mark is in the request's URI when its Contact was used; else
# the lines are asked in turn, and those that don't have the call say 481.
route[TAKE_OVER] {{
    $avp(line) = $(ru{{uri.param,{line_parameter}}}{{s.int}});
    if ($avp(line) < 1 || $avp(line) > {count}) $avp(line) = 1;
    $avp(tries) = 1;
    route(TAKE_OVER_AT);
}}

route[TAKE_OVER_AT] {{
    $var(line) = $avp(line);
    route(LINE);
    $avp(chosen) = 0;
    t_set_fr(8000, 2000);
    t_on_reply("FROM_LINE");
    t_on_failure("NEXT_OWNER");
    if (!t_relay()) sl_reply_error();
}}

failure_route[NEXT_OWNER] {{
    if (t_is_canceled()) exit;
    if ($avp(chosen) == 1 || !t_check_status("481|408|503") || $avp(tries) >= {count}) exit;
    $avp(tries) = $avp(tries) + 1;
    $avp(line) = $avp(line) + 1;
    if ($avp(line) > {count}) $avp(line) = 1;
    route(TAKE_OVER_AT);
}}

onreply_route[FROM_LINE] {{
    if (is_present_hf("{final_header}")) {{
        $avp(chosen) = 1;
        remove_hf("{final_header}");
    }}
    if (t_check_status("18[0-9]")) t_set_fr(200000, 2000);  # it rings: now a person has time
    if (t_check_status("2[0-9][0-9]") && $rm == "INVITE") $sht(calls=>$(ci{{s.md5}})) = $sp;
}}

failure_route[NEXT] {{
    if (t_is_canceled() || $avp(chosen) == 1) exit;
    if (!t_check_status("486|408|5[0-9][0-9]")) exit;
    if (t_branch_timeout()) {{
        if (!t_branch_replied()) ds_mark_dst("ip");
    }} else if (t_check_status("486")) {{
        $avp(full) = 1;
    }}
    if (ds_next_dst()) {{
        route(TRY);
        exit;
    }}
    if ($avp(full) == 1) t_reply("486", "Busy Here");
    else route(NOBODY);
}}

# Once a minute. Without a line for so long, the engine is gone for good: a door that outlives an
# engine must not stay for ever. If there is one after all, it opens the door again at once.
route[ALONE] {{
    if (ds_is_active("{lines}")) {{
        $shv(alone) = 0;
        return;
    }}
    $shv(alone) = $shv(alone) + 1;
    if ($shv(alone) >= {alone_minutes}) {{
        xlog("L_WARN", "no line for {alone_minutes} minutes: the front door closes\n");
        abort();
    }}
}}

# From a line, to wherever it says: but never back to a line.
route[FROM_INSIDE] {{
    if (is_method("OPTIONS") && $rp == {inner_port}) {{
        route(HELLO);
        exit;
    }}
    if (!({from_line})) exit;
    if (is_method("CANCEL")) {{
        if (t_check_trans()) t_relay();
        else sl_send_reply("481", "Call/Transaction Does Not Exist");
        exit;
    }}
    if (has_totag()) {{
        if (is_method("BYE")) route(OVER);
        loose_route();
        handle_ruri_alias();
    }} else {{
        if (is_method("ACK")) exit;
        if (is_method("REGISTER")) {{
            # one Contact, whichever line holds the registration
            subst_hf("Contact", "/;{line_parameter}=[0-9]+//", "a");
            t_on_reply("FROM_TRUNK");
        }} else {{
            record_route();
            $avp(port) = $sp;
            t_on_reply("FROM_OUTSIDE");
        }}
    }}
    if ({to_ourselves}) {{
        if (!is_method("ACK")) sl_send_reply("403", "This Would Come Back");
        exit;
    }}
    if (is_method("ACK")) t_check_trans();
    if ($du == $null) $var(to) = $ru;
    else $var(to) = $du;
    $var(by) = $(var(to){{uri.transport}});
    if ($var(by) == "" || $var(by) =~ "^(udp|UDP)$") $fsn = "outer_udp";
    if (!t_relay()) sl_reply_error();
}}

onreply_route[FROM_OUTSIDE] {{
    if (t_check_status("18[0-9]|2[0-9][0-9]")) route(ALIAS);
    if (t_check_status("2[0-9][0-9]") && $rm == "INVITE") $sht(calls=>$(ci{{s.md5}})) = $avp(port);
}}

onreply_route[FROM_TRUNK] {{
    if (t_check_status("2[0-9][0-9]")) $sht(trunk=>$si) = 1;
}}
"""


def routes(settings: DoorSettings) -> str:
    """The script."""
    ports = settings.line_ports
    cases = "\n".join(
        f'        case {index + 1}: $du = "{settings.line_uri(index)}"; break;'
        for index in range(len(ports))
    )
    own_ports = (*ports, settings.inner_port)
    script = _SCRIPT.format(
        alone_minutes=ALONE_MINUTES,
        calls=settings.calls_per_s,
        count=len(ports),
        final_header=FINAL_HEADER,
        from_line=f"src_ip == {LOOPBACK} && ({_any_of('$sp', ports)})",
        inner_port=settings.inner_port,
        line_parameter=LINE_PARAMETER,
        lines=1,
        loopback=LOOPBACK,
        listed=_listed(settings),
        max_bytes=settings.max_message_bytes,
        methods=METHODS,
        private=_within(PRIVATE_NETWORKS),
        retry_after=RETRY_AFTER_S,
        scanners=SCANNERS,
        source_calls=settings.source_calls_per_s,
        source_header=SOURCE_HEADER,
        to_ourselves=(
            "uri == myself"
            f' || ($rd == "{LOOPBACK}" && ({_any_of("$rp", own_ports)}))'
            f' || ($dd == "{LOOPBACK}" && ({_any_of("$dp", own_ports)}))'
        ),
    )
    return script + "\n" + _DESTINATION.format(cases=cases)


def _listed(settings: DoorSettings) -> str:
    if EVERYONE in settings.sources:
        return "1 == 1"
    checks = [_within(settings.networks)] if settings.networks else []
    if TRUNK in settings.sources:
        checks.append("$sht(trunk=>$si) == 1")
    return " || ".join(checks) or "1 == 0"


def _within(networks: tuple[str, ...]) -> str:
    return " || ".join(f"src_ip == {network}" for network in networks)


def _any_of(name: str, ports: tuple[int, ...]) -> str:
    return " || ".join(f"{name} == {port}" for port in ports)
