import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { address } from "../../core/net/address.ts";
import { parsePolicyLog } from "./policy-log.ts";

const RECORD = {
  timestamp: "2026-01-01T00:00:00.000123",
  "oob.prefix": "picket:I|np/production/audit-red|0",
  "oob.time.sec": 1_700_000_000,
  "oob.time.usec": 123_999,
  "oob.in": "cali1",
  "oob.out": "cali2",
  src_ip: "10.0.0.1",
  dest_ip: "10.0.0.2",
  "ip.protocol": 6,
  src_port: 4000,
  dest_port: 6379,
};

const parse = (changes: object) => parsePolicyLog(JSON.stringify({ ...RECORD, ...changes }));

describe("parsePolicyLog", () => {
  it("reads the rule and the packet", () => {
    assert.deepEqual(parse({}), {
      time: 1_700_000_000_123,
      rule: {
        direction: "ingress",
        kind: "NetworkPolicy",
        namespace: "production",
        name: "audit-red",
        rule: 0,
      },
      flow: {
        source: address("10.0.0.1"),
        destination: address("10.0.0.2"),
        protocol: 6,
        sourcePort: 4000,
        destinationPort: 6379,
      },
      inInterface: "cali1",
      outInterface: "cali2",
    });
  });

  it("reads IPv6, whose protocol has another name", () => {
    const flow = parse({
      "ip.protocol": undefined,
      "ip6.nexthdr": 58,
      "icmpv6.type": 128,
      "icmpv6.code": 0,
      src_ip: "fd00::1",
      dest_ip: "fd00::2",
    })?.flow;
    assert.equal(flow?.protocol, 58);
    assert.deepEqual(flow?.icmp, { type: 128, code: 0 });
  });

  it("takes ulogd's time where the kernel took none", () => {
    const log = parse({ "oob.time.sec": undefined });
    assert.equal(log?.time, new Date(2026, 0, 1).getTime());
  });

  it("takes lines that are not a packet of a Log rule for nothing", () => {
    assert.equal(parse({ "oob.prefix": "somebody else's" }), undefined);
    assert.equal(parse({ src_ip: 7 }), undefined);
    assert.equal(parsePolicyLog("{"), undefined);
    assert.equal(parsePolicyLog("null"), undefined);
  });
});
