/** What a workload is made of: objects as they come out of a decoder, selectors still text. */
import type { WorkloadEndpoint } from "../../src/core/model/endpoint.ts";
import type { Direction, EntityMatch, Policy, Rule } from "../../src/core/model/policy.ts";
import type { ModelUpdate } from "../../src/core/model/update.ts";
import { type Prefix, prefix } from "../../src/core/net/address.ts";
import { parseSelector } from "../../src/core/selector/parse.ts";

/** A rule that allows. Absent is any. */
export interface WrittenRule {
  readonly source?: string;
  readonly destination?: string;
  readonly destinationNet?: string;
  readonly protocol?: number;
  readonly destinationPort?: number;
}

export interface WrittenPolicy {
  readonly part: "written policy";
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
  readonly selector: string;
  readonly ingress: readonly WrittenRule[];
  readonly egress: readonly WrittenRule[];
}

/** One object of a workload. Reading a policy's selectors is part of the work. */
export type Input = WrittenPolicy | ModelUpdate;

/** The input as it is told. */
export function read(input: Input): ModelUpdate {
  if (input.part !== "written policy") return input;
  return { part: "policy", key: input.key, value: policyOf(input) };
}

const BOTH: ReadonlySet<Direction> = new Set(["ingress", "egress"]);

export function policyOf({ namespace, name, selector, ...rules }: WrittenPolicy): Policy {
  return {
    kind: namespace === "" ? "GlobalNetworkPolicy" : "NetworkPolicy",
    namespace,
    name,
    tier: "default",
    order: Number.POSITIVE_INFINITY,
    selector: parseSelector(selector),
    types: BOTH,
    ingress: rules.ingress.map((rule, i) => ruleOf(rule, "ingress", i)),
    egress: rules.egress.map((rule, i) => ruleOf(rule, "egress", i)),
    doNotTrack: false,
    preDNAT: false,
    applyOnForward: false,
    staged: false,
  };
}

function ruleOf(written: WrittenRule, direction: Direction, index: number): Rule {
  const { source, destination, destinationNet, protocol, destinationPort: port } = written;
  const destinationMatch: EntityMatch = {
    ...(destination !== undefined && { selector: parseSelector(destination) }),
    ...(destinationNet !== undefined && { nets: [prefix(destinationNet)] }),
    ...(port !== undefined && { ports: { ranges: [{ first: port, last: port }], names: [] } }),
  };
  return {
    action: "Allow",
    path: `spec.${direction}[${index}]`,
    index,
    ...(protocol !== undefined && { protocol }),
    source: source === undefined ? {} : { selector: parseSelector(source) },
    destination: destinationMatch,
  };
}

/** The tier of every policy here. */
export const DEFAULT_TIER: ModelUpdate = {
  part: "tier",
  key: "default",
  value: { name: "default", order: 1_000_000, defaultAction: "Deny" },
};

/** The node whose endpoints are local. */
export const LOCAL = "localhost";
export const REMOTE = "remotehost";

export interface WrittenEndpoint {
  readonly node: string;
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly profile: string;
  /** An IPv4 address. */
  readonly address: number;
}

/** A workload endpoint as decoding makes it: no text of it is shared with another's. */
export function endpoint(written: WrittenEndpoint): ModelUpdate & { readonly part: "workload" } {
  const { node, namespace, name, labels, profile, address } = decoded(written);
  const value: WorkloadEndpoint = {
    kind: "WorkloadEndpoint",
    namespace,
    name,
    node,
    interfaceName: decoded(`cali${written.address.toString(16)}`),
    addresses: [{ family: 4, words: [address] }],
    labels: new Map(Object.entries(labels)),
    profiles: [profile],
    ports: [],
  };
  return { part: "workload", key: endpointKey(written), value };
}

/** The endpoint's deletion. */
export function endpointGone(
  written: Pick<WrittenEndpoint, "node" | "namespace" | "name">,
): ModelUpdate {
  return { part: "workload", key: endpointKey(written), value: undefined };
}

function endpointKey({
  node,
  namespace,
  name,
}: Pick<WrittenEndpoint, "node" | "namespace" | "name">): string {
  return decoded(`${node}/${namespace}/${name}`);
}

/** A profile without rules that hands on labels. */
export function profile(name: string, labels: Readonly<Record<string, string>>): ModelUpdate[] {
  return [
    {
      part: "profileLabels",
      key: decoded(name),
      value: new Map(Object.entries(decoded(labels))),
    },
    {
      part: "profile",
      key: decoded(name),
      value: { name: decoded(name), ingress: [], egress: [] },
    },
  ];
}

/** A policy of no text that another has. */
export function policy(written: Omit<WrittenPolicy, "part" | "key">): WrittenPolicy {
  return {
    part: "written policy",
    key: decoded(`${written.namespace}/${written.name}`),
    ...decoded(written),
  };
}

/** The value anew, as it comes out of a decoder. */
export function decoded<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

/** The network of one IPv4 address. */
export function host(address: number): Prefix {
  return { address: { family: 4, words: [address] }, length: 32 };
}
