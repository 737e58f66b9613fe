/** What tests of the registry start from. */

import assert from "node:assert/strict";
import { KINDS } from "../../core/resources/kinds.ts";
import type { Resource, ResourceKind } from "../../core/resources/resource.ts";
import { MemoryStorage } from "../storage/memory.ts";
import type { Storage } from "../storage/storage.ts";
import { Catalog } from "./catalog.ts";
import { Registry } from "./registry.ts";
import { Refusal } from "./status.ts";
import type { Guard } from "./transactions.ts";

const CATALOG = new Catalog(KINDS);
export const NAMESPACE = kindOf("v1", "Namespace");
export const POD = kindOf("v1", "Pod");
export const POLICY = kindOf("projectcalico.org/v3", "NetworkPolicy");
export const PROFILE = kindOf("projectcalico.org/v3", "Profile");
export const SET = kindOf("projectcalico.org/v3", "GlobalNetworkSet");
export const TIER = kindOf("projectcalico.org/v3", "Tier");

/** With what is built in, in memory; its clock stands still and its uids count. */
export function newRegistry(guardOf?: (storage: Storage) => Guard): Registry {
  let uids = 0;
  const now = (): number => Date.UTC(2026, 0, 2, 3, 4, 5);
  const storage = new MemoryStorage();
  const newUid = (): string => `uid-${++uids}`;
  const guard = guardOf && { guard: guardOf(storage) };
  const registry = new Registry({ storage, catalog: CATALOG, now, newUid, ...guard });
  registry.createBuiltIns();
  return registry;
}

export function policy(name: string, spec: object = { selector: "all()" }) {
  return {
    apiVersion: "projectcalico.org/v3",
    kind: "NetworkPolicy",
    metadata: { name },
    spec,
  };
}

function kindOf(apiVersion: string, name: string): ResourceKind {
  const kind = CATALOG.named(apiVersion, name);
  assert.ok(kind);
  return kind;
}

export function specOf(object: Resource): Readonly<Record<string, unknown>> {
  return (object as Resource & { readonly spec: Readonly<Record<string, unknown>> }).spec;
}

/** The status of the refusal that `act` must end in. */
export function refused(
  code: number,
  reason: string,
  act: () => unknown,
  message = /./,
): Refusal["status"] {
  try {
    act();
  } catch (refusal) {
    assert.ok(refusal instanceof Refusal, String(refusal));
    assert.deepEqual([refusal.status.code, refusal.status.reason], [code, reason]);
    assert.match(refusal.message, message);
    return refusal.status;
  }
  assert.fail(`expected ${code} ${reason}`);
}
