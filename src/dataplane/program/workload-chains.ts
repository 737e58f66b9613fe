/** What packets from and to workloads meet besides their policy, and which policy they meet. */

import type { Configuration } from "../../core/model/configuration.ts";
import { WORKLOAD_PREFIX, type WorkloadEndpoint } from "../../core/model/endpoint.ts";
import type { Problem } from "../../core/model/model.ts";
import { formatAddress } from "../../core/net/address.ts";
import type { Chains } from "./chains.ts";
import type { PlannedMap } from "./maps.ts";

/** Names that the kernel takes, and that are safe in nft's syntax. */
const INTERFACE_NAME = /^[A-Za-z0-9_.@-]{1,15}$/;

/** Multicast listeners, and router and neighbour solicitation (evaluation.md §9.5). */
const NEIGHBOUR_DISCOVERY = "icmpv6 type { 130, 131, 132, 133, 135, 136 }";

/** What becomes of a workload's packets to its own host that policy allowed (evaluation.md §9.5, 5). */
const TO_HOST: Readonly<Record<Configuration["endpointToHost"], readonly string[]>> = {
  Drop: ["drop"],
  // The host's own rules decide; none of ours do.
  Return: ["meta priority set 0:0", "return"],
  Accept: ["meta priority set 0:0", "accept"],
};

export function isInterfaceName(name: string): boolean {
  return INTERFACE_NAME.test(name);
}

export interface WorkloadChains {
  /** What came from a workload: returns if it may go on. */
  readonly from: string;
  /** What goes to a workload: returns if it may go on. */
  readonly to: string;
  /** What a workload sends to the host itself. */
  readonly toHost: string;
  /** Drops what a workload sends from addresses that are not its own. */
  readonly antiSpoofing: string;
  /**
   * The interfaces that are workloads', as nft matches them: a prefix, then other names. One with
   * the prefix that no endpoint names is cut off.
   */
  readonly interfaces: readonly string[];
}

/** The rules, one or none, that refuse what belongs to no known connection. */
export function invalidRules({ dropInvalid }: Configuration): readonly string[] {
  return dropInvalid ? ["ct state invalid drop"] : [];
}

/** Refuse packets that would come out of their wrapping behind policy's back (evaluation.md §7.1). */
function encapsulationRules(configuration: Configuration): readonly string[] {
  const { allowVxlanFromWorkloads, allowIpipFromWorkloads, vxlanPort } = configuration;
  return [
    ...(allowVxlanFromWorkloads ? [] : [`udp dport ${vxlanPort} drop`]),
    ...(allowIpipFromWorkloads ? [] : ["meta l4proto 4 drop"]),
  ];
}

/** `endpoints`: all of the node's; interfaces outside the prefix are matched one by one. */
export function workloadChains(
  chains: Chains,
  endpoints: readonly WorkloadEndpoint[],
  configuration: Configuration,
): WorkloadChains {
  const named = new Set(endpoints.map(({ interfaceName }) => interfaceName));
  const others = [...named]
    .filter((name) => isInterfaceName(name) && !name.startsWith(WORKLOAD_PREFIX))
    .sort();
  const map = (stem: string) => `@${chains.name(stem)}`;
  const invalid = invalidRules(configuration);
  const from = chains.numbered("egress", [
    ...invalid,
    ...encapsulationRules(configuration),
    `iifname vmap ${map("eg_ep")}`,
    "drop",
  ]);
  return {
    from,
    to: chains.numbered("ingress", [...invalid, `oifname vmap ${map("in_ep")}`, "drop"]),
    toHost: chains.numbered("to_host", [
      `${NEIGHBOUR_DISCOVERY} accept`,
      `jump ${from}`,
      ...TO_HOST[configuration.endpointToHost],
    ]),
    antiSpoofing: chains.fixed("spoof", [
      `iifname . ip saddr ${map("src4")} return`,
      `iifname . ip6 saddr ${map("src6")} return`,
      `ip6 saddr :: ${NEIGHBOUR_DISCOVERY} return`,
      `ip6 saddr fe80::/10 ${NEIGHBOUR_DISCOVERY} return`,
      "drop",
    ]),
    interfaces: [`"${WORKLOAD_PREFIX}*"`, ...others.map(quote)],
  };
}

/** A workload and the chains of its two sections. */
export interface PolicedWorkload {
  readonly endpoint: WorkloadEndpoint;
  readonly ingress: string;
  readonly egress: string;
}

export function workloadMaps(workloads: readonly PolicedWorkload[]): PlannedMap[] {
  const chainOf = (direction: "ingress" | "egress"): ReadonlyMap<string, string> =>
    new Map(
      workloads.map((workload) => [
        quote(workload.endpoint.interfaceName),
        `goto ${workload[direction]}`,
      ]),
    );
  const sources = (family: 4 | 6): ReadonlyMap<string, string> =>
    new Map(
      workloads.flatMap(({ endpoint }) =>
        endpoint.addresses
          .filter((one) => one.family === family)
          .map((one) => [`${quote(endpoint.interfaceName)} . ${formatAddress(one)}`, ""] as const),
      ),
    );
  const dispatch = (stem: string, elements: ReadonlyMap<string, string>): PlannedMap => ({
    stem,
    object: "map",
    type: "type ifname : verdict",
    role: "pointer",
    elements,
  });
  const owned = (
    stem: string,
    type: string,
    elements: ReadonlyMap<string, string>,
  ): PlannedMap => ({
    stem,
    object: "set",
    type,
    role: "definition",
    elements,
  });
  return [
    dispatch("in_ep", chainOf("ingress")),
    dispatch("eg_ep", chainOf("egress")),
    owned("src4", "typeof iifname . ip saddr", sources(4)),
    owned("src6", "typeof iifname . ip6 saddr", sources(6)),
  ];
}

/** An interface's name as a key. */
export function quote(interfaceName: string): string {
  return `"${interfaceName}"`;
}

/** The workloads that can be policed, and what is wrong with the others: those are cut off. */
export function soundWorkloads<W extends { readonly endpoint: WorkloadEndpoint }>(
  workloads: readonly W[],
): { readonly sound: readonly W[]; readonly problems: readonly Problem[] } {
  const users = new Map<string, number>();
  for (const { endpoint } of workloads) {
    users.set(endpoint.interfaceName, (users.get(endpoint.interfaceName) ?? 0) + 1);
  }
  const problems: Problem[] = [];
  const sound = workloads.filter(({ endpoint }) => {
    const wrong = complaint(endpoint, users.get(endpoint.interfaceName) ?? 0);
    if (wrong !== undefined) problems.push(problemOf(endpoint, wrong));
    return wrong === undefined;
  });
  return { sound, problems };
}

function complaint({ interfaceName }: WorkloadEndpoint, users: number): string | undefined {
  const name = JSON.stringify(interfaceName);
  if (!isInterfaceName(interfaceName)) return `${name} is no name for an interface`;
  if (users > 1) return `interface ${name} is cut off: ${users} workload endpoints claim it`;
  return undefined;
}

function problemOf({ kind, namespace, name }: WorkloadEndpoint, message: string): Problem {
  const apiVersion = "projectcalico.org/v3";
  return { apiVersion, kind, namespace, name, path: "spec.interfaceName", message };
}
