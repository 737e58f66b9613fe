/** The tests that are to run, and the cluster that they are about. */
import type { AnyResource } from "../../core/resources/kinds.ts";
import { KINDS } from "../../core/resources/kinds.ts";
import type { PolicyTestResource } from "../../core/resources/policy-test.ts";
import type { LoadedResource } from "../../core/resources/read.ts";
import { clientOf, type ServerOptions } from "./client.ts";
import { usage } from "./exit.ts";
import type { Locate, Place } from "./explanation.ts";
import { withImplied } from "./implied.ts";
import { errorLines, locator, readAll } from "./manifests.ts";
import { fetchAll } from "./snapshot.ts";
import { readSources } from "./sources.ts";
import type { Terminal } from "./terminal.ts";

export interface TestSourceOptions extends ServerOptions {
  readonly filename?: readonly string[];
  readonly recursive: boolean;
  /** Judge by the server's objects; the files then give the tests alone. */
  readonly server: boolean;
}

export interface TestSources {
  readonly tests: readonly PolicyTestResource[];
  /** Everything that verdicts depend on. */
  readonly resources: readonly AnyResource[];
  /** Where policies and profiles are written. */
  readonly locate: Locate;
  /** Where a test says something; undefined for one that no file holds. */
  readonly placeOf: (test: PolicyTestResource, path: string) => Place | undefined;
}

/** Reads files, the server, or both. Throws CommandFailure: without a test there is no answer. */
export async function readTestSources(
  terminal: Terminal,
  options: TestSourceOptions,
): Promise<TestSources> {
  const loaded = options.filename && (await readFiles(terminal, options.filename, options));
  const isServed = !loaded || options.server || options.kubeconfig !== undefined;
  const found = isServed
    ? await served(terminal, options, loaded)
    : offline(terminal, loaded, options.filename ?? []);
  const byTest = new Map((loaded ?? []).map((one) => [one.resource, one]));
  return {
    ...found,
    locate: isServed ? () => undefined : locator(loaded),
    placeOf: (test, path) => {
      const one = byTest.get(test);
      return one && { file: one.document.file, line: one.lineOf(path) };
    },
  };
}

async function readFiles(
  terminal: Terminal,
  paths: readonly string[],
  { recursive }: TestSourceOptions,
): Promise<LoadedResource[]> {
  const sources = await readSources(terminal, paths, recursive);
  const files = readAll(sources, { unknownKinds: "skip" });
  const errors = files.flatMap((file) => file.errors);
  if (errors.length === 0) return files.flatMap((file) => file.resources);
  for (const line of errorLines(errors)) terminal.tell(line);
  const wrong = files.filter((file) => file.errors.length > 0).map((file) => file.file);
  throw usage(`refused: ${wrong.join(", ")}`);
}

function offline(
  terminal: Terminal,
  loaded: readonly LoadedResource[],
  paths: readonly string[],
): Pick<TestSources, "tests" | "resources"> {
  const given = loaded.map(({ resource }) => resource);
  const tests = testsOf(given);
  if (tests.length === 0) throw usage(`no PolicyTest in ${paths.join(", ")}`);
  const { resources, notes } = withImplied(given.filter(({ kind }) => kind !== "PolicyTest"));
  for (const note of notes) terminal.tell(`note: ${note}`);
  return { tests, resources };
}

async function served(
  terminal: Terminal,
  options: TestSourceOptions,
  loaded: readonly LoadedResource[] | undefined,
): Promise<Pick<TestSources, "tests" | "resources">> {
  const written = loaded && testsOf(loaded.map(({ resource }) => resource));
  if (written?.length === 0) throw usage(`no PolicyTest in ${options.filename?.join(", ")}`);
  const client = clientOf(terminal, options);
  const all = await fetchAll(client, KINDS);
  client.close();
  const tests = written ?? testsOf(all);
  if (tests.length === 0) throw usage("the server has no PolicyTest");
  return { tests, resources: all.filter(({ kind }) => kind !== "PolicyTest") };
}

function testsOf(resources: readonly AnyResource[]): PolicyTestResource[] {
  return resources.filter((one) => one.kind === "PolicyTest");
}
