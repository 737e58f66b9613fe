/** What `kubectl api-resources` and every client's first requests ask: which kinds there are. */

import { apiVersionOf } from "../../core/resources/kinds.ts";
import type { ResourceKind } from "../../core/resources/resource.ts";
import { type Catalog, type GroupVersion, hasStatus } from "./catalog.ts";

const VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

/** `/api`. */
export function coreVersions(): object {
  return {
    kind: "APIVersions",
    apiVersion: "v1",
    versions: ["v1"],
    serverAddressByClientCIDRs: [],
  };
}

/** `/apis`. */
export function groupList(catalog: Catalog): object {
  const versions = catalog.groupVersions().filter(({ group }) => group !== "");
  const groups = Array.from(Map.groupBy(versions, ({ group }) => group).values(), groupEntry);
  return { kind: "APIGroupList", apiVersion: "v1", groups };
}

/** `/apis/GROUP`; undefined when no kind is of that group. */
export function group(catalog: Catalog, name: string): object | undefined {
  const found = catalog.groupVersions().filter((known) => known.group === name);
  if (name === "" || found.length === 0) return undefined;
  return { kind: "APIGroup", apiVersion: "v1", ...groupEntry(found) };
}

/** `/api/v1` and `/apis/GROUP/VERSION`; undefined when no kind is of that group and version. */
export function resourceList(catalog: Catalog, groupVersion: GroupVersion): object | undefined {
  const kinds = catalog.in(groupVersion);
  if (kinds.length === 0) return undefined;
  return {
    kind: "APIResourceList",
    apiVersion: "v1",
    groupVersion: apiVersionOf(groupVersion),
    resources: kinds.flatMap(resourceEntries),
  };
}

/** A group with its versions, the one that clients should use first. */
function groupEntry(groupVersions: readonly GroupVersion[]): object {
  const versions = groupVersions.map((one) => {
    return { groupVersion: apiVersionOf(one), version: one.version };
  });
  return { name: groupVersions[0]?.group, versions, preferredVersion: versions[0] };
}

function resourceEntries(kind: ResourceKind): object[] {
  const whole = {
    name: kind.plural,
    singularName: kind.singular,
    namespaced: kind.scope === "Namespaced",
    kind: kind.kind,
    verbs: VERBS,
    ...(kind.shortNames.length > 0 && { shortNames: kind.shortNames }),
  };
  if (!hasStatus(kind)) return [whole];
  const status = {
    name: `${kind.plural}/status`,
    singularName: "",
    namespaced: whole.namespaced,
    kind: kind.kind,
    verbs: ["get", "patch", "update"],
  };
  return [whole, status];
}
