/**
 * Whole answers, word for word. Each `.txt` of a folder begins with the command that it is the answer
 * to; `PICKET_GOLDEN=write` writes what is answered now.
 */
import assert from "node:assert/strict";
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { after, before, describe, it } from "node:test";
import { memoryTerminal } from "../src/apps/cli/memory-terminal.ts";
import { run } from "../src/apps/cli/run.ts";

const ROOT = join(import.meta.dirname, "..");

/** Tests every answer of `folder`, of which there are to be at least so many. */
export function describeAnswers(title: string, folder: string, least: number): void {
  const files = globSync("*.txt", { cwd: folder }).sort();

  describe(title, () => {
    const began = process.cwd();
    before(() => process.chdir(ROOT));
    after(() => process.chdir(began));

    for (const file of files) {
      it(file.replace(".txt", "").replaceAll("-", " "), async () => {
        const path = join(folder, file);
        const golden = readFileSync(path, "utf8");
        const [command = ""] = golden.split("\n", 1);
        const answer = `${command}\n${await answered(command)}`;
        if (process.env.PICKET_GOLDEN === "write") writeFileSync(path, answer);
        else assert.equal(answer, golden, relative(ROOT, path));
        assert.equal(`${command}\n${await answered(command)}`, answer, "it is the same every time");
      });
    }

    it("has answers to compare", () => assert.ok(files.length >= least));
  });
}

/** What a command prints, then what it tells, then its exit code. */
async function answered(command: string): Promise<string> {
  const terminal = memoryTerminal();
  const code = await run(terminal, wordsOf(command.replace(/^\$ picket /, "")));
  const printed = terminal.printed.map((line) => readable(line));
  const told = terminal.told.map((line) => `stderr: ${line}`);
  return [...printed, ...told, `exit ${code}`, ""].join("\n");
}

/** As a shell takes it apart, quotes of one sort included. */
function wordsOf(command: string): string[] {
  return Array.from(
    command.matchAll(/'([^']*)'|(\S+)/g),
    ([, quoted, plain]) => quoted ?? plain ?? "",
  );
}

function readable(line: string): string {
  return line.startsWith("{") ? JSON.stringify(JSON.parse(line), null, 2) : line;
}
