/** Objects of a kind: its example with parts of it taken away, emptied or made anew. */
import fc from "fast-check";
import { apiVersionOf } from "../../src/core/resources/kinds.ts";
import type { ResourceKind } from "../../src/core/resources/resource.ts";
import { isObject, type JsonObject } from "../../src/core/schema/json-object.ts";
import type { Schema } from "../../src/core/schema/schema.ts";
import { valuesOf } from "./arbitrary-value.ts";

/** What the kind's schema is silent about; many are refused, and many are not. */
export function resourcesOf(kind: ResourceKind): fc.Arbitrary<JsonObject> {
  const whole: JsonObject = {
    apiVersion: apiVersionOf(kind),
    kind: kind.kind,
    ...kind.example,
  };
  const change = fc.nat().chain((at) => {
    const places = placesOf(kind.schema, whole);
    const place = places[at % places.length] ?? { path: ["spec"], schema: {} };
    const value = fc.oneof(EMPTY, valuesOf(place.schema), fc.constant(undefined));
    return value.map((made) => ({ path: place.path, made }));
  });
  return fc
    .array(change, { maxLength: 3 })
    .map((changes) => changes.reduce((object, { path, made }) => set(object, path, made), whole));
}

const EMPTY = fc.constantFrom<unknown>([], {}, "", 0, false, null);

interface Place {
  readonly path: readonly string[];
  readonly schema: Schema<unknown>;
}

/** Every field that `value` has or could have, down to the depth of what it has. */
function placesOf(schema: Schema<unknown>, value: unknown, path: readonly string[] = []): Place[] {
  if (Array.isArray(value)) {
    const { items = {} } = schema;
    return value.flatMap((item, i) => placesOf(items, item, [...path, String(i)]));
  }
  if (!isObject(value)) return [];
  const own = Object.entries(schema.properties ?? {}).filter(
    ([name]) => path.length > 0 || !["apiVersion", "kind", "metadata"].includes(name),
  );
  return own.flatMap(([name, of]) => {
    const place = { path: [...path, name], schema: of };
    return [place, ...placesOf(of, value[name], place.path)];
  });
}

function set(value: unknown, path: readonly string[], made: unknown): JsonObject;
function set(value: unknown, [step, ...rest]: readonly string[], made: unknown): unknown {
  if (step === undefined) return made;
  if (Array.isArray(value))
    return value.map((item, i) => (String(i) === step ? set(item, rest, made) : item));
  const object = isObject(value) ? value : {};
  const { [step]: before, ...others } = object;
  const next = set(before, rest, made);
  return next === undefined ? others : { ...others, [step]: next };
}
