/** Address classes against the plain members of each trait. */
import assert from "node:assert/strict";
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
  prefixOf,
} from "../../src/core/net/address.ts";
import { addressAt, type Point, pointOf } from "../../src/core/net/point.ts";
import { type AddressClasses, OUTSIDE_CLASS } from "../../src/core/sets/address-classes.ts";

export interface Step {
  readonly kind: "add" | "remove" | "drop";
  readonly trait: number;
  readonly member: Prefix;
  readonly settles: boolean;
}

export const TRAITS = [0, 1, 2, 3];

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

export const member: fc.Arbitrary<Prefix> = fc
  .tuple(fc.constantFrom(...SPOTS), fc.constantFrom(0, 0, 0, 1, 2, 3, 24, 31, 32, 96, 128))
  .map(([spot, short]) => {
    const length = Math.max(0, (spot.family === 4 ? 32 : 128) - short);
    return prefixOf(spot, length);
  });

export const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom("add", "add", "add", "remove", "remove", "drop"),
  trait: fc.constantFrom(...TRAITS),
  member,
  settles: fc.boolean(),
});

export function take(classes: AddressClasses, { kind, trait, member }: Step): boolean {
  if (kind === "add") return classes.add(trait, member);
  if (kind === "remove") return classes.remove(trait, member);
  classes.drop(trait);
  return true;
}

/** The same from the plain members of each trait. */
export class Naive {
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

export function expectEqual(classes: AddressClasses, naive: Naive): void {
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
