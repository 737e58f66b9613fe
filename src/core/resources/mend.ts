/**
 * The shorthand of tutorials: a manifest with its name, its order or its rules at the top level,
 * or under the wrong one of `metadata` and `spec`, and words in another case. It is refused, and
 * shown as it should be.
 */

import { formatYaml } from "../manifest/format.ts";
import { isObject } from "../schema/json-object.ts";
import type { ResourceKind } from "./resource.ts";
import { respell } from "./spelling.ts";

/** A manifest whose fields have been moved where they belong. */
export interface Mended {
  readonly value: Readonly<Record<string, unknown>>;
  /** `value` as YAML. */
  readonly text: string;
  /** The first field that was out of place. */
  readonly path: string;
  /** What belongs where. */
  readonly message: string;
  /** Where a field of `value` stands in the manifest as written. */
  readonly writtenAt: (path: string) => string;
}

type Section = "metadata" | "spec";

/** Moves each misplaced field and respells words; undefined when none is, or one has no place or two. */
export function mend(
  kind: ResourceKind,
  value: Readonly<Record<string, unknown>>,
): Mended | undefined {
  const sections = { metadata: new Map<string, unknown>(), spec: new Map<string, unknown>() };
  const rest = new Map<string, unknown>();
  const moved: { readonly path: string; readonly name: string; readonly to: Section }[] = [];

  /** Reports whether the field found a free place. */
  const place = (name: string, item: unknown, from: Section | undefined): boolean => {
    const to = sectionOf(kind, name, from);
    if (!to || sections[to].has(name)) return false;
    sections[to].set(name, item);
    if (to !== from) moved.push({ path: from ? `${from}.${name}` : name, name, to });
    return true;
  };

  for (const section of ["metadata", "spec"] as const) {
    const fields = Object.hasOwn(value, section) ? (value[section] ?? {}) : {};
    if (!isObject(fields)) return undefined;
    for (const [name, item] of Object.entries(fields)) {
      if (!place(name, item, section)) return undefined;
    }
  }
  for (const [name, item] of Object.entries(value)) {
    if (name === "metadata" || name === "spec") continue;
    if (Object.hasOwn(kind.schema.properties ?? {}, name)) rest.set(name, item);
    else if (!place(name, item, undefined)) return undefined;
  }
  const [first] = moved;
  if (!first) return undefined;
  const { apiVersion, kind: named, ...others } = Object.fromEntries(rest);
  const metadata = Object.fromEntries(sections.metadata);
  const hasSpec = sections.spec.size > 0 || Object.hasOwn(value, "spec");
  const spec = hasSpec ? { spec: Object.fromEntries(sections.spec) } : {};
  const placed = { apiVersion, kind: named, metadata, ...spec, ...others };
  const spelt = respell(kind.schema, placed);
  const mended = isObject(spelt) ? spelt : placed;
  const differs = JSON.stringify(mended) !== JSON.stringify(placed);
  const belongs = (to: Section): string[] => {
    const names = moved.filter((field) => field.to === to).map((field) => `"${field.path}"`);
    return names.length > 0 ? [`${names.join(", ")} under ${to}`] : [];
  };
  return {
    value: mended,
    text: formatYaml(mended),
    path: first.path,
    message:
      `misplaced fields: write ${[...belongs("metadata"), ...belongs("spec")].join(", ")}` +
      (differs ? ", and words as the mended manifest spells them" : ""),
    writtenAt: (path) => {
      const [, section, name, below = ""] = /^(metadata|spec)\.([^.[]+)(.*)$/.exec(path) ?? [];
      const origin = moved.find((field) => field.to === section && field.name === name);
      return origin ? origin.path + below : path;
    },
  };
}

/** Where a field belongs that stands in `from`, or at the top level; sections may be open. */
function sectionOf(
  kind: ResourceKind,
  name: string,
  from: Section | undefined,
): Section | undefined {
  const schemaOf = (section: Section) => kind.schema.properties?.[section];
  const holds = (section: Section): boolean =>
    Object.hasOwn(schemaOf(section)?.properties ?? {}, name);
  const stays =
    from !== undefined &&
    (holds(from) || schemaOf(from)?.["x-kubernetes-preserve-unknown-fields"] === true);
  return stays ? from : (["metadata", "spec"] as const).find(holds);
}
