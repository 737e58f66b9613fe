/** Random updates of what policy is calculated from. The alphabets are small, so that all of it meets. */
import type { Direction, Rule } from "../../src/core/model/policy.ts";
import type { ModelUpdate } from "../../src/core/model/update.ts";
import {
  farPod,
  handsOn,
  host,
  netsOf,
  pod,
  policy,
  profile,
  service,
  tier,
} from "../states/parts.ts";
import type { Criteria, Draft, Side } from "../states/rules.ts";
import { allow, deny, log, pass, placed } from "../states/rules.ts";
import { choose, type Random } from "./random.ts";

const ADDRESSES = [
  "10.0.0.1",
  "10.0.0.2",
  "10.0.0.3",
  "10.0.1.1",
  "10.0.1.2",
  "fd00::1",
  "fd00::2",
];
const NETS = [
  ...["10.0.0.0/8", "10.0.0.0/24", "10.0.0.0/30", "10.0.0.2/31", "10.0.0.2/32", "10.0.1.0/24"],
  ...["0.0.0.0/0", "fd00::/64", "fd00::/126", "fd00::1/128", "192.0.2.0/24"],
];
const LABELS = ["app", "tone", "pcns.team"] as const;
const VALUES = ["a", "ab", "b", ""] as const;
const PROFILES = ["kns.prod", "kns.else", "open", "lost"] as const;
const TIERS = ["default", "ops", "late"] as const;
const PORT_NAMES = ["http", "dns"] as const;
const PORTS = [53, 80, 81, "80:90"] as const;
const SERVICES = ["prod/shop", "else/shop"] as const;

/** An object as it becomes: something else, or, one time in four, nothing. */
export function generateUpdate(random: Random): ModelUpdate {
  const update = choose<ModelUpdate>(random, [
    () => generatePod(random),
    () => generatePod(random),
    () => generatePod(random),
    () => generateHost(random),
    () => generateSet(random),
    () => generatePolicy(random),
    () => generatePolicy(random),
    () => generatePolicy(random),
    () => tier(random.pick(TIERS), random.pick([1, 2, 3]), random.pick(["Deny", "Pass"])),
    () => profile(random.pick(PROFILES), rules(random, "ingress"), rules(random, "egress")),
    () => handsOn(random.pick(PROFILES), labels(random)),
    () => generateService(random),
  ]);
  return random.chance(25) ? { ...update, value: undefined } : update;
}

/** All that pre-DNAT policy has. */
const INGRESS: ReadonlySet<Direction> = new Set(["ingress"]);

/** What makes an object another one, or of another part. */
const IDENTITY: ReadonlySet<string> = new Set(["kind", "namespace", "name"]);

/** An object that is there with one of its fields another: that of a random object of its part. */
export function generateEdit(random: Random, edited: ModelUpdate): ModelUpdate {
  const { part, key, value } = edited;
  let other = generateUpdate(random);
  while (other.part !== part || !other.value) other = generateUpdate(random);
  if (!value || part === "profileLabels" || other.part === "profileLabels") {
    return { ...other, key } as ModelUpdate;
  }
  if (part === "policy" && random.chance(30)) {
    return { part, key, value: { ...value, ingress: otherPeers(random, value.ingress) } };
  }
  const fields = new Map<string, unknown>(Object.entries(value));
  const others = new Map<string, unknown>(Object.entries(other.value));
  const names = new Set([...fields.keys(), ...others.keys()]).difference(IDENTITY);
  const name = random.pick([...names]) ?? "";
  if (others.has(name)) fields.set(name, others.get(name));
  else fields.delete(name);
  if (fields.get("preDNAT") === true) fields.set("types", INGRESS).set("egress", []);
  // Objects of one part have the same fields, each of the same type.
  return { part, key, value: Object.fromEntries(fields) } as unknown as ModelUpdate;
}

/** The same rules, some of them for others. */
function otherPeers(random: Random, rules: readonly Rule[]): Rule[] {
  return rules.map((rule) => {
    const [other] = placed("ingress", [allow({ from: side(random) })]);
    return other && random.chance(60) ? { ...rule, source: other.source } : rule;
  });
}

function generatePod(random: Random): ModelUpdate {
  const make = random.chance(50) ? pod : farPod;
  return make(`pod${random.below(12)}`, addresses(random), {
    namespace: random.pick(["prod", "else"]),
    labels: labels(random),
    profiles: random.some(PROFILES, 0, 2),
    ports: ports(random),
  });
}

function generateHost(random: Random): ModelUpdate {
  return host(random.pick(["one", "two"]), random.pick(["eth0", "*", ""]), {
    addresses: addresses(random),
    labels: labels(random),
    profiles: random.some(PROFILES, 0, 1),
    ports: ports(random),
    ...(random.chance(30) && { node: "there" }),
  });
}

function generateSet(random: Random): ModelUpdate {
  const namespace = random.pick(["", "prod", "else"]);
  const nets = random.some([...NETS, ...ADDRESSES], 0, 4);
  return netsOf(namespace, random.pick(["one", "two"]), labels(random), ...nets);
}

function generatePolicy(random: Random): ModelUpdate {
  const namespaced = random.chance(30);
  const hosts = random.below(100);
  return policy(random.pick(["a", "a-b", "b", "c"]), selector(random, 2), {
    kind: namespaced ? "NetworkPolicy" : "GlobalNetworkPolicy",
    namespace: namespaced ? "prod" : "",
    tier: random.pick(TIERS),
    order: random.pick([1, 1, 2, Number.POSITIVE_INFINITY]),
    types: random.some(["ingress", "egress"], hosts < 10 ? 1 : 0, 2),
    ...(hosts < 10 && { preDNAT: true, types: [...INGRESS] }),
    doNotTrack: hosts >= 10 && hosts < 20,
    applyOnForward: hosts < 35,
    staged: random.chance(10),
    ...(random.chance(10) && { unenforceable: "spec" }),
    ingress: rules(random, "ingress"),
    ...(hosts >= 10 && { egress: rules(random, "egress") }),
  });
}

function generateService(random: Random): ModelUpdate {
  const backends = random.some(ADDRESSES, 0, 3).map((address) => `${address} ${port(random)}`);
  return service(random.pick(SERVICES), ...backends);
}

function rules(random: Random, direction: "ingress" | "egress"): Draft[] {
  return random.times(0, 3, () => {
    const make = random.pick([allow, deny, pass, log]);
    const protocol = random.pick(["TCP", "UDP", undefined]);
    const peer = side(random);
    const own = random.chance(20) ? side(random) : {};
    const criteria: Criteria = {
      ...(protocol !== undefined && { protocol }),
      ...(random.chance(10) && { family: random.pick([4, 6]) }),
      ...(random.chance(5) && { http: { methods: ["GET"] } }),
      ...(direction === "ingress" ? { from: peer, to: own } : { from: own, to: peer }),
    };
    return make(criteria);
  });
}

function side(random: Random): Side {
  const chosen = random.below(100);
  return {
    ...(chosen < 50 && { who: selector(random, 1) }),
    ...(random.chance(15) && { notWho: selector(random, 1) }),
    ...(chosen >= 50 && chosen < 65 && { nets: random.some(NETS, 1, 2) }),
    ...(random.chance(10) && { notNets: random.some(NETS, 1, 2) }),
    ...(chosen >= 65 && chosen < 85 && { service: random.pick(SERVICES) }),
    ...(random.chance(chosen < 65 ? 25 : 60) && { ports: portList(random) }),
    ...(random.chance(10) && { notPorts: portList(random) }),
  };
}

function portList(random: Random): (number | string)[] {
  return random.some<number | string>([...PORTS, ...PORT_NAMES], 1, 2);
}

/** A selector of at most `depth` operators in one another. */
function selector(random: Random, depth: number): string {
  const label = random.pick(LABELS);
  const value = random.pick(VALUES);
  const inner = () => selector(random, depth - 1);
  if (depth > 0 && random.chance(35)) {
    return choose(random, [
      () => `!(${inner()})`,
      () => `(${inner()} && ${inner()})`,
      () => `(${inner()} || ${inner()})`,
    ]);
  }
  return choose(random, [
    () => "all()",
    () => `has(${label})`,
    () => `!has(${label})`,
    () => `${label} == '${value}'`,
    () => `${label} == '${value}'`,
    () => `${label} != '${value}'`,
    () => `${label} in {'${value}', '${random.pick(VALUES)}'}`,
    () => `${label} not in {'${value}'}`,
    () => `${label} starts with '${value}'`,
    () => `${label} contains 'b'`,
    () => `${label} ends with '${value}'`,
  ]);
}

function labels(random: Random): Record<string, string> {
  const chosen = random.some(LABELS, 0, 2).map((label) => [label, random.pick(VALUES)] as const);
  return Object.fromEntries(chosen);
}

function addresses(random: Random): string {
  return random.some(ADDRESSES, 0, 2).join();
}

function ports(random: Random): string[] {
  return random.times(0, 2, () => `${random.pick(PORT_NAMES)} ${port(random)}`);
}

function port(random: Random): string {
  return `${random.pick(["TCP", "UDP"])}/${random.pick([53, 80, 81])}`;
}
