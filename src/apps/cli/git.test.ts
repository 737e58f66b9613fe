import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { CommandFailure } from "./exit.ts";
import { gitSources } from "./git.ts";

describe("manifests of a git revision", () => {
  const began = process.cwd();
  const folder = mkdtempSync(join(tmpdir(), "picket-git-"));
  const commit = (message: string) => {
    const who = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
    execFileSync("git", ["add", "."], { cwd: folder });
    execFileSync("git", [...who, "commit", "-q", "-m", message], { cwd: folder });
  };

  before(() => {
    execFileSync("git", ["init", "-q", folder]);
    mkdirSync(join(folder, "policies/more"), { recursive: true });
    writeFileSync(join(folder, "policies/a.yaml"), "first: ä\n");
    writeFileSync(join(folder, "policies/more/b.json"), "{}");
    writeFileSync(join(folder, "policies/README.md"), "no manifest");
    writeFileSync(join(folder, "empty.txt"), "");
    commit("one");
    writeFileSync(join(folder, "policies/a.yaml"), "second: true\n");
    mkdirSync(join(folder, "links"));
    symlinkSync("../policies/a.yaml", join(folder, "links/a.yaml"));
    commit("two");
    process.chdir(folder);
  });
  after(() => {
    process.chdir(began);
    rmSync(folder, { recursive: true });
  });

  it("are those of a folder and its folders, by name", () => {
    assert.deepEqual(gitSources("HEAD~1:policies"), [
      { file: "HEAD~1:policies/a.yaml", text: "first: ä\n" },
      { file: "HEAD~1:policies/more/b.json", text: "{}" },
    ]);
  });

  it("are those of everything, as they are later", () => {
    const first = gitSources("HEAD:").find(({ file }) => file === "HEAD:policies/a.yaml");
    assert.deepEqual(first, { file: "HEAD:policies/a.yaml", text: "second: true\n" });
  });

  it("are of a link what it leads to", () => {
    const linked = { file: "HEAD:links/a.yaml", text: "second: true\n" };
    assert.deepEqual(gitSources("HEAD:links"), [linked]);
  });

  it("are one file", () => {
    assert.deepEqual(gitSources("HEAD~1:policies/a.yaml"), [
      { file: "HEAD~1:policies/a.yaml", text: "first: ä\n" },
    ]);
  });

  it("are the same from a folder of the repository", () => {
    process.chdir("policies");
    assert.equal(gitSources("HEAD:policies").length, 2);
    assert.equal(gitSources("HEAD:./more").length, 1);
    process.chdir(folder);
  });

  for (const [object, reason] of [
    ["HEAD:nowhere", /does not exist in 'HEAD'/],
    ["no-such-revision:policies", /no-such-revision/],
    ["HEAD:policies/nowhere", /does not exist/],
  ] as const) {
    it(`are not there at ${object}`, () => {
      assert.throws(
        () => gitSources(object),
        (error) =>
          error instanceof CommandFailure && error.code === 2 && reason.test(error.message),
      );
    });
  }
});
