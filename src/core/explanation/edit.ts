/** Edits of a cluster's objects, offered because they would change an answer. */
import { formatObject } from "../model/policy.ts";
import type { AnyResource } from "../resources/kinds.ts";
import { type ObjectName, objectName } from "./object-key.ts";
import type { Change } from "./vicinity.ts";

/** One object, changed. */
export interface Edit {
  readonly sort: "label" | "rule" | "new rule" | "less rules" | "policy";
  /** What is to be done, e.g. `label production/green color=blue`. */
  readonly words: string;
  /** What is edited; for a new object its own name. */
  readonly object: ObjectName;
  /** The place in the object; "" for the whole. */
  readonly path: string;
  /** How much is edited, and how much else it may touch: smaller is offered first. */
  readonly size: number;
  readonly change: Change;
}

/** The object with its labels changed; undefined takes a label away. */
export function withLabels(
  resource: AnyResource,
  changes: ReadonlyMap<string, string | undefined>,
): AnyResource {
  const labels = new Map(Object.entries(resource.metadata.labels ?? {}));
  for (const [label, value] of changes) {
    if (value === undefined) labels.delete(label);
    else labels.set(label, value);
  }
  const metadata = { ...resource.metadata, labels: Object.fromEntries(labels) };
  return { ...resource, metadata };
}

/** `NetworkPolicy production/web`, and a pod or VM by its name alone. */
export function objectWords(resource: AnyResource): string {
  const { kind, namespace, name } = objectName(resource);
  const path = namespace === "" ? name : `${namespace}/${name}`;
  if (kind === "Pod") return path;
  if (kind === "WorkloadEndpoint" && resource.kind === kind) {
    return `${namespace}/${resource.spec.pod || resource.spec.workload || name}`;
  }
  if (kind === "Namespace") return `namespace ${name}`;
  return formatObject({ kind, namespace, name });
}
