import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { address } from "../net/address.ts";
import { ICMP, SCTP, TCP, UDP } from "../net/protocol.ts";
import { PortSet } from "../sets/port-set.ts";
import { ConnectionSet } from "./connection-set.ts";
import { connectionsJson, formatConnections } from "./format.ts";
import { witness } from "./witness.ts";

const web = to(TCP, PortSet.range(80).union(PortSet.range(443)));
const fromClients = ConnectionSet.ofPorts(TCP, {
  sources: PortSet.range(1024, 65_535),
  destinations: PortSet.range(22),
});
const redirects = ConnectionSet.ofMessages(4, PortSet.range(5 * 256, 5 * 256 + 1));
const echo = ConnectionSet.ofMessages(4, PortSet.range(8 * 256, 8 * 256 + 255));
const PAIR = { source: address("10.0.0.1"), destination: address("10.0.0.2") };

describe("connection sets as text and JSON", () => {
  const rows: readonly (readonly [ConnectionSet, string, unknown])[] = [
    [ConnectionSet.all, "all", "all"],
    [ConnectionSet.none, "none", {}],
    [
      web,
      "TCP 80, 443",
      {
        TCP: [
          [80, 80],
          [443, 443],
        ],
      },
    ],
    [
      web.union(ConnectionSet.ofProtocol(UDP)),
      "TCP 80, 443; UDP",
      {
        TCP: [
          [80, 80],
          [443, 443],
        ],
        UDP: [[0, 65_535]],
      },
    ],
    [
      fromClients,
      "TCP 22 from 1024-65535",
      { TCP: [{ source: [[1024, 65_535]], destination: [[22, 22]] }] },
    ],
    [echo, "ICMP 8", { ICMP: [[8, 8]] }],
    [ConnectionSet.ofProtocol(ICMP), "ICMP", { ICMP: [[0, 255]] }],
    [
      echo.union(redirects),
      "ICMP 8, 5/0-1",
      {
        ICMP: [
          { type: 5, codes: [[0, 1]] },
          { type: 8, codes: [[0, 255]] },
        ],
      },
    ],
    [ConnectionSet.ofProtocol(47), "protocol 47", { other: [[47, 47]] }],
  ];
  for (const [set, text, json] of rows) {
    it(text, () => {
      assert.equal(formatConnections(set), text);
      assert.deepEqual(connectionsJson(set), json);
    });
  }

  it("says what is missing where that is shorter", () => {
    assert.equal(formatConnections(web.complement()), "all but TCP 80, 443");
  });
});

describe("witness", () => {
  const rows: readonly (readonly [string, ConnectionSet, object | undefined])[] = [
    ["none of nothing", ConnectionSet.none, undefined],
    ["a page of everything", ConnectionSet.all, tcp(50_000, 80)],
    ["a known port before the lowest", to(TCP, PortSet.range(1, 500)), tcp(50_000, 80)],
    ["the lowest where none is known", to(TCP, PortSet.range(0, 10)), tcp(50_000, 1)],
    ["port 0 where it is all there is", to(TCP, PortSet.range(0)), tcp(50_000, 0)],
    ["a source port that may", fromClients, tcp(50_000, 22)],
    ["TCP before UDP", web.union(ConnectionSet.ofProtocol(UDP)), tcp(50_000, 80)],
    [
      "UDP before SCTP",
      to(UDP, PortSet.range(53)).union(ConnectionSet.ofProtocol(SCTP)),
      { protocol: UDP, sourcePort: 50_000, destinationPort: 53 },
    ],
    [
      "an echo request of all messages",
      ConnectionSet.ofProtocol(ICMP),
      { protocol: ICMP, icmp: { type: 8, code: 0 } },
    ],
    ["a message as it is", redirects, { protocol: ICMP, icmp: { type: 5, code: 0 } }],
    ["a protocol without ports", ConnectionSet.ofProtocol(47), { protocol: 47 }],
  ];
  for (const [name, set, packet] of rows) {
    it(`is ${name}`, () => {
      assert.deepEqual(witness(set, PAIR), packet && { ...PAIR, ...packet });
    });
  }
});

function to(protocol: number, destinations: PortSet): ConnectionSet {
  return ConnectionSet.ofPorts(protocol, { sources: PortSet.all, destinations });
}

function tcp(sourcePort: number, destinationPort: number) {
  return { protocol: TCP, sourcePort, destinationPort };
}
