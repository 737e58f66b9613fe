import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { modelFrom } from "../../../test/scenario.ts";
import { formatAddress } from "../net/address.ts";
import { formatProtocol } from "../net/protocol.ts";
import type { Service } from "./service.ts";

function slice(name: string, labels: string, rest: string, type = "IPv4"): string {
  return `
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: ${name}, namespace: shop, labels: { ${labels} } }
addressType: ${type}
${rest}
`;
}

const WEB = "kubernetes.io/service-name: web";

/** k8s-conversion.md §7: slices, and the services they make, one a line. */
const ROWS: readonly (readonly [what: string, slices: readonly string[], services: string])[] = [
  ["no slice", [], ""],
  [
    "a slice of no service",
    [slice("s", "a: b", "endpoints: [{ addresses: [10.0.0.1] }]\nports: [{ port: 80 }]")],
    "",
  ],
  [
    "every address and every port",
    [
      slice(
        "s",
        WEB,
        "endpoints: [{ addresses: [10.0.0.2] }, { addresses: [10.0.0.1] }]\n" +
          "ports: [{ name: http, port: 80 }, { name: dns, protocol: UDP, port: 53 }]",
      ),
    ],
    "shop/web 10.0.0.1 10.0.0.2: 10.0.0.1 TCP 80, 10.0.0.1 UDP 53, 10.0.0.2 TCP 80, 10.0.0.2 UDP 53",
  ],
  [
    "an endpoint that is not ready",
    [
      slice(
        "s",
        WEB,
        "endpoints: [{ addresses: [10.0.0.1], conditions: { ready: false } }]\nports: [{ port: 80 }]",
      ),
    ],
    "shop/web 10.0.0.1: 10.0.0.1 TCP 80",
  ],
  [
    "a port without a number, which is none",
    [slice("s", WEB, "endpoints: [{ addresses: [10.0.0.1] }]\nports: [{ name: any }]")],
    "shop/web 10.0.0.1: ",
  ],
  [
    "names in the place of addresses",
    [slice("s", WEB, "endpoints: [{ addresses: [a.example.com] }]\nports: [{ port: 80 }]", "FQDN")],
    "shop/web : ",
  ],
  [
    "two slices that share a backend, in both families",
    [
      slice("s", WEB, "endpoints: [{ addresses: [10.0.0.1] }]\nports: [{ port: 80 }]"),
      slice("t", WEB, "endpoints: [{ addresses: [10.0.0.1] }]\nports: [{ port: 80 }]"),
      slice("u", WEB, "endpoints: [{ addresses: ['fd00::1'] }]\nports: [{ port: 80 }]", "IPv6"),
    ],
    "shop/web 10.0.0.1 fd00::1: 10.0.0.1 TCP 80, fd00::1 TCP 80",
  ],
];

describe("the services of a model", () => {
  for (const [what, slices, wanted] of ROWS) {
    it(`are made of ${what}`, () => {
      for (const order of [slices, slices.toReversed()]) {
        assert.equal(
          modelFrom(...order)
            .services.map(textOf)
            .join("\n"),
          wanted,
        );
      }
    });
  }
});

function textOf({ namespace, name, addresses, backends }: Service): string {
  const served = backends.map(
    ({ address, protocol, port }) =>
      `${formatAddress(address)} ${formatProtocol(protocol)} ${port}`,
  );
  return `${namespace}/${name} ${addresses.map(formatAddress).join(" ")}: ${served.join(", ")}`;
}
