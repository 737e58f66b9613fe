import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { modelFrom } from "../../../test/scenario.ts";
import type { EntityMatch } from "../model/policy.ts";
import { TCP } from "../net/protocol.ts";
import { compileSide } from "./compile-side.ts";
import { Peers } from "./peers.ts";
import type { CompiledSide } from "./policy.ts";

const peers = new Peers(
  modelFrom(`
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: db-1, namespace: shop, labels: { kubernetes.io/service-name: db } }
addressType: IPv4
endpoints: [{ addresses: [10.0.0.7] }, { addresses: [10.0.0.8] }]
ports: [{ name: sql, port: 5432 }, { name: admin, port: 99 }]
---
apiVersion: projectcalico.org/v3
kind: HostEndpoint
metadata: { name: h, labels: { host: h } }
spec: { node: n1, interfaceName: eth0, expectedIPs: [10.0.0.8], ports: [{ name: sql, protocol: TCP, port: 5432 }] }
`),
);
const service = { namespace: "shop", name: "db" };
const nowhere = { namespace: "other", name: "db" };

describe("a service in a compiled rule", () => {
  it("as source is the addresses of its backends, whatever the port", () => {
    const { addresses, ports } = compileSide({ service }, "source", TCP, peers);
    assert.deepEqual(
      addresses.map(({ set, negated }) => [`${set}`, negated]),
      [["10.0.0.7/32,10.0.0.8/32", false]],
    );
    assert.equal(ports, undefined);
  });

  for (const [what, side, members] of [
    ["addresses with ports", { service }, ["10.0.0.7 99,5432", "10.0.0.8 99,5432"]],
    [
      "those of its ports that are in the rule's",
      { service, ports: { ranges: [{ first: 90, last: 100 }], names: [] } },
      ["10.0.0.7 99", "10.0.0.8 99"],
    ],
    [
      "those of its ports that the rule's names lead to",
      { service, ports: { ranges: [], names: ["sql"] } },
      ["10.0.0.8 5432"],
    ],
    ["nothing when nothing is known of it", { service: nowhere }, []],
  ] as const satisfies readonly (readonly [string, EntityMatch, readonly string[]])[]) {
    it(`as destination is ${what}`, () => {
      const compiled = compileSide(side, "destination", TCP, peers);
      assert.deepEqual(compiled.addresses, []);
      assert.equal(compiled.ports?.ports.isEmpty, true);
      assert.deepEqual(membersOf(compiled), members);
    });
  }

  it("as source is nobody when nothing is known of it", () => {
    const [term] = compileSide({ service: nowhere }, "source", TCP, peers).addresses;
    assert.equal(term?.set.isEmpty, true);
  });
});

/** Of the one set that the side's ports must be in. */
function membersOf({ ports }: CompiledSide): readonly string[] {
  const [only, ...more] = ports?.named ?? [];
  assert.ok(only && more.length === 0);
  return Array.from(
    only.members,
    ([address, served]) => `${address} ${served.map(({ port }) => port).join()}`,
  );
}
