/** The manifests that `-f` names: files, directories, or stdin. */

import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { reasonOf } from "../../core/text/reason.ts";
import { usage } from "./exit.ts";
import type { Terminal } from "./terminal.ts";

/** The text of one manifest file. */
export interface Source {
  /** The path as it was given, or `stdin`. */
  readonly file: string;
  readonly text: string;
}

const MANIFEST = /\.(ya?ml|json)$/;

/** Whether a file's name is that of a manifest. */
export function isManifest(name: string): boolean {
  return MANIFEST.test(name);
}

/**
 * Reads each of `paths` in order: a file, the manifests of a directory by name (with `recursive`
 * those of its folders too), or stdin for `-`. Throws CommandFailure (usage).
 */
export async function readSources(
  terminal: Pick<Terminal, "read">,
  paths: readonly string[],
  recursive = false,
): Promise<Source[]> {
  const sources: Source[] = [];
  for (const path of paths) {
    if (path === "-") sources.push({ file: "stdin", text: await terminal.read() });
    else for (const file of filesOf(path, recursive)) sources.push(readSource(file));
  }
  return sources;
}

/** The manifests at `path`, sorted. Throws CommandFailure (usage) if there are none. */
function filesOf(path: string, recursive: boolean): string[] {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) throw usage(`${path}: no such file or directory`);
  if (!stat.isDirectory()) return [path];
  const names = readdirSync(path, { recursive, encoding: "utf8" });
  const files = names.filter(isManifest).sort();
  if (files.length > 0) return files.map((name) => join(path, name));
  const hint = recursive ? "" : "; give --recursive to read its folders too";
  throw usage(`${path}: no manifest (.yaml, .yml, .json) in this directory${hint}`);
}

function readSource(file: string): Source {
  try {
    return { file, text: readFileSync(file, "utf8") };
  } catch (error) {
    throw usage(`${file}: ${reasonOf(error)}`);
  }
}
