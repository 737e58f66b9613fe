/** Rules in the form of the reference's data path, as rules of compiled policy. */

import { EMPTY_MODEL } from "../../../src/core/model/model.ts";
import type { EntityMatch, HttpMatch, PortMatch, Rule } from "../../../src/core/model/policy.ts";
import type { Decision } from "../../../src/core/model/verdict.ts";
import { type Prefix, parseAddressOrPrefix } from "../../../src/core/net/address.ts";
import { parseProtocol } from "../../../src/core/net/protocol.ts";
import { compileRule } from "../../../src/core/policy/compile-rule.ts";
import { Peers } from "../../../src/core/policy/peers.ts";
import type {
  CompiledSide,
  NamedPortSet,
  PortCriterion,
  RequestRule,
} from "../../../src/core/policy/policy.ts";
import { restrict } from "../../../src/core/policy/port-criterion.ts";
import { PortSet } from "../../../src/core/sets/port-set.ts";
import { actionOf } from "./action.ts";
import type { IpSets } from "./ip-sets.ts";
import { principalMatch } from "./principal.ts";

type Port = number | string;

/** Criteria of one side; fields of the destination have `dst` for `src`. */
export interface DataPathRule {
  readonly action?: string;
  readonly ipVersion?: number | string;
  readonly protocol?: Port | null;
  readonly notProtocol?: Port | null;
  readonly icmp?: IcmpFields | null;
  readonly notIcmp?: IcmpFields | null;
  readonly httpMatch?: HttpFields | null;
  readonly matchID?: number;
  readonly [side: string]: unknown;
}

interface IcmpFields {
  readonly type: number;
  readonly code?: number;
}

interface HttpFields {
  readonly methods?: readonly string[] | null;
  readonly paths?: readonly ({ readonly exact: string } | { readonly prefix: string })[] | null;
}

/**
 * The compiled rule; undefined for one that can match nothing. `namespace` is the policy's, or ""
 * for none.
 */
export function compileDataPathRule(
  rule: DataPathRule,
  sets: IpSets,
  namespace: string,
  decision: Decision,
): RequestRule | undefined {
  const source = entityOf(rule, "Src", namespace);
  const destination = entityOf(rule, "Dst", namespace);
  const written = {
    protocol: protocolOf(rule.protocol),
    notProtocol: protocolOf(rule.notProtocol),
  };
  if (!source || !destination || written.protocol === "unknown") return undefined;
  const http = httpOf(rule.httpMatch);
  const model: Rule = {
    action: actionOf(rule.action ?? ""),
    path: "",
    index: 0,
    ...familyOf(rule.ipVersion),
    ...(written.protocol !== undefined && { protocol: written.protocol }),
    // What nobody knows the number of, nothing is: its negation always holds.
    ...(typeof written.notProtocol === "number" && { notProtocol: written.notProtocol }),
    ...(rule.icmp && { icmp: rule.icmp }),
    ...(rule.notIcmp && { notIcmp: rule.notIcmp }),
    source,
    destination,
    ...(http && { http }),
  };
  const compiled = compileRule(model, decision, new Peers(EMPTY_MODEL));
  return (
    compiled && {
      ...compiled,
      source: withSets(compiled.source, rule, "Src", sets),
      destination: withSets(compiled.destination, rule, "Dst", sets),
    }
  );
}

type Side = "Src" | "Dst";

/** `SrcNet` of the source is spelt `srcNet`, and negated `notSrcNet`. */
function field<T>(rule: DataPathRule, side: Side, name: string, negated = false): readonly T[] {
  const key = negated ? `not${side}${name}` : `${side.toLowerCase()}${name}`;
  return (rule[key] as readonly T[] | null | undefined) ?? [];
}

/** Undefined where a network that cannot be read leaves the side without a match. */
function entityOf(rule: DataPathRule, side: Side, namespace: string): EntityMatch | undefined {
  const nets = readNets(field(rule, side, "Net"));
  const notNets = readNets(field(rule, side, "Net", true));
  if (notNets.failed || (nets.failed && nets.read.length === 0)) return undefined;
  const ports = field<Port>(rule, side, "Ports");
  const notPorts = field<Port>(rule, side, "Ports", true);
  const principal = principalMatch(rule, side, namespace);
  return {
    ...(nets.read.length > 0 && { nets: nets.read }),
    ...(notNets.read.length > 0 && { notNets: notNets.read }),
    ...(ports.length > 0 && { ports: portMatch(ports) }),
    ...(notPorts.length > 0 && { notPorts: portMatch(notPorts) }),
    ...(principal && { principal }),
  };
}

/** The networks before the first that cannot be read, at which the reference stops. */
function readNets(texts: readonly string[]): { read: readonly Prefix[]; failed: boolean } {
  const parsed = texts.map(parseAddressOrPrefix);
  const end = parsed.indexOf(undefined);
  const read = parsed.slice(0, end < 0 ? parsed.length : end).filter((net) => net !== undefined);
  return { read, failed: end >= 0 };
}

function portMatch(ports: readonly Port[]): PortMatch {
  return { ranges: ports.map(rangeOf), names: [] };
}

function rangeOf(port: Port): { first: number; last: number } {
  const [first, last = first] = String(port).split(":").map(Number);
  if (first === undefined || last === undefined) throw new Error(`${port} is no port`);
  return { first, last };
}

function familyOf(version: DataPathRule["ipVersion"]): Pick<Rule, "family"> {
  if (version === undefined || version === 0 || version === "ANY") return {};
  return { family: String(version).endsWith("6") ? 6 : 4 };
}

function protocolOf(written: Port | null | undefined): number | "unknown" | undefined {
  if (written === undefined || written === null) return undefined;
  return parseProtocol(String(written)) ?? "unknown";
}

function httpOf(http: HttpFields | null | undefined): HttpMatch | undefined {
  if (!http) return undefined;
  const { methods, paths } = http;
  return { ...(methods?.length && { methods }), ...(paths?.length && { paths }) };
}

function withSets(side: CompiledSide, rule: DataPathRule, name: Side, sets: IpSets): CompiledSide {
  const term = (negated: boolean) => (id: string) => ({ set: sets.addresses(id), negated });
  const named = (kind: string, negated = false) =>
    field<string>(rule, name, kind, negated).map((id) => sets.ports(id));
  const ports = allOf(anyOf(side.ports, named("NamedPortIpSetIds")), named("IpPortSetIds"));
  const notPorts = anyOf(side.notPorts, named("NamedPortIpSetIds", true));
  return {
    addresses: [
      ...side.addresses,
      ...field<string>(rule, name, "IpSetIds").map(term(false)),
      ...field<string>(rule, name, "IpSetIds", true).map(term(true)),
    ],
    ...(ports && { ports }),
    ...(notPorts && { notPorts }),
  };
}

/** "Named-port sets are ORed with the numeric ports of that side" (evaluation.md §14). */
function anyOf(
  ports: PortCriterion | undefined,
  named: readonly NamedPortSet[],
): PortCriterion | undefined {
  if (named.length === 0) return ports;
  return { ports: ports?.ports ?? PortSet.none, named: [...(ports?.named ?? []), ...named] };
}

/** Every set of addresses with ports must hold, and the ports besides. */
function allOf(
  ports: PortCriterion | undefined,
  sets: readonly NamedPortSet[],
): PortCriterion | undefined {
  return sets.reduce<PortCriterion | undefined>(
    (both, set) => ({ ports: PortSet.none, named: [both ? restrict(set, both) : set] }),
    ports,
  );
}
