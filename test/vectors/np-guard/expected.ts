/** What a directory's `expected.json` says of its workloads. */
import { readFileSync } from "node:fs";
import { address } from "../../../src/core/net/address.ts";
import type { Workload } from "./workloads.ts";

export interface Expected {
  readonly workloads: readonly Pick<Workload, "namespace" | "name" | "kind">[];
  readonly connections: readonly {
    readonly src: Peer;
    readonly dst: Peer;
    readonly conns: Connections;
  }[];
}

/** One side of a connection. */
export type Peer =
  | ({ readonly type: "workload" } & Pick<Workload, "namespace" | "name" | "kind">)
  /** Sees only what Ingresses and Routes send it to. */
  | { readonly type: "ingress-controller" }
  | External;

/** The IPv4 addresses from first to last, by number. */
export interface External {
  readonly type: "external";
  readonly first: number;
  readonly last: number;
}

/** Ports as inclusive ranges, by protocol. */
export type Connections = "all" | Readonly<Record<string, readonly (readonly [number, number])[]>>;

/** Reads the file; its addresses become numbers once, for they are compared with many. */
export function readExpected(path: string): Expected {
  return JSON.parse(readFileSync(path, "utf8"), (_, value) =>
    value?.type === "external"
      ? { type: "external", first: numberOf(value.from), last: numberOf(value.to) }
      : value,
  ) as Expected;
}

/** As expectations call a workload: unique, as no workload's own name is. */
export function nameOf({
  namespace,
  name,
  kind,
}: Pick<Workload, "namespace" | "name" | "kind">): string {
  return `${namespace}/${name} (${kind})`;
}

/** Whether a peer is addresses outside. */
export function isExternal(peer: Peer): peer is External {
  return peer.type === "external";
}

/** Whether addresses hold the one of this number. */
export function covers({ first, last }: External, number: number): boolean {
  return first <= number && number <= last;
}

function numberOf(text: string): number {
  return address(text).words[0] ?? 0;
}
