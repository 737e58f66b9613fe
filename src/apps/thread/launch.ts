/** Where every thread of ours begins: it loads its module and hands it what the owner posts. */
import { enableCompileCache } from "node:module";
import { parentPort, workerData } from "node:worker_threads";
import { BEAT_MS, type Inward, type Outward, type Run, type ThreadStart } from "./module.ts";

// The cache of the main thread is not that of others.
enableCompileCache();
const { module, given }: ThreadStart = workerData;
const { run }: { readonly run: Run<unknown, unknown, unknown> } = await import(module);

const post = (message: Outward): void => parentPort?.postMessage(message);
const running = run(given, (message) => post({ is: "message", message }));
setInterval(() => post({ is: "beat" }), BEAT_MS).unref();
parentPort?.on("message", (inward: Inward) => {
  if (inward.is === "message") running.hear(inward.message);
  // Ends the thread and no more, even if something in it is not quite done.
  else void running.stop().then(() => process.exit());
});
