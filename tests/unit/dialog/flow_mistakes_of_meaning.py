"""Templates that can't work, texts that no voice says, steps that lead nowhere."""

from flow_mistake import BYE, ORDER, QUEUE, TWO, Mistake, a, menu, prompt

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
        "2:3",
        "steps a, b, c have no way out: no path from them ends the call: a → b → c → b",
        'a step with "end"',
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
