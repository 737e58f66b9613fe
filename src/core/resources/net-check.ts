/** Addresses and networks as the fields of manifests write them. */
import {
  parseAddress,
  parseAddressOrPrefix,
  parsePrefix,
  parseStrictPrefix,
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
