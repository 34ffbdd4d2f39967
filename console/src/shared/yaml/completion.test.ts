import { CompletionContext } from "@codemirror/autocomplete";
import { EditorState } from "@codemirror/state";
import { expect, test } from "vitest";

import { completeBySchema, type JsonSchema } from "./completion";

const schema: JsonSchema = {
  properties: {
    steps: { additionalProperties: { $ref: "#/$defs/step" } },
    language: { enum: ["en", "zh"] },
  },
  $defs: {
    step: {
      anyOf: [
        { properties: { say: { description: "What callers hear." }, then: { type: "string" } } },
        { properties: { ask: { enum: ["yes_no", "digits"] } } },
      ],
    },
  },
};

function offered(text: string): string[] {
  const state = EditorState.create({ doc: text });
  const found = completeBySchema(schema)(new CompletionContext(state, text.length, true));
  return found ? found.options.map((option) => option.label) : [];
}

test("at the margin the keys of a flow are offered", () => {
  expect(offered("")).toEqual(["steps", "language"]);
});

test("in a step its keys are offered, of every kind of step", () => {
  expect(offered("steps:\n  hello:\n    s")).toEqual(["say", "then", "ask"]);
});

test("values that the schema lists are offered", () => {
  expect(offered("steps:\n  hello:\n    ask: ")).toEqual(["yes_no", "digits"]);
});

test("where a step is due, the steps of this flow are offered", () => {
  expect(offered("steps:\n  hello:\n    say: Hi\n    then: b\n".trimEnd())).toEqual(["hello"]);
  expect(offered("steps:\n  bye: {end: Bye}\n  hello:\n    then: ")).toEqual(["bye", "hello"]);
});
