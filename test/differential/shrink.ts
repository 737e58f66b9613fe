/** Makes a failing case small, so that a person sees what it is about. */

/** Fields without which an object is none. */
const KEPT: ReadonlySet<string> = new Set(["apiVersion", "kind", "metadata", "name", "spec"]);

/**
 * Drops what can be dropped of `resources` while `fails` still holds: first whole resources, then
 * whatever is in their specs. Needs not find the smallest case, only one from which nothing more
 * can go.
 */
export async function shrink<R extends object>(
  resources: readonly R[],
  fails: (resources: readonly R[]) => boolean | Promise<boolean>,
): Promise<readonly R[]> {
  let smallest = resources;
  for (let shrunk = true; shrunk; ) {
    const smaller = await dropOne(smallest, fails);
    shrunk = smaller !== undefined;
    smallest = smaller ?? smallest;
  }
  return smallest;
}

async function dropOne<R extends object>(
  resources: readonly R[],
  fails: (resources: readonly R[]) => boolean | Promise<boolean>,
): Promise<readonly R[] | undefined> {
  for (const candidate of smaller(resources)) {
    if (Array.isArray(candidate) && (await fails(candidate))) return candidate;
  }
  return undefined;
}

/** Every value that lacks exactly one item or field of `value`, at any depth; widest cuts first. */
function* smaller(value: unknown): Generator<unknown> {
  if (Array.isArray(value)) {
    for (const i of value.keys()) yield value.toSpliced(i, 1);
    for (const [i, item] of value.entries()) {
      for (const less of smaller(item)) yield value.with(i, less);
    }
  } else if (typeof value === "object" && value !== null) {
    const fields = Object.entries(value);
    for (const [i, [name]] of fields.entries()) {
      if (!KEPT.has(name)) yield Object.fromEntries(fields.toSpliced(i, 1));
    }
    for (const [i, [name, field]] of fields.entries()) {
      for (const less of smaller(field)) yield Object.fromEntries(fields.with(i, [name, less]));
    }
  }
}
