import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { address } from "../../core/net/address.ts";
import type { Flow } from "../../core/net/flow.ts";
import { ICMP, ICMPV6, SCTP, TCP, UDP } from "../../core/net/protocol.ts";
import { crc32c } from "./crc32c.ts";
import { answeredToken, isAnswered, openingPacket, tokenOf } from "./packet.ts";

const FLOW = {
  source: address("192.0.2.1"),
  destination: address("192.0.2.2"),
  sourcePort: 40_000,
  destinationPort: 53,
};

describe("openingPacket", () => {
  it("carries a token that is found again, whatever the protocol", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 0xffff_ffff }),
        fc.integer({ min: 1, max: 254 }),
        (token, protocol) => {
          const packet = openingPacket({ ...FLOW, protocol }, token);
          assert.equal(tokenOf(protocol, packet), token);
          assert.equal(packet.length % 2, 0);
        },
      ),
    );
  });

  it("writes a checksum that sums to all ones with what it covers", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 0xffff_ffff }),
        fc.constantFrom(TCP, UDP, ICMPV6),
        (token, protocol) => {
          const flow = { ...FLOW, protocol, ...(protocol === ICMPV6 && IPV6) };
          assert.equal(sum(flow, openingPacket(flow, token)), 0xffff);
        },
      ),
    );
  });

  it("knows the answers of TCP and of an echo, and no other", () => {
    const reset = Buffer.alloc(20);
    reset.writeUInt32BE(0, 8);
    assert.equal(answeredToken(TCP, reset), 0xffff_ffff);
    const reply = openingPacket({ ...FLOW, protocol: ICMP, icmp: { type: 0, code: 0 } }, 77);
    assert.equal(answeredToken(ICMP, reply), 77);
    assert.equal(answeredToken(ICMP, openingPacket({ ...FLOW, protocol: ICMP }, 77)), undefined);
    assert.equal(isAnswered({ ...FLOW, protocol: ICMP, icmp: { type: 13, code: 0 } }), false);
    assert.equal(isAnswered({ ...FLOW, protocol: SCTP }), false);
  });
});

describe("crc32c", () => {
  it("gives the value that its definition lists", () => {
    assert.equal(crc32c(Buffer.from("123456789")), 0xe306_9283);
  });
});

const IPV6 = { source: address("2001:db8::1"), destination: address("2001:db8::2") };

/** The one's complement sum over the pseudo header and the packet. */
function sum({ source, destination, protocol }: Flow, packet: Buffer): number {
  const words = [...source.words, ...destination.words].flatMap((w) => [w >>> 16, w & 0xffff]);
  for (let at = 0; at < packet.length; at += 2) words.push(packet.readUInt16BE(at));
  let total = words.reduce((a, b) => a + b, packet.length + protocol);
  while (total > 0xffff) total = (total & 0xffff) + (total >>> 16);
  return total;
}
