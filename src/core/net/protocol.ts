/** IP protocol numbers and the names that manifests use for them. */

export const ICMP = 1;
export const TCP = 6;
export const UDP = 17;
export const ICMPV6 = 58;
export const SCTP = 132;
export const UDPLITE = 136;

const NUMBERS: ReadonlyMap<string, number> = new Map([
  ["TCP", TCP],
  ["UDP", UDP],
  ["ICMP", ICMP],
  ["ICMPv6", ICMPV6],
  ["SCTP", SCTP],
  ["UDPLite", UDPLITE],
]);
const NAMES: ReadonlyMap<number, string> = new Map(
  Array.from(NUMBERS, ([name, number]) => [number, name]),
);
const LOWER: ReadonlyMap<string, number> = new Map(
  Array.from(NUMBERS, ([name, number]) => [name.toLowerCase(), number]),
);

/** The number of a protocol named exactly as the API spells it (`TCP`, `ICMPv6`). */
export function protocolNumber(name: string): number | undefined {
  return NUMBERS.get(name);
}

/** Reads a protocol as a person types it: a name in any case, or a number 0..255. */
export function parseProtocol(text: string): number | undefined {
  if (/^\d{1,3}$/.test(text) && Number(text) <= 255) return Number(text);
  return LOWER.get(text.toLowerCase());
}

/** The API's name of a protocol, or its number as text. */
export function formatProtocol(number: number): string {
  return NAMES.get(number) ?? String(number);
}

/** Reports whether packets of the protocol carry ports that rules may match (TCP, UDP, SCTP). */
export function hasPorts(number: number): boolean {
  return number === TCP || number === UDP || number === SCTP;
}

/** The ICMP protocol of a family: ICMP for IPv4, ICMPv6 for IPv6. */
export function icmpOf(family: 4 | 6): number {
  return family === 4 ? ICMP : ICMPV6;
}
