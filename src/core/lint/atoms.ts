/** What selectors ask of single labels, and who has these. */
import { once } from "../calc/once.ts";
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

/** The values that each label has among objects. */
export class LabelUse {
  readonly #values = new Map<string, Set<string>>();

  constructor(objects: Iterable<{ readonly labels: Labels }>) {
    for (const { labels } of objects) {
      for (const [label, value] of labels) {
        once(this.#values, label, () => new Set<string>()).add(value);
      }
    }
  }

  /** Why nobody meets a demand, with the nearest there is; undefined where somebody does. */
  whyNobody({ label, values }: Atom): string | undefined {
    const known = this.#values.get(label);
    if (label === NAMESPACE_LABEL && values) {
      if (values.some((value) => known?.has(value))) return undefined;
      const near = nearest(values, [...(known ?? [])]);
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
    const near = nearest(values, [...known]);
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
function labelWords(label: string): string {
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
