"""Finds steps that only got another name."""

from collections.abc import Mapping

Plain = str | list["Plain"] | dict[str, "Plain"]
"""A value as written: a text, a list, or keys with values; never where or how."""
_ANY = "\0"
"""Stands for the name of any step that has gone or come; no file has this character."""


def renames(old: Mapping[str, Plain], new: Mapping[str, Plain]) -> dict[str, str]:
    """Old name to new name, for steps that are otherwise the same.

    Steps that name each other, or themselves, count as the same when they do so by the new names.
    """
    gone = [name for name in old if name not in new]
    come = [name for name in new if name not in old]
    waiting: dict[str, list[str]] = {}
    for name in come:
        waiting.setdefault(_key(new[name], dict.fromkeys(come, _ANY)), []).append(name)
    found: dict[str, str] = {}
    for name in gone:
        candidates = waiting.get(_key(old[name], dict.fromkeys(gone, _ANY)), [])
        if candidates:
            found[name] = candidates.pop(0)
    # Two that are alike but for whom they lead to must not be taken for one another.
    while wrong := [
        before for before, after in found.items() if _key(old[before], found) != _key(new[after])
    ]:
        for before in wrong:
            del found[before]
    return found


def _key(value: Plain, names: Mapping[str, str] | None = None) -> str:
    """The content as one text, with names replaced where a whole value is one."""
    if isinstance(value, dict):
        entries = sorted(f"{key!r}:{_key(entry, names)}" for key, entry in value.items())
        return "{" + ",".join(entries) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_key(entry, names) for entry in value) + "]"
    return repr((names or {}).get(value, value))
