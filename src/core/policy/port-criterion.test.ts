import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { SCTP, TCP, UDP } from "../net/protocol.ts";
import { PortSet } from "../sets/port-set.ts";
import type { NamedPortSet, PortCriterion, ServedPort } from "./policy.ts";
import { isNamed, restrict } from "./port-criterion.ts";

const ADDRESSES = ["10.0.0.1", "10.0.0.2"];
const served: fc.Arbitrary<ServedPort> = fc.record({
  protocol: fc.constantFrom(TCP, UDP, SCTP),
  port: fc.integer({ min: 0, max: 4 }),
});
const named: fc.Arbitrary<NamedPortSet> = fc
  .dictionary(fc.constantFrom(...ADDRESSES), fc.array(served, { minLength: 1, maxLength: 4 }))
  .map((members) => ({ id: JSON.stringify(members), members: new Map(Object.entries(members)) }));
const criterion: fc.Arbitrary<PortCriterion> = fc.record({
  ports: fc
    .subarray([0, 1, 2, 3, 4])
    .map((ports) => PortSet.union(ports.map((one) => PortSet.range(one)))),
  named: fc.array(named, { maxLength: 2 }),
});

describe("restrict", () => {
  it("holds where the set holds and the criterion holds", () => {
    const asked = fc.tuple(fc.constantFrom(...ADDRESSES), served);
    fc.assert(
      fc.property(named, criterion, asked, (set, wanted, [address, port]) => {
        const both = isNamed([set], address, port) && holds(wanted, address, port);
        assert.equal(isNamed([restrict(set, wanted)], address, port), both);
      }),
    );
  });

  it("has equal ids for equal meanings of equal parts, and others for others", () => {
    const set: NamedPortSet = { id: "a", members: new Map() };
    const id = (ports: PortSet, ...sets: NamedPortSet[]) =>
      restrict(set, { ports, named: sets }).id;
    const other: NamedPortSet = { id: "b", members: new Map() };
    assert.equal(id(PortSet.none, set, other), id(PortSet.none, other, set));
    assert.notEqual(id(PortSet.range(1)), id(PortSet.range(2)));
    assert.notEqual(id(PortSet.none, other), id(PortSet.none));
  });
});

function holds({ ports, named }: PortCriterion, address: string, port: ServedPort): boolean {
  return ports.has(port.port) || isNamed(named, address, port);
}
