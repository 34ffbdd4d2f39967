"""Broken SIP: correct requests, broken in one to four ways each. The same seed, the same datagrams.

Each datagram is made from the seed and its number alone, so that one that broke something can be
made again: `Mutants("127.0.0.1:5060", "127.0.0.1:7000", seed=1).datagram(4711)`.
"""

import random
from collections.abc import Callable

from tests.chaos.bad_parts import (
    BAD_CSEQS,
    BAD_LENGTHS,
    BAD_SDPS,
    BAD_STARTS,
    BAD_URIS,
    BAD_VIAS,
    GARBAGE,
    HEADERS,
    IN_DIALOG,
    METHODS,
    MULTIPART,
)
from tests.chaos.requests import Request, Stranger, offer

_OTHER_METHOD = 0.3

Mutation = Callable[["Mutants", Request], None]


class Mutants:
    """An endless list of broken datagrams.

    Args:
        target: "host:port" that they are for.
        here: "host:port" that they pretend to come from.
        seed: of the dice.
    """

    def __init__(self, target: str, here: str, seed: int = 1) -> None:
        self.target = target
        self.here = here
        self.seed = seed
        self.dice = random.Random()  # noqa: S311  repeatable, no secret

    def datagram(self, number: int) -> bytes:
        """That one of the list; 1 to 65,507 bytes."""
        dice = self.dice
        dice.seed(f"{self.seed}:{number}")
        stranger = Stranger(self.target, self.here, user_agent="mutant", dice=dice)
        in_dialog = None
        method = dice.choice(METHODS)
        if dice.random() < 0.25:  # of a dialog that isn't here
            method = dice.choice(IN_DIALOG)
            in_dialog = (stranger.word(), stranger.word(), stranger.word())
        request = stranger.request(method, in_dialog=in_dialog)
        for _ in range(dice.randint(1, 4)):
            dice.choice(MUTATIONS)(self, request)
        raw = request.encode()
        if dice.random() < 0.3:
            raw = dice.choice(RAW)(self, raw)
        return raw[:65_507] or b"\x00"

    def pick(self, request: Request) -> int:
        """One of its headers."""
        return self.dice.randrange(len(request.headers))


def _set(name: str, values: tuple[str, ...]) -> Mutation:
    def mutate(mutants: Mutants, request: Request) -> None:
        value = mutants.dice.choice(values)
        for index, (header, _) in enumerate(request.headers):
            if header == name:
                request.headers[index] = (header, value)

    return mutate


def _duplicate(mutants: Mutants, request: Request) -> None:
    header = request.headers[mutants.pick(request)]
    request.headers += [header] * mutants.dice.choice((1, 2, 50))


def _remove(mutants: Mutants, request: Request) -> None:
    if len(request.headers) > 1:
        del request.headers[mutants.pick(request)]


def _oversize(mutants: Mutants, request: Request) -> None:
    index = mutants.pick(request)
    name, value = request.headers[index]
    more = mutants.dice.choice(("a", ";x=y", '"', "<", ",", "\u202e")) * mutants.dice.choice(
        (300, 2000, 9000)
    )
    request.headers[index] = (name, value + more)


def _spoil(mutants: Mutants, request: Request) -> None:
    index = mutants.pick(request)
    name, value = request.headers[index]
    at = mutants.dice.randint(0, len(value))
    request.headers[index] = (name, value[:at] + mutants.dice.choice(GARBAGE) + value[at:])


def _spoil_name(mutants: Mutants, request: Request) -> None:
    index = mutants.pick(request)
    name, value = request.headers[index]
    at = mutants.dice.randint(0, len(name))
    request.headers[index] = (name[:at] + mutants.dice.choice(GARBAGE) + name[at:], value)


def _fold(mutants: Mutants, request: Request) -> None:
    index = mutants.pick(request)
    name, value = request.headers[index]
    at = mutants.dice.randint(0, len(value))
    folds = mutants.dice.choice(("\r\n ", "\r\n\t", "\n ", "\r\n \r\n ")) * mutants.dice.choice(
        (1, 3, 60)
    )
    request.headers[index] = (name, value[:at] + folds + value[at:])


def _add(mutants: Mutants, request: Request) -> None:
    request.headers.insert(mutants.pick(request), mutants.dice.choice(HEADERS))


def _thousands(mutants: Mutants, request: Request) -> None:
    name = mutants.dice.choice(("X", "Via", "Route", "Contact", "Supported", "v"))
    request.headers += [(name, "x")] * mutants.dice.choice((100, 1000, 4000))


def _uri(mutants: Mutants, request: Request) -> None:
    method = request.start.partition(" ")[0]
    request.start = f"{method} {mutants.dice.choice(BAD_URIS)} SIP/2.0"


def _address(mutants: Mutants, request: Request) -> None:
    name = mutants.dice.choice(("From", "To", "Contact"))
    uri = mutants.dice.choice(BAD_URIS)
    shape = mutants.dice.choice(
        ("<{}>;tag=x", "{}", '"{}" <sip:a@h>', '"\\" <{}>', "<{}", "{}>;tag=")
    )
    _set(name, (shape.replace("{}", uri),))(mutants, request)


def _start(mutants: Mutants, request: Request) -> None:
    start = request.start
    spoiled = (
        start + " ",
        start.replace("2.0", "9.9"),
        start.replace(" ", "  "),
        start.replace(" ", "\t"),
        start[:9],
    )
    request.start = mutants.dice.choice(spoiled + BAD_STARTS)


def _body(mutants: Mutants, request: Request) -> None:
    request.body = mutants.dice.choice(BAD_SDPS)
    if mutants.dice.random() < 0.1:
        request.body = MULTIPART
        request.headers.append(("Content-Type", "multipart/mixed;boundary=b"))
    elif not any(name == "Content-Type" for name, _ in request.headers):
        request.headers.append(("Content-Type", "application/sdp"))


def _spoil_body(mutants: Mutants, request: Request) -> None:
    body = request.body or offer()
    at = mutants.dice.randint(0, len(body))
    request.body = (
        body[:at] + mutants.dice.choice(GARBAGE) * mutants.dice.choice((1, 40)) + body[at:]
    )


def _again(mutants: Mutants, request: Request) -> None:
    """Of a transaction, and a dialog, that others of these are of, too."""
    few = f"z9hG4bKagain{mutants.dice.randrange(4)}"
    call = f"again{mutants.dice.randrange(4)}"
    for index, (name, value) in enumerate(request.headers):
        if name == "Via":
            before, _, after = value.partition("branch=")
            request.headers[index] = (name, f"{before}branch={few};{after.partition(';')[2]}")
        elif name == "Call-ID":
            request.headers[index] = (name, call)
        elif name == "From":
            request.headers[index] = (name, value.partition(";tag=")[0] + ";tag=again")
        elif name == "CSeq" and mutants.dice.random() < _OTHER_METHOD:
            request.headers[index] = (name, f"1 {mutants.dice.choice(('INVITE', 'ACK', 'BYE'))}")


def _length(mutants: Mutants, request: Request) -> None:
    request.content_length = mutants.dice.choice(BAD_LENGTHS)


MUTATIONS: tuple[Mutation, ...] = (
    _again, _again, _again, _duplicate, _remove, _oversize, _spoil, _spoil, _spoil_name, _fold,
    _add, _add, _thousands,
    _uri, _address, _start, _body, _body, _spoil_body, _length, _set("CSeq", BAD_CSEQS),
    _set("Via", BAD_VIAS),
)  # fmt: skip


def _cut(mutants: Mutants, raw: bytes) -> bytes:
    return raw[: mutants.dice.randint(1, len(raw))]


def _flip(mutants: Mutants, raw: bytes) -> bytes:
    spoiled = bytearray(raw)
    for _ in range(mutants.dice.choice((1, 3, 30))):
        spoiled[mutants.dice.randrange(len(spoiled))] = mutants.dice.randrange(256)
    return bytes(spoiled)


def _binary(mutants: Mutants, raw: bytes) -> bytes:
    return mutants.dice.randbytes(mutants.dice.choice((1, 4, 60, 1500, 9000)))


def _leading(mutants: Mutants, raw: bytes) -> bytes:
    return mutants.dice.choice((b"\r\n\r\n", b"\n" * 300, b"\x00", b" ", b"\xef\xbb\xbf")) + raw


def _twice(mutants: Mutants, raw: bytes) -> bytes:
    return raw + raw


def _bare(mutants: Mutants, raw: bytes) -> bytes:
    return raw.replace(b"\r\n", mutants.dice.choice((b"\n", b"\r", b"\r\r\n", b"")))


RAW = (_cut, _cut, _flip, _flip, _binary, _leading, _twice, _bare)
