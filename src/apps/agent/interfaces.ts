/** A node's own interfaces and their addresses, asked of `ip`. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { HostInterface } from "../../core/model/endpoint.ts";
import { parseAddress } from "../../core/net/address.ts";
import { WORKLOAD_PREFIX } from "../../dataplane/program/workload-chains.ts";

const run = promisify(execFile);

/** What `ip -json address` tells of one interface, as far as it is used. */
interface Listed {
  readonly ifname?: string;
  readonly addr_info?: readonly { readonly local?: string; readonly scope?: string }[];
}

/**
 * The interfaces of a network namespace (`ip netns`; this process's when absent), sorted, without
 * loopback and workloads' own. Addresses of the link alone are left out.
 */
export async function readInterfaces(netns: string | undefined): Promise<HostInterface[]> {
  const inside = netns === undefined ? [] : ["-netns", netns];
  const { stdout } = await run("ip", [...inside, "-json", "address", "show"], {
    maxBuffer: 64 * 1024 * 1024,
  });
  const listed = JSON.parse(stdout === "" ? "[]" : stdout) as readonly Listed[];
  return listed
    .filter(({ ifname = "lo" }) => ifname !== "lo" && !ifname.startsWith(WORKLOAD_PREFIX))
    .map(({ ifname = "", addr_info: addresses = [] }) => ({
      name: ifname,
      addresses: addresses.flatMap(({ local = "", scope }) => {
        const found = scope === "link" ? undefined : parseAddress(local);
        return found ? [found] : [];
      }),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
