/** Random rules of projectcalico.org policies and profiles, all of them valid. */
import type { EntityRuleSpec, RuleSpec } from "../../src/core/resources/rule.ts";
import { choose, type Random } from "./random.ts";
import {
  COLORS,
  EXCEPT,
  METHODS,
  NAMESPACES,
  NETS_V4,
  NETS_V6,
  PATHS,
  PORT_NAMES,
  PORTS,
  SERVICE_ACCOUNTS,
  SERVICES,
} from "./universe.ts";

type Direction = "ingress" | "egress";

/** Where no policy's namespace stands in, a rule names the namespaces of services. */
export function generateRules(
  random: Random,
  direction: Direction,
  scope: "namespaced" | "global",
): RuleSpec[] {
  return random.times(0, 3, () => {
    const chance = random.below(100);
    if (chance < 8) return serviceRule(random, direction, scope);
    return chance < 12 && direction === "ingress" ? httpRule(random) : rule(random, direction);
  });
}

/** A selector over endpoint labels. */
export function selector(random: Random): string {
  return choose(random, [
    () => `color == '${random.pick(COLORS)}'`,
    () => `color != '${random.pick(COLORS)}'`,
    () => `color in {'red', '${random.pick(COLORS)}'}`,
    () => `color not in {'red', '${random.pick(COLORS)}'}`,
    () => "has(shape)",
    () => "!has(shape)",
    () => `shape starts with 'c' || color == '${random.pick(COLORS)}'`,
    () => `!(color == '${random.pick(COLORS)}') && has(color)`,
    () => `has(constructor) || shape contains 'quar'`,
    () => `projectcalico.org/namespace == '${random.pick(NAMESPACES)}'`,
    () => `projectcalico.org/orchestrator ends with '8s'`,
    () => "all()",
  ]);
}

/** A selector over namespace labels. */
export function namespaceSelector(random: Random): string {
  return random.pick([
    "env == 'prod'",
    "env != 'prod'",
    "has(open)",
    `projectcalico.org/name == '${random.pick(NAMESPACES)}'`,
    "all()",
  ]);
}

/** A selector over service account labels. */
export function serviceAccountSelector(random: Random): string {
  return random.pick(["role == 'api'", "role != 'api'", "all()", "has(role)"]);
}

type Protocol = NonNullable<RuleSpec["protocol"]>;

const WITH_PORTS: readonly [Protocol, ...Protocol[]] = ["TCP", "TCP", "UDP", "SCTP", 6, 17, 132];
const WITHOUT_PORTS: readonly [Protocol, ...Protocol[]] = ["UDPLite", 47, 4, 136];

function rule(random: Random, direction: Direction): RuleSpec {
  const ipVersion = random.chance(15) ? random.pick([4, 6] as const) : undefined;
  const family = ipVersion ?? random.pick([4, 6] as const);
  const subject = random.below(100);
  const protocol = subject < 50 ? random.pick(WITH_PORTS) : undefined;
  const ports = protocol !== undefined ? "all" : subject < 75 ? "none" : "named";
  const entity = () => entityRule(random, family, ports);
  return {
    action: random.pick(["Allow", "Allow", "Allow", "Deny", "Deny", "Log", "Pass"]),
    ...(ipVersion && { ipVersion }),
    ...(protocol !== undefined && { protocol }),
    ...(subject >= 50 && subject < 65 && icmpRule(random, family)),
    ...(subject >= 65 && subject < 70 && { protocol: random.pick(WITHOUT_PORTS) }),
    ...(subject >= 70 && subject < 75 && { notProtocol: random.pick(["TCP", "UDP", 47]) }),
    ...(random.chance(direction === "ingress" ? 60 : 25) && { source: entity() }),
    ...(random.chance(direction === "egress" ? 60 : 25) && { destination: entity() }),
  };
}

/** From a service's backends, or to them; only what is incoming may have ports besides. */
function serviceRule(
  random: Random,
  direction: Direction,
  scope: "namespaced" | "global",
): RuleSpec {
  const services = {
    name: random.pick(SERVICES),
    ...((scope === "global" || random.chance(60)) && { namespace: random.pick(NAMESPACES) }),
  };
  const protocol = random.chance(30) ? random.pick(WITH_PORTS) : undefined;
  const entity = () => entityRule(random, random.pick([4, 6]), "none");
  const ports = direction === "ingress" && protocol !== undefined && random.chance(30);
  const side = { services, ...(ports && { ports: portList(random) }) };
  return {
    action: random.pick(["Allow", "Allow", "Deny", "Log", "Pass"]),
    ...(protocol !== undefined && { protocol }),
    ...(direction === "ingress"
      ? { source: side, ...(random.chance(20) && { destination: entity() }) }
      : { destination: side, ...(random.chance(20) && { source: entity() }) }),
  };
}

/** Only requests can match it. */
function httpRule(random: Random): RuleSpec {
  const path = () =>
    random.pick([{ exact: random.pick(PATHS) }, { prefix: random.pick(PATHS) }] as const);
  return {
    action: "Allow",
    protocol: "TCP",
    ...(random.chance(50) && { source: entityRule(random, random.pick([4, 6]), "none") }),
    http: {
      ...(random.chance(70) && { methods: random.some(METHODS, 1, 2) }),
      ...(random.chance(70) && { paths: random.times(1, 2, path) }),
    },
  };
}

function icmpRule(random: Random, family: 4 | 6): Partial<RuleSpec> {
  const type = random.pick(family === 4 ? [0, 3, 8] : [1, 128, 129]);
  const message = random.chance(40) ? { type, code: random.below(2) } : { type };
  const named = family === 4 ? "ICMP" : "ICMPv6";
  const numbered = family === 4 ? 1 : 58;
  return {
    protocol: random.chance(70) ? named : numbered,
    ...(random.chance(60) && { icmp: message }),
    ...(random.chance(20) && {
      notICMP: { type: random.pick(family === 4 ? [0, 8] : [128, 129]) },
    }),
  };
}

/** Without a protocol that has ports, a rule may only name them or may not have any. */
type Ports = "all" | "named" | "none";

function entityRule(random: Random, family: 4 | 6, ports: Ports): EntityRuleSpec {
  const nets = family === 4 ? NETS_V4 : NETS_V6;
  const side = random.below(100);
  return {
    ...(side < 35 && { selector: selector(random) }),
    ...(random.chance(12) && { notSelector: selector(random) }),
    ...(side < 50 && random.chance(35) && { namespaceSelector: peerNamespaces(random) }),
    ...(random.chance(10) && { serviceAccounts: serviceAccounts(random) }),
    ...(side >= 60 && side < 80 && { nets: random.some(nets, 1, 2) }),
    ...(random.chance(12) && { notNets: random.some(EXCEPT[family], 1, 2) }),
    ...(ports === "all" && random.chance(45) && { ports: portList(random) }),
    ...(ports === "named" && random.chance(15) && { ports: [random.pick(PORT_NAMES)] }),
    ...(ports === "all" && random.chance(12) && { notPorts: portList(random) }),
  };
}

function peerNamespaces(random: Random): string {
  return random.chance(20) ? "global()" : namespaceSelector(random);
}

function serviceAccounts(random: Random): NonNullable<EntityRuleSpec["serviceAccounts"]> {
  return {
    ...(random.chance(60) && { names: random.some(SERVICE_ACCOUNTS, 1, 2) }),
    ...(random.chance(50) && { selector: serviceAccountSelector(random) }),
  };
}

function portList(random: Random): (number | string)[] {
  return random.times(1, 2, () =>
    choose<number | string>(random, [
      () => random.pick(PORTS),
      () => random.pick(PORTS),
      () => random.pick(["80:443", "1:79", "8080:65535"]),
      () => random.pick(PORT_NAMES),
      () => random.pick(PORT_NAMES),
    ]),
  );
}
