/** Rules in one line: `Allow TCP from color == 'blue', to port 6379`. */
import type { EntityMatch, HttpMatch, PortMatch, Rule } from "../model/policy.ts";
import { formatPrefix } from "../net/address.ts";
import { formatProtocol } from "../net/protocol.ts";
import { selectorWords } from "./selector-words.ts";

/** `own` is the namespace of the rule's policy, "" for a global one. */
export function ruleWords(rule: Rule, own: string): string {
  const source = sideWords(rule.source, own, "source port");
  const destination = sideWords(rule.destination, own, "port");
  const sides = [
    ...(source === "" ? [] : [`from ${source}`]),
    ...(destination === "" ? [] : [`to ${destination}`]),
  ];
  const what = [rule.action, messageWords(rule), sides.join(", ")].filter((one) => one !== "");
  return `${what.join(" ")}${rule.http ? `, HTTP ${httpWords(rule.http)}` : ""}`;
}

/** Numbers, ranges and names: `80, 8000-8999, http`. */
export function portWords({ ranges, names }: PortMatch): string {
  const numbers = ranges.map(({ first, last }) =>
    first === last ? `${first}` : `${first}-${last}`,
  );
  return [...numbers, ...names].join(", ");
}

function messageWords({ family, protocol, notProtocol, icmp, notIcmp }: Rule): string {
  const words: string[] = [];
  if (protocol !== undefined) words.push(formatProtocol(protocol));
  if (icmp) words.push(icmpWords(icmp));
  if (notIcmp) words.push(`not ${icmpWords(notIcmp)}`);
  if (notProtocol !== undefined) words.push(`anything but ${formatProtocol(notProtocol)}`);
  const isSaid = protocol === 1 || protocol === 58;
  if (family !== undefined && !isSaid) words.push(`over IPv${family}`);
  return words.join(" ");
}

function icmpWords({ type, code }: NonNullable<Rule["icmp"]>): string {
  return code === undefined ? `type ${type}` : `type ${type} code ${code}`;
}

function sideWords(entity: EntityMatch, own: string, portName: string): string {
  const { nets, notNets, selector, notSelector, service, ports, notPorts } = entity;
  const words: string[] = [];
  if (selector) words.push(selectorWords(selector, own));
  if (notSelector) words.push(`except ${selectorWords(notSelector, own)}`);
  if (nets) words.push(nets.map(formatPrefix).join(", "));
  if (notNets) words.push(`outside ${notNets.map(formatPrefix).join(", ")}`);
  if (service) words.push(`the backends of Service ${service.namespace}/${service.name}`);
  if (ports) words.push(`${portName} ${portWords(ports)}`);
  if (notPorts) words.push(`${portName} other than ${portWords(notPorts)}`);
  return words.join(" ");
}

function httpWords({ methods, paths }: HttpMatch): string {
  const method = methods ? methods.join("|") : "any method";
  if (!paths) return method;
  const listed = paths.map((path) => ("exact" in path ? path.exact : `${path.prefix}…`));
  return `${method} ${listed.join(", ")}`;
}
