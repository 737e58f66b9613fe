/** Spoils a manifest in one place, in the ways that people and programs do. */

import { isObject, type JsonObject } from "../../src/core/schema/json-object.ts";
import type { Random } from "../differential/random.ts";

/** A copy of `manifest` with one place changed. */
export function mutate(random: Random, manifest: JsonObject): JsonObject {
  const copy = structuredClone(manifest) as JsonObject;
  const places = placesOf(copy);
  const place = random.pick(places);
  if (place) random.pick(MUTATIONS)(random, place);
  return copy;
}

/** A field or item that can be replaced: `holder[key]`. */
interface Place {
  readonly holder: Record<string, unknown> | unknown[];
  readonly key: string;
}

function placesOf(value: unknown): Place[] {
  if (typeof value !== "object" || value === null) return [];
  const holder = value as Place["holder"];
  return Object.entries(holder).flatMap(([key, item]) => [
    // Which kind it is decides where it is sent.
    ...(key === "apiVersion" || key === "kind" ? [] : [{ holder, key }]),
    ...placesOf(item),
  ]);
}

type Mutation = (random: Random, place: Place) => void;

const MUTATIONS: readonly [Mutation, ...Mutation[]] = [
  (_, place) => put(place, null),
  remove,
  (random, place) => put(place, random.pick(OTHERS)),
  (random, place) => put(place, atLimit(random, get(place))),
  (random, place) => put(place, odd(random, get(place))),
  twice,
  unknownField,
  emptied,
  manyTimes,
];

/** Of every type, and the values where types are confused. */
const OTHERS = [
  ...["", "a", "6", "80", "TCP", "tcp", "Allow", "null", "true", "é".repeat(600), "\u0000"],
  ...[0, 1, -1, 6, 255, 256, 65_535, 65_536, 2 ** 31, 2 ** 53, 1e20, 1.5, -0.5, 1e300],
  ...[true, false, null, [], {}, [null], [[]], { a: null }, [1], ["a"], { a: 1 }],
];

function atLimit(random: Random, value: unknown): unknown {
  if (typeof value === "number") {
    return random.pick([value + 1, value - 1, -value, value + 0.5, value * 1e6, String(value)]);
  }
  const limit = random.pick([15, 16, 63, 64, 128, 129, 253, 254, 1024, 1025, 512, 513, 2048]);
  return random.pick(["a", "é", "😀"]).repeat(limit);
}

function odd(random: Random, value: unknown): unknown {
  if (typeof value !== "string") return random.pick([[value], { value }, String(value)]);
  return random.pick([
    value.toUpperCase(),
    value.toLowerCase(),
    ` ${value}`,
    `${value}\n`,
    `global() || ${value}`,
    `${value}.`,
    [...value].slice(1).join(""),
    Number.isNaN(Number(value)) ? 1 : Number(value),
  ]);
}

function get({ holder, key }: Place): unknown {
  return Array.isArray(holder) ? holder[Number(key)] : holder[key];
}

function put({ holder, key }: Place, value: unknown): void {
  if (Array.isArray(holder)) holder[Number(key)] = value;
  else holder[key] = value;
}

function remove(_: Random, { holder, key }: Place): void {
  if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else delete holder[key];
}

function twice(_: Random, place: Place): void {
  if (Array.isArray(place.holder)) place.holder.push(structuredClone(get(place)));
  else put(place, [get(place), get(place)]);
}

function unknownField(random: Random, place: Place): void {
  const value = get(place);
  const name = random.pick(["unknown", "Action", "spec", "__proto__", "constructor", ""]);
  if (isObject(value)) put(place, Object.fromEntries([...Object.entries(value), [name, "a"]]));
  else put(place, undefined);
}

function emptied(_: Random, place: Place): void {
  const value = get(place);
  if (Array.isArray(value)) put(place, []);
  else if (isObject(value)) put(place, {});
  else put(place, typeof value === "string" ? "" : 0);
}

/** Around the limits of lists: 20, 50, 256, 1024 items and one more. */
function manyTimes(random: Random, place: Place): void {
  const value = get(place);
  if (!Array.isArray(value) || value.length === 0) return;
  const items = random.pick([2, 3, 20, 21, 24, 25, 26, 50, 51, 256, 257]);
  put(
    place,
    Array.from({ length: items }, (_, i) => {
      const item = structuredClone(value[i % value.length]);
      return typeof item === "string" && random.chance(70) ? `${item}${i}` : item;
    }),
  );
}
