/** The runner of vectors; and the vectors themselves where they are at hand. */
import assert from "node:assert/strict";
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { type Family, judge } from "./family.ts";
import { sharedVectors } from "./place.ts";
import { isClean, reportLines } from "./report.ts";
import { documentedDifferences, runVectors } from "./run.ts";

const DIFFERENCES = readFileSync(
  join(import.meta.dirname, "../../docs/reference/differences.md"),
  "utf8",
);

describe("the runner of vectors", () => {
  const dir = mkdtempSync(join(tmpdir(), "picket-vectors-"));
  after(() => rmSync(dir, { recursive: true }));
  const write = (name: string, text: string) => {
    const place = mkdtempSync(join(dir, "d-"));
    mkdirSync(join(place, "verdicts-k8s"));
    writeFileSync(join(place, name), text);
    return place;
  };
  const saying = (say: (id: string) => ReturnType<Parameters<typeof judge>[1]>): Family => ({
    name: "fruit",
    file: "fruit.json",
    run: ({ cases }) => judge(cases, ({ id }) => say(id)),
  });

  it("takes a throw for a failure of that case alone", () => {
    const place = write("fruit.json", '{"cases": [{"id": "fig"}, {"id": "pear"}]}');
    const family = saying((id) => {
      if (id === "fig") throw new TypeError("rotten");
      return undefined;
    });
    assert.deepEqual(runVectors(place, [family]).families, [
      {
        name: "fruit",
        outcomes: [
          { id: "fig", ok: false, why: "TypeError: rotten" },
          { id: "pear", ok: true },
        ],
      },
    ]);
  });

  it("tells of a family that cannot run at all", () => {
    const place = write("fruit.json", '{"cases": []}');
    const run = () => {
      throw new Error("no basket");
    };
    const report = runVectors(place, [{ name: "fruit", file: "fruit.json", run }]);
    assert.deepEqual(report, { families: [], unread: ["fruit.json: no basket"] });
  });

  it("leaves disputed cases out", () => {
    const place = write("fruit.json", '{"cases": [{"id": "fig", "disputed": "unripe"}]}');
    const [report] = runVectors(place, [saying(() => "no")]).families;
    assert.deepEqual(report?.outcomes, []);
  });

  it("counts a difference on purpose apart when the reference has a row for it", () => {
    const [purpose] = documentedDifferences(DIFFERENCES);
    assert(purpose);
    const place = write("fruit.json", '{"cases": [{"id": "fig"}]}');
    const [report] = runVectors(place, [saying(() => ({ purpose }))]).families;
    assert.deepEqual(report?.outcomes, [{ id: "fig", ok: false, purpose }]);
  });

  it("takes a purpose without a row for a failure", () => {
    const place = write("fruit.json", '{"cases": [{"id": "fig"}]}');
    const [report] = runVectors(place, [saying(() => ({ purpose: "taste" }))]).families;
    assert.match(report?.outcomes[0]?.why ?? "", /no row of .*"taste"/);
  });

  it("tells which files it did not judge", () => {
    const unread = (name: string, text: string) =>
      runVectors(write(name, text), [saying(() => undefined)]).unread;
    assert.match(unread("fruit.json", "{").join(), /^fruit\.json: .*JSON/);
    assert.deepEqual(unread("fruit.json", "null"), ["fruit.json: has no list of cases"]);
    assert.deepEqual(unread("fruit.json", '{"cases": [null]}'), [
      "fruit.json: has a case without an id",
    ]);
    assert.deepEqual(unread("x.json", "{}"), ["x.json: no family of this name"]);
    assert.deepEqual(unread("verdicts-k8s/y.json", "{}"), [
      "verdicts-k8s/y.json: no family of this name",
    ]);
    assert.deepEqual(unread("README.md", "{}"), []);
  });
});

describe("the report of vectors", () => {
  const fruit = { name: "fruit", outcomes: [{ id: "fig", ok: true }] };
  const meant = { id: "plum", ok: false, purpose: "taste" };
  const failed = { id: "pear", ok: false, why: "hard" };

  it("counts differences on purpose apart, and is content with them", () => {
    const report = { families: [{ ...fruit, outcomes: [...fruit.outcomes, meant] }], unread: [] };
    assert.deepEqual(reportLines(report, false), ["fruit 1/2, 1 on purpose"]);
    assert.equal(isClean(report), true);
  });

  it("names them and their rows when it is asked to", () => {
    const report = { families: [{ name: "fruit", outcomes: [failed, meant] }], unread: [] };
    assert.deepEqual(reportLines(report, true), [
      "fruit 0/2, 1 on purpose",
      "plum  on purpose: taste",
      "pear  hard",
    ]);
  });

  it("is not content with a failure, nor with a file that nobody read", () => {
    const failure = { families: [{ name: "fruit", outcomes: [failed] }], unread: [] };
    assert.deepEqual(reportLines(failure, false), ["fruit 0/1", "pear  hard"]);
    assert.equal(isClean(failure), false);
    assert.equal(isClean({ families: [fruit], unread: ["x.json: no family"] }), false);
  });
});

describe("differences on purpose", () => {
  /** Messages begin small: a text that does not, and is no single word, names a difference. */
  const TITLE = /"([A-Z`][^"\n]* [^"\n]*)"/g;

  it("are rows of the reference", () => {
    const documented = documentedDifferences(DIFFERENCES);
    const named = globSync("**/*.ts", { cwd: import.meta.dirname })
      .filter((file) => !file.endsWith(".test.ts"))
      .map((file) => readFileSync(join(import.meta.dirname, file), "utf8"))
      .flatMap((text) => [...text.replace(/\/\*.*?\*\//gs, "").matchAll(TITLE)])
      .map(([, text]) => text ?? "");
    assert(named.length > 0);
    assert.deepEqual(
      named.filter((text) => !documented.has(text)),
      [],
    );
  });
});

describe("recorded vectors", () => {
  const place = sharedVectors();
  const skip = place === undefined && "no folder of vectors is shared with this clone";

  it("pass, or differ on purpose", { skip }, () => {
    const report = runVectors(place ?? "");
    assert(isClean(report), [...report.unread, ...reportLines(report, false)].join("\n"));
  });
});
