"""Reads what callers may say at any step, as far as staff may add to it: names of languages."""

from collections.abc import Iterator
from pathlib import Path

from dialog.language_tags import is_tag, tag_meant
from dialog.understanding.words import squeezed
from dialog.yaml_tree import Node, YamlProblem, read_tree


def read_language_names(path: Path, problems: list[str]) -> dict[str, tuple[str, ...]]:
    """Primary tag to how callers name that language.

    Args:
        path: of the file; where there is none, callers can't ask for languages.
        problems: takes what is wrong, with file and line.
    """
    try:
        tree = read_tree(path.read_bytes())
    except FileNotFoundError:
        return {}
    except YamlProblem as problem:
        problems.append(f"{path}:{problem.line}  {problem}")
        return {}
    except OSError as error:
        problems.append(f"{path}  can't be read: {error.strerror}.")
        return {}
    found: dict[str, tuple[str, ...]] = {}
    owner: dict[str, str] = {}
    for tag, node in tree.entries().items():
        where = f"{path}:{node.line}"
        if not is_tag(tag) or "-" in tag:
            problems.append(f'{where}  "{tag}" is no primary language tag. {tag_meant(tag, ())}')
        names = tuple(_texts(node))
        if not names:
            problems.append(f'{where}  "{tag}" must be a list of names, as in {tag}: [English].')
        for name in names:
            other = owner.setdefault(squeezed(name), tag)
            if other != tag:
                problems.append(f'{where}  "{name}" is the name of "{other}" and of "{tag}".')
        found[tag] = names
    return found


def _texts(node: Node) -> Iterator[str]:
    for entry in node.value if node.is_list else [node]:
        if isinstance(entry, Node) and isinstance(entry.value, str) and entry.value.strip():
            yield entry.value.strip()
