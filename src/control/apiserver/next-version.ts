/** The next version of an object: what its author sends, with what only the server says. */

import { isDeepStrictEqual } from "node:util";
import type { Resource, ResourceKind } from "../../core/resources/resource.ts";
import {
  entry,
  isObject,
  type JsonObject,
  objectAt,
  textAt,
  withEntries,
} from "../../core/schema/json-object.ts";
import { hasStatus } from "./catalog.ts";
import { conflict, forbidden, modified } from "./status.ts";

/** What a new object gets from the server. */
export interface Birth {
  readonly uid: string;
  /** RFC 3339, in seconds. */
  readonly creationTimestamp: string;
}

/** Fields of `metadata` that follow the object from its birth, whatever its author sends. */
const SERVER_FIELDS = [
  "uid",
  "creationTimestamp",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
  "generation",
  "resourceVersion",
  "selfLink",
];

/**
 * The object to be, not admitted yet. A write of the status takes nothing but the status from what
 * is sent.
 */
export function nextVersion(
  kind: ResourceKind,
  previous: Resource | undefined,
  sent: JsonObject,
  subresource: "" | "status",
  birth: () => Birth,
): JsonObject {
  const base = subresource === "status" && previous ? { ...previous } : sent;
  const kept = previous ? previous.metadata : birth();
  const metadata = withEntries(objectAt(base, "metadata"), [
    ...SERVER_FIELDS.map((field) => [field, entry(kept, field)] as const),
    ["managedFields", managedFieldsOf(previous, sent)],
  ]);
  return withEntries(base, [
    ["metadata", metadata],
    ["status", statusOf(kind, previous, sent, subresource)],
  ]);
}

/** Refuses a write that was meant for another version or another object of the name. */
export function checkPreconditions(kind: ResourceKind, previous: Resource, sent: JsonObject): void {
  const { name, uid, resourceVersion, deletionTimestamp } = previous.metadata;
  const metadata = objectAt(sent, "metadata");
  const wanted = textAt(metadata, "resourceVersion");
  if (wanted && wanted !== resourceVersion) throw modified(kind, name);
  const wantedUid = textAt(metadata, "uid");
  if (wantedUid && wantedUid !== uid) {
    throw conflict(kind, name, `the UID in the precondition (${wantedUid}) is not the object's`);
  }
  if (!deletionTimestamp) return;
  const before = finalizersOf(previous.metadata);
  if (finalizersOf(metadata).some((finalizer) => !before.includes(finalizer))) {
    throw forbidden(kind, name, "no new finalizers can be added if the object is being deleted");
  }
}

/** The object with its generation, which counts the changes of all but metadata and status. */
export function withGeneration(previous: Resource | undefined, object: Resource): Resource {
  const before = previous?.metadata.generation ?? 0;
  const changed = !previous || !isDeepStrictEqual(contentOf(previous), contentOf(object));
  const generation = changed ? before + 1 : before;
  return { ...object, metadata: { ...object.metadata, generation } };
}

/** Reports whether something still has to happen before the object may go. */
export function hasFinalizers(object: Resource): boolean {
  return finalizersOf(object.metadata).length > 0;
}

/** Only a list of nothing or of empty entries resets who owns what; leaving it out does not. */
function managedFieldsOf(previous: Resource | undefined, sent: JsonObject): unknown {
  const found = entry(objectAt(sent, "metadata"), "managedFields");
  const isReset = Array.isArray(found) && found.every(isEmpty);
  return isReset ? undefined : (found ?? previous?.metadata.managedFields);
}

/**
 * Nobody but the author knows the status of a Pod or a Node here. That of other kinds is the
 * enforcing side's, which writes it through the subresource alone.
 */
function statusOf(
  kind: ResourceKind,
  previous: Resource | undefined,
  sent: JsonObject,
  subresource: "" | "status",
): unknown {
  const found = entry(sent, "status");
  if (!hasStatus(kind) || subresource === "status") return found;
  const kept = previous && entry(previous, "status");
  return kind.group === "" ? (found ?? kept) : kept;
}

function contentOf(object: Resource): JsonObject {
  return withEntries({ ...object }, [
    ["metadata", undefined],
    ["status", undefined],
  ]);
}

function finalizersOf(metadata: JsonObject): readonly unknown[] {
  return Array.isArray(metadata.finalizers) ? metadata.finalizers : [];
}

function isEmpty(value: unknown): boolean {
  return isObject(value) && Object.keys(value).length === 0;
}
