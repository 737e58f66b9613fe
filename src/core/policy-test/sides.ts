/** Everyone whom an assertion is about, on both sides. */

import type { PolicyTestPeer } from "../resources/policy-test-peer.ts";
import type { PolicyAssertion } from "../resources/policy-test-spec.ts";
import type { Cluster } from "../verdict/cluster.ts";
import { isAsked } from "./ask.ts";
import type { TestedCluster } from "./cluster.ts";
import { type End, isItself, type Target } from "./end.ts";
import type { Nobody } from "./result.ts";
import { select } from "./select.ts";

/** An assertion and the test that it is of. */
export interface PlacedAssertion {
  readonly assertion: PolicyAssertion;
  readonly namespace: string;
  /** `spec.assertions[0]` */
  readonly path: string;
}

/** Both sides of an assertion, as ends of connections. */
export interface Sides {
  readonly sources: readonly End[];
  readonly targets: readonly Target[];
}

/** Two ends between which an assertion speaks of connections. */
export interface Pair {
  readonly from: End;
  readonly to: Target;
}

/** Both sides; or why one is empty, where every item must select somebody. */
export function sidesOf(cluster: TestedCluster, placed: PlacedAssertion): Sides | Nobody {
  const from = everyone(cluster, placed, "from");
  if ("by" in from) return from;
  const to = everyone(cluster, placed, "to");
  return "by" in to ? to : { sources: from.found, targets: to.found };
}

function everyone(
  cluster: TestedCluster,
  { assertion, namespace, path }: PlacedAssertion,
  side: "from" | "to",
): { readonly found: readonly Target[] } | Nobody {
  const found = new Map<string, Target>();
  const peers: readonly PolicyTestPeer[] = assertion[side];
  for (const [i, peer] of peers.entries()) {
    const one = select(cluster, peer, namespace);
    const targets = "targets" in one ? one.targets : [];
    const asked = targets.filter((target) => !target.via || isAsked(assertion, target));
    for (const target of asked) found.set(keyOf(target), target);
    if (asked.length > 0 || assertion.allowEmpty) continue;
    const message = "nobody" in one ? one.nobody : "the service offers none of the ports asked for";
    return { by: "nobody", path: `${path}.${side}[${i}]`, message };
  }
  return { found: [...found.values()] };
}

/** Equal for the same address by the same way. */
export function keyOf({ address, via }: Target): string {
  return JSON.stringify([address, via]);
}

/** The pairs of ends with an address family in common, without those of an end and itself. */
export function* pairsOf(
  verdicts: Cluster,
  { family }: PolicyAssertion,
  { sources, targets }: Sides,
): Generator<Pair> {
  for (const to of targets) {
    if ((family ?? to.address.family) !== to.address.family) continue;
    for (const from of sources) {
      if (from.address.family !== to.address.family) continue;
      if (!isItself(verdicts, from, to)) yield { from, to };
    }
  }
}
