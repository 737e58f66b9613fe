/** What is generated from the declarations of kinds, file by file. */

import { formatYaml } from "../src/core/manifest/format.ts";
import { customResourceDefinition, isCustom } from "../src/core/resources/crd.ts";
import { KINDS } from "../src/core/resources/kinds.ts";
import { referenceIndex, referencePage, referencePath } from "./reference-page.ts";

/** Folders that hold nothing but generated files. */
export const GENERATED_FOLDERS = ["deploy/crds", "docs/reference/resources"] as const;

/** Every generated file's path from the project's root, and its text; in order of the paths. */
export function generatedFiles(): ReadonlyMap<string, string> {
  const definitions = KINDS.filter(isCustom).map((kind) => {
    const path = `deploy/crds/${kind.group}_${kind.plural}.yaml`;
    return [path, formatYaml(customResourceDefinition(kind))] as const;
  });
  const pages = KINDS.map((kind) => [referencePath(kind), referencePage(kind)] as const);
  const index = ["docs/reference/resources/README.md", referenceIndex(KINDS)] as const;
  return new Map([...definitions, ...pages, index].sort(([a], [b]) => (a < b ? -1 : 1)));
}
