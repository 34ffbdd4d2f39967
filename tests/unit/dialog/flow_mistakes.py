"""Mistakes that people make in a flow's file, and what each is answered with.

One row a mistake: the file, the place "line:column", a part of what is said to be wrong, a part of
what is said to be right. `structure` marks those that an editor can see by the schema.
"""

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

YAML = {
    "a tab": Mistake(
        "steps:\n\ta: {end: Bye.}\n", "2:1", "indented by a tab", "Replace the tab by spaces."
    ),
    "a key indented too little": Mistake(
        "steps:\n  a:\n    say: Hi.\n   then: bye\n" + BYE,
        "4:4", "begins in column 4", "Line 3 begins in column 5.",
    ),
    "a key indented too much": Mistake(
        "steps:\n  a:\n    say: Hi.\n      then: bye\n" + BYE,
        "4:7", "deeper than line 3", "same column as line 3",
    ),
    "an unclosed double quote": Mistake(
        a('{say: "Hi, then: bye}'), "2:12", "never closed", "Add the same quote"
    ),
    "an unclosed single quote": Mistake(
        "steps:\n  a:\n    say: 'Hi.\n    then: bye\n", "3:10", "never closed", "same quote"
    ),
    "an apostrophe in single quotes": Mistake(
        a("{say: 'I'm here', then: bye}"), "2:15", "is missing before this", '"I\'m here"'
    ),
    "text after a quote": Mistake(
        a('{say: "Hi" there, then: bye}'), "2:17", "is missing before this", "quotes"
    ),
    "text after a quote on a line of its own": Mistake(
        'steps:\n  a:\n    say: "Hi" there\n    then: bye\n', "3:15", "goes on after", "one pair"
    ),
    "an unclosed brace": Mistake(
        "steps:\n  a: {say: Hi., then: bye\n" + BYE, "3:6", "opens in line 2, column 6", 'by "}"'
    ),
    "an unclosed bracket": Mistake(
        a("{choose: [{else: bye}}"), "2:24", 'closing "]" is missing', "comma"
    ),
    "a brace too many": Mistake(
        a("{say: Hi., then: bye}}"), "2:27", 'one "}" too many', "Remove it."
    ),
    "a value that is missing in brackets": Mistake(
        a("{say: [}"), "2:13", "A value is missing", "Write the value"
    ),
    "a colon in a text": Mistake(
        "steps:\n  a:\n    say: Note: we are open.\n    then: bye\n",
        "3:14", "A text with a colon", 'Write say: "Note: we are open.".',
    ),
    "a key without a colon": Mistake(
        "steps:\n  a:\n    say Hi.\n    then: bye\n", "3:5", "no colon", "Write say: Hi."
    ),
    "a colon without a space": Mistake(
        "steps:\n  a:\n    say:Hi.\n    then: bye\n", "3:5", "no colon", "Write say: Hi."
    ),
    "a comma in a text in braces": Mistake(
        a("{say: Hello, welcome, then: bye}"), "2:20", '"welcome" stands between', "quotes"
    ),
    "a key without a value in braces": Mistake(
        a("{end: Bye., reason}"), "2:19", '"reason" stands between commas', "Write reason: …"
    ),
    "a text that begins with a template": Mistake(
        "steps:\n  a:\n    say: {{ callee }} called\n    then: bye\n",
        "3:23", "goes on after", 'say: "{{ name }}',
    ),
    "a text that is a template": Mistake(
        "steps:\n  a:\n    say: {{ callee }}\n    then: bye\n",
        "3:11", "A key must be a word", "needs quotes",
    ),
    "a text that begins with an if": Mistake(
        "steps:\n  a:\n    say: {% if callee %}Hi.{% endif %}\n    then: bye\n",
        "3:11", 'begin with "%"', "needs quotes",
    ),
    "a text that begins with an at sign": Mistake(
        "steps:\n  a:\n    say: @home\n    then: bye\n", "3:10", 'begin with "@"', '"@home"'
    ),
    "a text that begins with a star": Mistake(
        "steps:\n  a:\n    say: *Hello*\n    then: bye\n", "3:10", "Aliases", "needs quotes"
    ),
    "an anchor": Mistake(a("&x {say: Hi., then: bye}"), "2:6", "Anchors", "Remove it"),
    "a billion laughs": Mistake(
        "\n".join(["a0: [x, x]"] + [f"a{n}: [*a{n - 1}, *a{n - 1}]" for n in range(1, 60)]),
        "2:6", "Aliases", "quotes",
    ),
    "a tag": Mistake(a("!!python/object:os.system {end: x}"), "2:6", "Tags", "Remove it"),
    "a directive": Mistake(
        "%YAML 1.1\n---\nsteps: {a: {end: Bye.}}\n", "1", "Directives", "Remove the line."
    ),
    "two documents": Mistake(
        "steps: {a: {end: Bye.}}\n---\nsteps: {}\n", "2:1", "second document", "Remove the line"
    ),
    "a list among keys": Mistake(
        "steps:\n  a:\n    end: Bye.\n    - x\n", "4:5", 'entry ("-") stands among', "a key"
    ),
    "a key among list entries": Mistake("- a\nb: 1\n", "2:1", "among list entries", '"- "'),
    "a list as a key": Mistake("? [a, b]\n: c\n", "1:3", "A key must be a word", "quotes"),
    "a backslash": Mistake(a('{end: "\\q"}'), "2:13", "has no meaning", "single quotes"),
    "text right after a bar": Mistake(
        "steps:\n  a:\n    end: |Bye.\n", "3:11", "begins on the next line", "Move the text"
    ),
    "no UTF-8": Mistake("a: b\nc: é".encode("latin-1"), "2:4", "not UTF-8", "as UTF-8"),
    "UTF-16": Mistake("a: b".encode("utf-16"), "1", "UTF-16", "Save it as UTF-8."),
    "binary data": Mistake(b"\x7fELF\x02\x01\x00\x00", "1:1", "U+007F", "is a text file"),
    "a control character": Mistake(a("{end: Bye\x07}"), "2:16", "U+0007", "remove"),
    "a file that is too large": Mistake("a: " + "x" * 600_000, "1", "larger than 512 KiB", ""),
    "a file that is too deep": Mistake("a: " + "[" * 5000, "1:15", "deeper than 12 levels", ""),
    "too many values": Mistake("a: [" + "x," * 60_000 + "]", "1:99998", "more than 50000", ""),
    "an empty file": Mistake("", "1:1", 'A flow needs "steps"', "{end: Goodbye.}", structure=True),
    "a list": Mistake("- a\n- b\n", "1:1", "A flow is a list of keys", "start", structure=True),
    "a single text": Mistake("Hello.\n", "1:1", "A flow is a list of keys", "", structure=True),
}  # fmt: skip

SHAPE = {
    "an unknown key of the flow": Mistake(
        "strat: bye\nsteps:\n" + BYE, "1:1", 'no key "strat"', '"start"?', structure=True
    ),
    "a key of the flow twice": Mistake(
        "start: bye\nstart: bye\nsteps:\n" + BYE, "2:1", '"start" is there twice', "Only one"
    ),
    "steps that are a list": Mistake(
        "steps: [a, b]\n", "1:1", "must be names with steps", "{end: Goodbye.}", structure=True
    ),
    "no steps": Mistake("start: a\n", "1:1", 'needs "steps"', "{end:", structure=True),
    "a start that isn't there": Mistake(
        "start: by\nsteps:\n" + BYE, "1:8", '"start" is "by"', '"bye"?'
    ),
    "a person that isn't there": Mistake(
        "person: bey\nsteps:\n" + BYE, "1:9", '"person" is "bey"', '"bye"?'
    ),
    "a start that is a list": Mistake(
        "start: [bye]\nsteps:\n" + BYE, "1:8", "must be a name, and is a list", "", structure=True
    ),
    "an unknown language": Mistake(
        "language: xx\nsteps:\n" + BYE, "1:11", '"xx" is no language tag', "en, zh"
    ),
    "a country for a language": Mistake(
        "languages: [cn]\nsteps:\n  bye: {end: 再见。}\n", "1:13", '"cn" is no', 'mean "zh"?'
    ),
    "a language by its name": Mistake(
        "language: English\nsteps:\n" + BYE, "1:11", '"English" is no', 'mean "en"?'
    ),
    "a language with its country": Mistake(
        "languages: [en-US]\nsteps:\n" + BYE, "1:13", '"en-US" is no', 'mean "en"?'
    ),
    "a language twice": Mistake(
        "languages: [en, en]\nsteps:\n" + BYE, "1:12", '"en" twice', "Keep one"
    ),
    "a first language that isn't among them": Mistake(
        TWO.replace("[en, zh]", "[en, zh]\nlanguage: fr").replace("zh: 再见。", "zh: 再见。, fr: Salut."),
        "2:11", '"language" is "fr"', "Languages: en, zh",
    ),
    "a step twice": Mistake(
        "steps:\n  bye: {end: Bye.}\n" + BYE, "3:3", 'two steps "bye"', "another name"
    ),
    "a step that is a text": Mistake(
        a("Hello."), "2:3", "doesn't say what it does", "say, ask", structure=True
    ),
    "an unknown kind of step": Mistake(
        a("{sya: Hi., then: bye}"), "2:3", "doesn't say what", 'mean "say"?', structure=True
    ),
    "two kinds at once": Mistake(
        a("{say: Hi., end: Bye., then: bye}"), "2:3", "say and end at once", "", structure=True
    ),
    "a misspelled key": Mistake(
        a("{say: Hi., then: bye, langauge: en}"),
        "2:28", 'has the key "langauge"', '"language"?', structure=True,
    ),
    "a key of another kind of step": Mistake(
        a("{say: Hi., attempts: 2, then: bye}"),
        "2:17", '"say" has no such key', "Keys: say, then", structure=True,
    ),
    "a key twice in a step": Mistake(
        "steps:\n  a:\n    say: Hi.\n    say: Ho.\n    then: bye\n" + BYE,
        "4:5", 'has the key "say" twice', "Only one of them",
    ),
    "a language twice in a text": Mistake(
        a("{say: {en: Hi., en: Ho.}, then: bye}"), "2:22", 'has the key "en" twice', "Only one"
    ),
    "no then": Mistake(a("{say: Hi.}"), "2:3", 'has no "then"', "", structure=True),
    "a misspelled step": Mistake(
        a("{say: Hi., then: by}"), "2:23", 'goes to "by"', 'Did you mean "bye"?  Steps: a, bye'
    ),
    "a text that is a list": Mistake(
        a("{say: [Hi.], then: bye}"), "2:12", "must be a text", "Write say: Hello", structure=True
    ),
    "a text that isn't there": Mistake(
        a("{say: , then: bye}"), "2:10", "must be a text", "Write say: Hello", structure=True
    ),
    "an empty prompt": Mistake(
        a('{say: "", then: bye}'), "2:12", '"say" is empty', "Write what is said", structure=True
    ),
    "a prompt of blanks in one language": Mistake(
        TWO + '  a: {say: {en: Hi., zh: " "}, then: bye}\nstart: a\n',
        "4:26", '"say.zh" is empty', "Write what is said", structure=True,
    ),
    "an empty list of texts": Mistake(
        a("{ask: free, prompt: Yes?, no_input: [], then: bye}"),
        "2:42", "is an empty list", "at least one text", structure=True,
    ),
    "a prompt that lacks a language": Mistake(
        TWO + "  a: {say: {en: Hi.}, then: bye}\nstart: a\n",
        "4:7", 'no text for the language "zh"', "declares the languages en, zh",
    ),
    "a plain prompt in a flow of two languages": Mistake(
        TWO + "  a: {say: Hi., then: bye}\nstart: a\n",
        "4:7", 'no text for the language "zh"', "declares the languages en, zh",
    ),
    "phrases that lack a language": Mistake(
        TWO + "  a: {menu: {en: A?, zh: 甲？}, options: {x: {phrases: {en: [a]}, then: bye}}}\n"
        "start: a\n",
        "4:46", 'no text for the language "zh"', "declares the languages en, zh",
    ),
    "a language that the flow lacks": Mistake(
        a("{say: {en: Hi., zh: 您好}, then: bye}"), "2:22", "a language the flow lacks", ": en"
    ),
    "a step in a language that the flow lacks": Mistake(
        a("{say: 您好, language: zh, then: bye}"), "2:27", "which the flow lacks", ": en"
    ),
    "a wrong number": Mistake(
        a("{ask: free, prompt: Yes?, no_input_s: soon, then: bye}"),
        "2:44", 'of seconds from 1 to 60, and is "soon"', "", structure=True,
    ),
    "a number with its unit": Mistake(
        a("{ask: free, prompt: Yes?, no_input_s: 5 s, then: bye}"),
        "2:44", "must be a number of seconds", "The nearest is 5.", structure=True,
    ),
    "a number out of bounds": Mistake(
        a("{ask: free, prompt: Yes?, attempts: 40, then: bye}"),
        "2:42", "from 1 to 9, and is", "The nearest is 9.", structure=True,
    ),
    "half an attempt": Mistake(
        a("{ask: free, prompt: Yes?, attempts: 2.5, then: bye}"),
        "2:42", "must be a whole number", "The nearest is 2.", structure=True,
    ),
    "no number at all": Mistake(
        a("{ask: free, prompt: Yes?, no_input_s: .nan, then: bye}"),
        "2:44", "must be a number", "", structure=True,
    ),
    "yes for true": Mistake(
        a("{say: Hi., sensitive: yes, then: bye}"),
        "2:28", "must be true or false", "Write sensitive: true.", structure=True,
    ),
    "a wrong type of answer": Mistake(
        a("{ask: digit, prompt: Yes?, then: bye}"),
        "2:12", '"ask" is "digit"', 'mean "digits"?', structure=True,
    ),
    "a word that is no mode": Mistake(
        a("{say: Hi., barge_in: keyword, then: bye}"),
        "2:27", '"barge_in" is "keyword"', 'mean "keywords"?', structure=True,
    ),
    "a key of another kind of answer": Mistake(
        a("{ask: yes_no, prompt: Yes?, min_digits: 3, then: bye}"),
        "2:34", '"min_digits" has no meaning', "belongs to: digits", structure=True,
    ),
    "no number can fit": Mistake(
        a("{ask: digits, prompt: Go., min_digits: 5, max_digits: 4, then: bye}"),
        "2:3", "min_digits is more than max_digits", "",
    ),
    "an ask without a prompt": Mistake(
        a("{ask: free, then: bye}"), "2:3", 'has no "prompt"', "", structure=True
    ),
    "an ask that leads nowhere": Mistake(
        a("{ask: yes_no, prompt: Yes?, yes: bye}"), "2:3", 'no "then"', '"no"', structure=True
    ),
    "a then that is never followed": Mistake(
        a("{ask: yes_no, prompt: Yes?, yes: bye, no: bye, then: bye}"),
        "2:3", '"then" is never followed', "Leave it away.",
    ),
    "a choice without options": Mistake(
        a("{ask: choice, prompt: Which?, then: bye}"), "2:3", 'no "options"', "", structure=True
    ),
    "no options": Mistake(
        a("{menu: Which?, options: {}}"), "2:21", "at least one option", "Write", structure=True
    ),
    "an option without phrases": Mistake(
        menu("x: {key: 1, then: bye}"), "5:7", "doesn't say what", "phrases: [", structure=True
    ),
    "an option with an empty list of phrases": Mistake(
        menu("x: {phrases: [], then: bye}"), "5:20", '"phrases" is empty', "Write", structure=True
    ),
    "a phrase that is none": Mistake(
        menu("x: {phrases: [a, [b]], then: bye}"), "5:24", "must be a list", "[", structure=True
    ),
    "a phrase that is a story": Mistake(
        menu(f"x: {{phrases: [{'a ' * 70}], then: bye}}"),
        "5:21", "longer than 120 characters", "few words", structure=True,
    ),
    "an option without a target": Mistake(
        menu("x: {phrases: [x]}", "y: {phrases: [y], then: bye}"),
        "5:7", 'option "x" has no "then"', "", structure=True,
    ),
    "a misspelled target of an option": Mistake(
        menu("x: {phrases: [x], then: by}", "y: {phrases: [y], then: bye}"),
        "5:31", 'goes to "by"', 'mean "bye"?',
    ),
    "an option with an unknown key": Mistake(
        menu("x: {phrases: [x], goto: bye, then: bye}"),
        "5:25", 'has the key "goto"', "Keys: phrases", structure=True,
    ),
    "a key that no phone has": Mistake(
        menu("x: {phrases: [x], key: 12, then: bye}"),
        "5:30", '"key" is "12"', 'Did you mean "1"?', structure=True,
    ),
    "a key of the phone twice": Mistake(
        menu("x: {phrases: [x], key: 1, then: bye}", "y: {phrases: [y], key: 1, then: bye}"),
        "6:7", 'the key 1 means both "x" and "y"', "Keys still free: 2, 3",
    ),
    "a phrase twice": Mistake(
        menu("x: {phrases: [my order], then: bye}", "y: {phrases: [My order], then: bye}"),
        "6:7", '"My order" means both "x" and "y"', "keep one",
    ),
    "an option twice": Mistake(
        menu("x: {phrases: [x], then: bye}", "x: {phrases: [y], then: bye}"),
        "6:7", 'options has the key "x" twice', "Only one",
    ),
    "an option of an ask with a target": Mistake(
        a("{ask: choice, prompt: Which?, options: {x: {phrases: [x], then: bye}}, then: bye}"),
        "2:46", 'has no "then" of its own', '"menu"',
    ),
    "a choose that is no list": Mistake(
        a("{choose: bye}"), "2:7", "must be a list of conditions", "- {if:", structure=True
    ),
    "a branch with a misspelled key": Mistake(
        a("{choose: [{iff: callee, then: bye}, {else: bye}]}"),
        "2:16", 'a branch is "if" with "then", or "else"', 'mean "if"?', structure=True,
    ),
    "no else": Mistake(
        a("{choose: [{if: callee, then: bye}]}"), "2:3", 'no "else"', "Add", structure=True
    ),
    "an else that isn't last": Mistake(
        a("{choose: [{else: bye}, {if: callee, then: bye}]}"), "2:16", "must be the last", ""
    ),
    "a lookup without an outcome": Mistake(
        a("{lookup: order, by: {number: '1'}, found: bye, missing: bye}"),
        "2:3", 'has no "failed"', "", structure=True,
    ),
    "a lookup by nothing": Mistake(
        a("{lookup: order, by: {}, found: bye, missing: bye, failed: bye}"),
        "2:26", "must be a list of names with values", "Write by:", structure=True,
    ),
    "a set to nothing": Mistake(
        a("{set: {x: }, then: bye}"), "2:13", '"set.x" must be a text', "", structure=True
    ),
    "a queue without an outcome": Mistake(
        a(f"{{{QUEUE.replace(', no_agents: bye', '')}}}"), "2:3", 'no "no_agents"', "", structure=True
    ),
}  # fmt: skip

TEMPLATES = {
    "unclosed braces": Mistake(
        a('{say: "Hi {{ callee.", then: bye}'), "2:12", "is not a valid template", "It is: Hi {{"
    ),
    "an if that isn't closed": Mistake(
        a('{say: "{% if callee %}Hi.", then: bye}'), "2:12", "not a valid template", "{% if"
    ),
    "an unknown variable": Mistake(
        a("{ask: free, prompt: Name?, slot: name, then: b}",
          'b: {say: "Hi {{ nmae }}.", then: bye}'),
        "3:19", 'the variable "nmae", and nothing sets it', 'mean "name"?',
    ),
    "an unknown variable in a block of text": Mistake(
        "steps:\n  a:\n    say: >-\n      Hello,\n      {{ calee }}.\n    then: bye\n" + BYE,
        "5:10", 'the variable "calee"', 'mean "callee"?',
    ),
    "a variable that is set too late": Mistake(
        a('{say: "Hi {{ name }}.", then: b}', "b: {ask: free, prompt: N?, slot: name, then: bye}"),
        "2:19", '"name", which no step before it sets', "Set by: b",
    ),
    "a field that no order has": Mistake(
        a(ORDER, 'b: {say: "It is {{ order.staus }}.", then: bye}'),
        "3:28", 'uses "order.staus"', 'mean "status"?',
    ),
    "a field that no caller has": Mistake(
        a('{say: "Hi {{ caller.firstname }}.", then: bye}'),
        "2:26", 'uses "caller.firstname"', 'mean "first_name"?',
    ),
    "an unknown filter": Mistake(
        a('{say: "Hi {{ callee | spel }}.", then: bye}'),
        "2:12", 'the filter "spel". Did you mean "spell"?', "It is: Hi",
    ),
    "an unknown test": Mistake(
        a("{choose: [{if: callee is defind, then: bye}, {else: bye}]}"),
        "2:21", 'the test "defind". Did you mean "defined"?', "It is: callee",
    ),
    "braces in a condition": Mistake(
        a('{choose: [{if: "{{ callee }}", then: bye}, {else: bye}]}'),
        "2:21", "leave the braces away", "It is: {{ callee }}",
    ),
    "one equals sign": Mistake(
        a('{choose: [{if: callee = "x", then: bye}, {else: bye}]}'),
        "2:21", "is not a valid template", 'It is: callee = "x"',
    ),
    "a condition that is always true": Mistake(
        a("{choose: [{if: 1 == 1, then: bye}, {else: bye}]}"),
        "2:21", "reads no variable", "Compare a variable",
    ),
    "a loop": Mistake(
        a('{say: "Hi {% for x in callee %}x{% endfor %}", then: bye}'), "2:12", "uses loops", "Hi"
    ),
    "a range": Mistake(a('{say: "Hi {{ range(10**9) }}", then: bye}'), "2:12", "uses calls", "Hi"),
    "a text times a billion": Mistake(
        a("{say: \"Hi {{ 'a' * 10**9 }}\", then: bye}"), "2:12", "uses multiplication", "Hi"
    ),
    "a huge power": Mistake(
        a('{say: "Hi {{ 9 ** 999999999 }}", then: bye}'), "2:12", "uses powers", "Hi"
    ),
    "a macro that calls itself": Mistake(
        a('{say: "{% macro m() %}{{ m() }}{% endmacro %}Hi", then: bye}'), "2:12", "macros", "Hi"
    ),
    "a huge rounding": Mistake(
        a("{say: \"Hi {{ 1 | round(999999999, 'ceil') }}\", then: bye}"),
        "2:12", "can't be said", "Hi",
    ),
    "a text that grows": Mistake(
        a("{say: \"Hi {{ ['aaaaaaaaaa'] | join | join('" + "x" * 300 + "') | join('"
          + "y" * 300 + "') }}\", then: bye}"),
        "2:12", "makes more than 4000 characters", "Hi",
    ),
    "a way out of the sandbox": Mistake(
        a("{say: \"Hi {{ ''.__class__.__mro__ }}\", then: bye}"), "2:12", "no record has", "Hi"
    ),
    "a way out by an entry": Mistake(
        a("{say: \"Hi {{ callee['__class__'] }}\", then: bye}"), "2:12", '"__class__"', "Hi"
    ),
    "an import": Mistake(
        a("{say: \"{% import 'os' as os %}Hi\", then: bye}"), "2:12", "uses imports", "Hi"
    ),
    "an inclusion": Mistake(
        a("{say: \"{% include '/etc/passwd' %}Hi\", then: bye}"), "2:12", "uses includes", "Hi"
    ),
    "a template too deep": Mistake(
        a('{say: "Hi {{ ' + "not " * 500 + 'callee }}", then: bye}'), "2:12", "too deeply", "Hi"
    ),
    "a template too long": Mistake(
        a("{say: " + "Hello. " * 600 + ", then: bye}"), "2:12", "longer than 4000", "Hello."
    ),
    "a division by nothing": Mistake(
        a('{say: "Hi {{ 1 / 0 }}", then: bye}'), "2:12", "can't be said: ZeroDivision", "Hi"
    ),
}  # fmt: skip

SPEECH = {
    "an emoji": Mistake(prompt("Thank you 🎉 for calling."), "4:17", "U+1F389", '"party popper"'),
    "an invisible sign": Mistake(prompt("Thank\u200byou."), "4:12", "U+200B", "can't be seen"),
    "HTML": Mistake(prompt("We are <b>open</b>."), "4:14", 'markup "<b>"', '"We are open."'),
    "an entity of HTML": Mistake(prompt("You &amp; me."), "4:11", 'markup "&amp;"', '"You me."'),
    "Markdown": Mistake(prompt("We are **open**."), "4:14", 'markup "**"', '"We are open."'),
    "an address": Mistake(
        prompt("See https://www.shop.example/help."), "4:11", "shop.example", '"shop dot example"'
    ),
    "Chinese in an English text": Mistake(
        prompt("Hello 您好."), "4:13", 'has "您好", and "en" isn\'t', 'under "zh"'
    ),
    "Cyrillic letters that look Latin": Mistake(
        prompt("We are \u0441losed."), "4:14", '"en" isn\'t', 'under "ru"'
    ),
    "English in a Chinese text": Mistake(
        "language: zh\nsteps:\n  bye: {end: Goodbye.}\n", "3:14", '"zh" isn\'t', 'under "en"'
    ),
    "texts of two languages swapped": Mistake(
        TWO + "  a: {end: {en: 再见。, zh: 再见。}}\nstart: a\n".replace("start", "person"),
        "4:17", 'has "再见"', 'under "zh"',
    ),
    "a number too long": Mistake(
        prompt("Account 12345678901234567890."), "4:15", "20 digits", "1234 5678 9012 3456 7890"
    ),
    "a sentence too long": Mistake(
        prompt("We are open and " * 70 + "closed."), "4:7", "has a sentence of", "several sentences"
    ),
    "nothing but dots": Mistake(prompt("..."), "4:7", "has no words", "what callers are to hear"),
}  # fmt: skip

PATHS = {
    "an unreachable step": Mistake(
        a("{say: Hi., then: bye}", "b: {say: Ho., then: bye}"),
        "3:3", 'step "b" can\'t be reached: no step goes to it', 'Calls begin at "a"',
    ),
    "a step behind an unreachable one": Mistake(
        a("{say: Hi., then: bye}", "b: {say: Ho., then: c}", "c: {say: Hu., then: bye}"),
        "4:3", "only b → c leads to it", "Let a step go there",
    ),
    "a loop without a wait": Mistake(
        a("{say: Hi., then: b}", "b: {say: Ho., then: c}",
          "c: {choose: [{if: callee, then: b}, {else: bye}]}"),
        "3:3", "a → b → c → b", "Put an ask or a menu into it",
    ),
    "a queue that gives the caller back at once": Mistake(
        a(f"{{{QUEUE.replace('no_agents: bye', 'no_agents: b')}}}", "b: {say: Busy., then: a}"),
        "2:3", "a → b → a", "Put an ask or a menu",
    ),
    "no way out": Mistake(
        "steps:\n  a: {say: Hi., then: b}\n  b: {ask: free, prompt: Yes?, then: c}\n"
        "  c: {say: Hm., then: b}\n",
        "2:3", "steps a, b, c have no way out: no path from them ends the call: a → b → c → b",
        'one with "end"',
    ),
    "a corner without a way out": Mistake(
        menu("x: {phrases: [x], then: bye}", "y: {phrases: [y], then: c}").replace(
            BYE, BYE + "  c: {ask: free, prompt: More?, then: c}\n"),
        "8:3", 'step "c" has no way out', '"end", "transfer" or "queue"',
    ),
    "too many steps in a row": Mistake(
        "steps:\n" + "".join(f"  s{n}: {{say: Hi., then: s{n + 1}}}\n" for n in range(70))
        + "  s70: {end: Bye.}\n",
        "2:3", "71 steps follow one another", "join steps",
    ),
    "a start that waits in silence": Mistake(
        a('{ask: free, prompt: "{{ caller.first_name }}", then: bye}'),
        "2:3", "may wait for an answer without having said a word: a.", "Write words",
    ),
    "a wait in silence further on": Mistake(
        a("{ask: free, prompt: Name?, then: b}",
          "b: {choose: [{if: callee, then: c}, {else: bye}]}",
          'c: {ask: free, prompt: "{% if caller.known %}More?{% endif %}", then: bye}'),
        "4:3", "without having said a word: a → b → c.", "Write words",
    ),
    "a call that ends at once": Mistake(
        "steps:\n  bye: {end: }\n", "2:3", 'at step "bye" without a word: bye.', "{end: Goodbye.}"
    ),
    "an answer that is followed by hanging up": Mistake(
        "steps:\n  a: {ask: free, prompt: Yes?, then: b}\n  b: {set: {x: '1'}, then: c}\n"
        "  c: {end: }\n",
        "4:3", "without a word: a → b → c.", "{end: Goodbye.}",
    ),
    "silence for who wasn't heard": Mistake(
        a('{ask: free, prompt: Yes?, no_input: "{{ caller.first_name }}", then: bye}'),
        "2:32", '"no_input" may be empty', "Write words beside its values.",
    ),
}  # fmt: skip

MISTAKES = {**YAML, **SHAPE, **TEMPLATES, **SPEECH, **PATHS}
