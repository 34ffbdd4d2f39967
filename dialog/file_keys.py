"""What the readers of all files of staff share: repeated keys, languages, how a path is shown."""

from pathlib import Path

from dialog import flow_values as values
from dialog.flow_problems import Problems, meant
from dialog.flow_texts import DEFAULT_LANGUAGE
from dialog.flow_values import Context
from dialog.language_tags import is_tag, tag_meant
from dialog.yaml_tree import Node
from voxdesk.kernel.worded import Worded, together, worded


def shown_path(path: Path) -> str:
    """The path as a person would type it from here."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def check_keys(node: Node, where: Worded, problems: Problems) -> None:
    """Keys that are there twice, or have no value because a text's comma ended it."""
    for key, line in node.repeated:
        problems.add(
            line,
            worded('{where} has the key "{key}" twice.', where=where, key=key),
            worded("Only one of them can count."),
        )
    check_bare(node, where, problems)
    for key, child in node.entries().items():
        check_keys(child, together([where, key], ", "), problems)
    for child in node.children() if node.is_list else ():
        check_keys(child, where, problems)


def check_bare(node: Node, where: Worded, problems: Problems) -> None:
    """Words between commas that aren't keys; mostly a text with a comma and without quotes."""
    for key, line in node.bare:
        problems.add(
            line,
            worded(
                '{where}: "{key}" stands between commas and has no value.', where=where, key=key
            ),
            worded(
                "Write {key}: …, or put quotes around the whole text that has the comma.", key=key
            ),
        )


def read_languages(
    several: Node | None, one: Node | None, problems: Problems, *, where: Worded, whose: Worded
) -> tuple[str, ...]:
    """The languages of a file, its first one first.

    Args:
        several: the value of "languages".
        one: the value of "language".
        problems: takes what is wrong.
        where: how messages name the file: "The flow".
        whose: the same as an owner: "the flow's".
    """
    context = Context(problems, (DEFAULT_LANGUAGE,), where)
    found = values.names(several, context, "languages") if several is not None else ()
    first = values.name(one, context, "language") if one is not None else ""
    for node in [*_singles(several), *_singles(one)]:
        tag = node.raw.strip()
        if tag and not is_tag(tag):
            problems.add(
                node.at,
                worded('"{tag}" is no language tag that is known.', tag=tag),
                tag_meant(tag, found),
            )
    if several is not None and several.is_list and not several.value:
        problems.add(
            several.at, worded('"languages" is an empty list.'), worded("Write languages: [en].")
        )
    for place, tag in enumerate(found):
        if tag in found[:place] and several is not None:
            problems.add(
                several.at,
                worded('"languages" has "{tag}" twice.', tag=tag),
                worded("Keep one of them."),
            )
    if first and found and first not in found:
        problems.add(
            one.at if one else 1,
            worded(
                '"language" is "{first}", and that is not among {whose} languages.',
                first=first,
                whose=whose,
            ),
            meant(first, found, worded("Languages")),
        )
    order = [first, *found] if first else [*found]
    return tuple(dict.fromkeys(tag for tag in order if tag)) or (DEFAULT_LANGUAGE,)


def _singles(node: Node | None) -> list[Node]:
    """The single values of a list, or the value itself."""
    if node is None or node.is_map:
        return []
    return [
        entry
        for entry in (node.children() if node.is_list else [node])
        if not entry.is_map and not entry.is_list and entry.value is not None
    ]
