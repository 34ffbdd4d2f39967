"""Write docs/reference/settings.md from the settings themselves."""

from pathlib import Path

from voxdesk.app.settings import describe

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "settings.md"

HEAD = """# Settings

Settings are read from `config/voxdesk.yaml` (or the file that `VOXDESK_CONFIG` names) and from the
environment, which wins: `VOXDESK_SIP__PORT=5080` is `sip: {port: 5080}`. They are checked at
start; a wrong one is named with its line and what would be right. `voxdesk settings` prints this
list.

| setting | default | meaning |
|---|---|---|
"""


def page() -> str:
    """The whole page."""
    rows = (
        f"| `{name}` | {_cell(default)} | {meaning.replace('|', chr(92) + '|')} |"
        for name, default, meaning in describe()
    )
    return HEAD + "\n".join(rows) + "\n"


def _cell(default: str) -> str:
    return default if default == "(empty)" else f"`{default}`"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
