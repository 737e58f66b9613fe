/** What is stored, told object by object, and what of a change can matter to policy. */
import { isDeepStrictEqual } from "node:util";
import { Catalog } from "../../control/apiserver/catalog.ts";
import { resourceName } from "../../control/apiserver/status.ts";
import type { ObjectKey, Storage } from "../../control/storage/storage.ts";
import { KINDS } from "../../core/resources/kinds.ts";
import { policyTest } from "../../core/resources/policy-test.ts";
import type { Resource, ResourceKind } from "../../core/resources/resource.ts";

export const CATALOG = new Catalog(KINDS);
export const TESTS = resourceName(policyTest);

/** One object as it is stored now; without it, there is none under the key (any more). */
export interface StoredUpdate {
  readonly key: ObjectKey;
  readonly object: Resource | undefined;
}

/** How many objects are read at once where others wait. */
const PAGE = 500;

/**
 * Everything that is stored, page by page. Each is read when it is asked for: whoever is told of the
 * changes in between, too, in order, ends with what is stored.
 */
export function* pagesOf(storage: Storage): Generator<readonly StoredUpdate[], void> {
  for (const kind of KINDS) {
    const type = resourceName(kind);
    let after: StoredUpdate["key"] | undefined;
    do {
      const page = storage.list({ type, limit: PAGE, ...(after && { after }) });
      const objects = page === "Expired" ? [] : page.objects;
      const updates = objects.map((object) => ({ key: { type, ...placeOf(object) }, object }));
      if (updates.length > 0) yield updates;
      after = updates.length < PAGE ? undefined : updates.at(-1)?.key;
    } while (after);
  }
}

export function hasTests(storage: Storage): boolean {
  const page = storage.list({ type: TESTS, limit: 1 });
  return page !== "Expired" && page.objects.length > 0;
}

/** What a change makes of an object, and what it was before. */
interface Replaced extends StoredUpdate {
  readonly previous: Resource | undefined;
}

/** Whether a write can have changed a verdict. */
export function changesVerdicts({ key, object, previous }: Replaced): boolean {
  const kind = CATALOG.ofType(key.type);
  if (!kind || kind === policyTest) return false;
  return !isDeepStrictEqual(meaningOf(kind, object), meaningOf(kind, previous));
}

export function changesTest({ key, object, previous }: Replaced): boolean {
  if (key.type !== TESTS) return false;
  return !isDeepStrictEqual(meaningOf(policyTest, object), meaningOf(policyTest, previous));
}

/** Whether both make the same of what is stored, as far as policy and its tests go. */
export function meanTheSame(a: readonly StoredUpdate[], b: readonly StoredUpdate[]): boolean {
  return a.length === b.length && a.every((update, i) => isSame(update, b[i]));
}

function isSame(a: StoredUpdate, b: StoredUpdate | undefined): boolean {
  const kind = CATALOG.ofType(a.key.type);
  if (!b || !kind || !isDeepStrictEqual(a.key, b.key)) return false;
  return isDeepStrictEqual(meaningOf(kind, a.object), meaningOf(kind, b.object));
}

/** Only core kinds have a status that policy reads; of a deletion that is marked, not its time. */
function meaningOf(kind: ResourceKind, object: Resource | undefined): unknown {
  if (!object) return undefined;
  const { metadata, ...rest } = object;
  const { labels, annotations, deletionTimestamp } = metadata;
  const { status: _, ...withoutStatus } = rest as { readonly status?: unknown };
  const content = kind.group === "" ? rest : withoutStatus;
  const isDeleted = deletionTimestamp !== undefined;
  return { ...content, metadata: { labels, annotations, isDeleted } };
}

function placeOf({ metadata }: Resource): { readonly namespace: string; readonly name: string } {
  return { namespace: metadata.namespace ?? "", name: metadata.name };
}
