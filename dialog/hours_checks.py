"""Checks what a flow asks of the hours at its top."""

from dialog.flow import Flow, Step
from dialog.flow_hours import ByHours
from dialog.flow_places import Places
from dialog.flow_problems import Problems, meant
from dialog.flow_templates import sets, templates_by_step
from dialog.hours_now import FIELDS
from dialog.scopes import FIELD, is_inside
from dialog.template import TemplateProblem, paths_in

VARIABLE = "hours"


def check_hours(flow: Flow, problems: Problems, places: Places) -> None:
    """Adds hours that aren't there, and fields that none has."""
    own = [name for name in flow.hours if FIELD not in name]
    for step in flow.steps.values():
        if is_inside(step.name):
            continue  # looked at with its own flow
        if isinstance(step, ByHours) and step.hours and step.hours not in own:
            problems.add(
                places.of(step.name, step.hours, step.line),
                f'step "{step.name}" asks for the hours "{step.hours}", and the flow has no such '
                "hours.",
                meant(step.hours, own, "Hours"),
            )
        if own and VARIABLE in sets(step):
            problems.add(
                step.line,
                f'step "{step.name}" sets the variable "{VARIABLE}", which the flow\'s hours are '
                "read by.",
                "Give it another name.",
            )
    for name, template in templates_by_step(flow) if own else ():
        if not is_inside(name):
            _check_template(flow.steps[name], template, own, problems)


def _check_template(step: Step, template: str, own: list[str], problems: Problems) -> None:
    try:
        paths = [path.split(FIELD) for path in paths_in(template)]
    except TemplateProblem:
        return
    for path in sorted(paths):
        if path[0] != VARIABLE:
            continue
        wrong, known, what = path[1], own, "Hours"
        if path[1] in own and len(path) > 2:  # noqa: PLR2004  hours, their name, a field
            wrong, known, what = path[2], list(FIELDS), "Fields"
        if wrong not in known:
            problems.add(
                step.line,
                f'step "{step.name}" uses "{FIELD.join(path)}", and there is no "{wrong}".',
                meant(wrong, known, what),
            )
