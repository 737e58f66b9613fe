/** The policy of host endpoints: which interface has whose, and the chains that its packets enter. */
import type { Configuration } from "../../core/model/configuration.ts";
import type { HostInterface } from "../../core/model/endpoint.ts";
import type { Direction } from "../../core/model/policy.ts";
import { governing, wildcard } from "../../core/policy/host-binding.ts";
import type { CompiledHostEndpoint, Section } from "../../core/policy/policy.ts";
import type { Chains } from "./chains.ts";
import { failsafeRules, rawFailsafeRules } from "./failsafe.ts";
import type { PlannedMap } from "./maps.ts";
import type { SectionUse } from "./sets-in-use.ts";
import { NOWHERE_EITHER, type OwnSides } from "./sides.ts";
import { invalidRules, isInterfaceName, quote } from "./workload-chains.ts";

/** Set on packets that untracked or pre-DNAT policy allowed: no later host policy stops them. */
export const ACCEPTED = "0x00010000";
export const IS_ACCEPTED = `meta mark & ${ACCEPTED} != 0`;

/** An interface by name, or all others ("*"), and the host endpoint that governs it. */
export interface Governed {
  readonly interfaceName: string;
  readonly host: CompiledHostEndpoint;
}

/** Interfaces in the order of `interfaces`, then those that are not there yet, then "*". */
export function governedInterfaces(
  hosts: readonly CompiledHostEndpoint[],
  interfaces: readonly HostInterface[],
): Governed[] {
  const endpoints = hosts.map(({ endpoint }) => endpoint);
  const compiled = (endpoint: (typeof endpoints)[number] | undefined) =>
    hosts.find((host) => host.endpoint === endpoint);
  const known = new Set(interfaces.map(({ name }) => name));
  const expected = endpoints
    .map(({ interfaceName }) => interfaceName)
    .filter((name) => isInterfaceName(name) && !known.has(name))
    .map((name) => ({ name, addresses: [] }));
  const governed = [...interfaces, ...new Map(expected.map((one) => [one.name, one])).values()].map(
    (one) => ({ interfaceName: one.name, host: compiled(governing(endpoints, one)) }),
  );
  const others = { interfaceName: "*", host: compiled(wildcard(endpoints)) };
  return [...governed, others].flatMap(({ interfaceName, host }) =>
    host ? [{ interfaceName, host }] : [],
  );
}

/** One list of host endpoints in one direction: its map, and what its chains do with a section. */
interface HostList {
  readonly stem: string;
  readonly direction: Direction;
  readonly section: (host: CompiledHostEndpoint) => Section;
  /** Whether a host endpoint without policy in the list is no concern of it. */
  readonly optional: boolean;
  readonly rules: (sectionChain: string, before: BeforePolicy) => readonly string[];
}

/** The rules that come before a section's. */
interface BeforePolicy {
  /** Refuse what belongs to no known connection. */
  readonly invalid: readonly string[];
  readonly failsafe: (direction: Direction) => readonly string[];
  readonly rawFailsafe: (direction: Direction) => readonly string[];
}

const MARK_ACCEPTED = `meta priority 0:1 meta mark set meta mark | ${ACCEPTED}`;
const CLEAR = "meta priority set 0:0";

const both = (list: (direction: Direction) => HostList) => [list("ingress"), list("egress")];
const END = { ingress: "in", egress: "out" } as const;

const LISTS: readonly HostList[] = [
  ...both((direction) => ({
    stem: `host_${END[direction]}`,
    direction,
    section: ({ normal }) => normal[direction],
    optional: false,
    rules: (section, { invalid, failsafe }) => [
      ...invalid,
      ...failsafe(direction),
      `jump ${section}`,
      CLEAR,
      "accept",
    ],
  })),
  ...both((direction) => ({
    stem: `host_fwd_${END[direction]}`,
    direction,
    section: ({ forward }) => forward[direction],
    optional: false,
    rules: (section, { invalid }) => [...invalid, `goto ${section}`],
  })),
  {
    stem: "host_predn",
    direction: "ingress",
    section: ({ preDNAT }) => preDNAT.ingress,
    optional: true,
    rules: (section, { invalid, failsafe }) => [
      ...invalid,
      ...failsafe("ingress"),
      `jump ${section}`,
      MARK_ACCEPTED,
      CLEAR,
    ],
  },
  ...both((direction) => ({
    stem: `host_raw_${END[direction]}`,
    direction,
    section: ({ untracked }) => untracked[direction],
    optional: true,
    rules: (section, { rawFailsafe }) => [
      ...rawFailsafe(direction),
      `jump ${section}`,
      `${MARK_ACCEPTED} notrack`,
      CLEAR,
    ],
  })),
];

/** The sections that the governed interfaces need, by list and host endpoint. */
export function hostUses(governed: readonly Governed[], ownSides: OwnSides): SectionUse[] {
  return LISTS.flatMap((list) =>
    governed
      .filter(({ host }) => concerns(list, host))
      .map(({ host }) => useOf(list, host, ownSides)),
  );
}

function concerns(list: HostList, host: CompiledHostEndpoint): boolean {
  return !list.optional || list.section(host).stages.length > 0;
}

function useOf(list: HostList, host: CompiledHostEndpoint, ownSides: OwnSides): SectionUse {
  const section = list.section(host);
  const { direction } = list;
  return { section, direction, own: ownSides.asks(section, direction) ? "any" : NOWHERE_EITHER };
}

/** The maps from interface to chain, those of lists that no host endpoint uses left out. */
export function hostMaps(
  governed: readonly Governed[],
  configuration: Configuration,
  ownSides: OwnSides,
  chains: Chains,
  chainOf: (use: SectionUse) => string,
): PlannedMap[] {
  const before = beforePolicy(configuration, chains);
  return LISTS.flatMap((list): PlannedMap[] => {
    const elements = new Map<string, string>();
    for (const { interfaceName, host } of governed) {
      const key = interfaceName === "*" ? "*" : quote(interfaceName);
      if (!concerns(list, host)) {
        // Its own host endpoint has no such policy, and the wildcard's is not its business.
        elements.set(key, "continue");
        continue;
      }
      const section = chainOf(useOf(list, host, ownSides));
      const entry = chains.numbered(list.stem, list.rules(section, before));
      elements.set(key, `jump ${entry}`);
    }
    if (![...elements.values()].some((value) => value !== "continue")) return [];
    const { stem } = list;
    return [{ stem, object: "map", type: "type ifname : verdict", role: "pointer", elements }];
  });
}

function beforePolicy(configuration: Configuration, chains: Chains): BeforePolicy {
  const jump = (stem: string, rules: readonly string[]) =>
    rules.length === 0 ? [] : [`jump ${chains.numbered(stem, rules)}`];
  return {
    invalid: invalidRules(configuration),
    failsafe: (direction) =>
      jump(`safe_${END[direction]}`, failsafeRules(configuration, direction)),
    rawFailsafe: (direction) =>
      jump(`rawsafe_${END[direction]}`, rawFailsafeRules(configuration, direction)),
  };
}
