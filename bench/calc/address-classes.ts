/** Address classes by themselves: what building, holding and changing them costs. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { hostPrefix, type Prefix } from "../../src/core/net/address.ts";
import { AddressClasses } from "../../src/core/sets/address-classes.ts";
import type { Figure } from "../figure.ts";
import type { Progress } from "../main.ts";
import { microsecondsOf } from "../microseconds.ts";

/** The sizes of network sets, over and over. */
const SIZES = [1, 1, 1, 1, 2, 3, 4, 5, 100, 1000];
const CASES = [
  { name: "address-classes netset-1k", sets: 1_000 },
  { name: "address-classes netset-10k", sets: 10_000 },
] as const;

/** Rounds that a build is the best of. */
const BUILDS = 3;

/** Seconds to build, megabytes held, and microseconds for a change, of sets that share nothing. */
export function measureAddressClasses(tell: Progress): Figure[] {
  return CASES.flatMap(({ name, sets }) => {
    const figure = (what: string, value: number, unit: string): Figure => {
      tell(`${name}${what}: ${value.toPrecision(3)} ${unit}`);
      return { bench: "calc", case: `${name}${what}`, value, unit };
    };
    const seconds = Math.min(...Array.from({ length: BUILDS }, () => build(sets).seconds));
    const before = heldBytes();
    const { classes } = build(sets);
    const held = (heldBytes() - before) / 2 ** 20;
    const network = networkOf(sets);
    return [
      figure("", seconds, "s"),
      figure("", held, "MB"),
      figure(" one address", changing(classes, otherAddress), "us"),
      figure(
        " a network of 1000",
        changing(classes, () => network),
        "us",
      ),
    ];
  });
}

/** Each set is a trait; its addresses are in a block of their own. */
function build(sets: number): { readonly classes: AddressClasses; readonly seconds: number } {
  const begun = performance.now();
  const classes = new AddressClasses();
  for (let set = 0; set < sets; set++) {
    const size = SIZES[set % SIZES.length] ?? 0;
    for (let i = 0; i < size; i++) classes.add(set, hostAt(blockOf(set) + i));
  }
  classes.settle();
  return { classes, seconds: (performance.now() - begun) / 1000 };
}

/** Microseconds until a trait has come, or gone, that only this one member has, and all is settled. */
function changing(classes: AddressClasses, memberAt: (change: number) => Prefix): number {
  let changes = 0;
  return microsecondsOf(() => {
    const change = changes++;
    const trait = FIRST_NEW_TRAIT + (change >>> 1);
    if (change % 2 === 0) classes.add(trait, memberAt(change));
    else classes.remove(trait, memberAt(change - 1));
    classes.settle();
    return change;
  });
}

const FIRST_NEW_TRAIT = 1_000_000;
const BLOCK = 1024;
const FIRST = 10 * 2 ** 24;
const OTHERS = 172 * 2 ** 24;

function blockOf(set: number): number {
  return FIRST + set * BLOCK;
}

function hostAt(word: number): Prefix {
  return hostPrefix({ family: 4, words: [word] });
}

/** One of many that no set has. */
function otherAddress(change: number): Prefix {
  return hostAt(OTHERS + (change % 2 ** 20));
}

/** The network around the last set of 1000 addresses. */
function networkOf(sets: number): Prefix {
  return { address: { family: 4, words: [blockOf(sets - 1)] }, length: 22 };
}

function heldBytes(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** Also where Node was started without it. */
function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect !== "function") throw new Error("garbage cannot be collected at will");
  // What the first finds to be garbage may have held what the second finds.
  collect();
  collect();
}
