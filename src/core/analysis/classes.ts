/** Peers that nothing in a cluster tells apart. */
import { once } from "../calc/once.ts";
import type { Family } from "../net/address.ts";
import type { EndReader, Ends } from "./ends.ts";
import { type InsidePeer, nodeOf, type Peer } from "./peers.ts";
import type { Signature, Signatures } from "./signatures.ts";

/**
 * Peers of one kind and family that every rule, endpoint and host treats alike. Only for peers of
 * the cluster it may matter in addition whether they are on one node ({@link Relation}).
 */
export interface PeerClass {
  /** Its place in `Analysis.classes`. */
  readonly index: number;
  readonly family: Family;
  readonly kind: Peer["kind"];
  readonly peers: readonly Peer[];
}

/** How two peers lie to each other, as far as that matters to policy. */
export type Relation = "any" | "same node" | "different nodes";

const NO_RELATION: readonly Relation[] = [];
const ANY_RELATION: readonly Relation[] = ["any"];

/** A class with what decides about its peers. `ends` is undefined outside. */
export interface KnownClass extends PeerClass {
  readonly signature: Signature;
  readonly ends: Ends | undefined;
  /** How many of its peers are on each node; empty outside. */
  readonly nodes: ReadonlyMap<string, number>;
}

/** The classes of one family, numbered from `start`: of the cluster's peers, then those outside. */
export function classesOf(
  family: Family,
  inside: readonly InsidePeer[],
  signatures: Signatures,
  reader: EndReader,
  start: number,
): KnownClass[] {
  const groups = new Map<string, { members: InsidePeer[]; ends: Ends; signature: Signature }>();
  for (const peer of inside) {
    if (peer.address.family !== family) continue;
    const ends = reader.of(peer);
    const signature = signatures.of(peer.address);
    const group = once(groups, `${peer.kind} ${signature.index} ${ends.key}`, () => {
      return { members: [], ends, signature };
    });
    group.members.push(peer);
  }
  const known = Array.from(groups.values(), ({ members, ends, signature }, i): KnownClass => {
    const kind = members[0]?.kind ?? "workload";
    const index = start + i;
    return { index, family, kind, peers: members, signature, ends, nodes: countNodes(members) };
  });
  return [...known, ...outsideClasses(family, signatures, start + known.length)];
}

/** Which relations two peers of the classes can have, a peer with itself left out. */
export function relationsOf(a: KnownClass, b: KnownClass): readonly Relation[] {
  const pairs = a.peers.length * b.peers.length - (a === b ? a.peers.length : 0);
  if (pairs === 0) return NO_RELATION;
  if (!isNodeBound(a, b)) return ANY_RELATION;
  let together = 0;
  for (const [node, count] of a.nodes) {
    together += count * ((b.nodes.get(node) ?? 0) - (a === b ? 1 : 0));
  }
  return [
    ...(together > 0 ? (["same node"] as const) : []),
    ...(together < pairs ? (["different nodes"] as const) : []),
  ];
}

/** Whether it matters if peers of the two classes are on one node. */
export function isNodeBound(a: KnownClass, b: KnownClass): boolean {
  return a.ends !== undefined && b.ends !== undefined && (a.ends.isNodeBound || b.ends.isNodeBound);
}

function outsideClasses(family: Family, signatures: Signatures, start: number): KnownClass[] {
  const ranges = new Map<Signature, Peer[]>();
  for (const { first, last, address, signature } of signatures.outside) {
    once(ranges, signature, () => []).push({ kind: "outside", address, first, last });
  }
  return Array.from(ranges, ([signature, peers], i) => {
    const index = start + i;
    return { index, family, kind: "outside", peers, signature, ends: undefined, nodes: new Map() };
  });
}

function countNodes(peers: readonly InsidePeer[]): Map<string, number> {
  const nodes = new Map<string, number>();
  for (const peer of peers) nodes.set(nodeOf(peer), (nodes.get(nodeOf(peer)) ?? 0) + 1);
  return nodes;
}
