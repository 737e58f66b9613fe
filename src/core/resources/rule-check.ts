/** What the schema cannot say of a rule of a projectcalico.org policy or profile. */
import { type Family, parsePrefix } from "../net/address.ts";
import { hasPorts } from "../net/protocol.ts";
import { duplicate, type FieldError, forbidden, invalid, required } from "../schema/field-error.ts";
import { checkEntityRule } from "./entity-rule-check.ts";
import { checkAnnotations } from "./metadata-check.ts";
import { checkProtocol, parsePort, parseRuleProtocol } from "./port.ts";
import type { HttpMatchSpec, RuleSpec } from "./rule.ts";

type Direction = "ingress" | "egress";

interface RuleLists {
  readonly ingress?: readonly RuleSpec[];
  readonly egress?: readonly RuleSpec[];
}

/** Checks both lists of a policy's or profile's spec. */
export function checkRules(
  spec: RuleLists,
  kind: "NetworkPolicy" | "GlobalNetworkPolicy" | "Profile",
): FieldError[] {
  return (["ingress", "egress"] as const).flatMap((direction) =>
    (spec[direction] ?? []).flatMap((rule, i) => {
      const field = `spec.${direction}[${i}]`;
      return [
        ...checkRule(rule, field),
        ...checkDirection(rule, field, direction),
        ...(kind === "Profile" ? [] : checkHttpDirection(rule, field, direction)),
        ...(kind === "GlobalNetworkPolicy" ? checkServiceNamespaces(rule, field) : []),
      ];
    }),
  );
}

/** Checks the rule at `field` as far as it does not matter where it stands. */
export function checkRule(rule: RuleSpec, field: string): FieldError[] {
  return [
    ...(rule.protocol === undefined ? [] : checkProtocol(rule.protocol, `${field}.protocol`)),
    ...(rule.notProtocol === undefined
      ? []
      : checkProtocol(rule.notProtocol, `${field}.notProtocol`)),
    ...(rule.source ? checkEntityRule(rule.source, `${field}.source`) : []),
    ...(rule.destination ? checkEntityRule(rule.destination, `${field}.destination`) : []),
    ...checkPortsHaveProtocol(rule, field),
    ...checkFamilies(rule, field),
    ...(rule.http ? checkHttpMatch(rule.http, `${field}.http`) : []),
    ...checkAnnotations(rule.metadata?.annotations ?? {}, `${field}.metadata.annotations`),
  ];
}

function protocolOf(written: number | string | undefined): number | undefined {
  return written === undefined ? undefined : parseRuleProtocol(written);
}

const SIDES = ["source", "destination"] as const;
const PORT_LISTS = ["ports", "notPorts"] as const;
const NET_LISTS = ["nets", "notNets"] as const;

/** Without a protocol only names may stand, with one it must have ports. */
function checkPortsHaveProtocol(rule: RuleSpec, field: string): FieldError[] {
  const protocol = protocolOf(rule.protocol);
  const unreadable = rule.protocol !== undefined && protocol === undefined;
  if (unreadable || hasPorts(protocol ?? 0)) return [];
  return SIDES.flatMap((side) =>
    PORT_LISTS.flatMap((list) => {
      const ports = rule[side]?.[list] ?? [];
      const place = `${field}.${side}.${list}`;
      if (rule.protocol !== undefined) {
        const detail = `protocol ${rule.protocol} has no ports: want TCP, UDP or SCTP`;
        return ports.length > 0 ? [invalid(place, ports, detail)] : [];
      }
      const numeric = ports.some((port) => {
        const parsed = parsePort(port);
        return parsed !== undefined && "first" in parsed;
      });
      const detail = "port numbers need a protocol: TCP, UDP or SCTP";
      return numeric ? [invalid(place, ports, detail)] : [];
    }),
  );
}

/** All networks of a rule are of one family, the ipVersion's if there is one. */
function checkFamilies(rule: RuleSpec, field: string): FieldError[] {
  let wanted: Family | undefined = rule.ipVersion;
  for (const side of SIDES) {
    for (const list of NET_LISTS) {
      for (const [i, net] of (rule[side]?.[list] ?? []).entries()) {
        const family = parsePrefix(net)?.address.family;
        if (family === undefined) continue;
        wanted ??= family;
        if (family === wanted) continue;
        const detail = rule.ipVersion
          ? `is not a network of ipVersion ${rule.ipVersion}`
          : "a rule may not hold both IPv4 and IPv6 networks";
        return [invalid(`${field}.${side}.${list}[${i}]`, net, detail)];
      }
    }
  }
  return [];
}

/** Traffic comes from a service's backends on ingress, and goes to them on egress. */
function checkDirection(rule: RuleSpec, field: string, direction: Direction): FieldError[] {
  const side = direction === "ingress" ? "destination" : "source";
  if (!rule[side]?.services) return [];
  return [forbidden(`${field}.${side}.services`, `not allowed in ${direction} rules`)];
}

function checkServiceNamespaces(rule: RuleSpec, field: string): FieldError[] {
  return SIDES.flatMap((side) => {
    const services = rule[side]?.services;
    const lacks = services && !services.namespace;
    return lacks ? [required(`${field}.${side}.services.namespace`)] : [];
  });
}

function checkHttpDirection(rule: RuleSpec, field: string, direction: Direction): FieldError[] {
  const misplaced = rule.http && direction === "egress";
  return misplaced ? [forbidden(`${field}.http`, "not allowed in egress rules")] : [];
}

export function checkHttpMatch(http: HttpMatchSpec, field: string): FieldError[] {
  const errors: FieldError[] = [];
  const methods = http.methods ?? [];
  for (const [i, method] of methods.entries()) {
    if (methods.indexOf(method) < i) errors.push(duplicate(`${field}.methods[${i}]`, method));
  }
  for (const [i, path] of (http.paths ?? []).entries()) {
    const place = `${field}.paths[${i}]`;
    const { exact, prefix } = path;
    if (!exact === !prefix) {
      errors.push(invalid(place, path, "must have either exact or prefix"));
    }
    for (const [kind, text] of [["exact", exact] as const, ["prefix", prefix] as const]) {
      if (!text || (text.startsWith("/") && !/[? #]/.test(text))) continue;
      const detail = "must begin with '/' and hold no '?', '#' or space";
      errors.push(invalid(`${place}.${kind}`, text, detail));
    }
  }
  return errors;
}
