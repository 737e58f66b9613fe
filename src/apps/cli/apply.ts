/** `picket apply`: makes the server hold what manifests say. */
import { dump } from "js-yaml";
import { type ApiClient, batchFailure } from "../../control/sync/api-client.ts";
import { clientOf, exitCodeOf, type ServerOptions } from "./client.ts";
import { CommandFailure, EXIT, type ExitCode } from "./exit.ts";
import { qualified } from "./kind-names.ts";
import { errorLines, type ReadFile, readAll } from "./manifests.ts";
import { readSources } from "./sources.ts";
import type { Terminal } from "./terminal.ts";

export interface ApplyOptions extends ServerOptions {
  readonly filename: readonly string[];
  readonly recursive: boolean;
  readonly namespace?: string;
  readonly output: "text" | "json" | "yaml" | "name";
}

/**
 * Applies each file, all of it or nothing. Where one is refused the others are applied all the
 * same, and the command fails.
 */
export async function apply(terminal: Terminal, options: ApplyOptions): Promise<ExitCode> {
  const client = clientOf(terminal, options);
  const namespace = options.namespace ?? client.connection.namespace;
  const sources = await readSources(terminal, options.filename, options.recursive);
  const files = readAll(sources, { namespace });
  if (files.every(({ resources, errors }) => resources.length + errors.length === 0)) {
    throw new CommandFailure(
      EXIT.no,
      `no objects to apply in ${files.map((one) => one.file).join(", ")}`,
    );
  }
  let code: ExitCode = EXIT.yes;
  for (const read of files) {
    const ended =
      read.errors.length > 0
        ? tellErrors(terminal, read)
        : await applyFile(terminal, client, read, options.output);
    if (ended === EXIT.unreachable) return ended;
    if (ended !== EXIT.yes) code = ended;
  }
  return code;
}

function tellErrors(terminal: Terminal, { file, errors }: ReadFile): ExitCode {
  for (const line of errorLines(errors)) terminal.tell(line);
  terminal.tell(`${file}: nothing of this file is applied`);
  return EXIT.no;
}

async function applyFile(
  terminal: Terminal,
  client: ApiClient,
  { file, resources }: ReadFile,
  output: ApplyOptions["output"],
): Promise<ExitCode> {
  if (resources.length === 0) return EXIT.yes;
  const answer = await client.applyAll(resources.map(({ resource }) => resource));
  if (!answer.ok) {
    const refused = batchFailure(answer.failure);
    for (const { index, status } of refused ?? []) {
      terminal.tell(`${file}:${resources[index]?.line ?? 1}: ${status.message ?? "refused"}`);
    }
    if (refused) terminal.tell(`${file}: nothing of this file is applied`);
    else terminal.tell(`picket: ${answer.failure.message}`);
    return exitCodeOf(answer.failure);
  }
  for (const [i, { outcome, object }] of answer.value.items.entries()) {
    const kind = resources[i]?.kind;
    const name = `${kind ? qualified(kind) : object.kind}/${object.metadata.name}`;
    if (output === "json") terminal.print(JSON.stringify(object, null, 2));
    else if (output === "yaml") terminal.print(`---\n${dump(object).trimEnd()}`);
    else terminal.print(output === "name" ? name : `${name} ${outcome}`);
  }
  return EXIT.yes;
}
