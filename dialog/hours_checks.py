"""Checks what a flow asks of the hours at its top."""

from dialog.flow import Flow, Step
from dialog.flow_hours import ByHours
from dialog.flow_places import Places
from dialog.flow_problems import Problems, meant
from dialog.flow_templates import sets, templates_by_step
from dialog.hours_now import FIELDS
from dialog.scopes import FIELD, is_inside
from dialog.template import TemplateProblem, paths_in
from voxdesk.kernel.worded import worded

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
                worded(
                    'step "{step}" asks for the hours "{hours}", and the flow has no such hours.',
                    step=step.name,
                    hours=step.hours,
                ),
                meant(step.hours, own, worded("Hours")),
            )
        if own and VARIABLE in sets(step):
            problems.add(
                step.line,
                worded(
                    'step "{step}" sets the variable "{variable}", which the flow\'s hours are '
                    "read "
                    "by.",
                    step=step.name,
                    variable=VARIABLE,
                ),
                worded("Give it another name."),
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
        wrong, known, what = path[1], own, worded("Hours")
        if path[1] in own and len(path) > 2:  # noqa: PLR2004  hours, their name, a field
            wrong, known, what = path[2], list(FIELDS), worded("Fields")
        if wrong not in known:
            problems.add(
                step.line,
                worded(
                    'step "{step}" uses "{path}", and there is no "{wrong}".',
                    step=step.name,
                    path=FIELD.join(path),
                    wrong=wrong,
                ),
                meant(wrong, known, what),
            )
