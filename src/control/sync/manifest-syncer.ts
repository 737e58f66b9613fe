/** What manifests hold, told once. Nothing of a file with an error in it is passed on. */

import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { AnyResource } from "../../core/resources/kinds.ts";
import { readManifests } from "../../core/resources/read.ts";
import { reasonOf } from "../../core/text/reason.ts";
import {
  type Syncer,
  type SyncListener,
  type SyncProblem,
  type SyncUpdate,
  syncKey,
} from "./syncer.ts";

const MANIFEST = /\.(ya?ml|json)$/;

export class ManifestSyncer implements Syncer {
  readonly #paths: readonly string[];
  #stopped = false;

  /** `paths` are files, or directories that are read with all that is below them. */
  constructor(paths: readonly string[]) {
    this.#paths = paths;
  }

  /** Tells `listener` before it returns. Of two objects with one key the later one is told. */
  start(listener: SyncListener): void {
    if (this.#stopped) return;
    const updates = new Map<string, SyncUpdate>();
    const problems: SyncProblem[] = [];
    for (const path of this.#paths) {
      for (const file of filesAt(path, problems)) {
        for (const resource of readFile(file, problems)) {
          const key = syncKey(resource);
          updates.set(key, { key, resource });
        }
      }
    }
    listener({ updates: [...updates.values()], problems, inSync: true, revision: 0 });
  }

  stop(): void {
    this.#stopped = true;
  }
}

function filesAt(path: string, problems: SyncProblem[]): string[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) {
    problems.push({ where: path, message: "no such file or directory" });
    return [];
  }
  if (!found.isDirectory()) return [path];
  const names = readdirSync(path, { recursive: true, encoding: "utf8" });
  const files = names.filter((name) => MANIFEST.test(name)).sort();
  return files.map((name) => join(path, name));
}

function readFile(file: string, problems: SyncProblem[]): readonly AnyResource[] {
  const { resources, errors } = readManifests(readText(file, problems), file);
  for (const { line, path, message } of errors) {
    const where = `${file}:${line}`;
    problems.push({ where, message: path === "" ? message : `${path}: ${message}` });
  }
  return errors.length > 0 ? [] : resources.map(({ resource }) => resource);
}

function readText(file: string, problems: SyncProblem[]): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    problems.push({ where: file, message: reasonOf(error) });
    return "";
  }
}
