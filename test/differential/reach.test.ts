/** Who reaches whom by groups is what asking for every pair of peers comes to. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Analysis, analyse } from "../../src/core/analysis/analysis.ts";
import { ConnectionSet } from "../../src/core/analysis/connection-set.ts";
import {
  type Group,
  type Grouping,
  groupsOf,
  memberName,
  type Owners,
} from "../../src/core/analysis/groups.ts";
import type { Peer } from "../../src/core/analysis/peers.ts";
import { placed } from "../../src/core/analysis/placement.ts";
import { type Reached, reach } from "../../src/core/analysis/reach.ts";
import { modelOf } from "../../src/core/model/convert.ts";
import { compareAddresses, parseAddress } from "../../src/core/net/address.ts";
import { admitted } from "./admitted.ts";
import { generateCluster } from "./generate.ts";
import { Random, seedOfRun } from "./random.ts";

const CLUSTERS = 40;
const GROUPINGS: readonly Grouping[] = [
  { by: "workload" },
  { by: "namespace" },
  { by: "class" },
  { by: "label", key: "app" },
];
const seed = seedOfRun();

describe("reach", () => {
  it(`is what asking for every pair comes to, PICKET_SEED=${seed}`, () => {
    let rows = 0;
    for (let i = 0; i < CLUSTERS; i++) rows += compareOne(seed + i);
    assert.ok(rows > CLUSTERS, `only ${rows} rows were compared`);
  });
});

/** Compares every grouping of a random cluster, and says how many rows it had. */
function compareOne(clusterSeed: number): number {
  const { resources, owners } = placed(generateCluster(new Random(clusterSeed)).map(admitted));
  const analysis = analyse(modelOf(resources));
  let rows = 0;
  for (const grouping of GROUPINGS) {
    const groups = groupsOf(analysis, owners, grouping);
    const workloads = groupsOf(analysis, owners, { by: "workload" });
    const message = `${JSON.stringify(grouping)}, PICKET_SEED=${clusterSeed}`;
    for (const others of [groups, workloads]) {
      const found = [...reach(analysis, groups, others)];
      assert.deepEqual(naively(analysis, owners, groups, others), pieces(analysis, found), message);
      rows += found.length;
    }
  }
  return rows;
}

/** Every pair that anything passes between, ranges outside one by one. */
function naively(
  analysis: Analysis,
  owners: Owners,
  groups: readonly Group[],
  others: readonly Group[],
): string[] {
  const outside = analysis.peers.filter((peer) => peer.kind === "outside");
  const lines: string[] = [];
  const add = (
    from: string,
    to: string,
    sources: readonly Peer[],
    destinations: readonly Peer[],
  ) => {
    const sets = sources.flatMap((source) =>
      destinations.flatMap((destination) =>
        memberName(source, owners) === memberName(destination, owners)
          ? []
          : [analysis.connections(source, destination)],
      ),
    );
    const passing = ConnectionSet.union(sets);
    if (!passing.isEmpty) lines.push(`${from} -> ${to}: ${passing}`);
  };
  const peersOf = ({ sorts, members }: Group): Peer[] => {
    const keys = new Set(sorts.map(({ peerClass }) => peerClass));
    return analysis.peers.filter(
      (peer) => keys.has(analysis.classOf(peer)) && members.includes(memberName(peer, owners)),
    );
  };
  for (const from of groups) {
    for (const to of others) add(from.name, to.name, peersOf(from), peersOf(to));
    for (const one of outside) add(from.name, memberName(one, owners), peersOf(from), [one]);
  }
  for (const to of others) {
    for (const one of outside) add(memberName(one, owners), to.name, [one], peersOf(to));
  }
  return lines.sort();
}

/** The rows, each with one range outside at most. */
function pieces(analysis: Analysis, rows: readonly Reached[]): string[] {
  const outside = analysis.peers.filter((peer) => peer.kind === "outside");
  const namesOf = (name: string): string[] => {
    const [first, last] = name.split("-").map(parseAddress);
    if (!first || !last || name.endsWith("]")) return [name];
    return outside
      .filter(
        (peer) =>
          compareAddresses(first, peer.first) <= 0 && compareAddresses(peer.last, last) <= 0,
      )
      .map((peer) => memberName(peer, new Map()));
  };
  return rows
    .flatMap(({ from, to, connections }) =>
      namesOf(from).flatMap((source) =>
        namesOf(to).map((destination) => `${source} -> ${destination}: ${connections}`),
      ),
    )
    .sort();
}
