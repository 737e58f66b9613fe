/** `picket explain endpoint`: which policies an endpoint has, in the order in which they are read. */
import {
  type Endpoint,
  endpointName,
  type HostEndpoint,
  type WorkloadEndpoint,
} from "../../core/model/endpoint.ts";
import type { Model } from "../../core/model/model.ts";
import type { Direction, Policy } from "../../core/model/policy.ts";
import type { PolicyList } from "../../core/model/verdict.ts";
import { formatAddress } from "../../core/net/address.ts";
import { byName } from "../../core/text/byte-order.ts";
import { Cluster } from "../../core/verdict/cluster.ts";
import { CommandFailure, EXIT, usage } from "./exit.ts";
import { policyObject } from "./explain-json.ts";
import type { Explainer } from "./explainer.ts";
import type { Locate } from "./explanation.ts";
import { formatTable } from "./table.ts";
import { policyCells, tierHead } from "./trace-text.ts";

/** One list of an endpoint in one direction, tier by tier; empty where no policy governs it. */
export interface PolicyListing {
  readonly list: PolicyList;
  readonly direction: Direction;
  readonly tiers: readonly ListedTier[];
}

interface ListedTier {
  readonly name: string;
  readonly order?: number;
  readonly defaultAction: "Deny" | "Pass";
  readonly policies: readonly Policy[];
}

/** What governs an endpoint. */
export interface EndpointPolicies {
  readonly endpoint: Endpoint;
  readonly profiles: readonly { readonly name: string; readonly exists: boolean }[];
  readonly listings: readonly PolicyListing[];
}

const LISTS: Readonly<Record<Endpoint["kind"], readonly PolicyList[]>> = {
  WorkloadEndpoint: ["normal"],
  HostEndpoint: ["untracked", "preDNAT", "forward", "normal"],
};
const DIRECTIONS = ["ingress", "egress"] as const;

/** The endpoints that `name` names, each with its policies. Throws CommandFailure. */
export function endpointPolicies(explainer: Explainer, name: string): EndpointPolicies[] {
  const { model } = explainer.vicinities;
  return endpointsNamed(explainer, name).map((endpoint) => {
    // An endpoint without an address is in the neighbourhood of none.
    const part = {
      ...explainer.vicinities.around(endpoint.addresses),
      ...ownPart(model, endpoint),
    };
    const cluster = new Cluster(part);
    const profiles = endpoint.profiles.map((one) => ({
      name: one,
      exists: model.profiles.has(one),
    }));
    const listings = LISTS[endpoint.kind].flatMap((list) =>
      DIRECTIONS.map((direction) => listingOf(cluster, model, endpoint, list, direction)),
    );
    const shown = listings.filter(({ list, tiers }) => list === "normal" || tiers.length > 0);
    return { endpoint, profiles, listings: shown };
  });
}

export function endpointLines(found: EndpointPolicies, locate: Locate): string[] {
  const { endpoint, profiles, listings } = found;
  const labels = Array.from(endpoint.labels, ([label, value]) => `${label}=${value}`).sort();
  const known = profiles.map(({ name, exists }) => (exists ? name : `${name} (does not exist)`));
  const lines = [
    `${endpoint.kind} ${endpointName(endpoint)}`,
    ...formatTable([
      ["addresses", endpoint.addresses.map(formatAddress).join(", ") || "none"],
      ["node", endpoint.node || "none"],
      ["profiles", known.join(", ") || "none"],
      ...labels.map((label, i) => [i === 0 ? "labels" : "", label]),
    ]).map((line) => `  ${line}`),
  ];
  for (const { list, direction, tiers } of listings) {
    const head = `${list === "normal" ? "" : `${list} `}${direction}`;
    lines.push("", tiers.length === 0 ? `${head}: no policy; ${profilesText(known)}` : head);
    let number = 0;
    for (const tier of tiers) {
      const enforced = tier.policies.some(({ staged }) => !staged);
      const end = enforced ? `at its end ${endWord(list, tier)}` : "nothing of it is enforced";
      lines.push(`  ${tierHead(tier)}, ${end}`);
      const rows = tier.policies.map((policy) => {
        number += 1;
        return policyCells(policy, number, locate);
      });
      lines.push(...formatTable(rows).map((line) => `    ${line}`));
    }
  }
  return lines;
}

export function endpointObject(
  { endpoint, profiles, listings }: EndpointPolicies,
  locate: Locate,
): Readonly<Record<string, unknown>> {
  const labels = [...endpoint.labels].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    kind: endpoint.kind,
    name: endpointName(endpoint),
    node: endpoint.node,
    interface: endpoint.interfaceName,
    addresses: endpoint.addresses.map(formatAddress),
    labels: Object.fromEntries(labels),
    profiles,
    lists: listings.map(({ list, direction, tiers }) => ({
      list,
      direction,
      tiers: tiers.map(({ policies, ...tier }) => ({
        ...tier,
        policies: policies.map((policy) => policyObject(policy, locate)),
      })),
    })),
  };
}

/** Untracked and pre-DNAT policy leaves to others what none of its rules matches. */
function endWord(list: PolicyList, { defaultAction }: ListedTier): "Deny" | "Pass" {
  return list === "untracked" || list === "preDNAT" ? "Pass" : defaultAction;
}

function profilesText(profiles: readonly string[]): string {
  return profiles.length === 0
    ? "no profile, so denied"
    : `profiles decide: ${profiles.join(", ")}`;
}

function listingOf(
  cluster: Cluster,
  model: Model,
  endpoint: Endpoint,
  list: PolicyList,
  direction: Direction,
): PolicyListing {
  const orders = new Map(model.tiers.map((tier) => [tier.name, tier.order]));
  const tiers = cluster
    .policies(endpoint, list)
    .filter((listed) => listed[direction].length > 0)
    .map(({ tier: { name, defaultAction }, ...listed }): ListedTier => {
      const order = orders.get(name);
      const policies = listed[direction];
      return { name, ...(order !== undefined && { order }), defaultAction, policies };
    });
  return { list, direction, tiers };
}

function endpointsNamed({ names, vicinities }: Explainer, name: string): readonly Endpoint[] {
  const { workloads, hostEndpoints } = vicinities.model;
  const own: readonly Endpoint[] = [
    ...workloads.filter((one) => endpointName(one) === name),
    ...hostEndpoints.filter((one) => one.name === name),
  ];
  if (own.length > 0) return own;
  const peer = names.find(name);
  switch (peer.is) {
    case "workload":
    case "hostEndpoint":
      return [peer.endpoint];
    case "address": {
      const held = vicinities.around([peer.address]);
      const isIts = ({ addresses }: WorkloadEndpoint | HostEndpoint) =>
        addresses.some((one) => formatAddress(one) === formatAddress(peer.address));
      const found = [...held.workloads, ...held.hostEndpoints].filter(isIts);
      if (found.length > 0) return found;
      throw new CommandFailure(
        EXIT.usage,
        `${name} is no endpoint's address: no policy governs it`,
      );
    }
    case "host": {
      const found = hostEndpoints.filter(({ node }) => node === peer.host.name);
      if (found.length > 0) return [...found].sort(byName);
      throw usage(`host ${name} has no host endpoint: no policy governs it`);
    }
    case "service":
      throw usage(`Service ${name} is no endpoint: ask about one of its pods`);
  }
}

function ownPart(model: Model, endpoint: Endpoint): Partial<Model> {
  return endpoint.addresses.length > 0 ? {} : { policies: model.policies };
}
