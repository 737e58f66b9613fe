/**
 * The meaning of a selector: a boolean expression over labels, used by every policy and network
 * set to say which endpoints it concerns. Text becomes a {@link Selector} in `parse.ts`.
 */

/** A parsed selector. Plain data, so it can be compared, stored and sent to a worker as it is. */
export type Selector =
  | { readonly op: "all" }
  | { readonly op: "global" }
  | { readonly op: "has"; readonly label: string }
  | { readonly op: CompareOp; readonly label: string; readonly value: string }
  | { readonly op: SetOp; readonly label: string; readonly values: readonly string[] }
  | { readonly op: "not"; readonly term: Selector }
  | { readonly op: "and" | "or"; readonly terms: readonly Selector[] };

export type CompareOp = "==" | "!=" | "contains" | "starts with" | "ends with";
export type SetOp = "in" | "not in";

/** Label names to values. A map, because users name labels `__proto__` and `constructor` too. */
export type Labels = ReadonlyMap<string, string>;

/** As much of labels as a selector asks. */
export type LabelSource = Pick<Labels, "get" | "has">;

/** Reports whether `selector` selects something carrying `labels`. */
export function matches(selector: Selector, labels: LabelSource): boolean {
  switch (selector.op) {
    case "all":
    case "global": // Whether a resource is global is its scope's business; no label can say so.
      return true;
    case "has":
      return labels.has(selector.label);
    case "in":
    case "not in": {
      // An absent label is outside every set, so "not in" holds for it.
      const value = labels.get(selector.label);
      const found = value !== undefined && selector.values.includes(value);
      return found === (selector.op === "in");
    }
    case "not":
      return !matches(selector.term, labels);
    case "and":
      for (const term of selector.terms) if (!matches(term, labels)) return false;
      return true;
    case "or":
      for (const term of selector.terms) if (matches(term, labels)) return true;
      return false;
    default:
      return compare(selector.op, labels.get(selector.label), selector.value);
  }
}

/** Writes a selector back as text that parses to the same selector. */
export function format(selector: Selector): string {
  switch (selector.op) {
    case "all":
    case "global":
      return `${selector.op}()`;
    case "has":
      return `has(${selector.label})`;
    case "in":
    case "not in":
      return `${selector.label} ${selector.op} {${joined(selector.values, quote, ", ")}}`;
    case "not":
      return `!${format(selector.term)}`;
    case "and":
      return `(${joined(selector.terms, format, " && ")})`;
    case "or":
      return `(${joined(selector.terms, format, " || ")})`;
    default:
      return `${selector.label} ${selector.op} ${quote(selector.value)}`;
  }
}

function joined<T>(parts: readonly T[], print: (part: T) => string, between: string): string {
  let text = "";
  for (const part of parts) text += text === "" ? print(part) : between + print(part);
  return text;
}

function compare(op: CompareOp, actual: string | undefined, wanted: string): boolean {
  if (actual === undefined) return op === "!=";
  switch (op) {
    case "==":
      return actual === wanted;
    case "!=":
      return actual !== wanted;
    case "contains":
      return actual.includes(wanted);
    case "starts with":
      return actual.startsWith(wanted);
    case "ends with":
      return actual.endsWith(wanted);
  }
}

/** The language has no escapes: a value holding one kind of quote is written in the other. */
function quote(value: string): string {
  return value.includes('"') ? `'${value}'` : `"${value}"`;
}
