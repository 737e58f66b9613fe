import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { address, contains, type Prefix, prefix, prefixOf } from "../net/address.ts";
import { AddressSet } from "./address-set.ts";

/** Addresses of two small neighbourhoods, so that members meet. */
const nearby = fc.oneof(
  fc.nat({ max: 31 }).map((low) => address(`10.0.0.${low}`)),
  fc.nat({ max: 31 }).map((low) => address(`fd00::${low.toString(16)}`)),
);
const member = fc
  .tuple(nearby, fc.nat({ max: 5 }))
  .map(([inside, wider]) => prefixOf(inside, (inside.family === 4 ? 32 : 128) - wider));
const members = fc.array(member, { maxLength: 12 });

describe("AddressSet", () => {
  it("has exactly the addresses of its members", () => {
    fc.assert(
      fc.property(members, nearby, (nets, found) => {
        const naive = nets.some((net: Prefix) => contains(net, found));
        assert.equal(AddressSet.of(nets).has(found), naive);
      }),
    );
  });

  it("does not care in what order or how often members come", () => {
    fc.assert(
      fc.property(members, (nets) => {
        const again = AddressSet.of([...nets, ...nets].reverse());
        assert.equal(again.toString(), AddressSet.of(nets).toString());
        assert.equal(again.isEmpty, nets.length === 0);
      }),
    );
  });

  it("keeps nothing that a wider member covers", () => {
    const set = AddressSet.of(["10.0.0.7", "10.0.0.0/24", "10.0.0.128/25", "::1"].map(prefix));
    assert.equal(set.toString(), "::1/128,10.0.0.0/24");
  });

  it("has what lies at the ends of a network and of a family, and nothing beside", () => {
    const set = AddressSet.of(
      ["0.0.0.0/31", "10.0.0.0/24", "255.255.255.255", "::/127", "ffff::/16"].map(prefix),
    );
    const asked = {
      "0.0.0.0": true,
      "0.0.0.1": true,
      "0.0.0.2": false,
      "9.255.255.255": false,
      "10.0.0.0": true,
      "10.0.0.255": true,
      "10.0.1.0": false,
      "255.255.255.254": false,
      "255.255.255.255": true,
      "::": true,
      "::2": false,
      "fffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff": false,
      "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff": true,
    };
    for (const [text, isIn] of Object.entries(asked)) {
      assert.equal(set.has(address(text)), isIn, text);
    }
  });

  it("never takes one family for the other", () => {
    assert.equal(AddressSet.of([prefix("0.0.0.0/0")]).has(address("::1")), false);
    assert.equal(AddressSet.of([prefix("::/0")]).has(address("10.0.0.1")), false);
  });
});
