import { entry } from "../../core/schema/json-object.ts";

/**
 * What a printer column's path finds: `.spec.tier`, `.spec.nets[0]`, `.items[*].name`,
 * `.status.conditions[?(@.type=='Ready')].reason`, `.metadata.labels['a.b/c']`.
 */
export function evaluateJsonPath(path: string, object: unknown): unknown[] {
  let found = [object];
  for (const step of path.matchAll(STEP)) {
    const { name, index, key, field, value } = step.groups ?? {};
    if (name !== undefined || key !== undefined) {
      found = found.map((each) => entry(each, name ?? key ?? ""));
    } else if (field !== undefined) {
      const path = field.split(".");
      found = found.flatMap((each) => items(each).filter((item) => at(item, path) === value));
    } else if (index === "*") {
      found = found.flatMap(items);
    } else {
      found = found.map((each) => items(each).at(Number(index)));
    }
    found = found.filter((each) => each !== undefined);
  }
  return found;
}

const STEP =
  /\.(?<name>[\w-]+)|\[(?<index>\*|-?\d+)\]|\[['"](?<key>[^'"]+)['"]\]|\[\?\(@\.(?<field>[\w.-]+)\s*==\s*['"](?<value>[^'"]*)['"]\)\]/g;

function items(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce((found: unknown, key) => entry(found, key), value);
}
