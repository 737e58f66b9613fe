import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { formatFieldError } from "../schema/field-error.ts";
import { admit } from "./admit.ts";
import { globalNetworkPolicy } from "./global-network-policy.ts";
import { networkPolicy } from "./network-policy.ts";
import { profile } from "./profile.ts";
import type { ResourceKind } from "./resource.ts";

/** What is wrong with a policy of one rule, its path left out of each line. */
function refusals(
  rule: object,
  direction: "ingress" | "egress" = "ingress",
  kind: ResourceKind = networkPolicy,
): string[] {
  const spec = { [direction]: [{ action: "Allow", ...rule }] };
  const admission = admit(kind, { metadata: { name: "a" }, spec });
  if (admission.admitted) return [];
  const place = `spec.${direction}[0]`;
  return admission.errors.map((error) => formatFieldError(error).replace(`${place}.`, ""));
}

const service = { name: "web", namespace: "shop" };

describe("a rule is accepted", () => {
  for (const rule of [
    {},
    { action: "Log", protocol: 255 },
    { protocol: "17", destination: { ports: [53, "53", "5000:5001", "dns"] } },
    { protocol: "SCTP", notProtocol: "SCTP", source: { notPorts: ["1:65535"] } },
    { destination: { ports: ["http"] } },
    { protocol: "UDPLite" },
    { protocol: "ICMP", icmp: { type: 254, code: 255 }, notICMP: { type: 0 } },
    { protocol: 58, icmp: {}, ipVersion: 6 },
    { notICMP: { type: 3, code: 1 } },
    { source: { nets: ["10.0.0.0/8"], notNets: ["10.0.0.0/8"], selector: "has(a)" } },
    { source: { nets: ["::ffff:10.0.0.0/104"] }, destination: { nets: ["10.0.0.0/08"] } },
    { ipVersion: 6, source: { nets: ["2001:db8::/32"] } },
    { source: { selector: "", notSelector: "!global()" } },
    { source: { namespaceSelector: " global( ) ", serviceAccounts: { names: ["a"] } } },
    { source: { serviceAccounts: { selector: "global()" } } },
    { source: { services: service, ports: [], nets: [] } },
    { source: { services: { name: "web" } }, protocol: "TCP", destination: { ports: [80] } },
    { http: { methods: ["GET", "*"], paths: [{ exact: "/a" }, { prefix: "/" }] } },
    { protocol: 6, http: {} },
    { metadata: { annotations: { "Example.com/a": "any text" } } },
  ]) {
    it(JSON.stringify(rule), () => assert.deepEqual(refusals(rule), []));
  }
});

describe("a rule is refused", () => {
  for (const [rule, ...want] of [
    [{ protocol: 0 }, /^protocol: Invalid value: 0: must be TCP, UDP/],
    [{ protocol: "256" }, /^protocol: Invalid value: "256"/],
    [{ notProtocol: "tcp" }, /^notProtocol: Invalid value: "tcp"/],
    [{ destination: { ports: [80] } }, /^destination.ports: .*port numbers need a protocol/],
    [{ notProtocol: "UDP", source: { notPorts: ["1:2"] } }, /^source.notPorts: .*need a protocol/],
    [{ protocol: "ICMP", source: { ports: ["http"] } }, /protocol ICMP has no ports/],
    [{ protocol: "UDPLite", source: { ports: [80] } }, /protocol UDPLite has no ports/],
    [{ protocol: "TCP", source: { ports: [0] } }, /^source.ports\[0\]: .*between 1 and 65535/],
    [{ protocol: "TCP", source: { ports: ["65536"] } }, /must be a port, a range/],
    [{ protocol: "TCP", source: { ports: ["9:8"] } }, /must be a port, a range/],
    [{ protocol: "TCP", source: { ports: ["80-90"] } }, /at least one letter/],
    [{ protocol: "TCP", source: { ports: ["HTTP_PORT"] } }, /no more than|lower case/],
    [{ source: { nets: ["10.0.0.1"] } }, /^source.nets\[0\]: .*must be a valid CIDR/],
    [{ source: { nets: ["10.0.0.1/8"] } }, /no bits set past the prefix length/],
    [{ source: { nets: ["::ffff:10.0.0.0/64"] } }, /no bits set past the prefix length/],
    [{ source: { nets: ["010.0.0.0/8"] } }, /must be a valid CIDR/],
    [{ source: { nets: ["10.0.0.0/8", "10.0.0.0/8"] } }, /^source.nets\[1\]: Duplicate value/],
    [{ source: { notNets: ["0.0.0.0/0"] } }, /could match nothing/],
    [{ source: { notNets: ["0::0/0"] } }, /could match nothing/],
    [
      { source: { nets: ["10.0.0.0/8"] }, destination: { notNets: ["2001:db8::/32"] } },
      /IPv4 and IPv6/,
    ],
    [{ ipVersion: 6, destination: { nets: ["10.0.0.0/8"] } }, /not a network of ipVersion 6/],
    [{ icmp: { type: 8 } }, /^icmp: .*needs protocol ICMP/],
    [{ protocol: "TCP", icmp: {} }, /^icmp: .*needs protocol ICMP/],
    [{ protocol: "ICMP", icmp: { type: 255 } }, /^icmp.type: .*less than or equal to 254/],
    [{ notICMP: { code: 0 } }, /^notICMP.type: Required value/],
    [{ protocol: 1, ipVersion: 6 }, /^ipVersion: .*requires ipVersion 4/],
    [{ notProtocol: "ICMPv6", ipVersion: 4 }, /^ipVersion: .*requires ipVersion 6/],
    [{ source: { selector: "a = 'b'" } }, /^source.selector: .*at character 3/],
    [{ source: { selector: "a == 'global('" } }, /global\(\) can only be used/],
    [{ source: { notSelector: "a ==" } }, /^source.notSelector/],
    [{ source: { namespaceSelector: "!global()" } }, /cannot be combined/],
    [{ source: { namespaceSelector: "has(" } }, /^source.namespaceSelector/],
    [{ source: { serviceAccounts: { names: ["a'b"] } } }, /names\[0\]: .*has no quotes/],
    [{ source: { serviceAccounts: { selector: "&&" } } }, /^source.serviceAccounts.selector/],
    [{ source: { services: { namespace: "shop" } } }, /^source.services.name: Required/],
    [
      { source: { services: service, serviceAccounts: {} } },
      /^source.serviceAccounts: Forbidden: .*together with services/,
    ],
    [
      { source: { services: service, nets: ["10.0.0.0/8"], selector: "has(a)" } },
      /^source.nets: Forbidden/,
      /^source.selector: Forbidden/,
    ],
    [{ destination: { services: service } }, /^destination.services: .*ingress rules/],
    [{ protocol: "UDP", http: {} }, /^http: Forbidden: needs protocol TCP/],
    [{ action: "Deny", http: {} }, /^http: Forbidden: only valid in Allow/],
    [{ http: { methods: ["GET", "GET"] } }, /methods\[1\]: Duplicate/],
    [{ http: { paths: [{}] } }, /paths\[0\]: .*either exact or prefix/],
    [{ http: { paths: [{ exact: "/a", prefix: "/a" }] } }, /either exact or prefix/],
    [{ http: { paths: [{ prefix: "a" }] } }, /prefix: .*must begin with/],
    [{ http: { paths: [{ exact: "/a?b" }] } }, /exact: .*must begin with/],
    [{ metadata: { annotations: { "...": "a" } } }, /^metadata.annotations\[...\]/],
  ] as const) {
    it(JSON.stringify(rule), () => {
      const found = refusals(rule);
      assert.equal(found.length, want.length, found.join("\n"));
      for (const [i, pattern] of want.entries()) assert.match(found[i] ?? "", pattern);
    });
  }

  it("for the direction in which it stands", () => {
    assert.deepEqual(refusals({ source: { services: service } }, "egress"), [
      "source.services: Forbidden: not allowed in egress rules",
    ]);
    assert.deepEqual(refusals({ http: {} }, "egress"), [
      "http: Forbidden: not allowed in egress rules",
    ]);
    assert.deepEqual(refusals({ http: {} }, "egress", profile), []);
    const ports = { destination: { services: service, ports: ["http"] } };
    assert.deepEqual(refusals(ports, "egress"), [
      "destination.ports: Forbidden: a service brings its own ports",
    ]);
  });

  it("for a service without a namespace in a global policy", () => {
    const rule = { source: { services: { name: "web" } } };
    assert.deepEqual(refusals(rule, "ingress", globalNetworkPolicy), [
      "source.services.namespace: Required value",
    ]);
  });
});
