import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";

type Scalar = string | number | boolean | null;

/** As much of JSON Schema as our own schemas use. */
export interface JsonSchema {
  $ref?: string;
  $defs?: Record<string, JsonSchema>;
  type?: string | string[];
  description?: string;
  properties?: Record<string, JsonSchema>;
  additionalProperties?: boolean | JsonSchema;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  enum?: Scalar[];
  const?: Scalar;
}

const KEY = /^(\s*)(?:- )?([\w.-]+|"[^"]+"):(?:\s|$)/;
/** Keys whose value is the name of a step. */
const STEP_KEYS =
  /(?:then|yes|no|give_up|else|otherwise|start|back|failed|missing|found|to|open|closed):\s+([\w-]*)$/;

/** Keys above the line where the cursor is, by their indentation; outermost first. */
export function pathAt(lines: readonly string[], indent: number): string[] {
  const path: string[] = [];
  let inside = indent;
  for (let place = lines.length - 1; place >= 0 && inside > 0; place -= 1) {
    const line = lines[place] ?? "";
    const found = KEY.exec(line);
    const depth = line.search(/\S/);
    if (found && depth < inside) {
      path.unshift((found[2] ?? "").replaceAll('"', ""));
      inside = depth;
    }
  }
  return path;
}

function resolved(schema: JsonSchema, root: JsonSchema): JsonSchema[] {
  if (schema.$ref) {
    const name = schema.$ref.replace("#/$defs/", "");
    const target = root.$defs?.[name];
    return target ? resolved(target, root) : [];
  }
  const parts = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])];
  return [schema, ...parts.flatMap((part) => resolved(part, root))];
}

/** What the schema has below a path of keys; several where it allows several. */
export function schemasAt(root: JsonSchema, path: readonly string[]): JsonSchema[] {
  let found = resolved(root, root);
  for (const key of path) {
    found = found.flatMap((schema) => {
      const listed = schema.items ? resolved(schema.items, root) : [];
      return [schema, ...listed].flatMap((one) => {
        const next =
          one.properties?.[key] ??
          (typeof one.additionalProperties === "object" ? one.additionalProperties : undefined);
        return next ? resolved(next, root) : [];
      });
    });
  }
  return found;
}

function keysOf(schemas: JsonSchema[]): Completion[] {
  const found = new Map<string, Completion>();
  for (const schema of schemas) {
    for (const [key, value] of Object.entries(schema.properties ?? {})) {
      found.set(key, {
        label: key,
        type: "property",
        apply: `${key}: `,
        ...(value.description ? { info: value.description } : {}),
      });
    }
  }
  return [...found.values()];
}

function stepNames(text: string): string[] {
  const steps = /^steps:\s*$/m.exec(text);
  if (!steps) return [];
  const below = text.slice(steps.index + steps[0].length);
  const indent = /^( +)\S/m.exec(below)?.[1]?.length ?? 2;
  const names = below.matchAll(new RegExp(`^ {${indent}}([\\w-]+):`, "gm"));
  return [...names].map((match) => match[1] ?? "");
}

/** Completes keys and values by a schema, and names of a flow's steps where one is due. */
export function completeBySchema(schema: JsonSchema) {
  return (context: CompletionContext): CompletionResult | null => {
    const line = context.state.doc.lineAt(context.pos);
    const before = line.text.slice(0, context.pos - line.from);
    const text = context.state.doc.toString();
    const step = STEP_KEYS.exec(before);
    if (step) {
      const options = stepNames(text).map((label) => ({ label, type: "class" }));
      return { from: context.pos - (step[1] ?? "").length, options, validFor: /^[\w-]*$/ };
    }
    const indent = before.search(/\S|$/);
    const above = text.slice(0, line.from).split("\n");
    const value = /^\s*(?:- )?([\w-]+):\s+([\w-]*)$/.exec(before);
    if (value) {
      const schemas = schemasAt(schema, [...pathAt(above, indent), value[1] ?? ""]);
      const values = schemas.flatMap((one) => [...(one.enum ?? []), one.const]);
      const options = [...new Set(values.filter((one) => one !== undefined))].map((one) => ({
        label: String(one),
        type: "enum",
      }));
      return options.length
        ? { from: context.pos - (value[2] ?? "").length, options, validFor: /^[\w-]*$/ }
        : null;
    }
    const key = /^\s*(?:- )?([\w-]*)$/.exec(before);
    if (!key || (!context.explicit && !key[1])) return null;
    const options = keysOf(schemasAt(schema, pathAt(above, indent)));
    return { from: context.pos - (key[1] ?? "").length, options, validFor: /^[\w-]*$/ };
  };
}
