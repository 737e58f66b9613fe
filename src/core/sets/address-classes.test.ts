import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  type Address,
  address,
  comparePrefixes,
  contains,
  type Family,
  formatAddress,
  formatPrefix,
  isHostPrefix,
  type Prefix,
  prefix,
  prefixOf,
} from "../net/address.ts";
import { addressAt, type Point, pointOf, type Segment } from "../net/point.ts";
import { type AddressClass, AddressClasses, OUTSIDE_CLASS } from "./address-classes.ts";

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

interface Step {
  readonly kind: "add" | "remove" | "drop";
  readonly trait: number;
  readonly member: Prefix;
  readonly settles: boolean;
}

const TRAITS = [0, 1, 2, 3];

/** Few addresses, so that networks nest, meet and fill each other up. */
const SPOTS = [
  ...["0.0.0.0", "10.0.0.0", "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.6", "10.0.0.7"],
  ...["127.255.255.255", "128.0.0.0", "255.255.255.255"],
  ...[
    "::",
    "fd00::",
    "fd00::1",
    "fd00::2",
    "fd00:0:0:1::1",
    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
  ],
].map(address);

const member: fc.Arbitrary<Prefix> = fc
  .tuple(fc.constantFrom(...SPOTS), fc.constantFrom(0, 0, 0, 1, 2, 3, 24, 31, 32, 96, 128))
  .map(([spot, short]) => {
    const length = Math.max(0, (spot.family === 4 ? 32 : 128) - short);
    return prefixOf(spot, length);
  });

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom("add", "add", "add", "remove", "remove", "drop"),
  trait: fc.constantFrom(...TRAITS),
  member,
  settles: fc.boolean(),
});

function take(classes: AddressClasses, { kind, trait, member }: Step): boolean {
  if (kind === "add") return classes.add(trait, member);
  if (kind === "remove") return classes.remove(trait, member);
  classes.drop(trait);
  return true;
}

/** The same from the plain members of each trait. */
class Naive {
  readonly #held = new Map<number, Map<string, Prefix>>();

  take({ kind, trait, member }: Step): boolean {
    const held = this.#held.get(trait) ?? new Map<string, Prefix>();
    this.#held.set(trait, held);
    const text = formatPrefix(member);
    if (kind === "add") return !held.has(text) && held.set(text, member).has(text);
    if (kind === "remove") return held.delete(text);
    held.clear();
    return true;
  }

  *members(): Generator<readonly [trait: number, member: Prefix]> {
    for (const [trait, held] of this.#held) {
      for (const member of held.values()) yield [trait, member];
    }
  }

  traitsOf(found: Address): number[] {
    const having = [...this.members()].filter(([, member]) => contains(member, found));
    return [...new Set(having.map(([trait]) => trait))].sort((a, b) => a - b);
  }

  /** As {@link traitsOf}, but what is said of single addresses aside. */
  traitsAround(found: Address): number[] {
    const nets = [...this.members()].filter(([, member]) => !isHostPrefix(member));
    const having = nets.filter(([, member]) => contains(member, found));
    return [...new Set(having.map(([trait]) => trait))].sort((a, b) => a - b);
  }

  hosts(): string[] {
    const hosts = [...this.members()].map(([, member]) => member).filter(isHostPrefix);
    return [...new Set(hosts.sort(comparePrefixes).map(({ address }) => formatAddress(address)))];
  }
}

/** One address at least of every stretch between borders that members can have. */
const PROBES: readonly Address[] = SPOTS.flatMap((spot) => {
  const lengths =
    spot.family === 4 ? [0, 1, 8, 29, 30, 31, 32] : [0, 32, 96, 97, 104, 125, 126, 127, 128];
  const edges = lengths.flatMap((length): Point[] => {
    const first = pointOf(prefixOf(spot, length).address);
    return typeof first === "number"
      ? [first - 1, first, first + 2 ** (32 - length)]
      : [first - 1n, first, first + 2n ** BigInt(128 - length)];
  });
  return edges.flatMap((edge) => addressAt(spot.family, edge) ?? []);
});

function expectEqual(classes: AddressClasses, naive: Naive): void {
  classes.settle();
  const idOf = new Map<string, number>();
  for (const family of [4, 6] as const) idOf.set(`${family} `, OUTSIDE_CLASS[family]);
  const expectClass = (classId: number, family: Family, traits: readonly number[]): void => {
    assert.deepEqual(classes.traitsOf(classId), traits);
    const key = `${family} ${traits}`;
    assert.equal(idOf.get(key) ?? classId, classId, key);
    idOf.set(key, classId);
  };
  for (const probe of PROBES) {
    expectClass(classes.classOf(probe), probe.family, naive.traitsOf(probe));
    expectClass(classes.classAround(probe), probe.family, naive.traitsAround(probe));
  }
  const all = classes.classes();
  assert.deepEqual(
    all.map(({ id, family, traits }) => [`${family} ${traits}`, id]).sort(),
    [...idOf].sort(),
  );
  for (const trait of TRAITS) {
    const having = all.filter(({ traits }) => traits.includes(trait)).map(({ id }) => id);
    assert.deepEqual(classes.classesWith(trait), having);
  }
  assert.deepEqual(
    Array.from(classes.hosts(), ({ address, classId }) => {
      assert.equal(classId, classes.classOf(address));
      return formatAddress(address);
    }),
    naive.hosts(),
  );
  for (const family of [4, 6] as const) expectSegments(classes, family);
}

/** They ascend, do not overlap, and cover what is in networks; the naive model says which class. */
function expectSegments(classes: AddressClasses, family: Family): void {
  let end: Point | undefined;
  const segments = classes.segments(family);
  for (const { first, last, classId } of segments) {
    assert.ok(first <= last && (end === undefined || first > end));
    end = last;
    const found = addressAt(family, first);
    assert.ok(found);
    assert.equal(classId, classes.classAround(found));
  }
  for (const probe of PROBES.filter((one) => one.family === family)) {
    const point = pointOf(probe);
    const around = segments.find(({ first, last }) => first <= point && point <= last);
    assert.equal(around?.classId ?? OUTSIDE_CLASS[family], classes.classAround(probe));
  }
}

/** What the journal says, taken down. */
class Copy {
  readonly #classes = new Map<number, string>();
  readonly #hosts = new Map<string, number>();
  readonly #segments = new Map<string, number>();

  classSet({ id, family, traits }: AddressClass): void {
    this.#classes.set(id, `${family}: ${traits}`);
  }

  classGone(id: number): void {
    assert.ok(this.#classes.delete(id));
    const using = [...this.#hosts.values(), ...this.#segments.values()];
    assert.ok(!using.includes(id), "a class is gone that something is in");
  }

  host(host: Address, classId: number | undefined): void {
    this.#set(this.#hosts, formatAddress(host), classId);
  }

  segment({ family, first, last }: Segment, classId: number | undefined): void {
    this.#set(this.#segments, `${family} ${first}-${last}`, classId);
  }

  get picture() {
    return {
      classes: [...this.#classes].sort((a, b) => a[0] - b[0]),
      hosts: [...this.#hosts].sort(),
      segments: [...this.#segments].sort(),
    };
  }

  #set(map: Map<string, number>, key: string, classId: number | undefined): void {
    assert.notEqual(map.get(key), classId, `${key} does not move`);
    if (classId === undefined) map.delete(key);
    else {
      assert.ok(this.#classes.has(classId), "a class is used before it is told of");
      map.set(key, classId);
    }
  }
}

function pictureOf(classes: AddressClasses): Copy["picture"] {
  const inside = classes.classes().filter(({ id }) => id > OUTSIDE_CLASS[6]);
  const segments = ([4, 6] as const).flatMap((family) => classes.segments(family));
  return {
    classes: inside.map(({ id, family, traits }) => [id, `${family}: ${traits}`]),
    hosts: Array.from(classes.hosts(), ({ address, classId }): [string, number] => [
      formatAddress(address),
      classId,
    ]).sort(),
    segments: segments
      .map(({ family, first, last, classId }): [string, number] => [
        `${family} ${first}-${last}`,
        classId,
      ])
      .sort(),
  };
}

/** Where everything is, by what its class says instead of its id. */
function byTraits(classes: AddressClasses) {
  const traits = (classId: number): string => String(classes.traitsOf(classId));
  const segments = ([4, 6] as const).flatMap((family) => classes.segments(family));
  return {
    classes: classes
      .classes()
      .map(({ family, traits }) => `${family}: ${traits}`)
      .sort(),
    hosts: Array.from(
      classes.hosts(),
      ({ address, classId }) => `${formatAddress(address)} ${traits(classId)}`,
    ),
    segments: segments.map(({ first, last, classId }) => `${first}-${last} ${traits(classId)}`),
  };
}

function of(members: Readonly<Record<number, readonly string[]>>): AddressClasses {
  const classes = new AddressClasses();
  for (const [trait, texts] of Object.entries(members)) {
    for (const text of texts) classes.add(Number(trait), prefix(text));
  }
  classes.settle();
  return classes;
}

function journalOf(classes: AddressClasses): string[] {
  const lines: string[] = [];
  const place = (classId: number | undefined) =>
    classId === undefined ? "is gone" : `in ${classId}`;
  const text = (family: Family, point: Point) => {
    const found = addressAt(family, point);
    return found && formatAddress(found);
  };
  classes.settle({
    classSet: ({ id, traits }) => lines.push(`class ${id} has ${traits}`),
    classGone: (id) => lines.push(`class ${id} is gone`),
    host: (host, classId) => lines.push(`${formatAddress(host)} ${place(classId)}`),
    segment: ({ family, first, last }, classId) =>
      lines.push(`${text(family, first)}-${text(family, last)} ${place(classId)}`),
  });
  return lines;
}
