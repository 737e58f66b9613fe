/** `picket lab down`: stops the lab of a data directory, and clears up after dead processes. */
import { setTimeout as sleep } from "node:timers/promises";
import { isOwnerAlive } from "../../dataplane/lab/lab-id.ts";
import { sweepStaleLabs } from "../../dataplane/lab/sweep.ts";
import { EXIT, type ExitCode, usage } from "./exit.ts";
import { findRunningLab, forgetRunningLab } from "./running.ts";
import type { Terminal } from "./terminal.ts";

export async function labDown(
  terminal: Terminal,
  { data }: { readonly data: string },
): Promise<ExitCode> {
  if (!terminal.isRoot) throw usage("a lab is root's: run this as root");
  const running = findRunningLab(data);
  if (running) {
    process.kill(running.id.pid, "SIGTERM");
    while (isOwnerAlive(running.id)) await sleep(20);
    terminal.print(`stopped the lab of process ${running.id.pid}`);
  }
  const swept = sweepStaleLabs();
  forgetRunningLab(data);
  if (swept.length > 0) terminal.print(`removed ${swept.length} namespaces of dead processes`);
  if (!running && swept.length === 0) terminal.tell(`no lab is up from ${data}`);
  return running || swept.length > 0 ? EXIT.yes : EXIT.no;
}
