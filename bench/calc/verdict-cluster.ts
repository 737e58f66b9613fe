/**
 * One endpoint under a great many rules, as a large deployment was measured to have: 294 global
 * policies of 68 ingress rules in one tier that ends in Deny, 10 of the 19,992 rules Deny, one
 * Allow and the others Pass; 24 % name one of 3,708 sets, which have 256,000 members in all.
 */
import type { NetworkSet, WorkloadEndpoint } from "../../src/core/model/endpoint.ts";
import { EMPTY_MODEL, type Model } from "../../src/core/model/model.ts";
import type { Action, EntityMatch, Policy, PortMatch, Rule } from "../../src/core/model/policy.ts";
import { type Address, address, hostPrefix, type Prefix } from "../../src/core/net/address.ts";
import type { Flow } from "../../src/core/net/flow.ts";
import { TCP } from "../../src/core/net/protocol.ts";
import { Random } from "../../test/differential/random.ts";

/**
 * What rules ask for beside a set. `alike`: all of them one port that the flow does not have, which
 * is how the reference implementation measures itself. `unlike`: ports and source networks of
 * their own, some ports far more often than others, so that packets differ in what they match.
 */
export type Criteria = "alike" | "unlike";

/** The cluster and what to ask it. */
export interface VerdictCluster {
  readonly model: Model;
  readonly endpoint: WorkloadEndpoint;
  /** Matches no rule: who judges it rule by rule reads all of them. */
  readonly unmatched: Flow;
  /** A connection to the endpoint, another one each time: mostly from where rules speak of. */
  readonly next: () => Flow;
}

export const POLICIES = 294;
export const RULES_A_POLICY = 68;
const RULES = POLICIES * RULES_A_POLICY;
const DENYING = 10;
/** Of a thousand rules. */
const WITH_SET = 242;
const MEMBERS = 256_000;
/** How many sets have so many members; the 158 share what the others leave of all. */
const SIZES: readonly (readonly [sets: number, least: number, most: number])[] = [
  [4, 0, 0],
  [3035, 1, 9],
  [446, 10, 99],
  [64, 100, 999],
  [1, 54_566, 54_566],
];
const LARGE_SETS = 158;

/** What `alike` rules ask for; no flow has it. */
const CLOSED_PORT = 65_001;
const POPULAR_PORTS = [443, 443, 443, 80, 80, 8080, 9090, 5432] as const;
const FIRST_OTHER_PORT = 10_000;
/** In so many sets the endpoint itself is where criteria are unlike. */
const SETS_OF_ENDPOINT = 10;

const TIER = "perimeter";
const ENDPOINT = address("198.51.100.20");
const OUTSIDE = address("192.0.2.10");
const NET_BASE = 0xac10_0000; // 172.16.0.0
const MEMBER_BASE = 0x0a00_0000; // 10.0.0.0

/** The same for the same criteria, wherever and whenever it is made. */
export function verdictCluster(criteria: Criteria): VerdictCluster {
  const random = new Random(294);
  const sets = networkSets(random, criteria);
  const rules = Array.from({ length: RULES }, (_, i) => ruleOf(random, criteria, sets.length, i));
  const endpoint: WorkloadEndpoint = {
    kind: "WorkloadEndpoint",
    namespace: "production",
    name: "web",
    interfaceName: "cali0",
    addresses: [ENDPOINT],
    labels: new Map([["app", "web"]]),
    profiles: [],
    ports: [],
    node: "node",
  };
  const model: Model = {
    ...EMPTY_MODEL,
    workloads: [endpoint],
    networkSets: sets,
    tiers: [{ name: TIER, order: 100, defaultAction: "Deny" }],
    policies: policiesOf(withActions(random, rules)),
  };
  const unmatched = tcp(OUTSIDE, 8081);
  return { model, endpoint, unmatched, next: () => tcp(sourceIn(random), portIn(random)) };
}

function tcp(source: Address, destinationPort: number): Flow {
  return { source, destination: ENDPOINT, protocol: TCP, sourcePort: 45_000, destinationPort };
}

function networkSets(random: Random, criteria: Criteria): NetworkSet[] {
  const small = SIZES.flatMap(([sets, least, most]) =>
    Array.from({ length: sets }, () => skewed(random, least, most)),
  );
  const left = MEMBERS - small.reduce((total, size) => total + size, 0);
  const large = Array.from({ length: LARGE_SETS }, (_, i) => Math.floor((left + i) / LARGE_SETS));
  let member = MEMBER_BASE;
  return [...small, ...large].map((size, i): NetworkSet => {
    const nets = Array.from({ length: size }, () => hostPrefix(ipv4(member++)));
    const isOfEndpoint = criteria === "unlike" && i % Math.floor(3708 / SETS_OF_ENDPOINT) === 7;
    return {
      kind: "NetworkSet",
      namespace: "",
      name: `set-${i}`,
      labels: new Map([["set", `${i}`]]),
      nets: isOfEndpoint ? [...nets.slice(1), hostPrefix(ENDPOINT)] : nets,
    };
  });
}

/** Far more often few than many. */
function skewed(random: Random, least: number, most: number): number {
  const share = random.below(1000) / 1000;
  return least + Math.floor((most - least + 1) * share ** 3);
}

/** The action comes later. */
function ruleOf(random: Random, criteria: Criteria, sets: number, i: number): Rule {
  const path = `spec.ingress[${i % RULES_A_POLICY}]`;
  const bare = { action: "Pass", path, index: i % RULES_A_POLICY, protocol: TCP } as const;
  const hasSet = random.below(1000) < WITH_SET;
  const set: EntityMatch = {
    selector: { op: "==", label: "set", value: `${random.below(sets)}` },
  };
  if (criteria === "alike") {
    const ports: EntityMatch = { ports: portMatch(CLOSED_PORT) };
    if (!hasSet) return { ...bare, source: {}, destination: ports };
    const guarded = { ...set, ...ports };
    return random.chance(50)
      ? { ...bare, source: guarded, destination: {} }
      : { ...bare, source: {}, destination: guarded };
  }
  if (hasSet) {
    const ports: EntityMatch = { ports: portMatch(portIn(random)) };
    return random.chance(50)
      ? { ...bare, source: set, destination: ports }
      : { ...bare, source: {}, destination: { ...set, ...ports } };
  }
  // A popular port alone would decide almost everything; it comes with where the packet is from.
  if (random.chance(30)) {
    const ports: EntityMatch = { ports: portMatch(otherPort(random)) };
    return { ...bare, source: {}, destination: ports };
  }
  const nets: readonly Prefix[] = [netIn(random)];
  return { ...bare, source: { nets }, destination: { ports: portMatch(portIn(random)) } };
}

/** All Pass, but ten that deny and one that allows, at random places. */
function withActions(random: Random, rules: readonly Rule[]): Rule[] {
  const special = new Map<number, Action>();
  while (special.size < DENYING) special.set(random.below(rules.length), "Deny");
  while (special.size === DENYING) {
    const place = random.below(rules.length);
    if (!special.has(place)) special.set(place, "Allow");
  }
  return rules.map((rule, i) => ({ ...rule, action: special.get(i) ?? rule.action }));
}

function policiesOf(rules: readonly Rule[]): Policy[] {
  return Array.from({ length: POLICIES }, (_, i) => ({
    kind: "GlobalNetworkPolicy",
    namespace: "",
    name: `policy-${i}`,
    tier: TIER,
    order: i,
    selector: { op: "all" },
    types: new Set(["ingress"] as const),
    ingress: rules.slice(i * RULES_A_POLICY, (i + 1) * RULES_A_POLICY),
    egress: [],
    doNotTrack: false,
    preDNAT: false,
    applyOnForward: false,
    staged: false,
  }));
}

function portMatch(port: number): PortMatch {
  return { ranges: [{ first: port, last: port }], names: [] };
}

function portIn(random: Random): number {
  return random.chance(60) ? random.pick(POPULAR_PORTS) : otherPort(random);
}

function otherPort(random: Random): number {
  return random.between(FIRST_OTHER_PORT, 60_000);
}

/** A network of 256 addresses out of 172.16.0.0/12. */
function netIn(random: Random): Prefix {
  return { address: ipv4(NET_BASE + random.below(4096) * 256), length: 24 };
}

/** A member of a set, an address of a network, or one that no rule names. */
function sourceIn(random: Random): Address {
  const sort = random.below(5);
  if (sort < 2) return ipv4(MEMBER_BASE + random.below(MEMBERS));
  if (sort < 4) return ipv4(NET_BASE + random.below(4096 * 256));
  return ipv4(0xcb00_7100 + random.below(256)); // 203.0.113.0
}

function ipv4(word: number): Address {
  return { family: 4, words: [word >>> 0] };
}
