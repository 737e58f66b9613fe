/** The process: its arguments in, its exit code out. */
import { EXIT } from "./exit.ts";
import { run } from "./run.ts";
import { processTerminal } from "./terminal.ts";

// A reader that has seen enough (`| head`) is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(EXIT.yes);
  throw error;
});

process.exitCode = await run(processTerminal(), process.argv.slice(2));
