/** Addresses and networks as the fields of manifests write them. */
import {
  contains,
  formatPrefix,
  parseAddress,
  parseAddressOrPrefix,
  parsePrefix,
  parseStrictPrefix,
  prefix,
} from "../net/address.ts";

/** An address, without a mask. */
export function addressProblem(text: string): string | undefined {
  if (parseAddress(text)) return undefined;
  return "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";
}

/** A network whose host bits may be set, or one address. */
export function addressOrNetProblem(text: string): string | undefined {
  if (parseAddressOrPrefix(text)) return undefined;
  return "must be a valid CIDR or IP address, (e.g. 10.9.8.0/24 or 2001:db8::ffff)";
}

/** A network, host bits clear. */
export function netProblem(text: string): string | undefined {
  if (parseStrictPrefix(text)) return undefined;
  return parsePrefix(text)
    ? "must have no bits set past the prefix length"
    : "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)";
}

/** A network, host bits clear, or one address. */
export function strictNetOrAddressProblem(text: string): string | undefined {
  return text.includes("/") ? netProblem(text) : addressOrNetProblem(text);
}

/** Ranges in which no service or pod can be, as Kubernetes calls them. */
const SPECIAL_RANGES = [
  { name: "unspecified", nets: ["0.0.0.0/32", "::/128"] },
  { name: "loopback", nets: ["127.0.0.0/8", "::1/128"] },
  { name: "link-local", nets: ["169.254.0.0/16", "fe80::/10"] },
  { name: "link-local multicast", nets: ["224.0.0.0/24", "ff02::/16"] },
].map(({ name, nets }) => ({ name, nets: nets.map(prefix) }));

/** An address that can be somebody else's; IPv4 is not in IPv6's clothes. */
export function reachableAddressProblem(text: string): string | undefined {
  const found = parseAddress(text);
  if (!found) return addressProblem(text);
  if (found.family === 4 && text.includes(":")) return "must not be an IPv4-mapped IPv6 address";
  const special = SPECIAL_RANGES.find(({ nets }) => nets.some((net) => contains(net, found)));
  return (
    special &&
    `may not be in the ${special.name} range (${special.nets.map(formatPrefix).join(", ")})`
  );
}
