/** What selectors ask of single labels, and who has these. */
import { NAMESPACE_LABEL, NAMESPACE_PREFIX, SERVICE_ACCOUNT_PREFIX } from "../model/labels.ts";
import { closest } from "../schema/closest.ts";
import type { Labels, Selector } from "../selector/selector.ts";

/** A demand for a label, with the values that would do if these are named. */
export interface Atom {
  readonly label: string;
  readonly values: readonly string[] | undefined;
}

/** What a selector demands somewhere, what it excludes left out. */
export function atomsOf(selector: Selector): Atom[] {
  switch (selector.op) {
    case "and":
    case "or":
      return selector.terms.flatMap(atomsOf);
    case "==":
      return [{ label: selector.label, values: [selector.value] }];
    case "in":
      return [{ label: selector.label, values: selector.values }];
    case "has":
    case "contains":
    case "starts with":
    case "ends with":
      return [{ label: selector.label, values: undefined }];
    default:
      return [];
  }
}

/** The values that each label has among objects, each with how many have it. */
export class LabelUse {
  readonly #values = new Map<string, Map<string, number>>();

  constructor(objects: Iterable<{ readonly labels: Labels }>) {
    for (const { labels } of objects) {
      for (const [label, value] of labels) {
        const values = this.#values.get(label) ?? new Map<string, number>();
        values.set(value, (values.get(value) ?? 0) + 1);
        this.#values.set(label, values);
      }
    }
  }

  /** How many have the label, and how many values there are. */
  counts(label: string): { readonly carriers: number; readonly values: number } {
    const values = this.#values.get(label);
    const carriers = [...(values?.values() ?? [])].reduce((a, b) => a + b, 0);
    return { carriers, values: values?.size ?? 0 };
  }

  /** Why nobody meets a demand, with the nearest there is; undefined where somebody does. */
  whyNobody({ label, values }: Atom): string | undefined {
    const known = this.#values.get(label);
    if (label === NAMESPACE_LABEL && values) {
      if (values.some((value) => known?.has(value))) return undefined;
      const near = nearest(values, [...(known?.keys() ?? [])]);
      return `namespace ${values.join(", ")} has none${near}`;
    }
    if (!known) {
      const near = nearest(
        [written(label)],
        [...this.#values.keys()].filter(isLike(label)).map(written),
      );
      return `nothing has the label ${labelWords(label)}${near}`;
    }
    if (!values || values.some((value) => known.has(value))) return undefined;
    const near = nearest(values, [...known.keys()]);
    return `no ${labelWords(label)} is ${values.map(quoted).join(" or ")}${near}`;
  }
}

/** The label as its owner has it. */
function written(label: string): string {
  const prefix = PREFIXES.find((one) => label.startsWith(one)) ?? "";
  return label.slice(prefix.length);
}

const PREFIXES = [NAMESPACE_PREFIX, SERVICE_ACCOUNT_PREFIX] as const;

/** `app`, `env of a namespace`. */
export function labelWords(label: string): string {
  if (label.startsWith(NAMESPACE_PREFIX)) return `${written(label)} of a namespace`;
  if (label.startsWith(SERVICE_ACCOUNT_PREFIX)) return `${written(label)} of a service account`;
  return label;
}

/** Labels of namespaces, of service accounts and of endpoints are no slips of each other. */
function isLike(label: string): (other: string) => boolean {
  const sort = (one: string) => PREFIXES.find((prefix) => one.startsWith(prefix));
  return (other) => sort(other) === sort(label);
}

function nearest(wanted: readonly string[], known: readonly string[]): string {
  const sorted = known.toSorted();
  const near = wanted.flatMap((one) => closest(one, sorted) ?? []);
  return near.length === 0 ? "" : `; the nearest is ${[...new Set(near)].map(quoted).join(", ")}`;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
