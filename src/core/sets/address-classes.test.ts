import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { byTraits, Copy, journalOf, pictureOf } from "../../../test/address-classes/journal.ts";
import { expectEqual, Naive, step, TRAITS, take } from "../../../test/address-classes/naive.ts";
import { address, prefix } from "../net/address.ts";
import { AddressClasses, OUTSIDE_CLASS } from "./address-classes.ts";

describe("AddressClasses", () => {
  it("has one class of a family for each set of traits that some address has, and none else", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const [classes, naive] = [new AddressClasses(), new Naive()];
        for (const one of steps) {
          assert.equal(take(classes, one), naive.take(one));
          if (one.settles) expectEqual(classes, naive);
        }
        expectEqual(classes, naive);
      }),
      { numRuns: 120 },
    );
  });

  it("tells in its journal what makes of a copy what it is itself", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const [classes, copy] = [new AddressClasses(), new Copy()];
        for (const one of steps) {
          take(classes, one);
          if (!one.settles) continue;
          classes.settle(copy);
          assert.deepEqual(copy.picture, pictureOf(classes));
        }
      }),
      { numRuns: 250 },
    );
  });

  it("comes to the same whatever was there before", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const [classes, naive] = [new AddressClasses(), new Naive()];
        for (const one of steps) {
          take(classes, one);
          naive.take(one);
          if (one.settles) classes.settle();
        }
        classes.settle();
        const fresh = new AddressClasses();
        for (const [trait, member] of naive.members()) fresh.add(trait, member);
        fresh.settle();
        assert.deepEqual(byTraits(classes), byTraits(fresh));
      }),
      { numRuns: 200 },
    );
  });

  it("holds nothing when all that was added is removed", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.boolean(), (steps, drops) => {
        const [classes, naive] = [new AddressClasses(), new Naive()];
        for (const one of steps) {
          take(classes, one);
          naive.take(one);
          if (one.settles) classes.settle();
        }
        if (drops) for (const trait of TRAITS) classes.drop(trait);
        else for (const [trait, member] of naive.members()) classes.remove(trait, member);
        classes.settle();
        assert.deepEqual(new Set(Object.values(classes.holdings)), new Set([0]));
      }),
      { numRuns: 200 },
    );
  });

  it("moves no address when all of a class get one more trait", () => {
    const classes = of({ 1: ["10.0.0.1", "10.0.0.2", "10.1.0.0/16"], 2: ["10.0.0.3"] });
    const before = classes.classOf(address("10.0.0.1"));
    for (const one of ["10.0.0.1", "10.0.0.2", "10.1.0.0/16"]) classes.add(3, prefix(one));
    assert.deepEqual(journalOf(classes), [`class ${before} has 1,3`]);
  });

  it("moves the smaller part of a class that is split, and of two that are joined", () => {
    const classes = of({ 1: ["10.0.0.1", "10.0.0.2", "10.0.0.3"] });
    const whole = classes.classOf(address("10.0.0.1"));
    for (const one of ["10.0.0.1", "10.0.0.2"]) classes.add(2, prefix(one));
    assert.deepEqual(journalOf(classes), [
      `class ${whole} has 1,2`,
      `class ${whole + 1} has 1`,
      `10.0.0.3 in ${whole + 1}`,
    ]);
    for (const one of ["10.0.0.1", "10.0.0.2"]) classes.remove(2, prefix(one));
    assert.deepEqual(journalOf(classes), [
      `class ${whole} has 1`,
      `10.0.0.3 in ${whole}`,
      `class ${whole + 1} is gone`,
    ]);
  });

  it("cuts a network where another lies in it, and no further", () => {
    const classes = of({ 1: ["10.0.0.0/8"] });
    classes.add(2, prefix("10.3.0.0/16"));
    assert.deepEqual(journalOf(classes), [
      "class 3 has 1,2",
      "10.0.0.0-10.255.255.255 is gone",
      "10.0.0.0-10.2.255.255 in 2",
      "10.3.0.0-10.3.255.255 in 3",
      "10.4.0.0-10.255.255.255 in 2",
    ]);
  });

  it("counts a trait once that holds both a network and an address in it", () => {
    const classes = of({ 1: ["10.0.0.0/8", "10.0.0.1"], 2: ["10.0.0.2"] });
    assert.equal(classes.classOf(address("10.0.0.1")), classes.classOf(address("10.9.9.9")));
    assert.deepEqual(classes.traitsOf(classes.classOf(address("10.0.0.2"))), [1, 2]);
    classes.remove(1, prefix("10.0.0.0/8"));
    classes.settle();
    assert.deepEqual(classes.traitsOf(classes.classOf(address("10.0.0.1"))), [1]);
    assert.equal(classes.classOf(address("10.9.9.9")), OUTSIDE_CLASS[4]);
  });

  it("gives no id to another class again", () => {
    const classes = of({ 1: ["10.0.0.1"] });
    const first = classes.classOf(address("10.0.0.1"));
    classes.remove(1, prefix("10.0.0.1"));
    classes.settle();
    classes.add(1, prefix("10.0.0.1"));
    classes.settle();
    assert.notEqual(classes.classOf(address("10.0.0.1")), first);
  });

  it("refuses to tell what is not settled", () => {
    const classes = of({ 1: ["10.0.0.1"] });
    classes.add(1, prefix("10.0.0.2"));
    assert.throws(() => classes.classOf(address("10.0.0.2")), /before they are settled/);
  });
});

function of(members: Readonly<Record<number, readonly string[]>>): AddressClasses {
  const classes = new AddressClasses();
  for (const [trait, texts] of Object.entries(members)) {
    for (const text of texts) classes.add(Number(trait), prefix(text));
  }
  classes.settle();
  return classes;
}
