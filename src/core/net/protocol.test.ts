import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { formatProtocol, hasPorts, icmpOf, parseProtocol, protocolNumber } from "./protocol.ts";

describe("protocols", () => {
  it("are named in manifests exactly as the API spells them", () => {
    assert.equal(protocolNumber("ICMPv6"), 58);
    assert.equal(protocolNumber("icmpv6"), undefined);
    assert.equal(protocolNumber("constructor"), undefined);
  });

  it("are read from people in any case, or as a number", () => {
    for (const [text, want] of [
      ["tcp", 6],
      ["UdpLite", 136],
      ["icmpv6", 58],
      ["0", 0],
      ["255", 255],
      ["256", undefined],
      ["-1", undefined],
      ["", undefined],
      ["6.0", undefined],
    ] as const) {
      assert.equal(parseProtocol(text), want, text);
    }
  });

  it("are read back from what is printed", () => {
    for (let number = 0; number < 256; number++) {
      assert.equal(parseProtocol(formatProtocol(number)), number);
    }
  });

  it("carry ports that rules match only for TCP, UDP and SCTP", () => {
    const withPorts = Array.from({ length: 256 }, (_, number) => number).filter(hasPorts);
    assert.deepEqual(withPorts.map(formatProtocol), ["TCP", "UDP", "SCTP"]);
  });

  it("of control messages go with the family", () => {
    assert.deepEqual([icmpOf(4), icmpOf(6)].map(formatProtocol), ["ICMP", "ICMPv6"]);
  });
});
