"""Reads `config/services/*.yaml`, or says everything that is wrong with it."""

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dialog import flow_values as values
from dialog.catalogue import CRM, Catalogue
from dialog.flow_problems import Problem, Problems, meant
from dialog.flow_values import Context
from dialog.yaml_tree import MAX_BYTES, Node, YamlProblem, read_tree
from voxdesk.app.outside.reading_operations import keys_are_right, read_operation
from voxdesk.app.outside.service import Operation, Secret, Service, catalogue_of
from voxdesk.kernel.errors import SettingsError
from voxdesk.kernel.worded import plain, worded

FOLDER = "services"
KEYS = (
    "url", "headers", "timeout_s", "retries", "max_kb", "ca", "insecure", "lookups", "acts",
)  # fmt: skip
SECRET_KEYS = ("env", "file", "before")
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,80}")
_NOT_OURS = {"host", "content-length", "transfer-encoding", "connection", "cookie"}
_HERE = {"localhost", "127.0.0.1", "::1"}


def load_services(config_dir: Path) -> tuple[Service, ...]:
    """Every service of an installation, by name.

    Raises:
        SettingsError: a file is wrong; the report names every problem with its place.
    """
    found: list[Service] = []
    reports: list[str] = []
    for path in sorted((config_dir / FOLDER).glob("*.yaml")):
        service, problems = read_service(path)
        reports += [problem.shown(str(path)) for problem in problems]
        if service is not None:
            found.append(service)
    if reports:
        raise SettingsError("\n".join(reports))
    return tuple(found)


def load_catalogue(config_dir: Path) -> Catalogue:
    """All that flows of an installation can look up and have done.

    Raises:
        SettingsError: a service's file is wrong.
    """
    stamp = tuple(
        (str(path), path.stat().st_mtime_ns)
        for path in sorted((config_dir / FOLDER).glob("*.yaml"))
    )
    return _catalogue(config_dir, stamp)


@lru_cache(maxsize=4)
def _catalogue(config_dir: Path, stamp: object) -> Catalogue:
    del stamp  # files that have changed are read again
    return CRM.and_also(catalogue_of(load_services(config_dir)))


def read_service(path: Path) -> tuple[Service | None, tuple[Problem, ...]]:
    """One file: the service as far as it could be read, and what is wrong."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        return None, (
            Problem(1, worded("The file can't be read: {strerror}.", strerror=str(error.strerror))),
        )
    return check_service(data, name=path.stem)


def check_service(data: bytes, *, name: str) -> tuple[Service | None, tuple[Problem, ...]]:
    """The same for a file's content; `name` is the file's, without its ending."""
    problems = Problems()
    context = Context(problems, ("en",), worded('service "{name}"', name=name))
    try:
        tree = read_tree(data)
    except YamlProblem as problem:
        return None, (Problem.of(problem),)
    if not keys_are_right(tree, KEYS, context):
        return None, problems.all
    if not _NAME.fullmatch(name):
        problems.add(
            1,
            worded('"{name}" is no name of a service.', name=name),
            worded("Name the file in lower case letters, digits, - and _: warehouse.yaml"),
        )
    given = tree.entries()
    read: dict[str, Any] = {
        key: parse(given[key], context, key) for key, parse in _PLAIN.items() if key in given
    }
    read["headers"] = _headers(given.get("headers"), context)
    url = _url(given.get("url"), tree, context)
    _check_secrets(url, read["headers"], given, context)
    lookups = _operations(given.get("lookups"), name, context, act=False)
    acts = _operations(given.get("acts"), name, context, act=True)
    if not lookups and not acts and not problems.all:
        problems.add(
            tree.line,
            worded('{where} has neither "lookups" nor "acts".', where=context.where),
            worded(
                "Write lookups: {stock: {by: {sku: text}, get: /items/{sku}, record: {count: "
                "count}}}."
            ),
        )
    for what in sorted(set(lookups) & set(acts)):
        problems.add(
            given["acts"].line,
            worded(
                '{where}: "{what}" is both a lookup and an act.', where=context.where, what=what
            ),
            worded("Give one of them another name."),
        )
    return Service(name=name, url=url, lookups=lookups, acts=acts, **read), problems.all


_PLAIN: Mapping[str, values.Parser] = {
    "timeout_s": values.number(0.2, 30, worded("seconds")),
    "retries": values.number(0, 3, whole=True),
    "max_kb": values.number(1, 1024, plain("KiB"), whole=True),
    "ca": values.name,
}


def _url(node: Node | None, tree: Node, context: Context) -> str:
    if node is None:
        context.problems.add(
            tree.line,
            worded('{where} has no "url".', where=context.where),
            worded("Write url: https://api.example.com/v1"),
        )
        return ""
    text = values.name(node, context, "url")
    try:
        parts = urlsplit(text)
        right = parts.scheme in {"http", "https"} and bool(parts.hostname)
        right = right and (parts.port is None or parts.port > 0)
    except ValueError:
        right = False
    if text and (not right or parts.query or parts.fragment or not text.isprintable()):
        context.problems.add(
            node.at,
            worded('{where}: "url" is no address of a service.', where=context.where),
            worded("Write it like https://api.example.com/v1, without a question mark."),
        )
        return ""
    if text and parts.username:
        context.problems.add(
            node.at,
            worded('{where}: "url" has a user name in it.', where=context.where),
            worded("Secrets go into headers: {Authorization: {env: NAME}}."),
        )
        return ""
    return text


def _headers(node: Node | None, context: Context) -> Mapping[str, str | Secret]:
    if node is None:
        return {}
    if not node.is_map:
        context.problems.add(
            node.at,
            worded('{where}: "headers" are names with values.', where=context.where),
            worded('Write headers: {Authorization: {env: SHOP_TOKEN, before: "Bearer "}}.'),
        )
    found: dict[str, str | Secret] = {}
    for name, entry in node.entries().items():
        if not _HEADER.fullmatch(name) or name.lower() in _NOT_OURS:
            context.problems.add(
                entry.line,
                worded(
                    '{where}: "{name}" is no header that can be set here.',
                    where=context.where,
                    name=name,
                ),
            )
            continue
        found[name] = _header(entry, name, context)
    return found


def _header(node: Node, name: str, context: Context) -> str | Secret:
    key = f"headers.{name}"
    if not node.is_map:
        text = values.name(node, context, key)
        if not text.isprintable():
            context.problems.add(
                node.at,
                worded(
                    '{where}: "{key}" has a sign that can\'t be sent.', where=context.where, key=key
                ),
            )
            return ""
        return text
    for part, entry in node.entries().items():
        if part not in SECRET_KEYS:
            context.problems.add(
                entry.line,
                worded(
                    '{where}: "{key}.{part}", and a secret has no such key.',
                    where=context.where,
                    key=key,
                    part=part,
                ),
                meant(part, SECRET_KEYS, worded("Keys")),
            )
    read = {part: entry.raw for part, entry in node.entries().items() if part in SECRET_KEYS}
    if bool(read.get("env", "").strip()) == bool(read.get("file", "").strip()):
        context.problems.add(
            node.line,
            worded(
                '{where}: "{key}" says where a secret is by "env" or by "file".',
                where=context.where,
                key=key,
            ),
            worded("Write {name}: {env: NAME_OF_A_VARIABLE}.", name=name),
        )
    return Secret(
        env=read.get("env", "").strip(),
        file=read.get("file", "").strip(),
        before=read.get("before", ""),
    )


def _check_secrets(
    url: str, headers: Mapping[str, str | Secret], given: Mapping[str, Node], context: Context
) -> None:
    """A secret in clear over a network is none."""
    insecure = "insecure" in given and values.flag(given["insecure"], context, "insecure")
    if not url.startswith("http:") or insecure or urlsplit(url).hostname in _HERE:
        return
    if any(isinstance(value, Secret) for value in headers.values()):
        context.problems.add(
            given["url"].at,
            worded(
                "{where}: a secret would be sent over http, where others can read it.",
                where=context.where,
            ),
            worded("Write https, or insecure: true where the network is your own."),
        )


def _operations(
    node: Node | None, service: str, context: Context, *, act: bool
) -> dict[str, Operation]:
    if node is None:
        return {}
    key = "acts" if act else "lookups"
    if not node.is_map or not node.entries():
        context.problems.add(
            node.at,
            worded('{where}: "{key}" are names with what is sent.', where=context.where, key=key),
        )
    found: dict[str, Operation] = {}
    for name, entry in node.entries().items():
        if not _NAME.fullmatch(name):
            context.problems.add(
                entry.line,
                worded(
                    '{where}: "{name}" is no name of something to look up or do.',
                    where=context.where,
                    name=name,
                ),
                worded("Use lower case letters, digits, - and _."),
            )
            continue
        full = f"{service}.{name}"
        where = worded('act "{name}"', name=full) if act else worded('lookup "{name}"', name=full)
        inner = Context(context.problems, context.languages, where)
        found[f"{service}.{name}"] = read_operation(f"{service}.{name}", entry, inner, act=act)
    return found
