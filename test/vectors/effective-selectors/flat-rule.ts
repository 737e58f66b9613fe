/** The reference's flattened rules and policies, read as the model would have them. */

import type { HttpMatch, PortMatch, Rule } from "../../../src/core/model/policy.ts";
import { portMatch } from "../../../src/core/model/port-match.ts";
import { formatPrefix, parsePrefix } from "../../../src/core/net/address.ts";
import { parseProtocol } from "../../../src/core/net/protocol.ts";
import { parsePort } from "../../../src/core/resources/port.ts";
import { parseSelector } from "../../../src/core/selector/parse.ts";
import { format } from "../../../src/core/selector/selector.ts";
import { type PlainEntity, type PlainPolicy, type PlainRule, sorted } from "../plain-policy.ts";

export type Flat = Readonly<Record<string, unknown>>;

/** A policy; `staged` is said by its kind, not by the object. */
export function readFlatPolicy(flat: Flat, staged: boolean): PlainPolicy {
  const namespace = text(flat.namespace);
  const types = texts(flat.types);
  return {
    namespace,
    tier: text(flat.tier),
    order: typeof flat.order === "number" ? flat.order : Number.POSITIVE_INFINITY,
    selector: canonical(text(flat.selector) || "all()"),
    // None is both.
    types: types.length > 0 ? sorted(types) : ["egress", "ingress"],
    ingress: flats(flat.inbound_rules).map((rule) => readFlatRule(rule, namespace)),
    egress: flats(flat.outbound_rules).map((rule) => readFlatRule(rule, namespace)),
    doNotTrack: flat.untracked === true,
    preDNAT: flat.pre_dnat === true,
    applyOnForward: flat.apply_on_forward === true,
    staged,
    unenforceable: undefined,
  };
}

const ACTIONS: Readonly<Record<string, Rule["action"]>> = {
  allow: "Allow",
  deny: "Deny",
  log: "Log",
  "next-tier": "Pass",
};

/** A rule of a policy of `namespace`, "" for a global one. */
export function readFlatRule(flat: Flat, namespace: string): PlainRule {
  const implied = { icmp: 4, icmpv6: 6 } as const;
  const protocol = flat.protocol as keyof typeof implied | undefined;
  return {
    action: ACTIONS[text(flat.action)],
    family: (flat.ip_version as 4 | 6 | undefined) ?? (protocol && implied[protocol]),
    protocol: number(flat.protocol),
    notProtocol: number(flat["!protocol"]),
    icmp: icmp(flat.icmp_type, flat.icmp_code),
    notIcmp: icmp(flat["!icmp_type"], flat["!icmp_code"]),
    http: http(flat.http),
    source: entity(flat, "src", namespace),
    destination: entity(flat, "dst", namespace),
  };
}

function entity(flat: Flat, side: "src" | "dst", own: string): PlainEntity {
  const names = sorted(texts(flat[`orig_${side}_service_acct_names`]));
  const accounts = text(flat[`orig_${side}_service_acct_selector`]);
  const namespaces = text(flat[`orig_${side}_namespace_selector`]);
  const selects =
    names.length > 0 ||
    accounts !== "" ||
    text(flat[`orig_${side}_selector`]) !== "" ||
    text(flat[`!orig_${side}_selector`]) !== "";
  const service = text(flat[`${side}_service`]);
  return {
    nets: nets(flat[`${side}_nets`]),
    notNets: nets(flat[`!${side}_nets`]),
    selector: canonical(text(flat[`${side}_selector`])),
    notSelector: canonical(text(flat[`!${side}_selector`])),
    service:
      service === "" ? undefined : { namespace: text(flat[`${side}_service_ns`]), name: service },
    ports: ports(flat[`${side}_ports`]),
    notPorts: ports(flat[`!${side}_ports`]),
    principal: {
      names,
      accounts: canonical(accounts),
      namespaces: canonical(namespaces),
      namespace: selects && namespaces === "" ? own : "",
    },
  };
}

/** Absent and empty are the same. */
export function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

export function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

export function flats(value: unknown): Flat[] {
  return Array.isArray(value) ? (value as Flat[]) : [];
}

/** Networks as values; the text itself where it is none. */
export function nets(value: unknown): string[] {
  return sorted(
    texts(value).map((net) => {
      const prefix = parsePrefix(net);
      return prefix ? formatPrefix(prefix) : net;
    }),
  );
}

function canonical(selector: string): string {
  return selector === "" ? "" : format(parseSelector(selector));
}

function number(protocol: unknown): number | undefined {
  return protocol === undefined || protocol === null ? undefined : parseProtocol(String(protocol));
}

function icmp(type: unknown, code: unknown): Rule["icmp"] {
  if (typeof type !== "number") return undefined;
  return { type, ...(typeof code === "number" && { code }) };
}

function ports(value: unknown): PortMatch | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  return portMatch(
    value.map((written: number | string) => {
      const port = parsePort(written);
      if (!port) throw new Error(`${JSON.stringify(written)} is no port`);
      return port;
    }),
  );
}

/** Empty lists and the method `*` ask nothing. */
function http(value: unknown): HttpMatch | undefined {
  const { methods = [], paths = [] } = (value ?? {}) as HttpMatch;
  if (methods.length === 0 && paths.length === 0) return undefined;
  const some = methods.length > 0 && !methods.includes("*");
  return { ...(some && { methods: [...new Set(methods)] }), ...(paths.length > 0 && { paths }) };
}
