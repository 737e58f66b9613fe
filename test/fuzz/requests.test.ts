import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { parseBody, parsePatch } from "../../src/control/apiserver/body.ts";
import { duplicateField } from "../../src/control/apiserver/duplicate-field.ts";
import { parseFieldSelector } from "../../src/control/apiserver/field-selector.ts";
import { applyJsonPatch } from "../../src/control/apiserver/json-patch.ts";
import { parseLabelSelector } from "../../src/control/apiserver/label-selector.ts";
import { applyMergePatch } from "../../src/control/apiserver/merge-patch.ts";
import { decodeProtobuf } from "../../src/control/apiserver/protobuf.ts";
import { Refusal } from "../../src/control/apiserver/status.ts";
import { applyStrategicMergePatch } from "../../src/control/apiserver/strategic-merge-patch.ts";
import { parseManifest } from "../../src/core/manifest/parse.ts";
import { KINDS } from "../../src/core/resources/kinds.ts";
import { resourcesOf } from "./arbitrary-resource.ts";
import { always, textOf } from "./arbitrary-text.ts";
import { runs } from "./runs.ts";

describe("requests", () => {
  const refusing = (work: () => unknown): void => {
    try {
      work();
    } catch (error) {
      assert.ok(error instanceof Refusal, String(error));
      assert.ok(error.status.code >= 400 && error.status.code < 500);
    }
  };

  it("have bodies that are read or refused", () => {
    const types = [
      "application/json",
      "application/yaml",
      "application/vnd.kubernetes.protobuf",
      "",
    ];
    const body = fc.oneof(
      textOf('{"a":', "}", "[", "]", ",", '"', "1", "null", "\\u0061").map((text) =>
        Buffer.from(text),
      ),
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
      fc.jsonValue().map((value) => Buffer.from(JSON.stringify(value))),
    );
    fc.assert(
      fc.property(body, fc.constantFrom(...types), (sent, type) => {
        refusing(() => parseBody(sent, type));
        refusing(() => parsePatch(sent, "application/apply-patch+yaml", ["apply"]));
      }),
      runs(5),
    );
  });

  it("are protobuf or refused", () => {
    const [magic, type] = [
      Buffer.from("k8s\0"),
      Buffer.from("\x0a\x0f\x0a\x02v1\x12\x09Namespace"),
    ];
    const field = fc.tuple(
      fc.constantFrom(0x0a, 0x12, 0x5a, 0x62, 0x3a),
      fc.uint8Array({ maxLength: 40 }),
    );
    const message = fc
      .array(field, { maxLength: 6 })
      .map((fields) =>
        Buffer.concat(fields.map(([tag, bytes]) => Buffer.from([tag, bytes.length, ...bytes]))),
      );
    fc.assert(
      fc.property(message, (raw) => {
        const body = Buffer.concat([magic, type, Buffer.from([0x12, raw.length & 0x7f]), raw]);
        refusing(() => decodeProtobuf(body));
      }),
      runs(5),
    );
  });

  it("have selectors that are read or refused", () => {
    const words = "a b.c/d = == != ! in notin ( ) , < > 1 metadata.name spec.tier".split(" ");
    always(textOf(...words, " "), (text) => {
      refusing(() => parseLabelSelector(text)({ a: "b" }));
      const [kind] = KINDS;
      if (kind) refusing(() => parseFieldSelector(text, kind));
    });
  });

  it("say which field comes twice, if one does", () => {
    const key = fc.constantFrom("a", "b", "\\u0061", "__proto__", "a.b");
    const { value } = fc.letrec<{ value: string }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom("1", "null", '"a"', '"{\\"a\\":1,"', '"\\\\"'),
        fc.array(tie("value"), { maxLength: 3 }).map((items) => `[${items.join(", ")}]`),
        fc
          .array(fc.tuple(key, tie("value")), { maxLength: 3 })
          .map((some) => `{${some.map(([name, of]) => `"${name}": ${of}`).join(",")}}`),
      ),
    }));
    always(value, (text) => {
      const isTwice = parseManifest(text, "f").errors.length > 0;
      assert.equal(duplicateField(text) !== undefined, isTwice);
    });
  });

  it("patch objects or are refused, and never change what they patch", () => {
    const resource = fc.constantFrom(...KINDS).chain(resourcesOf);
    const pointer = fc.constantFrom(
      "",
      "/spec",
      "/spec/ingress/0",
      "/metadata/name",
      "/a~1b",
      "/-",
      "x",
    );
    const operation = fc.record({
      op: fc.constantFrom("add", "remove", "replace", "move", "copy", "test", "x"),
      path: pointer,
      from: pointer,
      value: fc.jsonValue({ maxDepth: 2 }),
    });
    const directives = fc.constantFrom(
      "$patch",
      "$retainKeys",
      "$setElementOrder/ports",
      "ports",
      "a",
    );
    const strategic = fc.dictionary(directives, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 });
    fc.assert(
      fc.property(
        resource,
        fc.array(operation),
        resource,
        strategic,
        (object, json, merge, keyed) => {
          const before = JSON.stringify(object);
          refusing(() => applyJsonPatch(object, json));
          refusing(() => applyMergePatch(object, merge));
          refusing(() => applyStrategicMergePatch(object, merge));
          refusing(() => applyStrategicMergePatch(object, { spec: keyed }));
          assert.equal(JSON.stringify(object), before);
          assert.deepEqual(applyMergePatch(object, {}), object);
        },
      ),
      runs(5),
    );
  });
});
