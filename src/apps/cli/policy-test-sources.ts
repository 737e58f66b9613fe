/** The tests that are to run, and the cluster that they are about. */
import { type AnyResource, KINDS } from "../../core/resources/kinds.ts";
import type { PolicyTestResource } from "../../core/resources/policy-test.ts";
import type { LoadedResource } from "../../core/resources/read.ts";
import type { ServerOptions } from "./client.ts";
import { clusterOf, fetchCluster, podNetsOf } from "./cluster.ts";
import { EXIT, usage } from "./exit.ts";
import type { Locate, Place } from "./explanation.ts";
import { locator, readAll, requireValid } from "./manifests.ts";
import { readSources } from "./sources.ts";
import type { Terminal } from "./terminal.ts";

export interface TestSourceOptions extends ServerOptions {
  readonly filename?: readonly string[];
  readonly recursive: boolean;
  /** Judge by the server's objects; the files then give the tests alone. */
  readonly server: boolean;
  readonly podCidr?: readonly string[];
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
  const called = options.filename?.join(", ") ?? "the server";
  const written = loaded?.map(({ resource }) => resource);
  if (written && testsOf(written).length === 0) throw usage(`no PolicyTest in ${called}`);
  const served = isServed && (await fetchCluster(terminal, options, KINDS));
  const all = served ? served.resources : (written ?? []);
  const tests = testsOf(written ?? all);
  if (tests.length === 0) throw usage("the server has no PolicyTest");
  const locate: Locate = isServed ? () => undefined : locator(loaded);
  const judged = { resources: all.filter(({ kind }) => kind !== "PolicyTest"), locate };
  const nets = podNetsOf(options.podCidr);
  const { resources } = clusterOf(terminal, judged, nets, isServed ? "the server" : called);
  const byTest = new Map((loaded ?? []).map((one) => [one.resource, one]));
  return {
    tests,
    resources,
    locate,
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
  const files = readAll(sources, { unknownKinds: "skip", controllers: "as pods" });
  return requireValid(terminal, files, EXIT.usage);
}

function testsOf(resources: readonly AnyResource[]): PolicyTestResource[] {
  return resources.filter((one) => one.kind === "PolicyTest");
}
