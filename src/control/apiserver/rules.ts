/**
 * What holds between objects, which no object's own check can see: that a policy's tier and an
 * object's namespace exist, and that what is built in stays.
 */

import type { Resource, ResourceKind } from "../../core/resources/resource.ts";
import { entry, type JsonObject, objectAt, textAt } from "../../core/schema/json-object.ts";
import type { Storage } from "../storage/storage.ts";
import { type Catalog, keyOf } from "./catalog.ts";
import { type Condition, statusWithCondition } from "./condition.ts";
import { forbidden, notFound, resourceName } from "./status.ts";

/** The objects around the one that is written. */
export interface Surroundings {
  readonly storage: Storage;
  readonly catalog: Catalog;
}

const TIERS = "tiers.projectcalico.org";
/** How many policies a refusal names. */
const NAMED_AT_MOST = 10;
const BUILT_IN: ReadonlyMap<string, readonly string[]> = new Map([
  ["namespaces", ["default"]],
  [TIERS, ["default", "kube-admin", "kube-baseline"]],
]);
const DEFAULT_ALLOW = "projectcalico-default-allow";

/**
 * The object with what the server sets in it, whatever its author says; it is not admitted yet.
 * `time` (RFC 3339) is when it is written.
 */
export function settle(kind: ResourceKind, object: JsonObject, time: string): JsonObject {
  switch (resourceName(kind)) {
    case "namespaces":
      return { ...object, status: { ...objectAt(object, "status"), phase: "Active" } };
    case TIERS:
      return { ...object, status: statusWithCondition(object, readiness(object), time) };
    default:
      return object;
  }
}

/** A tier orders policies from the moment it is there; one that is going takes no new ones. */
function readiness(tier: JsonObject): Condition {
  const going = entry(objectAt(tier, "metadata"), "deletionTimestamp") != null;
  const type = "Ready";
  if (!going) return { type, status: "True", reason: "Ready", message: "The tier is in use." };
  return { type, status: "False", reason: "Terminating", message: "The tier is being deleted." };
}

/** Refuses to create an object where it cannot be. */
export function checkCreate(
  around: Surroundings,
  kind: ResourceKind,
  { metadata }: Resource,
): void {
  if (kind.scope !== "Namespaced") return;
  const namespaces = around.catalog.ofType("namespaces");
  if (!namespaces) return;
  const namespace = metadata.namespace ?? "";
  const found = around.storage.get(keyOf(namespaces, "", namespace));
  if (!found) throw notFound(namespaces, namespace);
  if (found.metadata.deletionTimestamp) {
    const detail = `namespace ${namespace} is being terminated: nothing new can be created in it`;
    throw forbidden(kind, metadata.name, detail);
  }
}

/** Refuses to create or change what nobody may. */
export function checkBuiltIn(kind: ResourceKind, name: string): void {
  if (!isDefaultAllow(kind, name)) return;
  throw forbidden(kind, name, "the built-in profile cannot be changed");
}

/** Refuses a policy of a tier that is not there, or is going. */
export function checkTier(around: Surroundings, kind: ResourceKind, object: Resource): void {
  const { name } = object.metadata;
  if (!isTiered(kind)) return;
  const tiers = around.catalog.ofType(TIERS);
  if (!tiers) return;
  const tier = around.storage.get(keyOf(tiers, "", tierOf(object)));
  if (!tier) throw forbidden(kind, name, `Tier "${tierOf(object)}" does not exist`);
  if (tier.metadata.deletionTimestamp) {
    throw forbidden(kind, name, `Tier "${tierOf(object)}" is being deleted`);
  }
}

/** Refuses to delete what must stay. */
export function checkDelete(around: Surroundings, kind: ResourceKind, name: string): void {
  const type = resourceName(kind);
  if (BUILT_IN.get(type)?.includes(name) || isDefaultAllow(kind, name)) {
    throw forbidden(kind, name, `the built-in ${kind.singular} cannot be deleted`);
  }
  if (type !== TIERS) return;
  const held = policiesOf(around, name);
  if (held.length === 0) return;
  const more = held.length > NAMED_AT_MOST ? ` and ${held.length - NAMED_AT_MOST} more` : "";
  const list = held.slice(0, NAMED_AT_MOST).join(", ");
  throw forbidden(kind, name, `Cannot delete a non-empty tier: it holds ${list}${more}`);
}

/** The policies in a tier: `NetworkPolicy shop/web`. */
function policiesOf({ catalog, storage }: Surroundings, tier: string): string[] {
  return catalog.kinds.filter(isTiered).flatMap((kind) => {
    const page = storage.list({ type: resourceName(kind) });
    const policies = page === "Expired" ? [] : page.objects;
    return policies
      .filter((policy) => tierOf(policy) === tier)
      .map(({ metadata: { namespace, name } }) => {
        return `${kind.kind} ${namespace ? `${namespace}/${name}` : name}`;
      });
  });
}

/** Administrators' policies have tiers of their own, which are no objects. */
function isTiered(kind: ResourceKind): boolean {
  if (kind.group !== "projectcalico.org") return false;
  return kind.schema.properties?.spec?.properties?.tier !== undefined;
}

function tierOf(policy: Resource): string {
  return textAt(objectAt(policy, "spec"), "tier") || "default";
}

function isDefaultAllow(kind: ResourceKind, name: string): boolean {
  return resourceName(kind) === "profiles.projectcalico.org" && name === DEFAULT_ALLOW;
}
