# ruff: noqa: RUF001  Chinese text is Chinese
"""Files that are no YAML, and keys and values of a wrong shape."""

from flow_mistake import BYE, QUEUE, TWO, Mistake, a, menu

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
        a("{choose: [{else: bye}}"), "2:27", 'closing "]" is missing', "comma"
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
        a("{say: Hello, welcome, then: bye}"), "2:19", '"welcome" stands between', "quotes"
    ),
    "a key without a value in braces": Mistake(
        a("{end: Bye., reason}"), "2:18", '"reason" stands between commas', "Write reason: …"
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
    "a control character": Mistake(a("{end: Bye\x07}"), "2:15", "U+0007", "remove"),
    "a file that is too large": Mistake("a: " + "x" * 600_000, "1", "larger than 512 KiB", ""),
    "a file that is too deep": Mistake("a: " + "[" * 5000, "1:15", "deeper than 12 levels", ""),
    "too many values": Mistake("a: [" + "x," * 60_000 + "]", "1:99997", "more than 50000", ""),
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
        TWO.replace("[en, zh]", "[en, zh]\nlanguage: fr").replace(
            "zh: 再见。", "zh: 再见。, fr: Salut."),
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
        a("{say: , then: bye}"), "2:11", "must be a text", "Write say: Hello", structure=True
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
        "4:45", 'no text for the language "zh"', "declares the languages en, zh",
    ),
    "a language that the flow lacks": Mistake(
        a("{say: {en: Hi., zh: 您好}, then: bye}"), "2:22", "a language the flow lacks", ": en"
    ),
    "a step in a language that the flow lacks": Mistake(
        a("{say: 您好, language: zh, then: bye}"), "2:26", "which the flow lacks", ": en"
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
        a("{set: {x: }, then: bye}"), "2:15", '"set.x" must be a text', "", structure=True
    ),
    "a queue without an outcome": Mistake(
        a(f"{{{QUEUE.replace(', no_agents: bye', '')}}}"),
        "2:3", 'no "no_agents"', "", structure=True,
    ),
}  # fmt: skip
