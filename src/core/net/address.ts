/**
 * IP addresses and prefixes as plain values.
 *
 * An address is its family and its words: one unsigned 32-bit number for IPv4, four for IPv6, most
 * significant first. An IPv4-mapped IPv6 address (`::ffff:a.b.c.d`) is the IPv4 address it names,
 * so each address has exactly one form.
 */

/** IPv4 or IPv6. */
export type Family = 4 | 6;

/** One address. `words` holds one (IPv4) or four (IPv6) unsigned 32-bit numbers. */
export interface Address {
  readonly family: Family;
  readonly words: readonly number[];
}

/** A network: `address` with every bit past `length` zero. */
export interface Prefix {
  readonly address: Address;
  readonly length: number;
}

/** The number of bits in an address of `family`. */
export function bitsOf(family: Family): 32 | 128 {
  return family === 4 ? 32 : 128;
}

/** Reads an IPv4 or IPv6 address; undefined when `text` is not one. No zone, no leading zeros. */
export function parseAddress(text: string): Address | undefined {
  return text.includes(":") ? parseIPv6(text) : parseIPv4(text);
}

/** Reads an address known to be one; throws RangeError otherwise. For constants and tests. */
export function address(text: string): Address {
  const parsed = parseAddress(text);
  if (!parsed) throw new RangeError(`${JSON.stringify(text)} is not an IP address`);
  return parsed;
}

/**
 * Reads `address/length`, host bits cleared; undefined when `text` is not a network. The length is
 * decimal digits, leading zeros allowed, as Go reads it. `::ffff:a.b.c.d/n` with n >= 96 is
 * `a.b.c.d/(n-96)`.
 */
export function parsePrefix(text: string): Prefix | undefined {
  const written = parseUnmasked(text);
  return written && prefixOf(written.address, written.length);
}

/** As {@link parsePrefix}, but refuses a network whose host bits are not clear. */
export function parseStrictPrefix(text: string): Prefix | undefined {
  const written = parseUnmasked(text);
  if (!written) return undefined;
  const net = prefixOf(written.address, written.length);
  return compareAddresses(net.address, written.address) === 0 ? net : undefined;
}

/** `address/length` with the host bits as they are written. */
function parseUnmasked(text: string): Prefix | undefined {
  const slash = text.indexOf("/");
  if (slash < 0) return undefined;
  const digits = text.slice(slash + 1);
  if (!/^\d+$/.test(digits)) return undefined;
  const written = text.slice(0, slash);
  const found = parseAddress(written);
  if (!found) return undefined;
  let length = Number(digits);
  if (found.family === 4 && written.includes(":")) {
    if (length > 128) return undefined;
    length -= 96;
    if (length < 0) {
      return { address: { family: 6, words: wordsOfMapped(found) }, length: length + 96 };
    }
  }
  return length > bitsOf(found.family) ? undefined : { address: found, length };
}

/** Reads a network, or a bare address as the network of that one address. */
export function parseAddressOrPrefix(text: string): Prefix | undefined {
  if (text.includes("/")) return parsePrefix(text);
  const found = parseAddress(text);
  return found && hostPrefix(found);
}

/** Reads a network known to be one; throws RangeError otherwise. For constants and tests. */
export function prefix(text: string): Prefix {
  const parsed = parseAddressOrPrefix(text);
  if (!parsed) throw new RangeError(`${JSON.stringify(text)} is not an IP network`);
  return parsed;
}

/** The network of `length` bits that holds `inside`. */
export function prefixOf(inside: Address, length: number): Prefix {
  return { address: mask(inside, length), length };
}

/** The network of exactly one address. */
export function hostPrefix(only: Address): Prefix {
  return { address: only, length: bitsOf(only.family) };
}

/** Reports whether the prefix is of one address. */
export function isHostPrefix(net: Prefix): boolean {
  return net.length === bitsOf(net.address.family);
}

/** Reports whether `found` is inside `net`; never across families. */
export function contains(net: Prefix, found: Address): boolean {
  return (
    net.address.family === found.family &&
    compareAddresses(mask(found, net.length), net.address) === 0
  );
}

/** Reports whether every address of `inner` is in `outer`. */
export function covers(outer: Prefix, inner: Prefix): boolean {
  return inner.length >= outer.length && contains(outer, inner.address);
}

/** The last address of `net`. */
export function lastAddress(net: Prefix): Address {
  const words = net.address.words.map((word, i) => (word | ~wordMask(net.length, i)) >>> 0);
  return { family: net.address.family, words };
}

/** The address after `before`, or undefined after the family's last. */
export function nextAddress(before: Address): Address | undefined {
  const words = [...before.words];
  for (let i = words.length - 1; i >= 0; i--) {
    const word = ((words[i] ?? 0) + 1) >>> 0;
    words[i] = word;
    if (word !== 0) return { family: before.family, words };
  }
  return undefined;
}

/** The address before `after`, or undefined before the family's first. */
export function previousAddress(after: Address): Address | undefined {
  const words = [...after.words];
  for (let i = words.length - 1; i >= 0; i--) {
    const word = words[i] ?? 0;
    words[i] = (word - 1) >>> 0;
    if (word !== 0) return { family: after.family, words };
  }
  return undefined;
}

/** Orders IPv4 before IPv6, then by value. */
export function compareAddresses(a: Address, b: Address): number {
  if (a.family !== b.family) return a.family - b.family;
  for (let i = 0; i < a.words.length; i++) {
    const difference = (a.words[i] ?? 0) - (b.words[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Orders by first address, then the wider network first. */
export function comparePrefixes(a: Prefix, b: Prefix): number {
  return compareAddresses(a.address, b.address) || a.length - b.length;
}

/** The canonical text (RFC 5952 for IPv6): equal addresses give equal text, so it serves as a key. */
export function formatAddress(value: Address): string {
  return value.family === 4 ? formatIPv4(value.words[0] ?? 0) : formatIPv6(value.words);
}

/** The canonical text `address/length`. */
export function formatPrefix(net: Prefix): string {
  return `${formatAddress(net.address)}/${net.length}`;
}

function mask(value: Address, length: number): Address {
  if (value.family === 4) {
    return { family: 4, words: [((value.words[0] ?? 0) & wordMask(length, 0)) >>> 0] };
  }
  const words = value.words.map((word, i) => (word & wordMask(length, i)) >>> 0);
  return { family: value.family, words };
}

/** The mask of the `i`th 32-bit word of a prefix of `length` bits. */
function wordMask(length: number, i: number): number {
  const bits = Math.min(32, Math.max(0, length - 32 * i));
  return bits === 0 ? 0 : (0xffff_ffff << (32 - bits)) >>> 0;
}

function wordsOfMapped(mapped: Address): number[] {
  return [0, 0, 0xffff, mapped.words[0] ?? 0];
}

/** Four numbers up to 255, without leading zeros. Character by character: every policy has many. */
function parseIPv4(text: string): Address | undefined {
  let word = 0;
  let parts = 0;
  let digits = 0;
  let byte = 0;
  for (let i = 0; i <= text.length; i++) {
    // The end is one more dot.
    const code = i < text.length ? text.charCodeAt(i) : DOT;
    if (code === DOT) {
      if (digits === 0 || ++parts > 4) return undefined;
      word = word * 256 + byte;
      digits = 0;
      byte = 0;
      continue;
    }
    if (code < ZERO || code > ZERO + 9 || (digits > 0 && byte === 0)) return undefined;
    byte = byte * 10 + code - ZERO;
    if (byte > 255) return undefined;
    digits++;
  }
  return parts === 4 ? { family: 4, words: [word] } : undefined;
}

const DOT = ".".charCodeAt(0);
const ZERO = "0".charCodeAt(0);

function parseIPv6(text: string): Address | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const head = parseGroups(halves[0] ?? "", halves.length === 1);
  const tail = halves.length === 2 ? parseGroups(halves[1] ?? "", true) : [];
  if (!head || !tail) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...new Array<number>(missing).fill(0), ...tail];
  const words = [0, 2, 4, 6].map((i) => (groups[i] ?? 0) * 65_536 + (groups[i + 1] ?? 0));
  const mapped = words[0] === 0 && words[1] === 0 && words[2] === 0xffff;
  return mapped ? { family: 4, words: [words[3] ?? 0] } : { family: 6, words };
}

/** The 16-bit groups of `text`; dotted decimal may end it where `last`. */
function parseGroups(text: string, last: boolean): number[] | undefined {
  if (text === "") return [];
  const groups: number[] = [];
  const parts = text.split(":");
  for (const [i, part] of parts.entries()) {
    if (part.includes(".")) {
      const embedded = last && i === parts.length - 1 ? parseIPv4(part)?.words[0] : undefined;
      if (embedded === undefined) return undefined;
      groups.push(Math.floor(embedded / 65_536), embedded % 65_536);
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) {
      groups.push(Number.parseInt(part, 16));
    } else {
      return undefined;
    }
  }
  return groups;
}

function formatIPv4(word: number): string {
  return `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`;
}

function formatIPv6(words: readonly number[]): string {
  const groups = words.flatMap((word) => [word >>> 16, word & 0xffff]);
  let start = -1;
  let length = 1;
  for (let i = 0; i < 8; i++) {
    let end = i;
    while (end < 8 && groups[end] === 0) end++;
    if (end - i > length) {
      start = i;
      length = end - i;
    }
  }
  const hex = (some: number[]): string => some.map((group) => group.toString(16)).join(":");
  if (start < 0) return hex(groups);
  return `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`;
}
