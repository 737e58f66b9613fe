import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseSpiffeId } from "./spiffe.ts";

describe("parseSpiffeId", () => {
  it("reads the namespace and the service account", () => {
    const principal = { namespace: "shop", serviceAccount: "cart" };
    assert.deepEqual(parseSpiffeId("spiffe://cluster.local/ns/shop/sa/cart"), principal);
  });

  const others = [
    "",
    "spiffe://cluster.local/ns/shop",
    "spiffe://cluster.local/ns//sa/cart",
    "spiffe://cluster.local/ns/shop/sa/cart/more",
    "spiffe://cluster.local/sa/cart/ns/shop",
    "https://cluster.local/ns/shop/sa/cart",
    "x spiffe://cluster.local/ns/shop/sa/cart",
  ];
  for (const text of others) {
    it(`reads nobody in ${JSON.stringify(text)}`, () => {
      assert.equal(parseSpiffeId(text), undefined);
    });
  }
});
