/** What the schema cannot say of a rule of a projectcalico.org policy or profile. */
import { type Family, parsePrefix } from "../net/address.ts";
import { hasPorts } from "../net/protocol.ts";
import { duplicate, type FieldError, forbidden, invalid, required } from "../schema/field-error.ts";
import { Walk } from "../schema/walk.ts";
import { checkEntityRule } from "./entity-rule-check.ts";
import { checkAnnotations } from "./metadata-check.ts";
import { parsePort, parseRuleProtocol, protocolProblem } from "./port.ts";
import type { HttpMatchSpec, IntegerOrString, RuleSpec } from "./rule.ts";
import { walkText } from "./text-check.ts";

type Direction = "ingress" | "egress";

interface RuleLists {
  readonly ingress?: readonly RuleSpec[];
  readonly egress?: readonly RuleSpec[];
}

const DIRECTIONS = ["ingress", "egress"] as const;
const SIDES = ["source", "destination"] as const;
const PORT_LISTS = ["ports", "notPorts"] as const;
const NET_LISTS = ["nets", "notNets"] as const;
const NONE: readonly string[] = [];

/** Checks both lists of a policy's or profile's spec. */
export function checkRules(
  spec: RuleLists,
  kind: "NetworkPolicy" | "GlobalNetworkPolicy" | "Profile",
): FieldError[] {
  const walk = new Walk("spec");
  for (const direction of DIRECTIONS) {
    walk.each(direction, spec[direction], (rule) => {
      checkRule(rule, walk);
      checkDirection(rule, direction, walk);
      if (kind !== "Profile" && rule.http && direction === "egress") {
        walk.refuse("http", (field) => forbidden(field, "not allowed in egress rules"));
      }
      if (kind === "GlobalNetworkPolicy") checkServiceNamespaces(rule, walk);
    });
  }
  return walk.errors;
}

/** Checks the rule that the walk stands at as far as it does not matter where that is. */
function checkRule(rule: RuleSpec, walk: Walk): void {
  checkProtocol("protocol", rule.protocol, walk);
  checkProtocol("notProtocol", rule.notProtocol, walk);
  for (const side of SIDES) {
    const entity = rule[side];
    if (entity) walk.inside(side, () => checkEntityRule(entity, walk));
  }
  checkPortsHaveProtocol(rule, walk);
  checkFamilies(rule, walk);
  const { http } = rule;
  if (http) walk.inside("http", () => checkHttpMatch(http, walk));
  const annotations = rule.metadata?.annotations;
  if (!annotations) return;
  walk.errors.push(...checkAnnotations(annotations, `${walk.field}.metadata.annotations`));
}

function checkProtocol(
  name: "protocol" | "notProtocol",
  written: IntegerOrString | undefined,
  walk: Walk,
): void {
  const problem = written === undefined ? undefined : protocolProblem(written);
  if (problem) walk.refuse(name, (field) => invalid(field, written, problem));
}

/** Without a protocol only names may stand, with one it must have ports. */
function checkPortsHaveProtocol(rule: RuleSpec, walk: Walk): void {
  const { protocol: written } = rule;
  const protocol = written === undefined ? 0 : parseRuleProtocol(written);
  if (protocol === undefined || hasPorts(protocol)) return;
  for (const side of SIDES) {
    for (const list of PORT_LISTS) {
      const ports = rule[side]?.[list] ?? [];
      if (!ports.some((port) => written !== undefined || isNumeric(port))) continue;
      const detail =
        written === undefined
          ? "port numbers need a protocol: TCP, UDP or SCTP"
          : `protocol ${written} has no ports: want TCP, UDP or SCTP`;
      walk.errors.push(invalid(`${walk.field}.${side}.${list}`, ports, detail));
    }
  }
}

function isNumeric(written: IntegerOrString): boolean {
  const port = parsePort(written);
  return port !== undefined && "first" in port;
}

/** All networks of a rule are of one family, the ipVersion's if there is one. */
function checkFamilies(rule: RuleSpec, walk: Walk): void {
  let wanted: Family | undefined = rule.ipVersion;
  for (const side of SIDES) {
    for (const list of NET_LISTS) {
      const nets = rule[side]?.[list] ?? NONE;
      for (const net of nets) {
        const family = familyOf(net);
        wanted ??= family;
        if (family === undefined || family === wanted) continue;
        const detail = rule.ipVersion
          ? `is not a network of ipVersion ${rule.ipVersion}`
          : "a rule may not hold both IPv4 and IPv6 networks";
        const field = `${walk.field}.${side}.${list}[${nets.indexOf(net)}]`;
        walk.errors.push(invalid(field, net, detail));
        return;
      }
    }
  }
}

/** Only IPv6 is written with colons, but what is may be an IPv4 network yet, or none at all. */
function familyOf(net: string): Family | undefined {
  if (net.includes(":")) return parsePrefix(net)?.address.family;
  return net.includes("/") ? 4 : undefined;
}

/** Traffic comes from a service's backends on ingress, and goes to them on egress. */
function checkDirection(rule: RuleSpec, direction: Direction, walk: Walk): void {
  const side = direction === "ingress" ? "destination" : "source";
  if (!rule[side]?.services) return;
  const field = `${walk.field}.${side}.services`;
  walk.errors.push(forbidden(field, `not allowed in ${direction} rules`));
}

function checkServiceNamespaces(rule: RuleSpec, walk: Walk): void {
  for (const side of SIDES) {
    const services = rule[side]?.services;
    if (services && !services.namespace) {
      walk.errors.push(required(`${walk.field}.${side}.services.namespace`));
    }
  }
}

function checkHttpMatch({ methods, paths }: HttpMatchSpec, walk: Walk): void {
  const seen = new Set<string>();
  walk.each("methods", methods, (method) => {
    if (seen.has(method)) walk.errors.push(duplicate(walk.field, method));
    seen.add(method);
  });
  walk.each("paths", paths, (path) => {
    const { exact, prefix } = path;
    if (!exact === !prefix) {
      walk.errors.push(invalid(walk.field, path, "must have either exact or prefix"));
    }
    walkText("exact", exact, pathProblem, walk);
    walkText("prefix", prefix, pathProblem, walk);
  });
}

function pathProblem(path: string): string | undefined {
  if (path.startsWith("/") && !/[? #]/.test(path)) return undefined;
  return "must begin with '/' and hold no '?', '#' or space";
}
