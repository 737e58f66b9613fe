import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Host, WorkloadEndpoint } from "../../core/model/endpoint.ts";
import { EMPTY_MODEL, type Model } from "../../core/model/model.ts";
import { address, formatAddress } from "../../core/net/address.ts";
import { OUTSIDE, placeOf, topologyOf } from "./topology.ts";

function modelOf(workloads: readonly WorkloadEndpoint[], hosts: readonly Host[] = []): Model {
  return { ...EMPTY_MODEL, workloads, hosts };
}

function workload(name: string, ...addresses: string[]): WorkloadEndpoint {
  return {
    kind: "WorkloadEndpoint",
    namespace: "shop",
    name,
    node: "one",
    interfaceName: `cali-${name}`,
    addresses: addresses.map(address),
    labels: new Map(),
    profiles: [],
    ports: [],
  };
}

function host(name: string, interfaces: Readonly<Record<string, readonly string[]>>): Host {
  return {
    name,
    interfaces: Object.entries(interfaces).map(([each, addresses]) => ({
      name: each,
      addresses: addresses.map((text) => address(text)),
    })),
  };
}

describe("topologyOf", () => {
  it("has a node for each host and for each that a workload names", () => {
    const hosts = [host("two", { eth0: ["172.16.0.2"] })];
    const { nodes, workloads } = topologyOf(modelOf([workload("web", "10.0.0.1")], hosts));
    assert.deepEqual(
      nodes.map(({ name }) => name),
      ["one", "two"],
    );
    assert.deepEqual(
      workloads.map(({ place, node }) => [place, node]),
      [["shop/web", "one"]],
    );
  });

  it("gives a machine without addresses one of each family, and always the same ones", () => {
    const [one] = topologyOf(modelOf([workload("web", "10.0.0.1")])).nodes;
    const first = one?.interfaces[0]?.addresses ?? [];
    assert.deepEqual(
      first.map(({ family }) => family),
      [4, 6],
    );
    const others = ["a", "b", "c"].map((name) => host(name, { eth0: [] }));
    const [, , , again] = topologyOf(modelOf([workload("web", "10.0.0.1")], others)).nodes;
    assert.deepEqual(again?.interfaces[0]?.addresses, first);
  });

  it("gives none that another has", () => {
    const [one] = topologyOf(modelOf([workload("web", "10.0.0.1")])).nodes;
    const taken = (one?.interfaces[0]?.addresses ?? []).map(formatAddress);
    const [moved] = topologyOf(modelOf([workload("web", ...taken)])).nodes;
    const texts = (moved?.interfaces[0]?.addresses ?? []).map(formatAddress);
    assert.equal(texts.length, 2);
    assert.ok(texts.every((text) => !taken.includes(text)));
  });

  it("gives an address that several have to the first, and leaves out what has none left", () => {
    const { workloads, leftOut } = topologyOf(
      modelOf([workload("b", "10.0.0.1"), workload("a", "10.0.0.1")]),
    );
    assert.deepEqual(
      workloads.map(({ place }) => place),
      ["shop/a"],
    );
    assert.deepEqual(leftOut, [
      { endpoint: "shop/b", node: "one", reason: "another endpoint has its addresses" },
    ]);
  });

  it("leaves out interfaces that the kernel would refuse, and says why", () => {
    const { workloads, leftOut } = topologyOf(
      modelOf([
        { ...workload("a", "10.0.0.1"), interfaceName: "cali with space" },
        { ...workload("b", "10.0.0.2"), interfaceName: "cali-longer-than-15" },
        { ...workload("c", "10.0.0.3"), interfaceName: "eth0" },
        { ...workload("d", "10.0.0.4"), interfaceName: "all" },
      ]),
    );
    assert.deepEqual(workloads, []);
    assert.deepEqual(
      leftOut.map(({ reason }) => reason),
      [
        '"cali with space" cannot be an interface\'s name',
        '"cali-longer-than-15" cannot be an interface\'s name',
        "node one has another interface eth0",
        '"all" cannot be an interface\'s name',
      ],
    );
  });

  it("tells the interfaces of one workload apart", () => {
    const first = workload("vm", "10.0.0.1");
    const second = { ...workload("vm", "10.0.0.2"), interfaceName: "cali-vm-1" };
    const topology = topologyOf(modelOf([first, second]));
    assert.equal(placeOf(topology, address("10.0.0.1")), "shop/vm");
    assert.equal(placeOf(topology, address("10.0.0.2")), "shop/vm@cali-vm-1");
  });

  it("has what is nobody's outside", () => {
    const hosts = [host("two", { eth0: ["172.16.0.2"], eth1: ["172.16.1.2"] })];
    const topology = topologyOf(modelOf([], hosts));
    assert.equal(placeOf(topology, address("172.16.1.2")), "two");
    assert.equal(placeOf(topology, address("8.8.8.8")), OUTSIDE);
  });
});
