import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { address } from "../../core/net/address.ts";
import { TCP } from "../../core/net/protocol.ts";
import type { ServedPort } from "../../core/policy/policy.ts";
import { AddressClasses } from "../../core/sets/address-classes.ts";
import { ServingTraits } from "./serving-traits.ts";

const web: readonly ServedPort[] = [{ protocol: TCP, port: 80 }];
const admin: readonly ServedPort[] = [{ protocol: TCP, port: 8080 }];

describe("ServingTraits", () => {
  it("has a trait for the ports that some address serves, and for none that no address does", () => {
    const members = new Map([
      ["10.0.0.1", web],
      ["10.0.0.2", web],
      ["10.0.0.3", admin],
    ]);
    const classes = new AddressClasses();
    let next = 5;
    const serving = new ServingTraits({ id: "http", members }, classes, () => next++);
    serving.update(members.keys());
    assert.deepEqual(served(serving), ["5 80", "6 8080"]);
    members.set("10.0.0.3", web);
    serving.update(["10.0.0.3"]);
    assert.deepEqual(served(serving), ["5 80"]);
    classes.settle();
    assert.deepEqual(classes.traitsOf(classes.classOf(address("10.0.0.3"))), [5]);
    members.clear();
    serving.update(["10.0.0.1", "10.0.0.2", "10.0.0.3"]);
    assert.deepEqual(served(serving), []);
  });
});

function served(serving: ServingTraits): string[] {
  return Array.from(serving, ({ trait, served }) => `${trait} ${served.map(({ port }) => port)}`);
}
