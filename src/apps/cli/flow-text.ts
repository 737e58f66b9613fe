/** Connections between whoever has their addresses, as text and as JSON. */
import { isUnknown } from "../../core/analysis/unknown-addresses.ts";
import { type Address, formatAddress } from "../../core/net/address.ts";
import type { Flow } from "../../core/net/flow.ts";
import { formatProtocol } from "../../core/net/protocol.ts";
import { formatMessage } from "../../core/policy-test/ask.ts";
import { formatEnd, targetAt } from "../../core/policy-test/end.ts";
import type { Cluster } from "../../core/verdict/cluster.ts";

/** `TCP port 80 from shop/web (10.0.0.1) to 192.0.2.1`; addresses that nobody knows are left out. */
export function flowText(cluster: Cluster, flow: Flow): string {
  const from = endText(cluster, flow.source);
  return `${formatMessage(flow)} from ${from} to ${endText(cluster, flow.destination)}`;
}

/** The same for programs: `from` and `to` are names where there are any. */
export function flowJson(cluster: Cluster, flow: Flow): Readonly<Record<string, unknown>> {
  const { source, destination, protocol, sourcePort, destinationPort, icmp } = flow;
  return {
    from: targetAt(cluster, source).name,
    to: targetAt(cluster, destination).name,
    ...(!isUnknown(source) && { source: formatAddress(source) }),
    ...(!isUnknown(destination) && { destination: formatAddress(destination) }),
    protocol: formatProtocol(protocol),
    ...(sourcePort !== undefined && { sourcePort }),
    ...(destinationPort !== undefined && { port: destinationPort }),
    ...(icmp && { icmp }),
  };
}

function endText(cluster: Cluster, address: Address): string {
  const end = targetAt(cluster, address);
  return isUnknown(address) ? end.name : formatEnd(end);
}
