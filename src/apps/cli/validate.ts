/** `picket validate`: what is wrong with manifests, without a server. */
import { EXIT, type ExitCode } from "./exit.ts";
import { errorLines, readAll } from "./manifests.ts";
import { readSources } from "./sources.ts";
import type { Terminal } from "./terminal.ts";

export interface ValidateOptions {
  readonly filename: readonly string[];
  readonly recursive: boolean;
  readonly output: "text" | "json";
}

export async function validate(terminal: Terminal, options: ValidateOptions): Promise<ExitCode> {
  const files = readAll(await readSources(terminal, options.filename, options.recursive));
  const errors = files.flatMap((file) => file.errors);
  const count = files.reduce((sum, file) => sum + file.resources.length, 0);
  if (options.output === "json") {
    terminal.print(JSON.stringify({ valid: errors.length === 0, objects: count, errors }));
  } else {
    for (const line of errorLines(errors)) terminal.print(line);
    if (errors.length === 0) {
      const objects = `${count} ${count === 1 ? "object" : "objects"}`;
      terminal.print(
        `valid: ${objects} in ${files.length} ${files.length === 1 ? "file" : "files"}`,
      );
    }
  }
  return errors.length === 0 ? EXIT.yes : EXIT.no;
}
