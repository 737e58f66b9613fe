/** Why a rule did not match, with what was found in place of what it asks for. */

import {
  NAMESPACE_LABEL,
  NAMESPACE_PREFIX,
  ORCHESTRATOR_LABEL,
  SERVICE_ACCOUNT_LABEL,
  SERVICE_ACCOUNT_PREFIX,
} from "../model/labels.ts";
import type { Model } from "../model/model.ts";
import type { EntityMatch } from "../model/policy.ts";
import { type Address, compareAddresses, contains, formatAddress } from "../net/address.ts";
import { formatProtocol, hasPorts } from "../net/protocol.ts";
import type { Principal } from "../net/request.ts";
import { labelsIn } from "../selector/labels-in.ts";
import { type Labels, matches, type Selector } from "../selector/selector.ts";
import type { Criterion, Side } from "./criteria.ts";
import type { Subject } from "./questions.ts";
import type { TracedRule } from "./rule-reader.ts";
import { isNamespaceName } from "./selector-words.ts";

/** `source has color "green"`; of several criteria, one after the other. */
export function missWords(model: Model, { rule, misses }: TracedRule, subject: Subject): string {
  if (misses.length === 0) return "its criteria exclude each other";
  const words = telling(misses, subject).map((miss) => criterionWords(model, rule, miss, subject));
  return [...new Set(words)].join("; ");
}

/** Another protocol says enough: what depends on the protocol is not said again. */
function telling(misses: readonly Criterion[], { flow }: Subject): readonly Criterion[] {
  if (!misses.some(({ on }) => on === "protocol")) return misses;
  const implied: readonly Criterion["on"][] = [
    ...(["ipVersion", "icmp", "notIcmp"] as const),
    ...(hasPorts(flow.protocol) ? [] : (["ports", "notPorts"] as const)),
  ];
  return misses.filter(({ on }) => !implied.includes(on));
}

/** The labels under which rules know an address: of its endpoints, then of its network sets. */
export function labelsOf(model: Model, address: Address): Labels[] {
  const isOwn = (one: Address) => compareAddresses(one, address) === 0;
  return [
    ...[...model.workloads, ...model.hostEndpoints].filter((one) => one.addresses.some(isOwn)),
    ...model.networkSets.filter(({ nets }) => nets.some((net) => contains(net, address))),
  ].map(({ labels }) => labels);
}

function criterionWords(
  model: Model,
  rule: TracedRule["rule"],
  criterion: Criterion,
  subject: Subject,
): string {
  const { flow } = subject;
  switch (criterion.on) {
    case "ipVersion":
      return `it is IPv${flow.source.family}`;
    case "protocol":
    case "notProtocol":
      return `protocol is ${formatProtocol(flow.protocol)}`;
    case "icmp":
    case "notIcmp":
      if (!flow.icmp) return `${formatProtocol(flow.protocol)} has no ICMP type`;
      return `ICMP is type ${flow.icmp.type} code ${flow.icmp.code}`;
    case "http":
      return httpMiss(subject);
    case "principal":
      return principalMiss(subject, criterion.side);
    case "ports":
    case "notPorts":
      return portMiss(subject, criterion.side);
    case "service": {
      const service = rule[criterion.side].service;
      const name = service ? `${service.namespace}/${service.name}` : "";
      const there = criterion.side === "destination" ? " at that port" : "";
      return `${criterion.side} is no backend of Service ${name}${there}`;
    }
    case "nets":
    case "notNets":
      return `${criterion.side} is ${formatAddress(flow[criterion.side])}`;
    case "selector":
      return selectorMiss(model, rule[criterion.side], criterion.side, flow[criterion.side]);
  }
}

function httpMiss(subject: Subject): string {
  if (subject.is === "packet") {
    return "it speaks of HTTP requests, and in the kernel lets no packet through";
  }
  const { method, path } = subject.request.http ?? {};
  return `the request is ${method ?? "any method"} ${path ?? ""}`.trimEnd();
}

function principalMiss(subject: Subject, side: Side): string {
  const found: Principal | undefined = subject.is === "request" ? subject.request[side] : undefined;
  return `${side} ${found ? `runs as ${found.namespace}/${found.serviceAccount}` : "is not known"}`;
}

function portMiss({ flow }: Subject, side: Side): string {
  if (!hasPorts(flow.protocol)) return `${formatProtocol(flow.protocol)} has no ports`;
  return side === "source"
    ? `source port is ${flow.sourcePort}`
    : `port is ${flow.destinationPort}`;
}

function selectorMiss(
  model: Model,
  { selector, notSelector }: EntityMatch,
  side: Side,
  address: Address,
): string {
  const known = labelsOf(model, address);
  const [labels] = known;
  if (!labels) return `${side} is no endpoint and in no network set`;
  const asked = selector ? failing(selector, labels) : [];
  const excluded = asked.length === 0 && notSelector ? labelsIn(notSelector) : [];
  const words = [...new Set([...asked, ...excluded].map((label) => labelWords(labels, label)))];
  return words.length === 0 ? `${side} is left out` : `${side} ${words.join(" and ")}`;
}

/** The labels of those parts of a selector that do not hold. */
export function failing(selector: Selector, labels: Labels): string[] {
  if (matches(selector, labels)) return [];
  if (selector.op !== "and") return labelsIn(selector);
  return selector.terms.flatMap((term) => failing(term, labels));
}

/** What is found under a label, said of whoever owns it. */
function labelWords(labels: Labels, label: string): string {
  const namespace = labels.get(NAMESPACE_LABEL);
  if (isNamespaceName(label)) {
    return namespace === undefined ? "is of no namespace" : `is of namespace ${namespace}`;
  }
  const value = labels.get(label);
  const has = (name: string) =>
    value === undefined ? `has no label ${name}` : `has ${name} "${value}"`;
  if (label === SERVICE_ACCOUNT_LABEL) {
    return value === undefined ? "has no service account" : `runs as service account ${value}`;
  }
  if (label === ORCHESTRATOR_LABEL) return value === "k8s" ? "is a pod" : "is no pod";
  if (label.startsWith(NAMESPACE_PREFIX)) {
    if (namespace === undefined) return "is of no namespace";
    return `is of namespace ${namespace}, which ${has(label.slice(NAMESPACE_PREFIX.length))}`;
  }
  if (label.startsWith(SERVICE_ACCOUNT_PREFIX)) {
    const account = labels.get(SERVICE_ACCOUNT_LABEL);
    if (account === undefined) return "has no service account";
    return `runs as ${account}, which ${has(label.slice(SERVICE_ACCOUNT_PREFIX.length))}`;
  }
  return has(label);
}
