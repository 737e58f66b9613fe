/** Protocols and ports of administrators' policies, of both versions (k8s-conversion.md §3.3, §3.4). */
import { SCTP, TCP, UDP } from "../net/protocol.ts";
import type { AdminNetworkPolicyPort } from "../resources/admin-network-policy-rule.ts";
import type { ClusterNetworkPolicyProtocol } from "../resources/cluster-network-policy.ts";
import { type PortSpec, parsePort } from "../resources/port.ts";
import { readProtocol } from "./convert-rule.ts";
import type { PortEntry } from "./kubernetes-rule.ts";
import type { Report } from "./problems.ts";

type Transport = NonNullable<ClusterNetworkPolicyProtocol["tcp"]>;

/** The `protocols` of a ClusterNetworkPolicy's rule; a port's name is one even when all digits. */
export function readProtocols(
  written: readonly ClusterNetworkPolicyProtocol[],
  path: string,
  report: Report,
): PortEntry[] {
  return written.map(({ tcp, udp, sctp, destinationNamedPort: name }, i): PortEntry => {
    const at = `${path}[${i}]`;
    if (tcp) return { protocol: TCP, ...readTransport(tcp, `${at}.tcp`, report) };
    if (udp) return { protocol: UDP, ...readTransport(udp, `${at}.udp`, report) };
    if (sctp) return { protocol: SCTP, ...readTransport(sctp, `${at}.sctp`, report) };
    return name === undefined ? {} : { port: { name } };
  });
}

function readTransport(
  { destinationPort: { number, range } = {} }: Transport,
  path: string,
  report: Report,
): { readonly port?: PortSpec } {
  if (number) return readPort(number, `${path}.destinationPort.number`, report);
  return range ? readRange(range, `${path}.destinationPort.range`, report) : {};
}

/** The `ports` of an AdminNetworkPolicy's rule. */
export function readAdminPorts(
  written: readonly AdminNetworkPolicyPort[],
  path: string,
  report: Report,
): PortEntry[] {
  return written.map(({ portNumber, portRange, namedPort: name }, i): PortEntry => {
    const at = `${path}[${i}]`;
    const protocolOf = (text: string | undefined, field: string) =>
      readProtocol(text, `${at}.${field}.protocol`, report) ?? TCP;
    if (portNumber) {
      const protocol = protocolOf(portNumber.protocol, "portNumber");
      return { protocol, ...readPort(portNumber.port, `${at}.portNumber.port`, report) };
    }
    if (portRange) {
      const protocol = protocolOf(portRange.protocol, "portRange");
      return { protocol, ...readRange(portRange, `${at}.portRange`, report) };
    }
    return name === undefined ? {} : { port: { name } };
  });
}

function readPort(written: number, path: string, report: Report): { readonly port?: PortSpec } {
  const port = parsePort(written);
  if (!port) report(path, `${written} is not a port`);
  return port ? { port } : {};
}

function readRange(
  { start, end }: { readonly start: number; readonly end: number },
  path: string,
  report: Report,
): { readonly port?: PortSpec } {
  const port = parsePort(`${start}:${end}`);
  if (!port) report(path, `${start} to ${end} is not a range of ports`);
  return port ? { port } : {};
}
