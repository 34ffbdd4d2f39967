"""Mistakes that people make in a flow's file, and what each is answered with.

One row a mistake: the file, the place "line:column", a part of what is said to be wrong, a part of
what is said to be right. `structure` marks those that an editor can see by the schema.
"""

from flow_mistakes_anywhere import ANYWHERE, UPSET
from flow_mistakes_of_form import SHAPE, YAML
from flow_mistakes_of_meaning import PATHS, SPEECH, TEMPLATES

MISTAKES = {**YAML, **SHAPE, **TEMPLATES, **SPEECH, **PATHS, **ANYWHERE, **UPSET}
