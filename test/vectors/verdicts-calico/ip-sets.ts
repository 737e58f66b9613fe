/** Sets of addresses, and of addresses with ports, under the ids that rules have for them. */
import {
  formatAddress,
  isHostPrefix,
  type Prefix,
  parseAddressOrPrefix,
} from "../../../src/core/net/address.ts";
import { parseProtocol } from "../../../src/core/net/protocol.ts";
import type { NamedPortSet, ServedPort } from "../../../src/core/policy/policy.ts";
import { AddressSet } from "../../../src/core/sets/address-set.ts";

/** A set that is not there is empty. */
export class IpSets {
  readonly #members: ReadonlyMap<string, readonly string[]>;

  constructor(members: Readonly<Record<string, readonly string[]>>) {
    this.#members = new Map(Object.entries(members));
  }

  addresses(id: string): AddressSet {
    return AddressSet.of(this.#of(id).map(prefixOf));
  }

  /** Of members such as `10.0.0.1,tcp:80` or `10.0.0.1/32,tcp:80`. */
  ports(id: string): NamedPortSet {
    const members = new Map<string, ServedPort[]>();
    for (const member of this.#of(id)) {
      const [, net = "", name = "", port] = /^(.*),(\w+):(\d+)$/.exec(member) ?? [];
      const protocol = parseProtocol(name);
      if (protocol === undefined) throw new Error(`${member} has no protocol and port`);
      const found = prefixOf(net);
      if (!isHostPrefix(found)) throw new Error(`${member} is not of one address`);
      const address = formatAddress(found.address);
      members.set(address, [...(members.get(address) ?? []), { protocol, port: Number(port) }]);
    }
    return { id, members };
  }

  #of(id: string): readonly string[] {
    return this.#members.get(id) ?? [];
  }
}

function prefixOf(text: string): Prefix {
  const found = parseAddressOrPrefix(text);
  if (!found) throw new Error(`${text} is no network`);
  return found;
}
