"""Parts that no SIP message should have, each of which some phone or scanner has sent."""

from tests.chaos.requests import offer

METHODS = (
    "INVITE", "INVITE", "INVITE", "OPTIONS", "REGISTER", "BYE", "CANCEL", "ACK", "INFO", "UPDATE",
    "PRACK", "REFER", "NOTIFY", "SUBSCRIBE", "MESSAGE", "PUBLISH", "invite", "X" * 40,
)  # fmt: skip
IN_DIALOG = (
    "BYE", "INFO", "UPDATE", "PRACK", "REFER", "NOTIFY", "ACK", "INVITE", "CANCEL",
)  # fmt: skip
BAD_URIS = (
    "sip:", "sip:@", "sip:a@", "sip:@h", "sip:a@[::1", "sip:a@[::1]:x", "sip:a@h:99999999999",
    "sip:%00@127.0.0.1", "sip:a%zz@127.0.0.1", "sips:a@127.0.0.1", "tel:+1;phone-context=<>",
    "http://x", "<sip:a@h>", "sip:a@h;a;b;c;=;==", "sip:a@h?Route=%3Csip:x%3E",
    "sip:" + "a" * 3000 + "@h", "sip:a@" + "h." * 800, "sip:a@127.0.0.1;transport=sctp", "*", "",
    " ", "\x00", "sip:a b@h", "sip:a@256.256.256.256", "sip:a@-1", "sip:a:b:c@h",
    "sip:a@h;lr;lr;lr", "urn:service:sos",
)  # fmt: skip
BAD_CSEQS = (
    "", "x INVITE", "-1 INVITE", "4294967296 INVITE", "99999999999999999999 INVITE", "1", "1 BYE",
    "1  INVITE  INVITE", "0 " + "I" * 900, "1\tINVITE", "1;INVITE",
)  # fmt: skip
BAD_VIAS = (
    "", "SIP/2.0/UDP", "SIP/3.0/UDP 127.0.0.1;branch=z9hG4bKx", "SIP/2.0/SCTP 127.0.0.1",
    "SIP/2.0/UDP 127.0.0.1;branch=", "SIP/2.0/UDP [::1]:5060;branch=z9hG4bKx",
    "SIP/2.0/UDP 127.0.0.1:99999;branch=z9hG4bKx",
    "SIP/2.0/UDP 127.0.0.1:9;rport=abc;branch=z9hG4bK", "SIP/2.0/UDP " + "a" * 2000,
    "SIP/2.0/UDP 127.0.0.1;" + ";".join(f"p{n}=v" for n in range(200)),
    "SIP/2.0/UDP 127.0.0.1;ttl=999;maddr=224.0.0.1;branch=z9hG4bKx", "SIP / 2.0 / UDP 127.0.0.1",
    ",".join(["SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKx"] * 40),
)  # fmt: skip
BAD_LENGTHS = (
    "", "-1", "0", "1", "99999", "4294967296", "18446744073709551616", "abc", "1e3", "0x10",
)  # fmt: skip
BAD_SDPS = (
    "v=0", "v=1\r\n", "v=0\r\n" * 300, "\x00" * 300, "v=0\r\no=\r\ns=\r\nt=\r\nm=\r\n",
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0\r\n",
    offer(port=0), offer(host="999.1.1.1"), offer(host="nowhere.invalid"), offer(host="224.0.0.1"),
    offer(host="0.0.0.0"),  # noqa: S104
    offer(more="a=rtpmap:0 PCMU/0\r\n"),
    offer(more="a=rtpmap:101 x/8000\r\n"),
    offer(more="a=rtpmap:\r\na=fmtp:\r\na=ptime:0\r\na=ptime:-5\r\na=maxptime:99999\r\n"),
    offer(more="a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:AAAA\r\n"),
    offer(more="a=crypto:1 NOPE inline:\r\na=crypto:\r\n").replace("AVP", "SAVP"),
    offer(more="a=rtcp:99999999\r\na=rtcp-mux\r\na=ssrc:x\r\na=ssrc:4294967296 cname:x\r\n"),
    offer(more="a=candidate:1 1 UDP 1 127.0.0.1 9 typ host\r\na=ice-ufrag:x\r\na=ice-pwd:y\r\n"),
    offer().replace("RTP/AVP 0 8 101", "RTP/AVP " + " ".join(str(n) for n in range(128))),
    offer().replace("m=audio 40000", "m=audio 4000000000"), offer().replace("audio", "video"),
    offer() + "".join(f"m=audio {4000 + n} RTP/AVP 0\r\n" for n in range(60)),
    offer(more="a=" + "x" * 3000 + "\r\n"), offer().replace("\r\n", "\n"),
    offer().replace("\r\n", "\r"),
    offer(more="".join(f"a=rtpmap:{n} c{n}/8000\r\n" for n in range(120))),
)  # fmt: skip
GARBAGE = (
    "\x00", "\r\n", "\r", "\n", "\t", " ", '"', "<", ">", ";", ",", ":", "@", "%", "\\", "(", ")",
    "\x1b[2J", "\u202e", "\ud800", "日本", "\xff\xfe", "%n%n%s", "\x7f", "=" * 50, "../" * 9,
    "{{7*7}}",
)  # fmt: skip
HEADERS = (
    ("Require", "100rel"), ("Require", "nonsense"),
    ("Supported", "100rel,timer,replaces,norefersub"), ("Session-Expires", "1"),
    ("Session-Expires", "90;refresher=uac"), ("Min-SE", "99999999"), ("Session-Expires", "-1"),
    ("Replaces", "a;to-tag=b;from-tag=c"), ("Replaces", ";;;"),
    ("Refer-To", "<sip:x@127.0.0.1:9>"), ("Refer-To", "<sip:x@127.0.0.1?Replaces=a%3Bto-tag%3Db>"),
    ("Event", "presence"), ("Event", "refer"), ("Event", "x" * 500), ("RAck", "1 1 INVITE"),
    ("RAck", "x"), ("Subscription-State", "active;expires=-1"), ("Expires", "99999999999"),
    ("Route", "<sip:127.0.0.1;lr>"), ("Route", "<sip:x@nowhere.invalid;lr>"),
    ("Record-Route", "<sip:127.0.0.1:9;lr>"), ("Record-Route", "x"),
    ("Authorization", "Digest " + ",".join(f'a{n}="b"' for n in range(60))),
    ("Authorization", "Digest"), ("Proxy-Authorization", 'Digest username="\x00"'),
    ("Accept", "," * 300), ("Warning", "399 x"), ("Retry-After", "99999999999999"),
    ("Max-Forwards", "-1"), ("Max-Forwards", "0"), ("Contact", "*"),
    ("Contact", "<sip:a@b>;q=9.999;expires=-1"), ("Contact", ",".join(["<sip:a@127.0.0.1>"] * 50)),
    ("P-Asserted-Identity", '"\x1b[31m" <tel:+1>'), ("Diversion", "<sip:x@y>;reason="),
    ("Content-Type", ""), ("Content-Type", "multipart/mixed;boundary="),
    ("Content-Type", "multipart/mixed"), ("Content-Type", "x/"), ("Content-Encoding", "gzip"),
    ("Identity", "x" * 2000), ("Date", "never"), ("Timestamp", "1e999"), ("", "nameless"),
    ("Bad Name", "x"), (":", ":"), ("X-Long", "y" * 3500),
)  # fmt: skip
MULTIPART = "--b\r\nContent-Type: application/sdp\r\n\r\n" + offer() + "\r\n--b--\r\n"
BAD_STARTS = (
    "SIP/2.0 200 OK", "SIP/2.0 -1 X", "SIP/2.0 99999999999 X", "SIP/2.0 100",
    "SIP/2.0 401 Unauthorized", "SIP/2.0 302 Moved", "SIP/2.0 699 " + "x" * 3000, "GET / HTTP/1.1",
    "",
)  # fmt: skip
