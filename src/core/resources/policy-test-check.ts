/** What a PolicyTest must be beyond its schema. */
import { covers, parsePrefix } from "../net/address.ts";
import { hasPorts, ICMP, ICMPV6, TCP } from "../net/protocol.ts";
import { type FieldError, forbidden, invalid, required } from "../schema/field-error.ts";
import { Walk } from "../schema/walk.ts";
import { walkLabelSelector } from "./label-selector-check.ts";
import { dnsLabelProblem, dnsSubdomainProblem, portNameProblem } from "./names.ts";
import { addressProblem, netProblem } from "./net-check.ts";
import type { PolicyTestConnection } from "./policy-test-connection.ts";
import type { PolicyTestPeer } from "./policy-test-peer.ts";
import type { PolicyTestSpec } from "./policy-test-spec.ts";
import { parseRuleProtocol, portNumberProblem, protocolProblem } from "./port.ts";
import { selectorProblem } from "./selector-check.ts";
import { walkItems, walkText } from "./text-check.ts";

/** Lists what is wrong with the assertions of a test. */
export function checkPolicyTest(spec: PolicyTestSpec): FieldError[] {
  const walk = new Walk("spec");
  walk.each("assertions", spec.assertions, (assertion) => {
    walk.each("from", assertion.from, (peer) => checkPeer(peer, walk));
    walk.each("to", assertion.to, (peer) => checkPeer(peer, walk));
    walk.each("ports", assertion.ports, (connection) => {
      checkConnection(connection, walk);
      if (assertion.http || assertion.grpc) checkCarriesRequests(connection, walk);
    });
    walk.each("http", assertion.http, ({ path }) => walkText("path", path, pathProblem, walk));
  });
  return walk.errors;
}

function checkPeer(peer: PolicyTestPeer, walk: Walk): void {
  walkText("pod", peer.pod, objectNameProblem, walk);
  walkText("service", peer.service, objectNameProblem, walk);
  walkText("host", peer.host, dnsSubdomainProblem, walk);
  walkText("ip", peer.ip, addressProblem, walk);
  walkText("selector", peer.selector, selectorProblem, walk);
  walkLabelSelector("podSelector", peer.podSelector, walk);
  walkLabelSelector("namespaceSelector", peer.namespaceSelector, walk);
  const { ipBlock } = peer;
  if (!ipBlock) return;
  walk.inside("ipBlock", () => {
    walkText("cidr", ipBlock.cidr, netProblem, walk);
    const net = parsePrefix(ipBlock.cidr);
    const exceptProblem = (text: string): string | undefined => {
      const inner = parsePrefix(text);
      if (!inner) return netProblem(text);
      const isInside = !net || (covers(net, inner) && inner.length > net.length);
      return isInside ? undefined : "must be a strict subset of `cidr`";
    };
    walkItems("except", ipBlock.except, exceptProblem, walk);
  });
}

/** A name, or a namespace, a slash and a name. */
function objectNameProblem(text: string): string | undefined {
  const slash = text.indexOf("/");
  const problem = slash < 0 ? undefined : dnsLabelProblem(text.slice(0, slash));
  return problem ? `namespace ${problem}` : dnsSubdomainProblem(text.slice(slash + 1));
}

const NO_PORTS = "only TCP, UDP and SCTP have ports";

function checkConnection(connection: PolicyTestConnection, walk: Walk): void {
  const { protocol = "TCP", port, endPort, sourcePort, icmp } = connection;
  const problem = protocolProblem(protocol);
  if (problem) {
    walk.refuse("protocol", (field) => invalid(field, protocol, problem));
    return;
  }
  const number = parseRuleProtocol(protocol) ?? TCP;
  if (port !== undefined) {
    const wrong = hasPorts(number)
      ? typeof port === "string"
        ? portNameProblem(port)
        : portNumberProblem(port)
      : NO_PORTS;
    if (wrong) walk.refuse("port", (field) => invalid(field, port, wrong));
  }
  if (endPort !== undefined && typeof port === "string") {
    const detail = "may not be specified when `port` is non-numeric";
    walk.refuse("endPort", (field) => invalid(field, endPort, detail));
  }
  if (endPort !== undefined && typeof port === "number" && endPort < port) {
    const detail = "must be greater than or equal to `port`";
    walk.refuse("endPort", (field) => invalid(field, endPort, detail));
  }
  if (sourcePort !== undefined && !hasPorts(number)) {
    walk.refuse("sourcePort", (field) => forbidden(field, NO_PORTS));
  }
  if (icmp && number !== ICMP && number !== ICMPV6) {
    walk.refuse("icmp", (field) => forbidden(field, "only ICMP and ICMPv6 have message types"));
  }
}

function checkCarriesRequests(connection: PolicyTestConnection, walk: Walk): void {
  const { protocol = "TCP", port, endPort } = connection;
  if (endPort !== undefined) {
    walk.refuse("endPort", (field) => forbidden(field, "requests are sent to a single port"));
  }
  if (parseRuleProtocol(protocol) !== TCP) {
    const detail = "requests are sent over TCP";
    walk.refuse("protocol", (field) => invalid(field, protocol, detail));
  }
  if (port === undefined) {
    walk.refuse("port", (field) => required(field, "requests are sent to a port"));
  }
}

function pathProblem(path: string): string | undefined {
  return path.startsWith("/") ? undefined : "must begin with a slash";
}
