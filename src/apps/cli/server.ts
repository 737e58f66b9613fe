/** `picket server`: the API over a store, until it is stopped. */
import { join } from "node:path";
import { EXIT, type ExitCode } from "./exit.ts";
import { openStore, type ServingOptions, serve } from "./serving.ts";
import { stopSignal } from "./stop-signal.ts";
import type { Terminal } from "./terminal.ts";

/** Ends at a signal, when open connections are closed. Throws CommandFailure. */
export async function server(terminal: Terminal, options: ServingOptions): Promise<ExitCode> {
  const stopped = stopSignal();
  const plane = await openStore(terminal, options.data);
  try {
    const url = await serve(plane, options);
    terminal.tell(`serving ${url}; KUBECONFIG=${join(options.data, "kubeconfig")}`);
    await stopped;
  } finally {
    await plane.close();
  }
  return EXIT.yes;
}
