/** Manifests as commands use them: read, located, and what is wrong with them told. */
import { objectKey, objectName } from "../../core/explanation/object-key.ts";
import { formatManifestError, type ManifestError } from "../../core/manifest/manifest-error.ts";
import { type LoadedResource, type ReadOptions, readManifests } from "../../core/resources/read.ts";
import { CommandFailure, EXIT, type ExitCode } from "./exit.ts";
import type { Locate } from "./explanation.ts";
import type { Source } from "./sources.ts";
import type { Terminal } from "./terminal.ts";

/** What one file says. */
export interface ReadFile {
  readonly file: string;
  readonly resources: readonly LoadedResource[];
  readonly errors: readonly ManifestError[];
  readonly doubts: readonly ManifestError[];
}

/** Reads every source; what is wrong with one is among its errors and stops none of the others. */
export function readAll(sources: readonly Source[], options: ReadOptions = {}): ReadFile[] {
  return sources.map(({ file, text }) => ({ file, ...readManifests(text, file, options) }));
}

/**
 * The resources of files that all are right; otherwise their errors are told. Throws CommandFailure,
 * by default as a negative answer.
 */
export function requireValid(
  terminal: Terminal,
  files: readonly ReadFile[],
  code: ExitCode = EXIT.no,
): LoadedResource[] {
  const errors = files.flatMap((file) => file.errors);
  if (errors.length === 0) return files.flatMap((file) => file.resources);
  for (const line of errorLines(errors)) terminal.tell(line);
  const wrong = files.filter((file) => file.errors.length > 0).map((file) => file.file);
  throw new CommandFailure(code, `refused: ${wrong.join(", ")}`);
}

/** Of an object that is written several times the last, as if all had been applied; that is told. */
export function lastOfEach(
  terminal: Terminal,
  loaded: readonly LoadedResource[],
): LoadedResource[] {
  const last = new Map<string, LoadedResource>();
  for (const one of loaded) {
    const key = objectKey(objectName(one.resource));
    const before = last.get(key);
    if (before) {
      const { kind, metadata } = one.resource;
      const name = metadata.namespace ? `${metadata.namespace}/${metadata.name}` : metadata.name;
      const [first, second] = [before, one].map(({ document, line }) => `${document.file}:${line}`);
      terminal.tell(`warning: ${kind} ${name} is written twice: ${second} counts, not ${first}`);
    }
    last.set(key, one);
  }
  return [...last.values()];
}

/** A line for each error; below the last of a document, the manifest that it seems to mean. */
export function errorLines(errors: readonly ManifestError[]): string[] {
  return errors.flatMap((error, i) => {
    const line = formatManifestError(error);
    if (error.mended === undefined || errors[i + 1]?.mended === error.mended) return [line];
    const manifest = error.mended.trimEnd().split("\n");
    return [line, "  It would be accepted as:", ...manifest.map((text) => `    ${text}`)];
  });
}

/** Finds what `resources` say in their files. `shown` is how a file is named to people. */
export function locator(
  resources: readonly LoadedResource[],
  shown: (file: string) => string = (file) => file,
): Locate {
  const byKey = new Map(resources.map((one) => [objectKey(objectName(one.resource)), one]));
  return (object, path) => {
    const found = byKey.get(objectKey(object));
    return found && { file: shown(found.document.file), line: found.lineOf(path) };
  };
}
