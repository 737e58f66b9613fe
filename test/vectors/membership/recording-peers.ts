import { formatPrefix, hostPrefix } from "../../../src/core/net/address.ts";
import { formatProtocol } from "../../../src/core/net/protocol.ts";
import type { NameQuery } from "../../../src/core/policy/peer-source.ts";
import { Peers } from "../../../src/core/policy/peers.ts";
import type { NamedPortSet } from "../../../src/core/policy/policy.ts";
import { format, type Selector } from "../../../src/core/selector/selector.ts";
import type { AddressSet } from "../../../src/core/sets/address-set.ts";

/** Peers that keep the members of every set that was asked of them, as the reference writes them. */
export class RecordingPeers extends Peers {
  readonly sets = new Map<string, readonly string[]>();

  override addressesOf(selector: Selector): AddressSet {
    const set = super.addressesOf(selector);
    this.sets.set(setKey(selector), membersOf(set));
    return set;
  }

  override namedPorts(query: NameQuery): NamedPortSet {
    const set = super.namedPorts(query);
    const { selector, name, protocol } = query;
    const written = protocol === undefined ? "any" : formatProtocol(protocol).toLowerCase();
    this.sets.set(setKey(selector, { protocol: written, port: name }), portMembersOf(set));
    return set;
  }
}

/** One text for one set. */
export function setKey(
  selector: Selector,
  named?: { readonly protocol?: string | undefined; readonly port: string },
): string {
  const ports = named ? `${named.port}/${named.protocol ?? "any"} of ` : "";
  return ports + format(selector);
}

/** The whole family is two halves, as sets of the kernel cannot hold it in one. */
export function membersOf({ hosts, nets }: AddressSet): string[] {
  const texts = [...hosts.map(hostPrefix), ...nets].map(formatPrefix);
  return texts.flatMap((text) => HALVES[text] ?? [text]).sort();
}

const HALVES: Readonly<Record<string, readonly string[]>> = {
  "0.0.0.0/0": ["0.0.0.0/1", "128.0.0.0/1"],
  "::/0": ["::/1", "8000::/1"],
};

export function portMembersOf({ members }: NamedPortSet): string[] {
  return Array.from(members, ([address, ports]) =>
    ports.map(
      ({ protocol, port }) => `${address},${formatProtocol(protocol).toLowerCase()}:${port}`,
    ),
  )
    .flat()
    .sort();
}
