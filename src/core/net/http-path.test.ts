import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { isWithin, normalizePath } from "./http-path.ts";

describe("normalizePath", () => {
  const forms: readonly [path: string, form: string | undefined][] = [
    ["/", "/"],
    ["/a/b", "/a/b"],
    ["/a/b/", "/a/b"],
    ["//a///b", "/a/b"],
    ["/a/./b/../c", "/a/c"],
    ["/../../a", "/a"],
    ["/a\\b", "/a/b"],
    ["\\a", "/a"],
    ["/a;x=1/b;y", "/a/b"],
    ["/a/..;/b", "/b"],
    ["/;/a", "/a"],
    ["/a?x=/../b", "/a"],
    ["/a#b", "/a"],
    ["/a\n?b\nc", "/a\n"],
    ["/%61", "/a"],
    ["/a%2fb", "/a/b"],
    ["/a%3fb", "/a?b"],
    ["/%2e%2e/a", "/a"],
    ["/%252e%252e/a", undefined],
    ["/a%252Fb", undefined],
    ["/a%255cb", undefined],
    ["/%25", "/%"],
    ["/%", undefined],
    ["/%zz", undefined],
    ["/%ff", undefined],
    ["/a%00", undefined],
    ["/a\0", undefined],
    ["", undefined],
    ["a", undefined],
    ["*", undefined],
    ["?/a", undefined],
  ];
  for (const [path, form] of forms) {
    it(`makes ${JSON.stringify(path)} ${form ?? "nothing"}`, () => {
      assert.equal(normalizePath(path), form);
    });
  }

  it("leaves no dots, no empty segments and no trailing slash", () => {
    const piece = fc.constantFrom("a", ".", "..", "", ";x", "%2e", "b%2f..", "\\", "?q");
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const form = normalizePath(`/${pieces.join("/")}`);
        const segments = form === undefined || form === "/" ? [] : form.split("/").slice(1);
        assert.ok(segments.every((one) => one !== "" && one !== "." && one !== ".."));
      }),
    );
  });
});

describe("isWithin", () => {
  it("holds for the prefix itself and what is below it", () => {
    assert.ok(isWithin("/foo", "/foo"));
    assert.ok(isWithin("/foo/bar", "/foo"));
    assert.ok(isWithin("/foo", "/"));
  });

  it("does not hold for a longer name", () => {
    assert.ok(!isWithin("/foobar", "/foo"));
    assert.ok(!isWithin("/", "/foo"));
  });
});
