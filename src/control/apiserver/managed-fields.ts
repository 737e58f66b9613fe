/** Who set which fields of an object: `metadata.managedFields`, and server-side apply on top of it. */

import { isDeepStrictEqual } from "node:util";
import { apiVersionOf } from "../../core/resources/kinds.ts";
import type { Resource, ResourceKind } from "../../core/resources/resource.ts";
import { withSchemaDefaults } from "../../core/schema/defaults.ts";
import { type JsonObject, objectAt, textAt, withEntries } from "../../core/schema/json-object.ts";
import {
  type FieldPath,
  fieldsOf,
  formatFields,
  formatPath,
  mergeFields,
  parseFields,
  withoutFields,
} from "./field-set.ts";
import { detailsOf, Refusal } from "./status.ts";

/** Who writes, how, and when. */
export interface Writer {
  readonly manager: string;
  readonly operation: "Apply" | "Update";
  readonly subresource: "" | "status";
  /** RFC 3339, in seconds. */
  readonly time: string;
}

interface Owner extends Writer {
  readonly fields: ReadonlySet<FieldPath>;
}

/** What the server itself keeps: nobody owns it. */
const UNOWNED = [
  "name",
  "namespace",
  "generateName",
  "uid",
  "resourceVersion",
  "generation",
  "creationTimestamp",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
  "managedFields",
  "selfLink",
];

/**
 * `next` with its `managedFields` brought up to date: what differs from `previous` now belongs to
 * the writer, what is gone to nobody.
 */
export function withUpdatedFields(
  kind: ResourceKind,
  previous: Resource | undefined,
  next: Resource,
  writer: Writer,
): Resource {
  const before = ownableFields(kind, previous);
  const now = ownableFields(kind, next);
  const changed = new Set<FieldPath>();
  for (const [path, value] of now) {
    if (!before.has(path) || !isDeepStrictEqual(before.get(path), value)) changed.add(path);
  }
  const owners = ownersOf(next).map((owner) => ({
    ...owner,
    fields: new Set([...owner.fields].filter((path) => now.has(path) && !changed.has(path))),
  }));
  return withOwners(
    next,
    changed.size === 0 ? owners : added(owners, { ...writer, fields: changed }),
  );
}

/**
 * Server-side apply: `live` with the fields of `applied` laid over it, and without those that the
 * same manager applied before and leaves out now. Refuses to take a field that another manager set
 * to another value, unless it is forced.
 */
export function applyFields(
  kind: ResourceKind,
  live: Resource,
  applied: JsonObject,
  writer: Writer,
  force: boolean,
): Resource {
  const wanted = fieldsOf(kind.schema, ownable(applied));
  // A default that is filled in below an applied field is no difference from the live object.
  const filled = withSchemaDefaults(kind.schema, applied) as JsonObject;
  const meant = fieldsOf(kind.schema, ownable(filled));
  const liveFields = ownableFields(kind, live);
  const owners = ownersOf(live);
  const mine = owners.find((owner) => isSameWriter(owner, writer));
  const others = owners.filter((owner) => owner !== mine);
  const taken = new Set(
    [...wanted.keys()].filter(
      (path) => !isDeepStrictEqual(liveFields.get(path), meant.get(path) ?? wanted.get(path)),
    ),
  );
  const conflicts = others.flatMap((owner) =>
    [...owner.fields].filter((path) => taken.has(path)).map((path) => ({ owner, path })),
  );
  if (conflicts.length > 0 && !force) throw applyConflict(kind, live.metadata.name, conflicts);
  const abandoned = [...(mine?.fields ?? [])].filter(
    (path) => !wanted.has(path) && !others.some((owner) => owner.fields.has(path)),
  );
  const kept = withoutFields(live, abandoned) ?? live;
  const merged = mergeFields(kind.schema, kept, ownable(applied)) as Resource;
  const rest = others.map((owner) => ({
    ...owner,
    fields: new Set([...owner.fields].filter((path) => !taken.has(path))),
  }));
  return withOwners(merged, [...rest, { ...writer, fields: new Set(wanted.keys()) }]);
}

/** Whether two objects are the same but for when their fields were set. */
export function isSameButTimes(a: Resource, b: Resource): boolean {
  return isDeepStrictEqual(withoutTimes(a), withoutTimes(b));
}

function withoutTimes(object: Resource): unknown {
  const entries = ownersOf(object).map(({ time: _, ...owner }) => owner);
  const { managedFields: _, resourceVersion: __, ...metadata } = object.metadata;
  return { object: { ...object, metadata }, entries };
}

function added(owners: readonly Owner[], writer: Owner): Owner[] {
  const known = owners.find((owner) => isSameWriter(owner, writer));
  if (!known) return [...owners, writer];
  const fields = new Set([...known.fields, ...writer.fields]);
  return owners.map((owner) => (owner === known ? { ...writer, fields } : owner));
}

function isSameWriter(a: Writer, b: Writer): boolean {
  return a.manager === b.manager && a.operation === b.operation && a.subresource === b.subresource;
}

function ownersOf(object: Resource): Owner[] {
  const { managedFields } = object.metadata;
  if (!Array.isArray(managedFields)) return [];
  return managedFields.flatMap((found) => {
    const manager = textAt(found, "manager");
    if (manager === undefined) return [];
    return {
      manager,
      operation: textAt(found, "operation") === "Apply" ? "Apply" : "Update",
      subresource: textAt(found, "subresource") === "status" ? "status" : "",
      time: textAt(found, "time") ?? "",
      fields: parseFields(objectAt(found, "fieldsV1")),
    };
  });
}

function withOwners(object: Resource, owners: readonly Owner[]): Resource {
  const managedFields = owners
    .filter(({ fields }) => fields.size > 0)
    .map(({ manager, operation, subresource, time, fields }) => ({
      manager,
      operation,
      apiVersion: object.apiVersion,
      ...(time !== "" && { time }),
      fieldsType: "FieldsV1",
      fieldsV1: formatFields(fields),
      ...(subresource !== "" && { subresource }),
    }));
  const { managedFields: _, ...metadata } = object.metadata;
  return {
    ...object,
    metadata: managedFields.length > 0 ? { ...metadata, managedFields } : metadata,
  };
}

function ownableFields(
  kind: ResourceKind,
  object: Resource | undefined,
): ReadonlyMap<FieldPath, unknown> {
  return object ? fieldsOf(kind.schema, ownable({ ...object })) : new Map();
}

/** The object without what nobody owns. */
function ownable(object: JsonObject): JsonObject {
  const metadata = withEntries(
    objectAt(object, "metadata"),
    UNOWNED.map((field) => [field, undefined] as const),
  );
  return withEntries(object, [
    ["apiVersion", undefined],
    ["kind", undefined],
    ["metadata", Object.keys(metadata).length > 0 ? metadata : undefined],
  ]);
}

function applyConflict(
  kind: ResourceKind,
  name: string,
  conflicts: readonly { readonly owner: Owner; readonly path: FieldPath }[],
): Refusal {
  const causes = conflicts.map(({ owner, path }) => ({
    reason: "FieldManagerConflict",
    message: `conflict with "${owner.manager}"${
      owner.operation === "Update" ? ` using ${apiVersionOf(kind)}` : ""
    }`,
    field: formatPath(path),
  }));
  const lines = causes.map(({ message, field }) => `${message}: ${field}`);
  const count = `${causes.length} conflict${causes.length === 1 ? "" : "s"}`;
  const message = `Apply failed with ${count}: ${lines.join(", ")}`;
  return new Refusal(409, "Conflict", message, { ...detailsOf(kind, name), causes });
}
