/** The process: its arguments in, its exit code out. */
import { inspect } from "node:util";
import { CommanderError } from "commander";
import { CommandFailure, EXIT, type ExitCode } from "./exit.ts";
import { commandLine } from "./program.ts";
import { processTerminal, type Terminal } from "./terminal.ts";

async function main(terminal: Terminal, args: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = EXIT.yes;
  const program = commandLine(terminal, (ended) => {
    code = ended;
  });
  try {
    await program.parseAsync([...args], { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.yes : EXIT.usage;
    if (error instanceof CommandFailure) {
      terminal.tell(`picket: ${error.message}`);
      return error.code;
    }
    terminal.tell(`picket: ${inspect(error)}`);
    return EXIT.fault;
  }
}

// A reader that has seen enough (`| head`) is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(EXIT.yes);
  throw error;
});

process.exitCode = await main(processTerminal(), process.argv.slice(2));
