import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { parseBody } from "../../src/control/apiserver/body.ts";
import { parseLabelSelector } from "../../src/control/apiserver/label-selector.ts";
import { Refusal } from "../../src/control/apiserver/status.ts";
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
import { parsePort, parseRuleProtocol } from "../../src/core/resources/port.ts";
import { readManifests } from "../../src/core/resources/read.ts";
import { parseSelector } from "../../src/core/selector/parse.ts";
import { restrictions } from "../../src/core/selector/restrictions.ts";
import { format, matches } from "../../src/core/selector/selector.ts";
import { SelectorSyntaxError, tokenize } from "../../src/core/selector/tokenize.ts";
import { always, textOf } from "./arbitrary-text.ts";
import { ODD_TEXTS } from "./arbitrary-value.ts";
import { runs } from "./runs.ts";

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
