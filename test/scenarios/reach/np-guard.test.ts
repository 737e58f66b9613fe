/**
 * `picket reach` on directories of manifests of which another analyser's answers are recorded: the
 * same connections, of TCP, UDP and SCTP, of which alone that analyser speaks.
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { memoryTerminal } from "../../../src/apps/cli/memory-terminal.ts";
import { reach } from "../../../src/apps/cli/reach.ts";
import { address } from "../../../src/core/net/address.ts";
import { type Connections, type Peer, readExpected } from "../../vectors/np-guard/expected.ts";

const VECTORS = join(import.meta.dirname, "../../../../shared/vectors/verdicts-k8s");
const FAMILIES = ["np", "anp", "np+ingress"];

interface Index {
  readonly cases: readonly { readonly family: string; readonly path: string }[];
}

const skip = existsSync(VECTORS) ? false : "the recorded answers are not at hand";

describe("picket reach, beside another analyser", { skip }, () => {
  const { cases } = JSON.parse(
    skip ? '{"cases":[]}' : readFileSync(join(VECTORS, "index.json"), "utf8"),
  ) as Index;
  for (const { path } of cases.filter(({ family }) => FAMILIES.includes(family))) {
    it(`answers the same of ${path}`, async () => {
      const dir = join(VECTORS, path);
      const expected = readExpected(join(dir, "expected.json")).connections.filter(
        ({ src, dst }) => src.type !== "ingress-controller" && dst.type !== "ingress-controller",
      );
      const found = await reachOf(join(dir, "manifests"));
      const cuts = cutsOf([
        ...expected.flatMap(({ src, dst }) => [src, dst]),
        ...found.flatMap(({ src, dst }) => [src, dst]),
      ]);
      assert.deepEqual(table(found, cuts), table(expected, cuts));
    });
  }
});

interface Row {
  readonly src: Peer;
  readonly dst: Peer;
  readonly conns: Connections;
}

async function reachOf(dir: string): Promise<Row[]> {
  const terminal = memoryTerminal();
  const code = await reach(terminal, {
    filename: [dir],
    exposure: false,
    output: "json",
    data: "",
  });
  assert.equal(code, 0, terminal.told.join("\n"));
  const { connections } = JSON.parse(terminal.printed.join("\n")) as {
    readonly connections: readonly { from: string; to: string; connections: Connections }[];
  };
  return connections.map(({ from, to, connections: conns }) => {
    return { src: peerOf(from), dst: peerOf(to), conns };
  });
}

function peerOf(text: string): Peer {
  const workload = /^([^/]+)\/(.+)\[(.+)\]$/.exec(text);
  if (workload) {
    const [, namespace = "", name = "", kind = ""] = workload;
    return { type: "workload", namespace, name, kind };
  }
  const [first = "", last = ""] = text.split("-");
  return {
    type: "external",
    first: address(first).words[0] ?? 0,
    last: address(last).words[0] ?? 0,
  };
}

/** Where any range begins. */
function cutsOf(peers: readonly Peer[]): readonly number[] {
  const cuts = new Set(
    peers.flatMap((peer) => (peer.type === "external" ? [peer.first, peer.last + 1] : [])),
  );
  return [...cuts].sort((a, b) => a - b);
}

/** The ports of each protocol by pair, ranges outside in the smallest pieces; equal answers are equal. */
function table(rows: readonly Row[], cuts: readonly number[]): Readonly<Record<string, string>> {
  const ports = new Map<string, [number, number][]>();
  for (const { src, dst, conns } of rows) {
    for (const from of piecesOf(src, cuts)) {
      for (const to of piecesOf(dst, cuts)) {
        for (const protocol of ["TCP", "UDP", "SCTP"]) {
          const ranges = conns === "all" ? [[1, 65_535] as const] : (conns[protocol] ?? []);
          const key = `${from} -> ${to} ${protocol}`;
          const known = ports.get(key) ?? [];
          ports.set(key, [...known, ...ranges.map(([a, b]): [number, number] => [a, b])]);
        }
      }
    }
  }
  return Object.fromEntries(
    [...ports]
      .map(([key, ranges]) => [key, joined(ranges)] as const)
      .filter(([, text]) => text !== "")
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function piecesOf(peer: Peer, cuts: readonly number[]): string[] {
  if (peer.type === "workload") return [`${peer.namespace}/${peer.name}[${peer.kind}]`];
  if (peer.type === "ingress-controller") return [peer.type];
  return cuts.filter((cut) => peer.first <= cut && cut <= peer.last).map((cut) => `from ${cut}`);
}

function joined(ranges: readonly (readonly [number, number])[]): string {
  const whole: [number, number][] = [];
  for (const [first, last] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const before = whole.at(-1);
    if (before && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else whole.push([first, last]);
  }
  return whole.map(([first, last]) => `${first}-${last}`).join(",");
}
