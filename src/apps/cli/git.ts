/** Manifests as a git revision has them, without checking it out. */
import { spawnSync } from "node:child_process";
import { usage } from "./exit.ts";
import { isManifest, type Source } from "./sources.ts";

/** The manifests at `REV:PATH`, a file or a folder with its folders. Throws CommandFailure (usage). */
export function gitSources(object: string): Source[] {
  const type = git(["cat-file", "-t", object]).toString("utf8").trim();
  if (type === "blob") return [{ file: object, text: blobOf(object) }];
  if (type !== "tree") throw usage(`${object}: a ${type}: want a file or folder, as REV:PATH`);
  const listing = git(["ls-tree", "-r", "-z", "--name-only", "--full-tree", object]);
  const names = listing.toString("utf8").split("\0").filter(isManifest).sort();
  if (names.length === 0) throw usage(`${object}: no manifest (.yaml, .yml, .json) in this folder`);
  const folder = object.endsWith(":") || object.endsWith("/") ? object : `${object}/`;
  const files = names.map((name) => `${folder}${name}`);
  return contentsOf(files).map((text, i) => ({ file: files[i] ?? object, text }));
}

function blobOf(object: string): string {
  return git(["cat-file", "blob", object]).toString("utf8");
}

/** The text of each, asked for in one go; of a link that of the file it leads to, as on a disk. */
function contentsOf(objects: readonly string[]): string[] {
  const answers = git(["cat-file", "--batch", "--follow-symlinks"], `${objects.join("\n")}\n`);
  const texts: string[] = [];
  let at = 0;
  for (const object of objects) {
    const end = answers.indexOf("\n", at);
    const header = answers.toString("utf8", at, end);
    const size = Number(/ blob (\d+)$/.exec(header)?.[1] ?? Number.NaN);
    if (end < 0 || Number.isNaN(size)) throw usage(`${object}: git says ${header}`);
    texts.push(answers.toString("utf8", end + 1, end + 1 + size));
    at = end + 1 + size + 1;
  }
  return texts;
}

function git(args: readonly string[], input = ""): Buffer {
  const { error, status, stdout, stderr } = spawnSync("git", args, {
    input,
    maxBuffer: 2 ** 30,
  });
  if (error) throw usage(`git: ${error.message}`);
  if (status === 0) return stdout;
  const [reason = ""] = stderr.toString("utf8").trim().split("\n");
  throw usage(`git: ${reason.replace(/^fatal: /, "")}`);
}
