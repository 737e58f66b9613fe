import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { dump } from "js-yaml";
import { formatManifestError } from "./manifest-error.ts";
import { parseManifest } from "./parse.ts";

const POLICY = `# A comment.
---
kind: NetworkPolicy
metadata: {name: a, labels: {"app.kubernetes.io/name": b}}
spec:
  ingress:
  - action: Allow
    source:
      nets:
      - 10.0.0.0/8
      - 10.1.0.0/16
  - action: Deny
`;

describe("parseManifest", () => {
  const [policy] = parseManifest(POLICY, "policy.yaml").documents;

  for (const [path, line, column] of [
    ["", 3, 1],
    ["kind", 3, 1],
    ["metadata.labels", 4, 21],
    ["metadata.labels[app.kubernetes.io/name]", 4, 30],
    ["spec.ingress[0]", 7, 5],
    ["spec.ingress[0].source", 8, 5],
    ["spec.ingress[0].source.nets[1]", 11, 9],
    ["spec.ingress[1].action", 12, 5],
    ["spec.ingress[1].destination.ports[3]", 12, 5],
    ["spec.egress", 5, 1],
    ["status", 3, 1],
  ] as const) {
    it(`finds ${JSON.stringify(path)} at ${line}:${column}`, () => {
      assert.deepEqual(policy?.positionOf(path), { line, column });
      assert.equal(policy?.lineOf(path), line);
    });
  }

  it("leaves out documents without content", () => {
    const { documents, errors } = parseManifest("---\n---\na: 1\n---\n# nothing\n...\n", "f");
    assert.deepEqual(errors, []);
    assert.deepEqual(
      documents.map(({ value, line }) => [value, line]),
      [[{ a: 1 }, 3]],
    );
  });

  it("reads JSON, tabs and escapes and all", () => {
    const text = '{\n\t"a": [1, "\\/\\ud83d\\ude00"],\n\t"b": null\n}';
    const [document] = parseManifest(text, "f.json").documents;
    assert.deepEqual(document?.value, { a: [1, "/😀"], b: null });
    assert.deepEqual(document?.positionOf("b"), { line: 3, column: 2 });
  });

  it("keeps __proto__ a key like any other", () => {
    const [document] = parseManifest("a:\n  __proto__: {x: 1}\n", "f").documents;
    assert.ok(document);
    const { a } = document.value as { a: object };
    assert.deepEqual(Object.keys(a), ["__proto__"]);
    assert.equal(Object.getPrototypeOf(a), Object.prototype);
    assert.equal(document.lineOf("a.__proto__.x"), 2);
  });

  it("writes aliases out and merges mappings, own keys first", () => {
    const [document] = parseManifest(
      "base: &base {a: 1, b: 2}\nsame: *base\nmerged: {<<: *base, b: 3}\n",
      "f",
    ).documents;
    const base = { a: 1, b: 2 };
    assert.deepEqual(document?.value, { base, same: base, merged: { a: 1, b: 3 } });
  });

  for (const [text, want] of [
    ["a: 1\n b: 2", "f:2:3: bad indentation of a mapping entry"],
    ["a: 1\nb: 2\na: 3", 'f:3:1: key "a" is given twice'],
    ['{"a": 1, "a": 2}', 'f:1:10: key "a" is given twice'],
    ["a: *b", 'f:1:5: no anchor "b" before this alias'],
    ["a: .inf", "f:1:4: .inf is not a number that JSON can hold"],
    ["a: !!binary aGk=", 'f:1:13: "aGk=" is no !!binary here'],
    ["[a]: b", "f:1:1: a key must be a string"],
    ["a: &x {<<: [1]}", "f:1:12: only mappings can be merged by <<"],
  ] as const) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.deepEqual(parseManifest(text, "f").errors.map(formatManifestError), [want]);
    });
  }

  const bomb = [
    "l0: &l0 [x]",
    ...Array.from({ length: 9 }, (_, i) => `l${i + 1}: &l${i + 1} [${`*l${i},`.repeat(9)}]`),
  ].join("\n");
  for (const [what, text, wanted] of [
    ["aliases of aliases", bomb, "f:5:31: aliases stand for more than the limit of 10000 values"],
    [
      "many aliases",
      `a: &a x\nb: [${"*a,".repeat(200)}]`,
      "f:2:306: there are more than the limit of 100 aliases",
    ],
    ["a million brackets", "[".repeat(1e6), "f:1:100: nested more than 100 levels deep"],
    ["a million question marks", "? ".repeat(1e6), "f:1:200: nested more than 100 levels deep"],
    [
      "ten megabytes",
      `# first\n\na: ${"b".repeat(1e7)}`,
      "f:1:1: the document is larger than the limit of 3145728 bytes",
    ],
    [
      "three million bytes of two a character",
      `a: ${"é".repeat(1_572_863)}`,
      "f:1:1: the document is larger than the limit of 3145728 bytes",
    ],
    [
      "a million values",
      `[${"a,".repeat(1e6)}]`,
      "f:1:1: the document holds more than the limit of 500000 keys and values",
    ],
    [
      "a tag of a million characters",
      `a: !${"b".repeat(1e6)} c`,
      `f:1:1000006: "c" is no !${"b".repeat(199)}… here`,
    ],
  ] as const) {
    it(`refuses ${what}`, () => {
      assert.deepEqual(parseManifest(text, "f").errors.map(formatManifestError), [wanted]);
    });
  }

  it("reads a document of the largest size, and files of many such", () => {
    const document = `a: ${"b".repeat(3 * 1024 * 1024 - 9)}\n`;
    const { documents, errors } = parseManifest(`---\n${document}---\n${document}`, "f");
    assert.deepEqual(errors, []);
    assert.deepEqual(
      documents.map(({ line }) => line),
      [2, 4],
    );
  });

  it("reads the other documents when some cannot be, and tells of each", () => {
    const text = 'a: 1\n---\nb: 1\nb: 2\n---\nc: "1\n---\nd: [\n...\n%YAML 1.2\n---\ne: 1\n';
    const { documents, errors } = parseManifest(text, "f");
    assert.deepEqual(
      documents.map(({ value, line }) => [value, line]),
      [
        [{ a: 1 }, 1],
        [{ e: 1 }, 12],
      ],
    );
    assert.deepEqual(errors.map(formatManifestError), [
      'f:4:1: key "b" is given twice',
      "f:7:1: deficient indentation",
      "f:9:1: deficient indentation",
    ]);
  });

  it("reads back any JSON, dumped or plain", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const wanted = JSON.parse(JSON.stringify(value)) as unknown;
        for (const text of [JSON.stringify(value), JSON.stringify(value, null, 2), dump(value)]) {
          const { documents, errors } = parseManifest(text, "f");
          assert.deepEqual(errors, []);
          if (value !== null) assert.deepEqual(documents[0]?.value, wanted);
        }
      }),
    );
  });

  it("never throws, whatever the text", () => {
    const fragment = fc.constantFrom(
      ..."a b : - [ ] { } , \n # & * ! | > ' \" % @ ` ~ ? 1 . / \\ \t --- ... << : - ".split(" "),
      " ",
      "\n  ",
      "*a",
      "&a",
      "!!str",
      "? ",
      ": ",
      "- ",
    );
    fc.assert(
      fc.property(fc.array(fragment, { maxLength: 30 }), (parts) => {
        parseManifest(parts.join(""), "f");
      }),
      { numRuns: 2000 },
    );
  });
});
