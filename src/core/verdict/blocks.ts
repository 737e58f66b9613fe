/**
 * Aligned blocks of values, as networks are of addresses: what rules demand of a packet's fields,
 * in the one form in which it can be looked up.
 *
 * A value is its words, most significant bit first: an address has its own, a port the upper half
 * of one, a protocol the uppermost byte. So a port range is some blocks as a set of addresses is.
 */
import { parseAddress } from "../net/address.ts";
import type { Flow } from "../net/flow.ts";
import type { NamedPortSet } from "../policy/policy.ts";
import type { Addresses } from "../sets/addresses.ts";
import type { PortSet } from "../sets/port-set.ts";

/** What packets show and rules speak of. An ICMP message counts as type * 256 + code. */
export const FIELDS = [
  "source",
  "destination",
  "source port",
  "destination port",
  "message",
  "protocol",
] as const;

export type Field = (typeof FIELDS)[number];

/** Unsigned 32-bit numbers: four for IPv6, one for everything else. */
export type Words = readonly number[];

/** Takes a block: the values whose first `length` bits are those of `words`. */
export type TakeBlock = (words: Words, length: number) => void;

/** What a packet shows in a field; undefined for a packet without it. */
export function wordsOf(flow: Flow, field: Field): Words | undefined {
  switch (field) {
    case "source":
    case "destination":
      return flow[field].words;
    case "source port":
      return flow.sourcePort === undefined ? undefined : upperHalf(flow.sourcePort);
    case "destination port":
      return flow.destinationPort === undefined ? undefined : upperHalf(flow.destinationPort);
    case "message":
      return flow.icmp && upperHalf(flow.icmp.type * 256 + flow.icmp.code);
    case "protocol":
      return upperByte(flow.protocol);
  }
}

export function addressBlocks(set: Addresses, take: TakeBlock): void {
  for (const { words } of set.hosts) take(words, 32 * words.length);
  for (const { address, length } of set.nets) take(address.words, length);
}

/** The addresses that have served ports. */
export function servingBlocks({ members }: NamedPortSet, take: TakeBlock): void {
  for (const text of members.keys()) {
    const address = parseAddress(text);
    if (!address) throw new Error(`a set of named ports has a member ${JSON.stringify(text)}`);
    take(address.words, 32 * address.words.length);
  }
}

/** The largest aligned blocks that together are the set. */
export function portBlocks(set: PortSet, take: TakeBlock): void {
  for (const [first, last] of set.ranges()) {
    let next = first;
    while (next <= last) {
      let bits = 0;
      while (bits < 16 && next % (2 << bits) === 0 && next + (2 << bits) - 1 <= last) bits++;
      take(upperHalf(next), 16 - bits);
      next += 1 << bits;
    }
  }
}

export function protocolBlock(protocol: number, take: TakeBlock): void {
  take(upperByte(protocol), 8);
}

function upperHalf(number: number): Words {
  return [(number << 16) >>> 0];
}

function upperByte(number: number): Words {
  return [(number << 24) >>> 0];
}
