import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { refusalOf, specOf } from "./admit-fixture.ts";
import { policyTest } from "./policy-test.ts";

const PEER = [{ pod: "a" }];

/** A test of one assertion that is right but for these fields. */
function asserting(fields: object): { readonly assertions: readonly object[] } {
  return { assertions: [{ name: "one", expect: "allow", from: PEER, to: PEER, ...fields }] };
}

const labels = { matchLabels: { app: "web" } };

describe("PolicyTest", () => {
  for (const fields of [
    { from: [{ podSelector: {} }, { selector: "app == 'web'", namespaceSelector: labels }] },
    { from: [{ namespaceSelector: labels }, { host: "node-1" }, { ip: "10.0.0.1" }] },
    { to: [{ service: "shop/web" }], http: [{ path: "/" }] },
    { to: [{ ipBlock: { cidr: "10.0.0.0/8", except: ["10.1.0.0/16", "10.0.0.1/32"] } }] },
    { ports: [{ port: 80, endPort: 90 }, { port: "http" }, { protocol: "UDP" }, { protocol: 47 }] },
    { ports: [{ protocol: "ICMP", icmp: { type: 8 } }, { protocol: "ICMPv6" }] },
    { ports: [{ port: 80, sourcePort: 0 }], grpc: [{ service: "shop.Orders", method: "Get" }] },
  ]) {
    it(`admits ${JSON.stringify(fields)}`, () => {
      assert.equal(refusalOf(policyTest, { spec: asserting(fields) }), "");
    });
  }

  for (const [fields, want] of [
    [{ from: [{}] }, /from\[0\]: Invalid value: .*must be exactly one of pod, podSelector/],
    [{ from: [{ pod: "a", ip: "10.0.0.1" }] }, /from\[0\]: .*exactly one/],
    [{ from: [{ podSelector: {}, selector: "all()" }] }, /from\[0\]: .*exactly one/],
    [{ from: [{ pod: "a", namespaceSelector: {} }] }, /from\[0\]: .*exactly one/],
    [{ from: [{ service: "web" }] }, /unknown field "spec.assertions\[0\].from\[0\].service"/],
    [{ from: [] }, /from: Invalid value: .*at least 1/],
    [{ from: [{ pod: "a/b/c" }] }, /from\[0\].pod: Invalid value: "a\/b\/c"/],
    [{ from: [{ selector: "app =" }] }, /from\[0\].selector: Invalid value/],
    [{ from: [{ ip: "10.0.0.0/8" }] }, /from\[0\].ip: .*valid IP address/],
    [{ to: [{ ipBlock: { cidr: "10.0.0.1/8" } }] }, /cidr: .*no bits set past the prefix/],
    [
      { to: [{ ipBlock: { cidr: "10.0.0.0/8", except: ["192.0.2.0/24"] } }] },
      /except\[0\]: .*strict subset/,
    ],
    [{ to: [{ podSelector: { matchLabels: { "/": "" } } }] }, /podSelector\.matchLabels/],
    [{ expect: "Allow" }, /expect: Unsupported value: "Allow": supported values: "allow", "deny"/],
    [{ ports: [{ port: 0 }] }, /port: .*between 1 and 65535/],
    [{ ports: [{ protocol: "ICMP", port: 80 }] }, /port: .*only TCP, UDP and SCTP have ports/],
    [{ ports: [{ protocol: "GRE" }] }, /protocol: .*must be TCP, UDP/],
    [{ ports: [{ endPort: 80 }] }, /endPort: .*`port` is not specified/],
    [{ ports: [{ port: 80, endPort: 79 }] }, /endPort: .*greater than or equal/],
    [{ ports: [{ port: "http", endPort: 79 }] }, /endPort: .*non-numeric/],
    [{ ports: [{ icmp: { type: 8 } }] }, /icmp: Forbidden: only ICMP and ICMPv6/],
    [{ ports: [{ protocol: "ICMP", sourcePort: 1 }] }, /sourcePort: Forbidden: only TCP/],
    [{ http: [{ path: "/" }] }, /ports: Required value: requests need the ports/],
    [{ http: [{ path: "/" }], ports: [{ protocol: "UDP", port: 1 }] }, /protocol: .*over TCP/],
    [{ http: [{ path: "/" }], ports: [{}] }, /port: Required value: requests are sent to a port/],
    [{ http: [{ path: "/" }], ports: [{ port: 1, endPort: 2 }] }, /endPort: .*single port/],
    [{ http: [{ path: "x" }], ports: [{ port: 1 }] }, /path: .*must begin with a slash/],
    [{ family: 5 }, /family: Unsupported value: 5/],
  ] as const) {
    it(`refuses ${JSON.stringify(fields)}`, () => {
      assert.match(refusalOf(policyTest, { spec: asserting(fields) }), want);
    });
  }

  it("has assertions, each under its own name", () => {
    const [one] = asserting({}).assertions;
    assert.match(refusalOf(policyTest, { spec: {} }), /spec.assertions: Required/);
    assert.match(refusalOf(policyTest, { spec: { assertions: [] } }), /at least 1/);
    assert.match(refusalOf(policyTest, { spec: { assertions: [one, one] } }), /Duplicate value/);
  });

  it("wants somebody on either side unless it says otherwise", () => {
    const stored = specOf(policyTest, asserting({}));
    assert.match(JSON.stringify(stored), /"allowEmpty":false/);
  });
});
