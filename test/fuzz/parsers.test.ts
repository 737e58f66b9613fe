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
import { formatManifestError } from "../../src/core/manifest/manifest-error.ts";
import { parseManifest } from "../../src/core/manifest/parse.ts";
import {
  formatAddress,
  formatPrefix,
  parseAddress,
  parseAddressOrPrefix,
  parsePrefix,
  parseStrictPrefix,
} from "../../src/core/net/address.ts";
import { formatProtocol, parseProtocol } from "../../src/core/net/protocol.ts";
import { KINDS } from "../../src/core/resources/kinds.ts";
import { parsePort, parseRuleProtocol } from "../../src/core/resources/port.ts";
import { readManifests } from "../../src/core/resources/read.ts";
import { parseSelector } from "../../src/core/selector/parse.ts";
import { restrictions } from "../../src/core/selector/restrictions.ts";
import { format, matches } from "../../src/core/selector/selector.ts";
import { SelectorSyntaxError, tokenize } from "../../src/core/selector/tokenize.ts";
import { resourcesOf } from "./arbitrary-resource.ts";
import { ODD_TEXTS, oddText } from "./arbitrary-value.ts";
import { runs } from "./runs.ts";

/** Texts of the language's own words in no order, and of anything else. */
const textOf = (...words: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof(
    fc.array(fc.constantFrom(...words), { maxLength: 30 }).map((some) => some.join("")),
    fc.array(fc.oneof(fc.constantFrom(...words), oddText), { maxLength: 8 }).map((a) => a.join("")),
    oddText,
  );

const always = (text: fc.Arbitrary<string>, law: (text: string) => void): void =>
  fc.assert(fc.property(text, law), runs(5));

describe("selectors", () => {
  const words = [
    ..."( ) { } , == != ! && || ' \" = & | \t".split(" "),
    ..."has( has(a) all() all( global( global() a in not starts with ends contains 'b' \"b\"".split(
      " ",
    ),
    " ",
    " ",
  ];

  it("are read, or refused at a place in the text", () => {
    always(textOf(...words), (text) => {
      for (const read of [parseSelector, tokenize]) {
        try {
          read(text);
        } catch (error) {
          assert.ok(error instanceof SelectorSyntaxError);
          assert.ok(error.offset >= 0 && error.offset <= text.length);
        }
      }
    });
  });

  it("that are read are printed, matched and restricted", () => {
    always(textOf(...words), (text) => {
      const selector = selectorOf(text);
      if (!selector) return;
      const printed = format(selector);
      const again = parseSelector(printed);
      // `!(!a)` is printed as `!!a`, which is `a`: the only text that is not read as it was.
      if (!printed.includes("!!")) assert.deepEqual(again, selector);
      for (const labels of [new Map(), new Map([["a", "b"]])]) {
        assert.equal(matches(again, labels), matches(selector, labels));
        restrictions(selector);
      }
    });
  });

  it("end their tokens with the end, whatever the parser makes of them", () => {
    always(textOf(...words), (text) => {
      if (selectorOf(text)) assert.equal(tokenize(text).at(-1)?.kind, "eof");
    });
  });
});

function selectorOf(text: string) {
  try {
    return parseSelector(text);
  } catch {
    return undefined;
  }
}

describe("manifests", () => {
  const words = [
    ..."a b : - [ ] { } , & * ! | > ' \" % @ ` ~ ? 1 . / \\ --- ... << &a *a !!str {} []".split(
      " ",
    ),
    ...["\n", "\n  ", "\n- ", ": ", "? ", " ", "\t", "\r\n", "\n---\n", "\n...\n", "%YAML 1.2\n"],
    "apiVersion: projectcalico.org/v3\n",
    "kind: NetworkPolicy\n",
    "kind: List\n",
    "items: ",
    "metadata: {name: a}\n",
    "spec: ",
  ];

  it("are read, or refused where they stand, in one line of words", () => {
    always(textOf(...words), (text) => {
      const lines = text.split(/\r\n|\n/).length;
      for (const { errors } of [parseManifest(text, "f"), readManifests(text, "f")]) {
        for (const error of errors) {
          assert.ok(error.line >= 1 && error.line <= lines && error.column >= 1);
          assert.ok(!formatManifestError(error).includes("\n"));
        }
      }
    });
  });

  it("are read as they are whether others stand before and after them or not", () => {
    const documents = fc.array(textOf(...words.filter((word) => !/\n(---|\.\.\.)/.test(word))));
    fc.assert(
      fc.property(documents, (texts) => {
        fc.pre(
          texts.every((text) => !/^(---|\.\.\.|%)|\r/m.test(text) && !text.includes("\ufeff")),
        );
        const apart = texts.flatMap((text) => parseManifest(`---\n${text}\n`, "f").documents);
        const together = parseManifest(texts.map((text) => `---\n${text}\n`).join(""), "f");
        assert.deepEqual(
          together.documents.map(({ value }) => value),
          apart.map(({ value }) => value),
        );
      }),
      runs(),
    );
  });
});

describe("words of rules", () => {
  const digits = [
    "0",
    "1",
    "25",
    "255",
    "256",
    "65535",
    "65536",
    ".",
    ":",
    "::",
    "/",
    "-",
    "f",
    "x",
  ];

  it("are addresses and prefixes as they print themselves, or none", () => {
    always(textOf(...digits), (text) => {
      const address = parseAddress(text);
      if (address) assert.deepEqual(parseAddress(formatAddress(address)), address);
      for (const read of [parsePrefix, parseStrictPrefix, parseAddressOrPrefix]) {
        const net = read(text);
        if (net) assert.deepEqual(parsePrefix(formatPrefix(net)), net);
      }
    });
  });

  it("are protocols and ports, or none", () => {
    const word = fc.oneof(textOf(...digits, "TCP", "UDP", "icmp", "UDPLite", "http"), fc.double());
    fc.assert(
      fc.property(word, (written) => {
        const protocol = parseProtocol(String(written));
        if (protocol !== undefined) assert.equal(parseProtocol(formatProtocol(protocol)), protocol);
        parseRuleProtocol(written);
        parsePort(written);
      }),
      runs(5),
    );
  });
});

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

describe("a million characters", () => {
  const parts = [
    ...ODD_TEXTS.filter((text) => text !== ""),
    "a: 1\n",
    "- a\n",
    "'a',",
    "{a: ",
    "&&",
    "!(",
  ];
  for (const part of parts) {
    it(`of ${JSON.stringify(part.slice(0, 20))} are read or refused by every parser`, () => {
      const text = part.repeat(Math.ceil(1e6 / part.length));
      const reads: readonly ((text: string) => unknown)[] = [
        parseSelector,
        (text) => parseManifest(text, "f"),
        parseAddress,
        parsePrefix,
        parseProtocol,
        parsePort,
        parseRuleProtocol,
        parseLabelSelector,
        (text) => parseBody(Buffer.from(text), "application/json"),
        (text) => parseBody(Buffer.from(text), "application/yaml"),
      ];
      for (const read of reads) {
        try {
          read(text);
        } catch (error) {
          assert.ok(
            error instanceof SelectorSyntaxError || error instanceof Refusal,
            String(error),
          );
        }
      }
    });
  }
});
