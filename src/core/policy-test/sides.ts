/** Everyone whom an assertion is about, on both sides. */
import type { Analysis } from "../analysis/analysis.ts";
import type { Peer } from "../analysis/peers.ts";
import { formatAddress } from "../net/address.ts";

import type { PolicyTestPeer } from "../resources/policy-test-peer.ts";
import type { PolicyAssertion } from "../resources/policy-test-spec.ts";
import { isAsked } from "./ask.ts";
import type { TestedCluster } from "./cluster.ts";
import type { Target } from "./end.ts";
import type { Nobody } from "./result.ts";
import { select } from "./select.ts";

/** An assertion and the test that it is of. */
export interface PlacedAssertion {
  readonly assertion: PolicyAssertion;
  readonly namespace: string;
  /** `spec.assertions[0]` */
  readonly path: string;
}

/** An end, and who it is to the analysis. */
export interface Party extends Target {
  readonly peer: Peer;
  /** The same for all ends of one workload or host: what it sends itself no policy sees. */
  readonly self: object | string;
  /** Its place on its side, from 0. */
  readonly place: number;
}

/** Both sides of an assertion. */
export interface Sides {
  readonly sources: readonly Party[];
  readonly targets: readonly Party[];
}

/** Two ends between which an assertion speaks of connections. */
export interface Pair {
  readonly from: Party;
  readonly to: Party;
}

/** Both sides; or why one is empty, where every item must select somebody. */
export function sidesOf(cluster: TestedCluster, placed: PlacedAssertion): Sides | Nobody {
  const from = everyone(cluster, placed, "from");
  if ("by" in from) return from;
  const to = everyone(cluster, placed, "to");
  if ("by" in to) return to;
  const party = (target: Target, i: number): Party => partyOf(cluster.analysis, target, i);
  return { sources: from.found.map(party), targets: to.found.map(party) };
}

function partyOf(analysis: Analysis, target: Target, place: number): Party {
  const peer = analysis.peerAt(target.address);
  if (peer.kind === "workload") return { ...target, peer, self: peer.endpoint, place };
  const self = peer.kind === "host" ? peer.node : formatAddress(target.address);
  return { ...target, peer, self, place };
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
export function* pairsOf({ family }: PolicyAssertion, sides: Sides): Generator<Pair> {
  for (const to of sides.targets) {
    if ((family ?? to.address.family) !== to.address.family) continue;
    for (const from of sides.sources) {
      if (from.address.family === to.address.family && from.self !== to.self) yield { from, to };
    }
  }
}
