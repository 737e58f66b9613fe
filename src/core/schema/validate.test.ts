import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { withSchemaDefaults } from "./defaults.ts";
import { formatFieldError } from "./field-error.ts";
import {
  boolean,
  integer,
  integerOf,
  integerOrString,
  list,
  map,
  number,
  object,
  oneOf,
  openObject,
  optional,
  type Schema,
  set,
  string,
} from "./schema.ts";
import { validate } from "./validate.ts";

const spec = object({
  action: oneOf(["Allow", "Deny"]),
  order: optional(number()),
  ipVersion: optional(integerOf([4, 6])),
  port: optional(integerOrString()),
  type: optional(integer({ minimum: 0, maximum: 254 })),
  track: optional(boolean({ default: true })),
  selector: optional(string({ maxLength: 5 })),
  nets: optional(set(string(), { minItems: 1, maxItems: 3 })),
  labels: optional(map(string())),
  inner: optional(object({ tier: optional(string({ default: "default" })) })),
  other: optional(openObject({ name: optional(string()) })),
});

describe("validate", () => {
  it("admits what the schema describes", () => {
    const value = {
      action: "Allow",
      order: -0.5,
      port: "http",
      nets: ["a", "b"],
      labels: JSON.parse('{"__proto__": "x"}'),
      other: { name: "a", more: [null] },
    };
    assert.deepEqual(validate(spec, value), []);
  });

  for (const [value, want] of [
    [{}, "spec.action: Required value"],
    [
      { action: "allow" },
      'spec.action: Unsupported value: "allow": supported values: "Allow", "Deny"',
    ],
    [{ action: 1 }, "spec.action: Invalid value: 1: must be of type string, not integer"],
    [{ order: "1" }, 'spec.order: Invalid value: "1": must be of type number, not string'],
    [{ ipVersion: 5 }, "spec.ipVersion: Unsupported value: 5: supported values: 4, 6"],
    [{ port: 1.5 }, "spec.port: Invalid value: 1.5: must be of type integer or string, not number"],
    [{ type: 255 }, "spec.type: Invalid value: 255: must be less than or equal to 254"],
    [{ type: -1 }, "spec.type: Invalid value: -1: must be greater than or equal to 0"],
    [{ selector: null }, "spec.selector: Invalid value: null: must be of type string, not null"],
    [{ selector: "abcdef" }, "spec.selector: Too long: may not be more than 5 characters"],
    [{ nets: [] }, "spec.nets: Invalid value: []: must have at least 1 items"],
    [{ nets: ["a", "b", "c", "d"] }, "spec.nets: Too many: 4: must have at most 3 items"],
    [{ nets: ["a", "b", "a"] }, 'spec.nets[2]: Duplicate value: "a"'],
    [
      { labels: { "a/b": true } },
      "spec.labels[a/b]: Invalid value: true: must be of type string, not boolean",
    ],
    [{ selectr: "a" }, 'unknown field "spec.selectr": did you mean "selector"?'],
    [{ inner: { colour: 1 } }, 'unknown field "spec.inner.colour"'],
    [JSON.parse('{"__proto__": 1}'), 'unknown field "spec.__proto__"'],
    [{ constructor: 1 }, 'unknown field "spec.constructor"'],
  ] as const) {
    it(`says ${want}`, () => {
      const complete = "action" in value || Object.keys(value).length === 0;
      const errors = validate(spec, complete ? value : { action: "Deny", ...value }, "spec");
      assert.deepEqual(errors.map(formatFieldError), [want]);
    });
  }

  it("counts characters, not UTF-16 units", () => {
    assert.deepEqual(validate(spec, { action: "Deny", selector: "😀😀😀😀😀" }), []);
  });

  it("lists every error in the order of the fields", () => {
    const errors = validate(spec, { order: true, nets: [1, 2], action: "x" });
    assert.deepEqual(
      errors.map((error) => error.field),
      ["order", "nets[0]", "nets[1]", "action"],
    );
  });
});

describe("withSchemaDefaults", () => {
  it("fills in what is absent, and no object that is", () => {
    assert.deepEqual(withSchemaDefaults(spec, { action: "Deny" }), { action: "Deny", track: true });
    assert.deepEqual(withSchemaDefaults(list(spec), [{ inner: {} }]), [
      { inner: { tier: "default" }, track: true },
    ]);
  });

  it("keeps what is present, valid or not", () => {
    const value = { track: null, inner: { tier: "" } };
    assert.deepEqual(withSchemaDefaults(spec, value), value);
  });
});

describe("a schema", () => {
  it("is plain OpenAPI, without a trace of how it was built", () => {
    const plain: Schema<unknown> = {
      type: "object",
      properties: {
        port: {
          anyOf: [{ type: "integer" }, { type: "string" }],
          "x-kubernetes-int-or-string": true,
        },
        nets: { type: "array", items: { type: "string" }, "x-kubernetes-list-type": "set" },
      },
      required: ["nets"],
    };
    const built = object({ port: optional(integerOrString()), nets: set(string()) });
    assert.deepEqual(JSON.parse(JSON.stringify(built)), plain);
  });
});
