/** Rules of projectcalico.org policies and profiles in the form that evaluators read. */

import { type Family, type Prefix, parseAddressOrPrefix } from "../net/address.ts";
import { parseProtocol } from "../net/protocol.ts";
import { parsePort } from "../resources/port.ts";
import type {
  EntityRuleSpec,
  IcmpFieldsSpec,
  IntegerOrString,
  RuleSpec,
} from "../resources/rule.ts";
import { readHttp } from "./convert-http.ts";
import { entitySelectors } from "./effective-selector.ts";
import type {
  Action,
  Direction,
  EntityMatch,
  IcmpMatch,
  PortMatch,
  Rule,
  ServiceName,
} from "./policy.ts";
import { portMatch } from "./port-match.ts";
import type { Report } from "./problems.ts";

/** The rules that can be in force, and why the rest leaves the whole list unenforceable, if it does. */
export interface ConvertedRules {
  readonly rules: readonly Rule[];
  readonly unenforceable?: string;
}

/**
 * Converts the rules of one direction. A rule that cannot be read never widens what passes: an
 * `Allow` (and a `Log`) is left out, any other makes the list unenforceable.
 */
export function convertRules(
  written: readonly RuleSpec[] | undefined,
  direction: Direction,
  namespace: string,
  report: Report,
): ConvertedRules {
  const rules: Rule[] = [];
  const reasons: string[] = [];
  for (const [index, spec] of (written ?? []).entries()) {
    const path = `spec.${direction}[${index}]`;
    const faults: string[] = [];
    const rule = convertRule(spec, path, index, namespace, (at, message) => {
      report(at, message);
      faults.push(`${at}: ${message}`);
    });
    const [fault] = faults;
    if (fault !== undefined) {
      if (spec.action !== "Allow" && spec.action !== "Log") reasons.push(fault);
      continue;
    }
    rules.push(rule);
    if (rule.http) report(`${path}.http`, REQUESTS_ONLY);
  }
  const [unenforceable] = reasons;
  return { rules, ...(unenforceable !== undefined && { unenforceable }) };
}

const REQUESTS_ONLY =
  "the rule allows HTTP requests, judged one by one; in the kernel it lets no packet through";

function convertRule(
  spec: RuleSpec,
  path: string,
  index: number,
  namespace: string,
  report: Report,
): Rule {
  const family = spec.ipVersion ?? impliedFamily(spec.protocol);
  const protocol = readProtocol(spec.protocol, `${path}.protocol`, report);
  const notProtocol = readProtocol(spec.notProtocol, `${path}.notProtocol`, report);
  const icmp = readIcmp(spec.icmp);
  const notIcmp = readIcmp(spec.notICMP);
  const http = readHttp(spec, `${path}.http`, report);
  const entity = (side: "source" | "destination") =>
    convertEntity(spec[side] ?? {}, namespace, `${path}.${side}`, report);
  return {
    action: readAction(spec.action, `${path}.action`, report),
    path,
    index,
    ...(family !== undefined && { family }),
    ...(protocol !== undefined && { protocol }),
    ...(notProtocol !== undefined && { notProtocol }),
    ...(icmp && { icmp }),
    ...(notIcmp && { notIcmp }),
    source: entity("source"),
    destination: entity("destination"),
    ...(http && { http }),
  };
}

const ACTIONS: readonly Action[] = ["Allow", "Deny", "Log", "Pass"];

function readAction(text: string, path: string, report: Report): Action {
  const action = ACTIONS.find((known) => known === text);
  if (!action) report(path, `${JSON.stringify(text)} is not one of ${ACTIONS.join(", ")}`);
  return action ?? "Deny";
}

/** evaluation.md §5.1: the names ICMP and ICMPv6 imply a family; their numbers do not. */
function impliedFamily(protocol: IntegerOrString | undefined): Family | undefined {
  if (typeof protocol !== "string") return undefined;
  const name = protocol.toLowerCase();
  if (name === "icmp") return 4;
  return name === "icmpv6" ? 6 : undefined;
}

/** The protocol's number, from its name or its number. */
export function readProtocol(
  written: IntegerOrString | undefined,
  path: string,
  report: Report,
): number | undefined {
  if (written === undefined || written === "") return undefined;
  const protocol = parseProtocol(String(written));
  if (protocol === undefined) report(path, `${JSON.stringify(written)} is not an IP protocol`);
  return protocol;
}

/** A code without a type means nothing. */
function readIcmp(written: IcmpFieldsSpec | undefined): IcmpMatch | undefined {
  if (written?.type === undefined) return undefined;
  const { type, code } = written;
  return { type, ...(code !== undefined && { code }) };
}

function convertEntity(
  spec: EntityRuleSpec,
  namespace: string,
  path: string,
  report: Report,
): EntityMatch {
  const nets = readNets(spec.nets, `${path}.nets`, report);
  const notNets = readNets(spec.notNets, `${path}.notNets`, report);
  const ports = readPorts(spec.ports, `${path}.ports`, report);
  const notPorts = readPorts(spec.notPorts, `${path}.notPorts`, report);
  const service = readService(spec.services, namespace, `${path}.services`, report);
  return {
    ...(nets && { nets }),
    ...(notNets && { notNets }),
    ...entitySelectors(spec, namespace, path, report),
    ...(service && { service }),
    ...(ports && { ports }),
    ...(notPorts && { notPorts }),
  };
}

/** Networks or single addresses, host bits cleared. No entry at all is no criterion. */
export function readNets(
  written: readonly string[] | undefined,
  path: string,
  report: Report,
): Prefix[] | undefined {
  if (!written || written.length === 0) return undefined;
  return written.flatMap((text, i) => {
    const net = parseAddressOrPrefix(text);
    if (!net) report(`${path}[${i}]`, `${JSON.stringify(text)} is not an IP network`);
    return net ? [net] : [];
  });
}

function readPorts(
  written: readonly IntegerOrString[] | undefined,
  path: string,
  report: Report,
): PortMatch | undefined {
  if (!written || written.length === 0) return undefined;
  const ports = written.flatMap((text, i) => {
    const port = parsePort(text);
    if (!port) report(`${path}[${i}]`, `${JSON.stringify(text)} is not a port`);
    return port ? [port] : [];
  });
  return portMatch(ports);
}

/** Without a namespace it is the policy's own; of a global policy that is none, and no service's. */
function readService(
  written: EntityRuleSpec["services"],
  own: string,
  path: string,
  report: Report,
): ServiceName | undefined {
  if (!written) return undefined;
  const { name = "", namespace } = written;
  if (name === "") report(`${path}.name`, "no service is named");
  return { namespace: namespace || own, name };
}
