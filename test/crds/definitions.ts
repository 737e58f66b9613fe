/** CustomResourceDefinitions: the project's own, and the reference's where its vectors are. */

import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadAll } from "js-yaml";
import { KINDS } from "../../src/core/resources/kinds.ts";
import type { ResourceKind } from "../../src/core/resources/resource.ts";
import { entry, isObject, objectAt, textAt } from "../../src/core/schema/json-object.ts";
import type { Schema } from "../../src/core/schema/schema.ts";
import { sharedVectors } from "../vectors/place.ts";

/** A definition, the kind of ours that it defines, and the schema it has for its objects. */
export interface Definition {
  readonly crd: unknown;
  readonly kind: ResourceKind;
  readonly schema: Schema<unknown>;
}

export function ownDefinitions(): readonly Definition[] {
  return definitionsIn(join(import.meta.dirname, "../../deploy/crds"));
}

/** Undefined where the vectors are not at hand. Of two channels of one definition, the wider. */
export function referenceDefinitions(): readonly Definition[] | undefined {
  const vectors = sharedVectors();
  return vectors === undefined ? undefined : definitionsIn(join(vectors, "crds"));
}

function definitionsIn(folder: string): Definition[] {
  const files = globSync("*.yaml", { cwd: folder }).sort();
  return files
    .filter((file) => !file.endsWith(".standard.yaml"))
    .flatMap((file) => loadAll(readFileSync(join(folder, file), "utf8")))
    .map(definitionOf);
}

function definitionOf(crd: unknown): Definition {
  const spec = objectAt(crd, "spec");
  const names = objectAt(spec, "names");
  const kind = KINDS.find(
    (known) => known.group === textAt(spec, "group") && known.kind === textAt(names, "kind"),
  );
  const versions = entry(spec, "versions");
  const [version] = Array.isArray(versions) ? versions.filter((one) => isServed(one, kind)) : [];
  const schema = entry(objectAt(version, "schema"), "openAPIV3Schema");
  if (!kind || !isObject(schema)) throw new Error(`no kind of ours is ${textAt(names, "kind")}`);
  // The text of a schema has the fields of the value.
  return { crd, kind, schema: schema as Schema<unknown> };
}

function isServed(version: unknown, kind: ResourceKind | undefined): boolean {
  return textAt(version, "name") === kind?.version;
}
