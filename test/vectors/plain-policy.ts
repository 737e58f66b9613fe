/** Policies of the model as plain values, so that two that mean the same are equal. */
import { isDeepStrictEqual } from "node:util";
import type {
  EntityMatch,
  HttpMatch,
  Policy,
  PrincipalMatch,
  Rule,
} from "../../src/core/model/policy.ts";
import { formatPrefix } from "../../src/core/net/address.ts";
import { format, type Selector } from "../../src/core/selector/selector.ts";

/** What is absent is undefined in every field: compare with {@link difference}. */
export interface PlainPolicy {
  readonly namespace: string;
  readonly tier: string;
  readonly order: number;
  readonly selector: string;
  readonly types: readonly string[];
  readonly ingress: readonly PlainRule[];
  readonly egress: readonly PlainRule[];
  readonly doNotTrack: boolean;
  readonly preDNAT: boolean;
  readonly applyOnForward: boolean;
  readonly staged: boolean;
  readonly unenforceable: string | undefined;
}

export interface PlainRule {
  readonly action: Rule["action"] | undefined;
  readonly family: Rule["family"];
  readonly protocol: number | undefined;
  readonly notProtocol: number | undefined;
  readonly icmp: Rule["icmp"];
  readonly notIcmp: Rule["notIcmp"];
  readonly http: HttpMatch | undefined;
  readonly source: PlainEntity;
  readonly destination: PlainEntity;
}

export interface PlainEntity {
  readonly service: EntityMatch["service"] | undefined;
  readonly ports: EntityMatch["ports"] | undefined;
  readonly notPorts: EntityMatch["notPorts"] | undefined;
  readonly nets: readonly string[];
  readonly notNets: readonly string[];
  /** In canonical form; "" where there is none. */
  readonly selector: string;
  readonly notSelector: string;
  readonly principal: PlainPrincipal;
}

export interface PlainPrincipal {
  readonly names: readonly string[];
  readonly accounts: string;
  readonly namespaces: string;
  readonly namespace: string;
}

export function plainPolicy(policy: Policy): PlainPolicy {
  const { namespace, tier, order, selector, ingress, egress, unenforceable } = policy;
  const { doNotTrack, preDNAT, applyOnForward, staged } = policy;
  return {
    namespace,
    tier,
    order,
    selector: format(selector),
    types: [...policy.types].sort(),
    ingress: ingress.map(plainRule),
    egress: egress.map(plainRule),
    doNotTrack,
    preDNAT,
    applyOnForward,
    staged,
    unenforceable,
  };
}

export function plainRule(rule: Rule): PlainRule {
  const { action, family, protocol, notProtocol, icmp, notIcmp, http } = rule;
  const source = plainEntity(rule.source);
  const destination = plainEntity(rule.destination);
  return { action, family, protocol, notProtocol, icmp, notIcmp, http, source, destination };
}

export function plainEntity(entity: EntityMatch): PlainEntity {
  const { nets = [], notNets = [], service, ports, notPorts } = entity;
  return {
    nets: sorted(nets.map(formatPrefix)),
    notNets: sorted(notNets.map(formatPrefix)),
    selector: textOf(entity.selector),
    notSelector: textOf(entity.notSelector),
    service,
    ports,
    notPorts,
    principal: plainPrincipal(entity.principal ?? {}),
  };
}

function plainPrincipal(principal: PrincipalMatch): PlainPrincipal {
  return {
    names: principal.serviceAccountNames ?? [],
    accounts: textOf(principal.serviceAccountSelector),
    namespaces: textOf(principal.namespaceSelector),
    namespace: principal.namespace ?? "",
  };
}

/** The texts in one order, each once: lists of networks and names are sets. */
export function sorted(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort();
}

function textOf(selector: Selector | undefined): string {
  return selector ? format(selector) : "";
}

/** Undefined when the two are equal, else both where they first differ. */
export function difference(got: unknown, want: unknown, path = ""): string | undefined {
  if (isDeepStrictEqual(got, want)) return undefined;
  if (isRecord(got) && isRecord(want)) {
    for (const field of new Set([...Object.keys(got), ...Object.keys(want)])) {
      const found = difference(got[field], want[field], path === "" ? field : `${path}.${field}`);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  return `${path || "value"} is ${JSON.stringify(got)}, want ${JSON.stringify(want)}`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
