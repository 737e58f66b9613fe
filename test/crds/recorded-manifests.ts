/** Every manifest of a kind of ours that is anywhere in a folder of vectors. */

import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadAll } from "js-yaml";
import { apiVersionOf, KINDS } from "../../src/core/resources/kinds.ts";
import type { ResourceKind } from "../../src/core/resources/resource.ts";
import { isObject, type JsonObject, objectAt, textAt } from "../../src/core/schema/json-object.ts";
import { settingsOf } from "../vectors/fragments.ts";
import type { Candidate } from "./sweep.ts";

/** Parts of resources stand in a resource of their own; what lacks a name gets one. */
export function recordedManifests(folder: string): readonly Candidate[] {
  const values = [
    ...globSync("**/*.json", { cwd: folder })
      .sort()
      .map((file) => JSON.parse(readFileSync(join(folder, file), "utf8")) as unknown),
    ...globSync("verdicts-k8s/**/*.{yaml,yml}", { cwd: folder })
      .sort()
      .flatMap((file) => loadAll(readFileSync(join(folder, file), "utf8"))),
  ];
  return values.flatMap(manifestsIn);
}

function manifestsIn(value: unknown): Candidate[] {
  if (Array.isArray(value)) return value.flatMap(manifestsIn);
  if (!isObject(value)) return [];
  if (value.form === "fragment") {
    return settingsOf(String(value.type), value.value).flatMap(({ manifest }) =>
      manifestsIn(manifest),
    );
  }
  const kind = kindOf(value);
  if (kind) return [{ kind, manifest: named(kind, value) }];
  return Object.values(value).flatMap(manifestsIn);
}

/** Some vectors leave `apiVersion` out; then the fields tell which NetworkPolicy it is. */
function kindOf(value: JsonObject): ResourceKind | undefined {
  if (!isObject(value.metadata) && !isObject(value.spec)) return undefined;
  const named = KINDS.filter(({ kind }) => kind === value.kind);
  const apiVersion = textAt(value, "apiVersion");
  if (apiVersion !== undefined) return named.find((kind) => apiVersionOf(kind) === apiVersion);
  const isKubernetes = "podSelector" in objectAt(value, "spec");
  return named.find(
    ({ group }) => named.length === 1 || (group === "networking.k8s.io") === isKubernetes,
  );
}

/** What a server told of an object it had, another does not take back. */
function named(kind: ResourceKind, value: JsonObject): JsonObject {
  const { uid, resourceVersion, ...metadata } = objectAt(value, "metadata");
  return {
    ...value,
    apiVersion: apiVersionOf(kind),
    metadata: { ...metadata, name: metadata.name ?? "a" },
  };
}
