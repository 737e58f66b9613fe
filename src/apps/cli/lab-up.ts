/** `picket lab up`: the lab of a cluster's manifests, policed and served, until it is stopped. */
import { join } from "node:path";
import { EXIT, type ExitCode, usage } from "./exit.ts";
import { readAll, requireValid } from "./manifests.ts";
import type { ServingOptions } from "./serving.ts";
import { openSession } from "./session.ts";
import { readSources } from "./sources.ts";
import { stopSignal } from "./stop-signal.ts";
import type { Terminal } from "./terminal.ts";

export interface LabUpOptions extends ServingOptions {
  readonly filename: readonly string[];
  readonly recursive: boolean;
}

export async function labUp(terminal: Terminal, options: LabUpOptions): Promise<ExitCode> {
  if (!terminal.isRoot) throw usage("a lab is root's: run this as root");
  const stopped = stopSignal();
  const sources = await readSources(terminal, options.filename, options.recursive);
  const cluster = requireValid(terminal, readAll(sources));
  const session = await openSession(terminal, { ...options, cluster, onLog: () => {} });
  try {
    terminal.tell(`serving ${session.url}; KUBECONFIG=${join(options.data, "kubeconfig")}`);
    terminal.tell("the lab is up. Ctrl-C removes it.");
    await stopped;
  } finally {
    await session.close();
  }
  return EXIT.yes;
}
