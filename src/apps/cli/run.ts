/** One command from its arguments to its exit code, whatever the terminal is. */
import { inspect } from "node:util";
import { CommanderError } from "commander";
import { CommandFailure, EXIT, type ExitCode } from "./exit.ts";
import { commandLine } from "./program.ts";
import type { Terminal } from "./terminal.ts";

/** Runs `args`, without the program's name. What goes wrong is told and is the exit code. */
export async function run(terminal: Terminal, args: readonly string[]): Promise<ExitCode> {
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
