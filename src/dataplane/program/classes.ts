/**
 * Which class each address gets: a class of its own for each part at first, and from then on the
 * class it had, as far as possible.
 *
 * Within a generation a class may be only a piece of a part, never more than one part. When a class
 * no longer fits into one part, the part with most of it keeps it and the rest gets fresh classes.
 */
import { once } from "../../core/calc/once.ts";
import { type Address, address, type Family } from "../../core/net/address.ts";
import { pointAfter } from "../../core/net/point.ts";
import type { ClassMemory, ClassSegment } from "./allocation.ts";
import { overlay } from "./overlay.ts";
import { type AddressParts, OUTSIDE, type Part } from "./parts.ts";
import { SegmentSearch } from "./segments.ts";

/** What packets met under the classes before; all of it false for a first rendering. */
export interface Before {
  /** Addresses of the two classes had the same rows in every stage. */
  alike(a: number, b: number): boolean;
  /** An address may move from `from` to `to`, which is in `part`, and meet old or new rows only. */
  mayMove(from: number, to: number, part: Part): boolean;
}

export interface Classes {
  readonly memory: ClassMemory;
  /** The part that each class in use is a piece of. */
  readonly partOf: ReadonlyMap<number, Part>;
  /** Fresh classes, to the class that their addresses come from. */
  readonly splitFrom: ReadonlyMap<number, number>;
  /** Addresses that are in no set any more could not all be let go yet. */
  readonly lingering: boolean;
}

/** The classes of addresses in no set, each all of its family's outside part. */
const OUTSIDE_CLASS: Readonly<Record<Family, number>> = { 4: 1, 6: 2 };
const FIRST_CLASS = 3;

const FAMILIES: readonly Family[] = [4, 6];

export function firstClasses(parts: AddressParts): Classes {
  const classOf = (part: Part) =>
    part.index === OUTSIDE[part.family]
      ? OUTSIDE_CLASS[part.family]
      : part.index - FAMILIES.length + FIRST_CLASS;
  const segments = (family: Family) =>
    joinSegments(
      parts
        .segments(family)
        .map(({ first, last, part }) => ({ family, first, last, classId: classOf(part) })),
    );
  return {
    memory: {
      hosts: new Map(Array.from(parts.hosts(), ({ text, part }) => [text, classOf(part)])),
      segments: { 4: segments(4), 6: segments(6) },
      next: parts.parts.length - FAMILIES.length + FIRST_CLASS,
    },
    partOf: new Map(parts.parts.map((part) => [classOf(part), part])),
    splitFrom: new Map(),
    lingering: false,
  };
}

export function nextClasses(parts: AddressParts, memory: ClassMemory, before: Before): Classes {
  return new Succession(parts, memory, before).classes;
}

/** An address or a stretch of them, with the class it was in and the part it is in now. */
interface Item {
  readonly from: number;
  readonly part: Part;
}

class Succession {
  readonly classes: Classes;
  readonly #before: Before;
  readonly #partOf = new Map<number, Part>();
  readonly #splitFrom = new Map<number, number>();
  /** The class that holds most of a part. */
  readonly #main = new Map<Part, number>();
  readonly #assigned = new Map<string, number>();
  readonly #fresh = new Map<Part, number[]>();
  #next: number;

  constructor(parts: AddressParts, memory: ClassMemory, before: Before) {
    this.#before = before;
    this.#next = memory.next;
    for (const family of FAMILIES) this.#inherit(parts.outside(family), OUTSIDE_CLASS[family]);

    const classOf = oldClassOf(memory);
    const hosts = Array.from(parts.hosts(), ({ text, address, part }) => ({
      text,
      part,
      from: memory.hosts.get(text) ?? classOf(address),
    }));
    const known = new Set(hosts.map(({ text }) => text));
    const gone = Array.from(memory.hosts)
      .filter(([text]) => !known.has(text))
      .map(([text, from]) => ({ text, from, part: parts.partAround(address(text)) }));
    const pieces = FAMILIES.flatMap((family) =>
      overlay(parts.segments(family), memory.segments[family]).map(
        ({ first, last, over, under }) => ({
          family,
          first,
          last,
          part: over?.part ?? parts.outside(family),
          from: under?.classId ?? OUTSIDE_CLASS[family],
        }),
      ),
    );
    // What is in no set any more has a say only where nothing else has.
    this.#succeed([...hosts, ...pieces.filter(({ part }) => !this.#isOutside(part))]);
    this.#succeed([...gone, ...pieces]);

    const segments = pieces.map((piece) => ({ ...piece, classId: this.#classFor(piece) }));
    const ofFamily = (family: Family) =>
      joinSegments(
        segments
          .filter((one) => one.family === family && one.classId !== OUTSIDE_CLASS[family])
          .map(({ first, last, classId }) => ({ family, first, last, classId })),
      );
    const held = { 4: ofFamily(4), 6: ofFamily(6) };
    const around = oldClassOf({ hosts: new Map(), segments: held, next: 0 });
    const classed = new Map(hosts.map((item) => [item.text, this.#classFor(item)]));
    for (const item of gone) {
      const target = around(address(item.text));
      const origin = this.#splitFrom.get(target) ?? target;
      if (item.from === target || before.mayMove(item.from, origin, item.part)) continue;
      classed.set(item.text, this.#classFor(item));
    }
    const outsideKept = segments.some(
      ({ part, classId, family }) =>
        part === parts.outside(family) && classId !== OUTSIDE_CLASS[family],
    );
    this.classes = {
      memory: { hosts: classed, segments: held, next: this.#next },
      partOf: this.#inUse(classed, held),
      splitFrom: this.#splitFrom,
      lingering: outsideKept || classed.size > hosts.length,
    };
  }

  /** Leaves each old class to the part that most of its items are in. */
  #succeed(items: readonly Item[]): void {
    const shares = new Map<number, Map<Part, number>>();
    for (const { from, part } of items) {
      const share = once(shares, from, () => new Map<Part, number>());
      share.set(part, (share.get(part) ?? 0) + 1);
    }
    const sizes = new Map<Part, number>();
    for (const [from, share] of shares) {
      if (this.#partOf.has(from)) continue;
      const [most] = [...share].sort(([a, x], [b, y]) => y - x || a.index - b.index);
      if (!most) continue;
      const [part, size] = most;
      this.#partOf.set(from, part);
      if (this.#isOutside(part) || size <= (sizes.get(part) ?? 0)) continue;
      sizes.set(part, size);
      this.#main.set(part, from);
    }
  }

  #inherit(outside: Part, classId: number): void {
    this.#partOf.set(classId, outside);
    this.#main.set(outside, classId);
  }

  #classFor({ from, part }: Item): number {
    return once(this.#assigned, `${from} ${part.index}`, () => this.#assign(from, part));
  }

  #assign(from: number, part: Part): number {
    const main = this.#main.get(part);
    const stays = this.#partOf.get(from) === part;
    // What is in no set any more goes outside, so that it need not be held.
    if (main !== undefined && (!stays || this.#isOutside(part))) {
      if (this.#before.mayMove(from, main, part)) return main;
    }
    if (stays) return from;
    const fresh = once(this.#fresh, part, () => []);
    const like = fresh.find((one) => this.#before.alike(this.#splitFrom.get(one) ?? one, from));
    if (like !== undefined) return like;
    const classId = this.#next++;
    fresh.push(classId);
    this.#partOf.set(classId, part);
    this.#splitFrom.set(classId, from);
    return classId;
  }

  #isOutside(part: Part): boolean {
    return part.index === OUTSIDE[part.family];
  }

  #inUse(
    hosts: ReadonlyMap<string, number>,
    segments: Readonly<Record<Family, readonly ClassSegment[]>>,
  ): Map<number, Part> {
    const used = new Set([OUTSIDE_CLASS[4], OUTSIDE_CLASS[6], ...hosts.values()]);
    for (const family of FAMILIES) {
      for (const { classId } of segments[family]) used.add(classId);
    }
    return new Map([...this.#partOf].filter(([classId]) => used.has(classId)));
  }
}

/** Looks an address up as the kernel did, its own entry aside. */
function oldClassOf({ segments }: ClassMemory) {
  const search = { 4: new SegmentSearch(segments[4]), 6: new SegmentSearch(segments[6]) };
  return (found: Address): number =>
    search[found.family].find(found)?.classId ?? OUTSIDE_CLASS[found.family];
}

/** Neighbours of one class made one. */
function joinSegments(segments: readonly ClassSegment[]): ClassSegment[] {
  const joined: ClassSegment[] = [];
  for (const segment of segments) {
    const last = joined.at(-1);
    if (last?.classId === segment.classId && pointAfter(last.last) === segment.first) {
      joined[joined.length - 1] = { ...last, last: segment.last };
    } else joined.push(segment);
  }
  return joined;
}
