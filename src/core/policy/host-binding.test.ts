import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { HostEndpoint } from "../model/endpoint.ts";
import { address } from "../net/address.ts";
import { governing, wildcard } from "./host-binding.ts";

const eth0 = { name: "eth0", addresses: [address("172.16.0.1"), address("fd10::1")] };

describe("governing", () => {
  for (const [title, endpoints, want] of [
    ["by name", [endpoint("a", "eth0")], "a"],
    ["by address, without a name", [endpoint("a", "", "fd10::1")], "a"],
    ["another name does not fit, whatever its address", [endpoint("a", "eth1", "172.16.0.1")], ""],
    ["another address does not fit", [endpoint("a", "", "172.16.0.2")], ""],
    ["the wildcard where nothing else fits", [endpoint("a", "*"), endpoint("b", "eth1")], "a"],
    ["a specific one before the wildcard", [endpoint("a", "*"), endpoint("b", "eth0")], "b"],
    ["the lowest name", [endpoint("b", "eth0"), endpoint("a", "", "172.16.0.1")], "a"],
    ["the lowest name in bytes", [endpoint("a", "*"), endpoint("B", "*")], "B"],
    ["nothing without host endpoints", [], ""],
  ] as const) {
    it(`chooses ${title}`, () => assert.equal(governing(endpoints, eth0)?.name ?? "", want));
  }
});

describe("wildcard", () => {
  it("is the lowest of them, and none is no wildcard", () => {
    assert.equal(wildcard([endpoint("b", "*"), endpoint("a", "*")])?.name, "a");
    assert.equal(wildcard([endpoint("a", "eth0"), endpoint("b", "", "172.16.0.1")]), undefined);
  });
});

function endpoint(name: string, interfaceName: string, ...addresses: string[]): HostEndpoint {
  return {
    kind: "HostEndpoint",
    name,
    interfaceName,
    addresses: addresses.map(address),
    node: "node-1",
    labels: new Map(),
    profiles: [],
    ports: [],
  };
}
