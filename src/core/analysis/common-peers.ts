/** The peers that two analyses have in common. */
import { once } from "../calc/once.ts";
import { type Address, compareAddresses } from "../net/address.ts";
import type { Analysis } from "./analysis.ts";
import { freeAddress } from "./outside.ts";
import { nodeOf, type OutsidePeer, type Peer, peerName } from "./peers.ts";
import { afterUnknown } from "./unknown-addresses.ts";

/** One peer as both analyses know it. A workload keeps its name when its address changes. */
export interface CommonPeer {
  readonly before: Peer;
  readonly after: Peer;
  /** The overlap of two ranges outside; else the same as `after`. */
  readonly common: Peer;
}

/** Common peers that neither analysis tells apart, unless by their nodes. */
export interface CommonClass {
  readonly peers: readonly CommonPeer[];
  /** The peers by the nodes that they were and are on; everyone outside is on one. */
  readonly nodes: readonly (readonly CommonPeer[])[];
}

export interface CommonPeers {
  readonly classes: readonly CommonClass[];
  readonly onlyBefore: readonly Peer[];
  readonly onlyAfter: readonly Peer[];
}

/** Matches workloads and hosts by name and interface, and cuts ranges outside where either does. */
export function commonPeers(before: Analysis, after: Analysis): CommonPeers {
  const [named, renamed] = [byIdentity(before), byIdentity(after)];
  const pairs: CommonPeer[] = [];
  for (const [identity, peer] of named) {
    const other = renamed.get(identity);
    if (other) pairs.push({ before: peer, after: other, common: other });
  }
  pairs.push(...commonRanges(before, after));
  return {
    classes: classesOf(before, after, pairs),
    onlyBefore: withoutKeys(named, renamed),
    onlyAfter: withoutKeys(renamed, named),
  };
}

function withoutKeys(
  peers: ReadonlyMap<string, Peer>,
  others: ReadonlyMap<string, Peer>,
): readonly Peer[] {
  return Array.from(peers)
    .filter(([identity]) => !others.has(identity))
    .map(([, peer]) => peer);
}

/** The first, second… address of a family on an interface is the same peer as that one elsewhere. */
function byIdentity({ peers }: Analysis): ReadonlyMap<string, Peer> {
  const found = new Map<string, Peer>();
  const counts = new Map<string, number>();
  for (const peer of peers) {
    if (peer.kind === "outside") continue;
    const face = peer.kind === "workload" ? peer.endpoint.interfaceName : peer.interface.name;
    const identity = `${peer.kind} ${peerName(peer)} ${face} ${peer.address.family}`;
    const place = counts.get(identity) ?? 0;
    counts.set(identity, place + 1);
    found.set(`${identity} ${place}`, peer);
  }
  return found;
}

function classesOf(
  before: Analysis,
  after: Analysis,
  pairs: readonly CommonPeer[],
): readonly CommonClass[] {
  const groups = new Map<string, Map<string, CommonPeer[]>>();
  for (const pair of pairs) {
    const key = `${before.classOf(pair.before).index} ${after.classOf(pair.after).index}`;
    const nodes = once(groups, key, () => new Map<string, CommonPeer[]>());
    once(nodes, nodesOf(pair), () => []).push(pair);
  }
  return Array.from(groups.values(), (byNode) => {
    const nodes = [...byNode.values()];
    return { peers: nodes.flat(), nodes };
  });
}

function nodesOf({ before, after }: CommonPeer): string {
  return [before, after].map((peer) => (peer.kind === "outside" ? "" : nodeOf(peer))).join("/");
}

/** Every overlap of two ranges in which some address is nobody's either way. */
function* commonRanges(before: Analysis, after: Analysis): Generator<CommonPeer> {
  const isTaken = (one: Address) => !before.isOutside(one) || !after.isOutside(one);
  const [mine, theirs] = [before, after].map(({ peers }) => peers.filter(isOutside));
  let i = 0;
  let j = 0;
  while (mine && theirs) {
    const [a, b] = [mine[i], theirs[j]];
    if (!a || !b) return;
    const first = compareAddresses(a.first, b.first) > 0 ? a.first : b.first;
    const order = compareAddresses(a.last, b.last);
    const last = order < 0 ? a.last : b.last;
    const from = isTaken(first) ? afterUnknown(first) : first;
    const address = freeAddress({ first: from, last }, isTaken);
    if (address) {
      yield { before: a, after: b, common: { kind: "outside", address, first, last } };
    }
    if (order <= 0) i++;
    if (order >= 0) j++;
  }
}

function isOutside(peer: Peer): peer is OutsidePeer {
  return peer.kind === "outside";
}
