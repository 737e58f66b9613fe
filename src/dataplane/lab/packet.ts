/**
 * The packets that probes are: the first of a connection of each protocol, marked by a token, and
 * how to know one again. Bytes are those after the IP header, with correct checksums.
 */
import { type Address, bitsOf } from "../../core/net/address.ts";
import type { Flow } from "../../core/net/flow.ts";
import { ICMP, ICMPV6, SCTP, TCP, UDP, UDPLITE } from "../../core/net/protocol.ts";
import { crc32c } from "./crc32c.ts";

const SYN = 0x02;
const ECHO_REQUEST = { [ICMP]: 8, [ICMPV6]: 128 } as const;
const ECHO_REPLY = { [ICMP]: 0, [ICMPV6]: 129 } as const;
/** Where protocols without a field for it carry the token. */
const TOKEN_AT = 12;

/**
 * The packet that opens `flow`. `token` is an unsigned 32-bit number, not 0. ICMP is an echo request
 * when the flow names no message.
 */
export function openingPacket(flow: Flow, token: number): Buffer {
  switch (flow.protocol) {
    case TCP:
      return tcpSyn(flow, token);
    case UDP:
    case UDPLITE:
      return datagram(flow, token);
    case ICMP:
    case ICMPV6:
      return icmpMessage(flow, token);
    case SCTP:
      return sctpInit(flow, token);
    default:
      return tokenAt(TOKEN_AT, token);
  }
}

/** The token of a packet that `openingPacket` made; of another, anything or undefined. */
export function tokenOf(protocol: number, bytes: Buffer): number | undefined {
  if (protocol === TCP) return bytes.length < 20 ? undefined : bytes.readUInt32BE(4);
  if (protocol === SCTP) return bytes.length < 32 ? undefined : bytes.readUInt32BE(16);
  return bytes.length < TOKEN_AT + 4 ? undefined : bytes.readUInt32BE(TOKEN_AT);
}

/** The token of the probe that a packet answers: a TCP segment, or the reply to an echo. */
export function answeredToken(protocol: number, bytes: Buffer): number | undefined {
  if (protocol === TCP) {
    return bytes.length < 20 ? undefined : (bytes.readUInt32BE(8) - 1) >>> 0;
  }
  const isReply =
    (protocol === ICMP || protocol === ICMPV6) && bytes.readUInt8(0) === ECHO_REPLY[protocol];
  return isReply && bytes.length >= TOKEN_AT + 4 ? bytes.readUInt32BE(TOKEN_AT) : undefined;
}

/** Reports whether whoever receives the packet replies although nobody listens there. */
export function isAnswered(flow: Flow): boolean {
  const { protocol, icmp } = flow;
  if (protocol === TCP) return true;
  if (protocol !== ICMP && protocol !== ICMPV6) return false;
  return !icmp || (icmp.type === ECHO_REQUEST[protocol] && icmp.code === 0);
}

function tcpSyn(flow: Flow, token: number): Buffer {
  const bytes = Buffer.alloc(20);
  writePorts(flow, bytes);
  bytes.writeUInt32BE(token, 4);
  bytes.writeUInt8(5 << 4, 12);
  bytes.writeUInt8(SYN, 13);
  bytes.writeUInt16BE(64_240, 14);
  bytes.writeUInt16BE(checksum(pseudoHeader(flow, bytes.length), bytes), 16);
  return bytes;
}

/** UDP-Lite has the coverage where UDP has the length; all of the packet is covered. */
function datagram(flow: Flow, token: number): Buffer {
  const bytes = tokenAt(TOKEN_AT, token);
  writePorts(flow, bytes);
  bytes.writeUInt16BE(bytes.length, 4);
  bytes.writeUInt16BE(checksum(pseudoHeader(flow, bytes.length), bytes) || 0xffff, 6);
  return bytes;
}

/** Connection tracking knows ICMP flows by the identifier, so it is the half that differs most. */
function icmpMessage(flow: Flow, token: number): Buffer {
  const bytes = tokenAt(TOKEN_AT, token);
  const isIPv6 = flow.protocol === ICMPV6;
  bytes.writeUInt8(flow.icmp?.type ?? ECHO_REQUEST[isIPv6 ? ICMPV6 : ICMP], 0);
  bytes.writeUInt8(flow.icmp?.code ?? 0, 1);
  bytes.writeUInt16BE(token & 0xffff, 4);
  bytes.writeUInt16BE(token >>> 16, 6);
  const covered = isIPv6 ? pseudoHeader(flow, bytes.length) : Buffer.alloc(0);
  bytes.writeUInt16BE(checksum(covered, bytes), 2);
  return bytes;
}

/** RFC 9260: the common header, then one INIT chunk whose initiate tag is the token. */
function sctpInit(flow: Flow, token: number): Buffer {
  const bytes = Buffer.alloc(32);
  writePorts(flow, bytes);
  bytes.writeUInt8(1, 12);
  bytes.writeUInt16BE(20, 14);
  bytes.writeUInt32BE(token, 16);
  bytes.writeUInt32BE(65_536, 20);
  bytes.writeUInt16BE(1, 24);
  bytes.writeUInt16BE(1, 26);
  bytes.writeUInt32BE(token, 28);
  bytes.writeUInt32LE(crc32c(bytes), 8);
  return bytes;
}

function tokenAt(at: number, token: number): Buffer {
  const bytes = Buffer.alloc(at + 4);
  bytes.writeUInt32BE(token, at);
  return bytes;
}

function writePorts(flow: Flow, bytes: Buffer): void {
  bytes.writeUInt16BE(flow.sourcePort ?? 0, 0);
  bytes.writeUInt16BE(flow.destinationPort ?? 0, 2);
}

/** What a checksum covers of the IP header (RFC 9293 §3.1, RFC 8200 §8.1). */
function pseudoHeader({ source, destination, protocol }: Flow, length: number): Buffer {
  const tail = Buffer.alloc(8);
  tail.writeUInt32BE(length, 0);
  tail.writeUInt8(protocol, 7);
  return Buffer.concat([octets(source), octets(destination), tail]);
}

function octets(address: Address): Buffer {
  const bytes = Buffer.alloc(bitsOf(address.family) / 8);
  address.words.forEach((word, i) => {
    bytes.writeUInt32BE(word, 4 * i);
  });
  return bytes;
}

/** The Internet checksum (RFC 1071) over parts of even length. */
function checksum(...parts: readonly Buffer[]): number {
  let sum = 0;
  for (const part of parts) {
    for (let at = 0; at < part.length; at += 2) sum += part.readUInt16BE(at);
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
