/** Rules in brief. */

import type { Action, EntityMatch, Rule } from "../../src/core/model/policy.ts";
import { portMatch } from "../../src/core/model/port-match.ts";
import { prefix } from "../../src/core/net/address.ts";
import { parseProtocol } from "../../src/core/net/protocol.ts";
import { parseSelector } from "../../src/core/selector/parse.ts";

/** One side of a rule: `who` and `notWho` are selectors, a port is a number, `80:90` or a name. */
export interface Side {
  readonly who?: string;
  readonly notWho?: string;
  readonly nets?: readonly string[];
  readonly notNets?: readonly string[];
  /** `namespace/name`. */
  readonly service?: string;
  readonly ports?: readonly (number | string)[];
  readonly notPorts?: readonly (number | string)[];
}

export interface Criteria extends Pick<Rule, "family" | "icmp" | "notIcmp" | "http"> {
  readonly protocol?: string;
  readonly notProtocol?: string;
  readonly from?: Side;
  readonly to?: Side;
}

/** A rule before it has its place in a list. */
export type Draft = Omit<Rule, "path" | "index">;

export const allow = (criteria: Criteria = {}): Draft => rule("Allow", criteria);
export const deny = (criteria: Criteria = {}): Draft => rule("Deny", criteria);
export const pass = (criteria: Criteria = {}): Draft => rule("Pass", criteria);
export const log = (criteria: Criteria = {}): Draft => rule("Log", criteria);

/** The rules of a list, each with its place there. */
export function placed(list: "ingress" | "egress", drafts: readonly Draft[] = []): Rule[] {
  return drafts.map((draft, index) => ({ ...draft, path: `spec.${list}[${index}]`, index }));
}

function rule(action: Action, { protocol, notProtocol, from, to, ...rest }: Criteria): Draft {
  return {
    action,
    ...rest,
    ...(protocol !== undefined && { protocol: numberOf(protocol) }),
    ...(notProtocol !== undefined && { notProtocol: numberOf(notProtocol) }),
    source: side(from),
    destination: side(to),
  };
}

function side({ who, notWho, nets, notNets, service, ports, notPorts }: Side = {}): EntityMatch {
  const [namespace = "", name = ""] = service?.split("/") ?? [];
  return {
    ...(who !== undefined && { selector: parseSelector(who) }),
    ...(notWho !== undefined && { notSelector: parseSelector(notWho) }),
    ...(nets && { nets: nets.map(prefix) }),
    ...(notNets && { notNets: notNets.map(prefix) }),
    ...(service !== undefined && { service: { namespace, name } }),
    ...(ports && { ports: portMatch(ports.map(portSpec)) }),
    ...(notPorts && { notPorts: portMatch(notPorts.map(portSpec)) }),
  };
}

function portSpec(port: number | string) {
  if (typeof port === "number") return { first: port, last: port };
  const [, first, last] = /^(\d+):(\d+)$/.exec(port) ?? [];
  return first === undefined ? { name: port } : { first: Number(first), last: Number(last) };
}

function numberOf(protocol: string): number {
  const number = parseProtocol(protocol);
  if (number === undefined) throw new Error(`${protocol} is not a protocol`);
  return number;
}
