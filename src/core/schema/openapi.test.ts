import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openApi } from "./openapi.ts";
import { integer, list, map, object, optional, string, validated } from "./schema.ts";

describe("openApi", () => {
  const range = validated(object({ first: integer(), last: integer() }), {
    rule: "self.first <= self.last",
    message: "must not be before first",
    field: "last",
    holds: ({ first, last }) => first <= last,
  });

  it("says rules under Kubernetes' name for them, without their functions, at any depth", () => {
    const plain = {
      type: "object",
      properties: { first: { type: "integer" }, last: { type: "integer" } },
      required: ["first", "last"],
      "x-kubernetes-validations": [
        {
          rule: "self.first <= self.last",
          message: "must not be before first",
          fieldPath: ".last",
        },
      ],
    };
    assert.deepEqual(openApi(object({ ranges: optional(list(map(range))) })), {
      type: "object",
      properties: {
        ranges: {
          type: "array",
          items: { type: "object", additionalProperties: plain },
          "x-kubernetes-list-type": "atomic",
        },
      },
    });
  });

  it("keeps a property that is called like a word of schemas", () => {
    const schema = object({ items: optional(string()), properties: optional(string()) });
    assert.deepEqual(Object.keys(openApi(schema).properties as object), ["items", "properties"]);
  });
});
