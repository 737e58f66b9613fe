import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { Flow } from "../net/flow.ts";
import { ICMP, ICMPV6, SCTP, TCP, UDP } from "../net/protocol.ts";
import { PortSet } from "../sets/port-set.ts";
import { ConnectionSet } from "./connection-set.ts";

type Packet = Pick<Flow, "protocol" | "sourcePort" | "destinationPort" | "icmp">;

const number = fc.constantFrom(0, 1, 2, 3, 80, 255, 2048, 2049, 33_024, 65_534, 65_535);
const range = fc
  .tuple(number, number)
  .map(([a, b]) => PortSet.range(Math.min(a, b), Math.max(a, b)));
const ports = fc.array(range, { maxLength: 3 }).map((ranges) => PortSet.union(ranges));
const simple = fc.oneof(
  fc.constantFrom(0, 4, TCP, ICMP, ICMPV6, 255).map(ConnectionSet.ofProtocol),
  fc
    .tuple(fc.constantFrom(TCP, UDP, SCTP, 47), ports, ports)
    .map(([protocol, sources, destinations]) =>
      ConnectionSet.ofPorts(protocol, { sources, destinations }),
    ),
  fc
    .tuple(fc.constantFrom(4 as const, 6 as const), ports)
    .map(([family, messages]) => ConnectionSet.ofMessages(family, messages)),
);
const anySet = fc
  .array(fc.tuple(simple, fc.boolean()), { maxLength: 6 })
  .map((steps) =>
    steps.reduce(
      (set, [one, isAdded]) => (isAdded ? set.union(one) : set.subtract(one)),
      ConnectionSet.none,
    ),
  );
const packet: fc.Arbitrary<Packet> = fc.oneof(
  fc
    .tuple(fc.constantFrom(TCP, UDP, SCTP), number, number)
    .map(([protocol, sourcePort, destinationPort]) => ({ protocol, sourcePort, destinationPort })),
  fc.tuple(fc.constantFrom(ICMP, ICMPV6), number).map(([protocol, message]) => ({
    protocol,
    icmp: { type: message >>> 8, code: message & 255 },
  })),
  fc.constantFrom(0, 4, 47, 255).map((protocol) => ({ protocol })),
);

describe("ConnectionSet", () => {
  it("agrees with what it was made of, packet by packet", () => {
    fc.assert(
      fc.property(anySet, anySet, packet, (a, b, one) => {
        assert.equal(a.union(b).has(one), a.has(one) || b.has(one));
        assert.equal(a.intersect(b).has(one), a.has(one) && b.has(one));
        assert.equal(a.subtract(b).has(one), a.has(one) && !b.has(one));
        assert.equal(a.complement().has(one), !a.has(one));
      }),
    );
  });

  it("has one form for equal sets, however they were made", () => {
    fc.assert(
      fc.property(anySet, anySet, (a, b) => {
        assert.equal(`${a.union(b)}`, `${b.union(a)}`);
        assert.equal(`${a.intersect(b)}`, `${a.subtract(b.complement())}`);
        assert.equal(`${a.complement().complement()}`, `${a}`);
        assert.equal(`${a.subtract(b).union(a.intersect(b))}`, `${a}`);
        assert.equal(a.subtract(b).isEmpty, b.covers(a));
        assert.equal(a.subtract(a), ConnectionSet.none);
        assert.equal(a.union(a.complement()), ConnectionSet.all);
      }),
    );
  });

  it("knows which connections its packets answer", () => {
    fc.assert(
      fc.property(anySet, packet, (set, one) => {
        const reply = replyTo(one);
        assert.equal(set.answered().has(one), reply !== undefined && set.has(reply));
      }),
    );
  });

  it("holds no connections by port of a protocol that has none", () => {
    const anywhere = { sources: PortSet.all, destinations: PortSet.all };
    assert.equal(ConnectionSet.ofPorts(47, anywhere), ConnectionSet.none);
  });
});

function replyTo({ protocol, sourcePort, destinationPort, icmp }: Packet): Packet | undefined {
  if (!icmp) {
    if (sourcePort === undefined || destinationPort === undefined) return { protocol };
    return { protocol, sourcePort: destinationPort, destinationPort: sourcePort };
  }
  const reply = new Map([
    [`${ICMP}/8`, 0],
    [`${ICMPV6}/128`, 129],
  ]).get(`${protocol}/${icmp.type}`);
  return reply === undefined ? undefined : { protocol, icmp: { type: reply, code: 0 } };
}
