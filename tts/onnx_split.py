"""Cut an ONNX model in two at one tensor, without the onnx package.

A Piper voice (VITS) is an encoder that plans the whole sentence, and a convolutional decoder that
turns the plan into samples. Packed in one graph they give nothing until all is done; apart, the
decoder can run piece by piece and the first sound is there after about a third of the time.

Only the outer protobuf messages are read (the wire format is stable and public); weights are
copied as bytes. Field numbers are those of onnx.proto, IR version 3 and later.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_MODEL_GRAPH = 7
_GRAPH_NODE, _GRAPH_NAME, _GRAPH_INITIALIZER, _GRAPH_INPUT, _GRAPH_OUTPUT = 1, 2, 5, 11, 12
_NODE_INPUT, _NODE_OUTPUT, _NODE_ATTRIBUTE = 1, 2, 5
_ATTRIBUTE_GRAPHS = (6, 11)  # a subgraph may use any outer tensor unseen
_TENSOR_NAME = 8
_VALUE_NAME = 1

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


class NotSplittable(ValueError):
    """The graph has no such seam; run it whole."""


@dataclass(frozen=True, slots=True)
class SplitModel:
    """Two models that give, one after the other, what the whole one gives.

    Attributes:
        first: from the model's inputs to the seam; its one output is `seam`.
        second: from the seam to the model's output.
        seam: name of the tensor between them.
        first_inputs: the model's inputs that `first` takes.
        second_inputs: the model's own inputs that `second` takes besides the seam.
    """

    first: bytes
    second: bytes
    seam: str
    first_inputs: tuple[str, ...]
    second_inputs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Field:
    number: int
    wire: int
    value: int | memoryview
    raw: memoryview  # tag included


@dataclass(frozen=True, slots=True)
class _Node:
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    raw: memoryview


def split_before_weight(model: bytes, weight: str) -> SplitModel:
    """Cut where the layer with this weight takes its input.

    Args:
        model: a serialized ModelProto with its weights inside and a single output.
        weight: name of the initializer of the second part's first layer.

    Raises:
        NotSplittable: damaged, no such layer, or the second part needs more than the seam and
            the model's own inputs.
    """
    try:
        return _split(model, weight)
    except (IndexError, UnicodeDecodeError) as error:
        raise NotSplittable("not a readable ONNX model") from error


def _split(model: bytes, weight: str) -> SplitModel:
    top = list(_fields(memoryview(model)))
    graphs = [f for f in top if f.number == _MODEL_GRAPH and f.wire == _BYTES]
    if len(graphs) != 1:
        raise NotSplittable("not one graph")
    parts = list(_fields(_bytes(graphs[0])))
    nodes = [_node(f) for f in parts if f.number == _GRAPH_NODE]
    weights = {_name(f, _TENSOR_NAME): f.raw for f in parts if f.number == _GRAPH_INITIALIZER}
    inputs = {_name(f, _VALUE_NAME): f.raw for f in parts if f.number == _GRAPH_INPUT}
    outputs = {_name(f, _VALUE_NAME): f.raw for f in parts if f.number == _GRAPH_OUTPUT}
    if len(outputs) != 1:
        raise NotSplittable(f"{len(outputs)} outputs")
    entry = [n for n in nodes if weight in n.inputs[1:]]
    if len(entry) != 1 or entry[0].inputs[0] in weights or entry[0].inputs[0] in inputs:
        raise NotSplittable(f"no layer takes {weight}")
    seam = entry[0].inputs[0]
    seam_value = _float_tensor(seam)

    def part(wanted: str, stop: str, sources: Iterable[memoryview], sink: memoryview) -> bytes:
        kept, used = _slice(nodes, wanted, stop)
        body: list[bytes | memoryview] = [_len_field(_GRAPH_NAME, b"part")]
        body += [n.raw for n in kept]
        body += [raw for name, raw in weights.items() if name in used]
        body += sources
        body.append(sink)
        graph = b"".join(body)
        rest = [f.raw for f in top if f.number != _MODEL_GRAPH]
        return b"".join([*rest, _len_field(_MODEL_GRAPH, graph)])

    (output,) = outputs
    _, first_used = _slice(nodes, seam, "")
    second_kept, second_used = _slice(nodes, output, seam)
    if not any(seam in n.inputs for n in second_kept):
        raise NotSplittable(f"the output doesn't come from {seam}")
    planned = {"input", "input_lengths", "scales"} & second_used
    if planned:
        raise NotSplittable(f"the second part still needs {sorted(planned)}")
    first_inputs = tuple(name for name in inputs if name in first_used)
    second_inputs = tuple(name for name in inputs if name in second_used)
    seam_in = memoryview(_len_field(_GRAPH_INPUT, seam_value))
    seam_out = memoryview(_len_field(_GRAPH_OUTPUT, seam_value))
    return SplitModel(
        first=part(seam, "", [inputs[name] for name in first_inputs], seam_out),
        second=part(
            output, seam, [seam_in, *(inputs[name] for name in second_inputs)], outputs[output]
        ),
        seam=seam,
        first_inputs=first_inputs,
        second_inputs=second_inputs,
    )


def _slice(nodes: list[_Node], wanted: str, stop: str) -> tuple[list[_Node], set[str]]:
    """The nodes, in order, that `wanted` comes from, without what lies before `stop`."""
    producer = {out: node for node in nodes for out in node.outputs}
    used: set[str] = set()
    queue = [wanted]
    kept: set[int] = set()
    while queue:
        name = queue.pop()
        if name in used or name == stop or not name:
            continue
        used.add(name)
        node = producer.get(name)
        if node is not None and id(node) not in kept:
            kept.add(id(node))
            queue.extend(node.inputs)
    return [n for n in nodes if id(n) in kept], used


def _node(field: _Field) -> _Node:
    inputs: list[str] = []
    outputs: list[str] = []
    for inner in _fields(_bytes(field)):
        if inner.number == _NODE_INPUT:
            inputs.append(_text(inner))
        elif inner.number == _NODE_OUTPUT:
            outputs.append(_text(inner))
        elif inner.number == _NODE_ATTRIBUTE and any(
            f.number in _ATTRIBUTE_GRAPHS for f in _fields(_bytes(inner))
        ):
            raise NotSplittable("has graphs inside its nodes")
    return _Node(tuple(inputs), tuple(outputs), field.raw)


def _float_tensor(name: str) -> bytes:
    """A ValueInfoProto: a float tensor of three dimensions of any size."""
    dims = b"".join(_len_field(1, _len_field(2, f"seam_{axis}".encode())) for axis in range(3))
    tensor = b"\x08\x01" + _len_field(2, dims)  # elem_type FLOAT, shape
    return _len_field(_VALUE_NAME, name.encode()) + _len_field(2, _len_field(1, tensor))


# ------------------------------------------------------------------ protobuf's wire format


def _fields(data: memoryview) -> Iterator[_Field]:
    at = 0
    while at < len(data):
        start = at
        tag, at = _varint(data, at)
        wire = tag & 7
        value: int | memoryview
        if wire == _VARINT:
            value, at = _varint(data, at)
        elif wire == _BYTES:
            size, at = _varint(data, at)
            if at + size > len(data):
                raise NotSplittable("cut short")
            value = data[at : at + size]
            at += size
        elif wire in (_FIXED64, _FIXED32):
            size = 8 if wire == _FIXED64 else 4
            value = data[at : at + size]
            at += size
        else:
            raise NotSplittable("not a readable ONNX model")
        yield _Field(tag >> 3, wire, value, data[start:at])


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:  # noqa: PLR2004  the continuation bit
            return value, at
        shift += 7


def _encode_varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:  # noqa: PLR2004  the continuation bit
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _len_field(number: int, payload: bytes) -> bytes:
    return _encode_varint(number << 3 | _BYTES) + _encode_varint(len(payload)) + payload


def _bytes(field: _Field) -> memoryview:
    if not isinstance(field.value, memoryview) or field.wire != _BYTES:
        raise NotSplittable("not a readable ONNX model")
    return field.value


def _text(field: _Field) -> str:
    return str(bytes(_bytes(field)), "utf-8")


def _name(field: _Field, number: int) -> str:
    return next((_text(f) for f in _fields(_bytes(field)) if f.number == number), "")
