"""The style sheet of a drawing: colours for bright and dark screens, and no text of a flow."""

_LIGHT = {
    "paper": "#ffffff", "ink": "#1c2530", "soft": "#5a6675", "line": "#8793a2", "faint": "#c3cad3",
    "loop": "#a2559c", "gained": "#0b6e8f", "lost": "#b4530a",
    "blue": "#eaf2fd", "blue-line": "#3d78c2", "green": "#e8f6ec", "green-line": "#2f8550",
    "amber": "#fdf3dc", "amber-line": "#b07a12", "grey": "#f1f3f5", "grey-line": "#73808e",
    "violet": "#f0ecfb", "violet-line": "#7057bd", "rose": "#fdebec", "rose-line": "#c24a58",
    "teal": "#e3f5f5", "teal-line": "#1f8286", "ink-fill": "#e4e8ed", "ink-line": "#1c2530",
}  # fmt: skip
_DARK = {
    "paper": "#14181d", "ink": "#e8ecf1", "soft": "#a3aebb", "line": "#76828f", "faint": "#434d58",
    "loop": "#cf86c9", "gained": "#4fc3e8", "lost": "#f0a35e",
    "blue": "#18293f", "blue-line": "#6ba3e8", "green": "#16301f", "green-line": "#5fbd84",
    "amber": "#352a12", "amber-line": "#dba83e", "grey": "#242a31", "grey-line": "#8b97a4",
    "violet": "#262040", "violet-line": "#a18fe6", "rose": "#3a1d22", "rose-line": "#ea808c",
    "teal": "#11302f", "teal-line": "#4dbcbf", "ink-fill": "#2c343d", "ink-line": "#e8ecf1",
}  # fmt: skip
_HUES = ("blue", "green", "amber", "grey", "violet", "rose", "teal", "ink")


def style_sheet() -> str:
    """CSS for everything of class `voxdesk-flow` and below."""
    hues = "\n".join(
        f".voxdesk-flow .{hue} .shape{{fill:var(--{'ink-fill' if hue == 'ink' else hue});"
        f"stroke:var(--{hue}-line)}}"
        f".voxdesk-flow .{hue} .kind{{fill:var(--{hue}-line)}}"
        for hue in _HUES
    )
    return f"""
.voxdesk-flow{{{_variables(_LIGHT)}}}
@media (prefers-color-scheme:dark){{.voxdesk-flow{{{_variables(_DARK)}}}}}
.voxdesk-flow text{{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",
"Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif;fill:var(--ink)}}
.voxdesk-flow .paper{{fill:var(--paper)}}
.voxdesk-flow .head{{font-size:20px;font-weight:600}}
.voxdesk-flow .sub{{font-size:12px;fill:var(--soft)}}
.voxdesk-flow .shape{{stroke-width:1.6;stroke-linejoin:round}}
.voxdesk-flow .name{{font-size:14px;font-weight:600}}
.voxdesk-flow .kind{{font-size:10.5px;font-weight:600}}
.voxdesk-flow .prompt{{font-size:11.5px}}
.voxdesk-flow .count{{font-size:10.5px;fill:var(--soft)}}
.voxdesk-flow .label{{font-size:11.5px}}
.voxdesk-flow .share{{font-size:11px;font-weight:600}}
.voxdesk-flow .key{{font-size:10.5px;fill:var(--soft)}}
.voxdesk-flow .mask{{fill:var(--paper);opacity:.88}}
.voxdesk-flow .line{{fill:none;stroke:var(--line);stroke-linecap:round}}
.voxdesk-flow .tip{{fill:var(--line)}}
.voxdesk-flow .unused .line{{stroke:var(--faint)}}
.voxdesk-flow .unused .tip{{fill:var(--faint)}}
.voxdesk-flow .unused text{{fill:var(--soft)}}
.voxdesk-flow .loop .line,.voxdesk-flow .line.loop{{stroke:var(--loop)}}
.voxdesk-flow .loop .tip{{fill:var(--loop)}}
.voxdesk-flow .outside .line{{stroke-dasharray:2 5}}
.voxdesk-flow .gained .line{{stroke:var(--gained)}}
.voxdesk-flow .gained .tip,.voxdesk-flow .more{{fill:var(--gained)}}
.voxdesk-flow .lost .line{{stroke:var(--lost);stroke-dasharray:7 5}}
.voxdesk-flow .lost .tip,.voxdesk-flow .fewer{{fill:var(--lost)}}
.voxdesk-flow .more,.voxdesk-flow .fewer{{font-size:11px;font-weight:600}}
.voxdesk-flow .start{{fill:var(--ink)}}
{hues}
"""


def _variables(colours: dict[str, str]) -> str:
    return ";".join(f"--{name}:{value}" for name, value in colours.items())
