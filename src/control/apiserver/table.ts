/** Lists as tables, which is what `kubectl get` asks for: the server chooses columns and cells. */

import type { PrinterColumn, Resource, ResourceKind } from "../../core/resources/resource.ts";
import { formatDuration } from "./duration.ts";
import { evaluateJsonPath } from "./json-path.ts";

/** How much of each object a table carries with its cells. */
export type IncludeObject = "None" | "Metadata" | "Object";

export interface ListMeta {
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

const NAME: PrinterColumn = {
  name: "Name",
  type: "string",
  jsonPath: ".metadata.name",
  description: "Unique among objects of the kind in a namespace",
};

const AGE: PrinterColumn = {
  name: "Age",
  type: "date",
  jsonPath: ".metadata.creationTimestamp",
  description: "How long ago it was created",
};

/** Rows for objects, and column definitions if they are to be sent. `now` in milliseconds. */
export function table(
  kind: ResourceKind,
  objects: readonly Resource[],
  metadata: ListMeta,
  options: { readonly include: IncludeObject; readonly columns: boolean; readonly now: number },
): object {
  const columns = [NAME, ...(kind.columns.length > 0 ? kind.columns : [AGE])];
  return {
    kind: "Table",
    apiVersion: "meta.k8s.io/v1",
    metadata,
    columnDefinitions: options.columns ? columns.map(columnDefinition) : [],
    rows: objects.map((object) => ({
      cells: columns.map((column) => cell(column, object, options.now)),
      ...objectOf(object, options.include),
    })),
  };
}

/** An object's metadata alone, as clients that need no more ask for it. */
export function partialObject(object: Resource): object {
  const { metadata } = object;
  return { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata };
}

function columnDefinition(column: PrinterColumn): object {
  return {
    name: column.name,
    type: column.type,
    format: column.name === "Name" ? "name" : "",
    description: column.description ?? "",
    priority: column.priority ?? 0,
  };
}

function cell(column: PrinterColumn, object: Resource, now: number): unknown {
  const found = evaluateJsonPath(column.jsonPath, object).filter((value) => value !== null);
  if (found.length === 0) return column.type === "string" ? "" : null;
  if (column.type === "date") {
    const time = Date.parse(String(found[0]));
    return Number.isNaN(time) ? "<unknown>" : formatDuration(now - time);
  }
  if (column.type !== "string") return found[0];
  return found
    .map((value) => (typeof value === "string" ? value : JSON.stringify(value)))
    .join(",");
}

function objectOf(object: Resource, include: IncludeObject): object {
  if (include === "None") return {};
  return { object: include === "Object" ? object : partialObject(object) };
}
