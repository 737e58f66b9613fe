/** Which pairs of peers must be seen to have seen everything that policy says. */
import { once } from "../calc/once.ts";
import type { KnownClass, Relation } from "./classes.ts";
import type { Crossing } from "./crossing.ts";
import type { Crossings } from "./crossings.ts";
import type { Pair } from "./match.ts";
import { nodeOf, type Peer } from "./peers.ts";

/** Two classes and how their peers lie to each other. */
export type Sort = readonly [from: KnownClass, to: KnownClass, relation: Relation];

/** Those of `sorts` that some node's policy may treat unlike all before. */
export function* unseen(sorts: Iterable<Sort>, crossings: Crossings): Generator<Sort> {
  const seen = new Map<Crossing, Set<number>>();
  for (const [from, to, relation] of sorts) {
    let isNew = false;
    for (const crossing of crossings.between(from, to, relation)) {
      const groups = once(seen, crossing, () => new Set<number>());
      const group = crossing.groupOf(from.signature, to.signature);
      if (groups.has(group)) continue;
      groups.add(group);
      isNew = true;
    }
    if (isNew) yield [from, to, relation];
  }
}

/** The addresses of two peers of the classes that lie so to each other. */
export function representatives(from: KnownClass, to: KnownClass, relation: Relation): Pair {
  for (const source of from.peers) {
    const destination = to.peers.find((peer) => peer !== source && lieSo(source, peer, relation));
    if (destination) return { source: source.address, destination: destination.address };
  }
  throw new Error("no peers of the classes lie so to each other");
}

function lieSo(source: Peer, destination: Peer, relation: Relation): boolean {
  if (relation === "any") return true;
  if (source.kind === "outside" || destination.kind === "outside") return false;
  return (nodeOf(source) === nodeOf(destination)) === (relation === "same node");
}
