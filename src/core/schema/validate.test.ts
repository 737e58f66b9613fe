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
  listMap,
  map,
  number,
  object,
  oneOf,
  openObject,
  optional,
  type Schema,
  set,
  string,
  validated,
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
  small: optional(integer({ format: "int32" })),
  word: optional(string({ minLength: 2, pattern: "^(?i:[a-z]+)$" })),
  at: optional(string({ format: "date-time" })),
  ports: optional(listMap(["name"], object({ name: string(), port: optional(integer()) }))),
  peer: optional(
    object(
      { pods: optional(string()), nodes: optional(string()) },
      { minProperties: 1, maxProperties: 1 },
    ),
  ),
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
      word: "Ab",
      small: -(2 ** 31),
      at: "2006-01-02T15:04:05.5+01:00",
      ports: [
        { name: "a", port: 1 },
        { name: "b", port: 1 },
      ],
      peer: { pods: "" },
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
    [{ word: "a" }, 'spec.word: Invalid value: "a": must have at least 2 characters'],
    [{ word: "a1" }, 'spec.word: Invalid value: "a1": must match the pattern ^(?i:[a-z]+)$'],
    [
      { at: "2006-13-02T15:04:05Z" },
      'spec.at: Invalid value: "2006-13-02T15:04:05Z": must be a time as RFC 3339 writes it (e.g. 2006-01-02T15:04:05Z)',
    ],
    [
      { ports: [{ name: "a", port: 1 }, { name: "a" }] },
      'spec.ports[1]: Duplicate value: {"name":"a"}',
    ],
    [{ peer: {} }, "spec.peer: Invalid value: {}: must have at least 1 of pods, nodes"],
    [
      { peer: { pods: "", nodes: "" } },
      'spec.peer: Invalid value: {"pods":"","nodes":""}: must have at most 1 of pods, nodes',
    ],
    [{ small: 2 ** 31 }, "spec.small: Invalid value: 2147483648: must be an integer of 32 bits"],
    [
      { port: 1e20 },
      "spec.port: Invalid value: 100000000000000000000: must be an integer of 64 bits",
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

  it("looks for the name that was meant a hundred times, and no more", () => {
    const slips = Array.from({ length: 150 }, (_, i) => [`selector${i}`, "a"]);
    const errors = validate(spec, { action: "Deny", ...Object.fromEntries(slips) });
    assert.equal(errors.length, 150);
    assert.equal(errors.filter(({ message }) => message.includes("did you mean")).length, 100);
  });

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

describe("rules over a whole value", () => {
  const range = validated(
    object({ first: integer(), last: integer(), step: optional(integer()) }),
    {
      rule: "self.first <= self.last",
      message: "must not be before first",
      field: "last",
      holds: ({ first, last }) => first <= last,
    },
    {
      rule: "!has(self.step) || self.first < self.last",
      message: "one number has no steps",
      field: "step",
      reason: "FieldValueForbidden",
      holds: ({ first, last, step }) => step === undefined || first < last,
    },
    {
      rule: "self.first != 9 || has(self.step)",
      message: "after 9",
      field: "step",
      holds: ({ first, step }) => first !== 9 || step !== undefined,
    },
  );

  for (const [value, ...want] of [
    [{ first: 1, last: 2 }],
    [{ first: 2, last: 1 }, "a[0].last: Invalid value: 1: must not be before first"],
    [{ first: 1, last: 1, step: 1 }, "a[0].step: Forbidden: one number has no steps"],
    [{ first: 9, last: 9 }, "a[0].step: Required value: after 9"],
    [
      { first: 2, last: 1, step: 1 },
      "a[0].last: Invalid value: 1: must not be before first",
      "a[0].step: Forbidden: one number has no steps",
    ],
    [{ first: 2, last: "1" }, 'a[0].last: Invalid value: "1": must be of type integer, not string'],
  ] as const) {
    it(`${want.join(", ") || "hold"} for ${JSON.stringify(value)}`, () => {
      assert.deepEqual(validate(list(range), [value], "a").map(formatFieldError), want);
    });
  }
});

describe("withSchemaDefaults", () => {
  it("fills in what is absent, and no object that is", () => {
    assert.deepEqual(withSchemaDefaults(spec, { action: "Deny" }), { action: "Deny", track: true });
    assert.deepEqual(withSchemaDefaults(list(spec), [{ inner: {} }]), [
      { inner: { tier: "default" }, track: true },
    ]);
  });

  it("keeps what is present, valid or not", () => {
    const value = { track: 1, inner: { tier: "" }, nets: [1] };
    assert.equal(withSchemaDefaults(spec, value), value);
    const nulls = { track: false, nets: [null], other: { more: null } };
    assert.deepEqual(withSchemaDefaults(spec, nulls), nulls);
  });

  it("takes null for absent, but in lists", () => {
    const value = { track: null, order: null, labels: { a: null }, nets: [null] };
    assert.deepEqual(withSchemaDefaults(spec, value), { track: true, labels: {}, nets: [null] });
    const marked = map(string({ default: "" }));
    assert.deepEqual(withSchemaDefaults(marked, { a: null }), { a: "" });
  });

  it("gives a key called __proto__ no other meaning", () => {
    const value = JSON.parse('{"labels": {"__proto__": "x"}}');
    const filled = withSchemaDefaults(spec, value) as { labels: object };
    assert.deepEqual(Object.entries(filled.labels), [["__proto__", "x"]]);
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
