import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { Schema } from "./schema.ts";
import { soundPart } from "./sound-part.ts";
import { inspect } from "./validate.ts";

const port: Schema<unknown> = {
  type: "object",
  properties: { name: { type: "string" }, port: { type: "integer" } },
  required: ["port"],
};
const endpoint: Schema<unknown> = {
  type: "object",
  properties: {
    node: { type: "string" },
    ports: { type: "array", items: port },
    spare: { type: "object", properties: { ports: { type: "array", items: port } } },
  },
  required: ["node"],
};

const ONE_PORT = { node: "a", ports: [{ port: 1 }] };

describe("the sound part of a value", () => {
  const kept: readonly (readonly [what: string, value: object, part: object])[] = [
    ["all of what is sound", { node: "a", ports: [] }, { node: "a", ports: [] }],
    ["no field of a wrong type", { node: "a", ports: 80 }, { node: "a" }],
    ["no item of a wrong type", { node: "a", ports: ["a", { port: 1 }] }, ONE_PORT],
    ["no item that lacks a field", { node: "a", ports: [{ name: "b" }, { port: 1 }] }, ONE_PORT],
    ["no item that lacks one then", { node: "a", ports: [{ port: "b" }, { port: 1 }] }, ONE_PORT],
    ["what is wrong in no other way", { node: "a", x: 1 }, { node: "a", x: 1 }],
  ];
  for (const [what, value, part] of kept) {
    it(`has ${what}`, () => assert.deepEqual(soundPart(endpoint, value)?.value, part));
  }

  it("is nothing when the whole lacks what it needs", () => {
    for (const value of [{}, { node: 1 }, [], null]) {
      assert.equal(soundPart(endpoint, value), undefined);
    }
  });

  it("knows where its items are written", () => {
    const ports = [{ port: "a" }, { port: 1 }, 5, { port: 2 }];
    const part = soundPart(endpoint, { node: "a", ports, spare: { ports: ["x", { port: 3 }] } });
    assert(part);
    assert.deepEqual(
      ["ports[0].port", "ports[1]", "spare.ports[0].name", "labels[ports[0]]"].map(part.writtenAt),
      ["ports[1].port", "ports[3]", "spare.ports[1].name", "labels[ports[0]]"],
    );
  });

  it("always has the shape of its schema", () => {
    const scalar = fc.constantFrom<unknown>("a", 1, null, [], {});
    const ports = fc.array(fc.oneof(scalar, fc.record({ port: scalar, name: scalar })));
    const whole = fc.record({ node: scalar, ports: fc.oneof(scalar, ports) });
    fc.assert(
      fc.property(whole, (value) => {
        const part = soundPart(endpoint, value);
        assert(!part || inspect(endpoint, part.value).isShaped);
      }),
    );
  });
});
