"""Mistakes in what callers may ask anywhere, and in what is done when they are upset."""

from flow_mistake import Mistake

STEPS = """\
steps:
  a: {ask: free, prompt: What?, then: bye}
  hours: {say: From 9 to 6., then: back}
  back: {return: }
  bye: {end: Goodbye.}
"""


def asking(option: str, steps: str = STEPS) -> str:
    """A flow whose one thing that may be asked anywhere, in line 3, is this."""
    return f"anywhere:\n  options:\n    x: {option}\n{steps}"


def upset(care: str) -> str:
    return f"when_upset: {care}\nsteps:\n  bye: {{end: Goodbye.}}\n"


GOOD = "{phrases: [opening hours], then: hours}"
ANYWHERE = {
    "something to ask that is no group": Mistake(
        "anywhere: hours\nsteps:\n  bye: {end: Bye.}\n",
        "1:11",
        "must be a group of keys",
        "Write anywhere:",
        structure=True,
    ),
    "a wrong key of what may be asked": Mistake(
        f"anywhere:\n  option:\n    x: {GOOD}\n{STEPS}",
        "2:3",
        'no key "option"',
        'Did you mean "options"?',
        structure=True,
    ),
    "nothing that may be asked": Mistake(
        "anywhere:\n  options: {}\nsteps:\n  bye: {end: Bye.}\n",
        "2:3",
        "at least one option",
        "Write options:",
        structure=True,
    ),
    "an aside that leads nowhere": Mistake(
        asking("{phrases: [opening hours]}", STEPS.replace("then: bye", "then: hours", 1)),
        "3:5",
        'anywhere, option "x" has no "then"',
        "",
        structure=True,
    ),
    "an aside to a step that isn't there": Mistake(
        asking("{phrases: [opening hours], then: hous}"),
        "3:41",
        'goes to "hous"',
        'Did you mean "hours"?',
    ),
    "an aside without words": Mistake(
        asking("{key: 7, then: hours}"),
        "3:5",
        "doesn't say what callers say",
        "Give it phrases",
        structure=True,
    ),
    "an aside on the key of a person": Mistake(
        asking("{phrases: [opening hours], key: 0, then: hours}"),
        "3:40",
        '"key" is "0"',
        "Values: 1, 2",
        structure=True,
    ),
    "a key that an aside hasn't": Mistake(
        asking("{phrases: [opening hours], listed: false, then: hours}"),
        "3:35",
        'has the key "listed"',
        "Keys: phrases",
        structure=True,
    ),
    "an aside that is a global command": Mistake(
        asking("{phrases: [opening hours, say that again], then: hours}"),
        "3:5",
        '"say that again" is understood at every step already, as repeat',
        "Leave it away",
    ),
    "two asides with the same words": Mistake(
        f"anywhere:\n  options:\n    x: {GOOD}\n    y: {GOOD}\n{STEPS}",
        "4:5",
        '"opening hours" means both "x" and "y"',
        "keep one",
    ),
    "two asides with the same key": Mistake(
        f"anywhere:\n  options:\n    x: {GOOD}\n    y: {{phrases: [more], key: 7, then: hours}}\n"
        f"{STEPS}".replace("], then: hours}", "], key: 7, then: hours}", 1),
        "4:5",
        'the key 7 means both "x" and "y"',
        "Keys still free: 1, 2",
    ),
    "examples of one aside only": Mistake(
        asking("{phrases: [opening hours], examples: [is anybody there at night], then: hours}"),
        "3:5",
        'only "x" has examples',
        "Give examples to another option too",
    ),
    "an aside that forgets the question": Mistake(
        asking(GOOD, STEPS.replace("then: back", "then: a").replace("  back: {return: }\n", "")),
        "3:5",
        'leads to "a", a question of the rest of the flow',
        "end with {return: }",
    ),
    "an aside that never comes back": Mistake(
        asking(
            GOOD,
            STEPS.replace("then: back}", "then: more}").replace(
                "  back: {return: }\n", "  more: {ask: free, prompt: More?, then: hours}\n"
            ),
        ),
        "3:5",
        "never comes back to the question that was interrupted: hours.",
        "return",
    ),
    "a return that the rest of the flow comes to": Mistake(
        asking(GOOD, STEPS.replace("prompt: What?, then: bye", "prompt: What?, then: hours")),
        "7:3",
        "a → hours → back leads to it where none was interrupted",
        "of its own",
    ),
    "a step that only a misspelled aside would lead to": Mistake(
        f"anywhere:\n  options:\n    x: {GOOD}\n    y: {{phrases: [more], then: hors}}\n{STEPS}",
        "4:32",
        'goes to "hors"',
        'Did you mean "hours"?',
    ),
}
UPSET = {
    "care for upset callers that is no group": Mistake(
        upset("soothe"), "1:13", "must be a group of keys", "when_upset: {}", structure=True
    ),
    "a wrong key of that care": Mistake(
        upset("{sooth: I'm sorry.}"), "1:14", 'no key "sooth"', '"soothe"?', structure=True
    ),
    "a priority that is none": Mistake(
        upset("{priority: 500}"), "1:24", "from 0 to 100", "100", structure=True
    ),
    "care that leads to no step": Mistake(
        upset("{then: by}"), "1:20", '"when_upset" goes to "by"', '"bye"?'
    ),
    "soothing words that not every step can say": Mistake(
        'when_upset: {soothe: "Sorry about {{ order.number }}."}\n'
        "steps:\n  a: {ask: order_number, prompt: Number?, slot: n, then: find}\n"
        '  find: {lookup: order, by: {number: "{{ n }}"}, found: b, missing: b, failed: b}\n'
        "  b: {end: Bye.}\n",
        "1:14",
        'uses the variable "order"',
        "Variables that every call has: caller",
    ),
    "soothing words that no voice says": Mistake(
        upset("{soothe: 'Sorry 😟'}"), "1:14", 'the text "soothe" in "en" has "😟"', "in words"
    ),
    "soothing words that are no template": Mistake(
        upset("{soothe: 'Sorry {{ caller'}"), "1:14", '"soothe"', "It is: Sorry"
    ),
}
