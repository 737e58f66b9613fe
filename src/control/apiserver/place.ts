/** Objects as requests send them, brought to the place that the request's path names. */

import { apiVersionOf } from "../../core/resources/kinds.ts";
import type { Resource, ResourceKind } from "../../core/resources/resource.ts";
import {
  isObject,
  type JsonObject,
  objectAt,
  textAt,
  withEntries,
} from "../../core/schema/json-object.ts";
import { shorten } from "../../core/text/shorten.ts";
import { badRequest } from "./status.ts";

/** Where a request's path leads; `name` is absent where a collection is meant. */
export interface Place {
  /** "" where there is none. */
  readonly namespace: string;
  readonly name?: string;
}

/** An object of the kind in its place; what contradicts the place is refused. */
export function placed(
  kind: ResourceKind,
  place: Place,
  sent: unknown,
  newSuffix: () => string,
): JsonObject {
  if (!isObject(sent)) throw badRequest(`the body must be a ${kind.kind}`);
  const apiVersion = apiVersionOf(kind);
  const saidVersion = textAt(sent, "apiVersion") ?? apiVersion;
  const saidKind = textAt(sent, "kind") ?? kind.kind;
  if (saidVersion !== apiVersion || saidKind !== kind.kind) {
    const said = `a ${shorten(saidKind)} of ${shorten(saidVersion)}`;
    const wanted = `the path wants ${kind.kind} of ${apiVersion}`;
    throw badRequest(`the object provided is ${said}, but ${wanted}`);
  }
  const metadata = objectAt(sent, "metadata");
  const namespace = kind.scope === "Namespaced" ? place.namespace : "";
  const saidNamespace = textAt(metadata, "namespace") || namespace;
  if (saidNamespace !== namespace) {
    throw badRequest(
      `the namespace of the provided object (${shorten(saidNamespace)}) does not match the namespace sent on the request (${namespace || "none"})`,
    );
  }
  const name = textAt(metadata, "name") || place.name || generatedName(metadata, newSuffix);
  if (place.name !== undefined && name !== place.name) {
    throw badRequest(
      `the name of the object (${shorten(name ?? "")}) does not match the name on the URL (${place.name})`,
    );
  }
  return {
    ...sent,
    apiVersion,
    kind: kind.kind,
    metadata: withEntries(metadata, [
      ["name", name],
      ["namespace", namespace || undefined],
    ]),
  };
}

/** An object that says nothing yet. */
export function bareObject(kind: ResourceKind, namespace: string, name: string): Resource {
  const place = kind.scope === "Namespaced" ? { namespace } : {};
  return { apiVersion: apiVersionOf(kind), kind: kind.kind, metadata: { name, ...place } };
}

/** What is sent, with a name if it has a prefix for one alone. */
export function withGeneratedName(sent: unknown, newSuffix: () => string): unknown {
  if (!isObject(sent)) return sent;
  const metadata = objectAt(sent, "metadata");
  const name = textAt(metadata, "name") ? undefined : generatedName(metadata, newSuffix);
  return name === undefined ? sent : { ...sent, metadata: { ...metadata, name } };
}

function generatedName(metadata: JsonObject, newSuffix: () => string): string | undefined {
  const prefix = textAt(metadata, "generateName");
  return prefix ? `${prefix}${newSuffix()}` : undefined;
}
