/** What address classes tell of their changes, and what they are, side by side. */
import assert from "node:assert/strict";
import { type Address, type Family, formatAddress } from "../../src/core/net/address.ts";
import { addressAt, type Point, type Segment } from "../../src/core/net/point.ts";
import {
  type AddressClass,
  type AddressClasses,
  OUTSIDE_CLASS,
} from "../../src/core/sets/address-classes.ts";

/** What the journal says, taken down. */
export class Copy {
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

export function pictureOf(classes: AddressClasses): Copy["picture"] {
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
export function byTraits(classes: AddressClasses) {
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

export function journalOf(classes: AddressClasses): string[] {
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
