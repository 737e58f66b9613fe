import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isOwnerAlive, labOf, netnsName, newLabId } from "./lab-id.ts";
import { OUTSIDE } from "./topology.ts";

const ID = { pid: 12, start: 345, serial: 6 };

describe("netnsName", () => {
  it("names the lab and the place", () => {
    assert.equal(netnsName(ID, "node-1"), "picket-12-345-6-node-1");
    assert.equal(netnsName(ID, "shop/web"), "picket-12-345-6-shop_web");
    assert.deepEqual(labOf(netnsName(ID, "shop/web")), ID);
  });

  it("never gives two places one name", () => {
    const places = [
      OUTSIDE,
      "outside",
      "_outside",
      "a-b/c",
      "a/b-c",
      "a.b",
      "a/b",
      "a_b",
      "A/B",
      "a/b@cali1",
      `a/${"b".repeat(250)}`,
      `a/${"b".repeat(251)}`,
    ];
    const names = places.map((place) => netnsName(ID, place));
    assert.equal(new Set(names).size, places.length);
    assert.ok(names.every((name) => name.length < 200 && /^[A-Za-z0-9._-]+$/.test(name)));
  });

  it("takes names that no lab has for nobody's", () => {
    assert.equal(labOf("picket-test-1-a"), undefined);
    assert.equal(labOf("cni-12-345-6-a"), undefined);
  });
});

describe("isOwnerAlive", { skip: process.platform !== "linux" && "needs Linux" }, () => {
  it("knows this process, and not another that had its id before", () => {
    const id = newLabId();
    assert.equal(isOwnerAlive(id), true);
    assert.equal(isOwnerAlive({ ...id, start: id.start - 1 }), false);
  });

  it("gives each lab of a process its own name", () => {
    assert.notDeepEqual(newLabId(), newLabId());
  });
});
