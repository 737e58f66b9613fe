/** Writing whole manifests to a control plane in this process, as the API would. */
import { BUILT_IN_OBJECTS } from "../../control/apiserver/built-in.ts";
import { keyOfObject } from "../../control/apiserver/catalog.ts";
import { Refusal, resourceName } from "../../control/apiserver/status.ts";
import type { Batch, WriteOptions } from "../../control/apiserver/write.ts";
import type { LoadedResource } from "../../core/resources/read.ts";
import type { Resource, ResourceKind } from "../../core/resources/resource.ts";
import type { ControlPlane } from "../server/control-plane.ts";
import { CommandFailure, EXIT } from "./exit.ts";

/** Who writes what a person did not: a later start knows by it what a killed one left. */
export type Manager = "picket-lab" | "picket-tour";

const MANAGERS: readonly string[] = ["picket-lab", "picket-tour", "picket-status"];

/** An object that was written, and what was there before. */
export interface Before {
  readonly kind: ResourceKind;
  readonly written: Resource;
  readonly previous: Resource | undefined;
}

/** Makes every object what its manifest says, all or none. Throws CommandFailure (refused). */
export async function putObjects(
  plane: ControlPlane,
  resources: readonly LoadedResource[],
  manager: Manager,
): Promise<readonly Before[]> {
  const before = resources.map(({ resource, kind }) => ({
    kind,
    written: resource,
    previous: plane.storage.get(keyOfObject(kind, resource)),
  }));
  const batch = await applied(plane, resources, manager);
  if (batch.applied) return before;
  const reasons = batch.refusals.map(({ index, refusal }) => {
    const { document, line } = resources[index] ?? {};
    return `${document?.file}:${line}: ${refusal.message}`;
  });
  throw new CommandFailure(EXIT.refused, reasons.join("\n"));
}

/** Throws CommandFailure when the cluster's own policy tests refuse the whole. */
async function applied(
  { registry }: ControlPlane,
  resources: readonly LoadedResource[],
  manager: Manager,
): Promise<Batch> {
  const objects = resources.map(({ resource }) => resource);
  const options = optionsOf(manager);
  try {
    return await registry.decided(() => registry.applyAll(objects, "default", options));
  } catch (cause) {
    if (!(cause instanceof Refusal)) throw cause;
    throw new CommandFailure(EXIT.refused, cause.message, { cause });
  }
}

/** Undoes what `putObjects` did: what was there before is there again. */
export function takeBackObjects(plane: ControlPlane, before: readonly Before[]): void {
  plane.registry.unguarded(() => {
    for (const { kind, written, previous } of [...before].reverse()) {
      if (previous) {
        const { resourceVersion: _, managedFields: __, ...metadata } = previous.metadata;
        const object = { ...previous, metadata };
        plane.registry.applyAll([object], "default", optionsOf("picket-lab"));
      } else removeObject(plane, kind, written);
    }
  });
}

/** Removes what an earlier start wrote that is not among `resources`. */
export function removeLeftovers(plane: ControlPlane, resources: readonly LoadedResource[]): void {
  plane.registry.unguarded(() => {
    for (const { kind, object } of objectsBeside(plane, resources)) {
      if (isOurs(object)) removeObject(plane, kind, object);
    }
  });
}

/** What is neither built in nor among `resources`, in words: `networkpolicy shop/web`. */
export function findOthers(plane: ControlPlane, resources: readonly LoadedResource[]): string[] {
  return objectsBeside(plane, resources).map(({ kind, object: { metadata } }) => {
    const { namespace, name } = metadata;
    return `${kind.singular} ${namespace === undefined ? name : `${namespace}/${name}`}`;
  });
}

function objectsBeside(
  plane: ControlPlane,
  resources: readonly LoadedResource[],
): { readonly kind: ResourceKind; readonly object: Resource }[] {
  const { catalog } = plane.registry;
  const builtIn = BUILT_IN_OBJECTS.flatMap((object) => {
    const kind = catalog.named(object.apiVersion, object.kind);
    return kind ? [idOf(kind, object)] : [];
  });
  const known = new Set([...builtIn, ...resources.map((one) => idOf(one.kind, one.resource))]);
  return catalog.kinds.flatMap((kind) => {
    const page = plane.storage.list({ type: resourceName(kind) });
    const objects = page === "Expired" ? [] : page.objects;
    return objects
      .filter((object) => !known.has(idOf(kind, object)))
      .map((object) => ({ kind, object }));
  });
}

/** Removes an object; one that is gone, or may not go, stays as it is. */
function removeObject(plane: ControlPlane, kind: ResourceKind, object: Resource): void {
  const { namespace = "", name } = object.metadata;
  try {
    plane.registry.delete(kind, namespace, name, { dryRun: false });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
}

function isOurs({ metadata }: Resource): boolean {
  const { managedFields } = metadata;
  return (
    Array.isArray(managedFields) &&
    managedFields.length > 0 &&
    managedFields.every(({ manager }) => MANAGERS.includes(manager))
  );
}

function idOf(kind: ResourceKind, { metadata }: Resource): string {
  return `${resourceName(kind)} ${metadata.namespace ?? ""}/${metadata.name}`;
}

function optionsOf(manager: Manager): WriteOptions {
  return { dryRun: false, fieldManager: manager, fieldValidation: "Strict", subresource: "" };
}
