import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { CommandFailure } from "./exit.ts";
import { readTour } from "./tour-format.ts";

describe("readTour", () => {
  let directory = "";
  before(() => {
    directory = mkdtempSync(join(tmpdir(), "picket-tour-"));
    mkdirSync(join(directory, "tour"));
  });
  after(() => rmSync(directory, { recursive: true }));

  const read = (probe: string) => {
    const step = `steps: [{ folder: one, title: a step, probes: [${probe}] }]`;
    writeFileSync(join(directory, "tour", "tour.yaml"), `cluster: cluster\n${step}\n`);
    return readTour(directory);
  };

  it("finds the example's folders, and says of a probe only what is said", () => {
    const probe = "{ from: a/b, to: 10.0.0.1, protocol: TCP, port: 80, family: 4, expect: deny }";
    const { cluster, steps } = read(probe);
    assert.equal(cluster, join(directory, "cluster"));
    assert.deepEqual(steps, [
      {
        folder: join(directory, "one"),
        title: "a step",
        probes: [
          { from: "a/b", to: "10.0.0.1", protocol: "TCP", port: "80", family: 4, expect: "deny" },
        ],
      },
    ]);
  });

  for (const [probe, message] of [
    [
      "{ from: a, to: b, protocol: TCP }",
      /steps\[0\]\.probes\[0\]\.expect: want text, not nothing/,
    ],
    ["{ from: a, to: b, protocol: TCP, expect: maybe }", /expect: want allow or deny, not "maybe"/],
    ["{ from: a, to: b, protocol: 6, expect: deny }", /protocol: want text, not 6/],
    ["{ from: a, to: b, protocol: TCP, family: 5, expect: deny }", /family: want 4 or 6, not 5/],
    ["none", /steps\[0\]\.probes\[0\] must be a mapping/],
  ] as const) {
    it(`refuses ${probe}`, () => {
      assert.throws(
        () => read(probe),
        (error) =>
          error instanceof CommandFailure && error.code === 2 && message.test(error.message),
      );
    });
  }

  it("wants the file", () => {
    assert.throws(() => readTour(join(directory, "none")), /tour\.yaml: no such file/);
  });
});
