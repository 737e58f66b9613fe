import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  type Configuration,
  DEFAULT_CONFIGURATION,
  type FailsafePort,
} from "../../core/model/configuration.ts";
import { prefix } from "../../core/net/address.ts";
import { SCTP, TCP, UDP } from "../../core/net/protocol.ts";
import { failsafeRules, rawFailsafeRules } from "./failsafe.ts";

describe("failsafe rules", () => {
  for (const [title, ports, want] of [
    ["nothing", [], []],
    ["one port", [{ protocol: TCP, port: 22 }], ["tcp dport { 22 } accept"]],
    [
      "ports in one rule a protocol, ascending and each once",
      [443, 22, 443].map((port) => ({ protocol: TCP, port })),
      ["tcp dport { 22, 443 } accept"],
    ],
    [
      "each protocol with its own ports",
      [TCP, UDP, SCTP].map((protocol) => ({ protocol, port: protocol })),
      ["sctp dport { 132 } accept", "tcp dport { 6 } accept", "udp dport { 17 } accept"],
    ],
    [
      "ports that only a network may reach",
      ["10.0.0.0/8", "fd00::/8", "10.0.0.0/8"].map((net, i) => {
        return { protocol: TCP, port: 22 + i, net: prefix(net) };
      }),
      [
        "ip saddr 10.0.0.0/8 tcp dport { 22, 24 } accept",
        "ip6 saddr fd00::/8 tcp dport { 23 } accept",
      ],
    ],
  ] as const satisfies readonly (readonly [string, readonly FailsafePort[], readonly string[]])[]) {
    it(`name ${title}`, () => {
      assert.deepEqual(failsafeRules(withPorts(ports, []), "ingress"), want);
    });
  }

  it("look for the network on the peer's side", () => {
    const ports = [{ protocol: UDP, port: 53, net: prefix("192.0.2.1/32") }];
    assert.deepEqual(failsafeRules(withPorts([], ports), "egress"), [
      "ip daddr 192.0.2.1/32 udp dport { 53 } accept",
    ]);
  });

  it("let answers through before connection tracking", () => {
    const configuration = withPorts(
      [{ protocol: TCP, port: 22, net: prefix("10.0.0.0/8") }],
      [{ protocol: UDP, port: 53, net: prefix("192.0.2.0/24") }],
    );
    assert.deepEqual(rawFailsafeRules(configuration, "ingress"), [
      "ip saddr 10.0.0.0/8 tcp dport { 22 } accept",
      "ip saddr 192.0.2.0/24 udp sport { 53 } accept",
    ]);
    assert.deepEqual(rawFailsafeRules(configuration, "egress"), [
      "ip daddr 192.0.2.0/24 udp dport { 53 } accept",
      "ip daddr 10.0.0.0/8 tcp sport { 22 } accept",
    ]);
  });
});

function withPorts(
  ingress: readonly FailsafePort[],
  egress: readonly FailsafePort[],
): Configuration {
  return { ...DEFAULT_CONFIGURATION, failsafePorts: { ingress, egress } };
}
