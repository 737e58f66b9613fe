import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { formatDuration } from "./duration.ts";
import { evaluateJsonPath } from "./json-path.ts";

describe("formatDuration", () => {
  const cases: [number, string][] = [
    [-2, "<invalid>"],
    [0, "0s"],
    [119, "119s"],
    [120, "2m"],
    [184, "3m4s"],
    [3 * 3600 - 1, "179m"],
    [3 * 3600, "3h"],
    [3 * 3600 + 60, "3h1m"],
    [47 * 3600, "47h"],
    [50 * 3600, "2d2h"],
    [9 * 86400, "9d"],
    [800 * 86400, "2y70d"],
    [4000 * 86400, "10y"],
  ];
  for (const [seconds, expected] of cases) {
    it(`writes ${seconds} seconds as ${expected}`, () => {
      assert.equal(formatDuration(seconds * 1000), expected);
    });
  }
});

describe("evaluateJsonPath", () => {
  const object = {
    spec: { order: 0, nets: ["a", "b"] },
    metadata: { labels: { "a.b/c": "d" } },
    status: {
      conditions: [
        { type: "Ready", reason: "Fine" },
        { type: "Enforced", reason: "No" },
      ],
    },
  };
  const cases: [string, unknown[]][] = [
    [".spec.order", [0]],
    [".spec.none.deeper", []],
    [".spec.nets", [["a", "b"]]],
    [".spec.nets[*]", ["a", "b"]],
    [".spec.nets[-1]", ["b"]],
    [".metadata.labels['a.b/c']", ["d"]],
    [".status.conditions[?(@.type=='Ready')].reason", ["Fine"]],
    [".constructor", []],
  ];
  for (const [path, expected] of cases) {
    it(`finds ${path}`, () => assert.deepEqual(evaluateJsonPath(path, object), expected));
  }
});
