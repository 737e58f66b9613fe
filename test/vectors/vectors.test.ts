/** The runner of vectors; and the vectors themselves where they are at hand. */
import assert from "node:assert/strict";
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { type Family, judge } from "./family.ts";
import { sharedVectors } from "./place.ts";
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
    assert.deepEqual(unread("x.json", "{}"), ["x.json: no family of this name"]);
    assert.deepEqual(unread("verdicts-k8s/y.json", "{}"), [
      "verdicts-k8s/y.json: no family of this name",
    ]);
    assert.deepEqual(unread("README.md", "{}"), []);
  });
});

describe("differences on purpose", () => {
  it("are rows of the reference", () => {
    const documented = documentedDifferences(DIFFERENCES);
    const used = globSync("*.ts", { cwd: import.meta.dirname })
      .filter((file) => !file.endsWith(".test.ts"))
      .flatMap((file) => [
        ...readFileSync(join(import.meta.dirname, file), "utf8").matchAll(/purpose:\s*"([^"]+)"/g),
      ])
      .map(([, text]) => text ?? "");
    assert.deepEqual(
      used.filter((text) => !documented.has(text)),
      [],
    );
  });
});

describe("recorded vectors", () => {
  const place = sharedVectors();
  const skip = place === undefined && "no folder of vectors is shared with this clone";

  it("pass, or differ on purpose", { skip }, () => {
    const { families, unread } = runVectors(place ?? "");
    const failed = families.flatMap(({ name, outcomes }) =>
      outcomes
        .filter(({ ok, purpose }) => !ok && purpose === undefined)
        .map(({ id, why }) => `${name} ${id}: ${why}`),
    );
    assert.deepEqual([...unread, ...failed], []);
  });
});
