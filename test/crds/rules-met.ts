import type { Schema } from "../../src/core/schema/schema.ts";
import type { Case } from "./compare.ts";
import type { Definition } from "./definitions.ts";

/** Which rules of definitions refused something in a run: one that never did proves nothing. */
export class RulesMet {
  readonly #unmet: Map<string, Set<string>>;

  constructor(definitions: readonly Definition[]) {
    this.#unmet = new Map(
      definitions.map(({ kind, schema }) => [kind.kind, new Set(messagesOf(schema))]),
    );
  }

  watch({ kind, theirs }: Case): void {
    if (theirs.accepted) return;
    const unmet = this.#unmet.get(kind.kind) ?? new Set();
    for (const message of unmet) {
      const said = theirs.causes.some((cause) => oneLine(cause.message).includes(message));
      if (said) unmet.delete(message);
    }
  }

  /** `Tier: default tier order must be 1000000`, sorted. */
  get unmet(): readonly string[] {
    return [...this.#unmet]
      .flatMap(([kind, messages]) => [...messages].map((message) => `${kind}: ${message}`))
      .sort();
  }
}

/** What the rules of a schema say, at any depth. */
export function messagesOf(schema: Schema<unknown>): string[] {
  const rules = (schema as { readonly "x-kubernetes-validations"?: readonly Rule[] })[
    "x-kubernetes-validations"
  ];
  const { properties = {}, items, additionalProperties } = schema;
  const within = [...Object.values(properties), items, additionalProperties];
  return [
    ...(rules ?? []).map(({ message, rule }) => oneLine(message ?? `failed rule: ${rule}`)),
    ...within.flatMap((inner) => (inner ? messagesOf(inner) : [])),
  ];
}

interface Rule {
  readonly rule: string;
  readonly message?: string;
}

/** The text with every stretch of white space made one space. */
export function oneLine(text: string): string {
  return text.trim().replaceAll(/\s+/g, " ");
}
