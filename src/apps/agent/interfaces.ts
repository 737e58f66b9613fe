/** A node's own interfaces and their addresses. */

import { networkInterfaces } from "node:os";
import { type HostInterface, WORKLOAD_PREFIX } from "../../core/model/endpoint.ts";
import { contains, parseAddress, prefix } from "../../core/net/address.ts";
import { byName } from "../../core/text/byte-order.ts";
import { inNamespace } from "../../dataplane/lab/namespace.ts";

const LINK_LOCAL = [prefix("169.254.0.0/16"), prefix("fe80::/10")];

/**
 * The interfaces that have addresses in a network namespace (`ip netns`; this process's when
 * absent), sorted, without loopback and workloads' own. Addresses of the link alone are left out.
 * Costs some 100 µs, so that it can be asked before every change.
 */
export function readInterfaces(netns: string | undefined): readonly HostInterface[] {
  const found = netns === undefined ? networkInterfaces() : inNamespace(netns, networkInterfaces);
  return Object.entries(found)
    .filter(([name]) => name !== "lo" && !name.startsWith(WORKLOAD_PREFIX))
    .map(([name, addresses = []]) => ({
      name,
      addresses: addresses.flatMap(({ address }) => {
        const own = parseAddress(address);
        return own && !LINK_LOCAL.some((net) => contains(net, own)) ? [own] : [];
      }),
    }))
    .sort(byName);
}
