"""A mistake in a flow's file and what is said of it; short ways to write such files."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mistake:
    text: str | bytes
    at: str
    wrong: str
    right: str
    structure: bool = False

    @property
    def data(self) -> bytes:
        return self.text.encode() if isinstance(self.text, str) else self.text


BYE = "  bye: {end: Goodbye.}\n"


def a(step: str, *more: str) -> str:
    """A flow whose step "a", in line 2, is this one."""
    return "\n".join(["steps:", f"  a: {step}", *(f"  {line}" for line in more), BYE])


def prompt(text: str) -> str:
    """A flow that says this, as a block of text that begins in line 4."""
    return f"steps:\n  a:\n    say: |-\n      {text}\n    then: bye\n{BYE}"


def menu(*options: str) -> str:
    lines = [f"      {option}" for option in options]
    return "\n".join(["steps:", "  a:", "    menu: Which?", "    options:", *lines, BYE])


TWO = "languages: [en, zh]\nsteps:\n  bye: {end: {en: Bye., zh: 再见。}}\n"
QUEUE = "queue: q, then: bye, left_queue: bye, timed_out: bye, no_agents: bye, failed: bye"
ORDER = "{lookup: order, by: {number: '1'}, found: b, missing: bye, failed: bye}"
