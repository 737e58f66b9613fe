/**
 * What holds between objects, which no object's own check can see: that a policy's tier and an
 * object's namespace exist, and that what is built in stays.
 */

import type { Resource, ResourceKind } from "../../core/resources/resource.ts";
import { type JsonObject, objectAt, textAt } from "../../core/schema/json-object.ts";
import type { Storage } from "../storage/storage.ts";
import { type Catalog, keyOf } from "./catalog.ts";
import { forbidden, notFound, resourceName } from "./status.ts";

/** The objects around the one that is written. */
export interface Surroundings {
  readonly storage: Storage;
  readonly catalog: Catalog;
}

const BUILT_IN: ReadonlyMap<string, readonly string[]> = new Map([
  ["namespaces", ["default"]],
  ["tiers.projectcalico.org", ["default", "kube-admin", "kube-baseline"]],
]);
const DEFAULT_ALLOW = "projectcalico-default-allow";

/** The object with what the server sets in it, whatever its author says; it is not admitted yet. */
export function settle(kind: ResourceKind, object: JsonObject): JsonObject {
  if (resourceName(kind) !== "namespaces") return object;
  return { ...object, status: { ...objectAt(object, "status"), phase: "Active" } };
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
  const tiers = around.catalog.ofType("tiers.projectcalico.org");
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
  if (type !== "tiers.projectcalico.org") return;
  const first = around.catalog.kinds.filter(isTiered).flatMap((policies) => {
    const page = around.storage.list({ type: resourceName(policies) });
    const objects = page === "Expired" ? [] : page.objects;
    return objects
      .filter((policy) => tierOf(policy) === name)
      .map((policy) => ({ policies, policy }));
  })[0];
  if (!first) return;
  const { namespace, name: policy } = first.policy.metadata;
  const place = namespace ? `${namespace}/${policy}` : policy;
  const detail = `Cannot delete a non-empty tier: ${first.policies.kind} ${place} is in it`;
  throw forbidden(kind, name, detail);
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
