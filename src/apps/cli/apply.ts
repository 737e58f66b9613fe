/** `picket apply`: makes the server hold what manifests say. */
import { dump } from "js-yaml";
import type { LoadedResource } from "../../core/resources/read.ts";
import { type ApiClient, ApiRefusal, pathOf } from "./api-client.ts";
import { clientOf, type ServerOptions } from "./client.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { qualified } from "./kind-names.ts";
import { errorLines, readAll } from "./manifests.ts";
import { readSources } from "./sources.ts";
import type { Terminal } from "./terminal.ts";

export interface ApplyOptions extends ServerOptions {
  readonly filename: readonly string[];
  readonly recursive: boolean;
  readonly namespace?: string;
  readonly output: "text" | "json" | "yaml" | "name";
}

/**
 * Applies every file that has no error, its objects in order. Of a file with an error nothing is
 * sent; the others are applied all the same, and the command fails.
 */
export async function apply(terminal: Terminal, options: ApplyOptions): Promise<ExitCode> {
  const client = clientOf(terminal, options);
  const namespace = options.namespace ?? client.namespace;
  const sources = await readSources(terminal, options.filename, options.recursive);
  let code: ExitCode = EXIT.yes;
  for (const { file, resources, errors } of readAll(sources, { namespace })) {
    if (errors.length > 0) {
      for (const line of errorLines(errors)) terminal.tell(line);
      terminal.tell(`${file}: nothing of this file is applied`);
      code = EXIT.no;
      continue;
    }
    for (const loaded of resources) {
      const refused = await applyOne(terminal, client, loaded, options.output);
      if (refused !== undefined) code = EXIT.refused;
    }
  }
  return code;
}

/** Sends one object; what the server says against it is told, with its line, and returned. */
async function applyOne(
  terminal: Terminal,
  client: ApiClient,
  loaded: LoadedResource,
  output: ApplyOptions["output"],
): Promise<ApiRefusal | undefined> {
  const { resource, kind, document, line } = loaded;
  const { name, namespace } = resource.metadata;
  const path = pathOf(kind, namespace, name);
  try {
    const answer = await client.send({
      method: "PATCH",
      path: `${path}?fieldManager=picket&force=true&fieldValidation=Strict`,
      contentType: "application/apply-patch+yaml",
      body: JSON.stringify(resource),
    });
    if (output === "json") terminal.print(JSON.stringify(answer, null, 2));
    else if (output === "yaml") terminal.print(`---\n${dump(answer).trimEnd()}`);
    else terminal.print(`${qualified(kind)}/${name}${output === "text" ? " applied" : ""}`);
    return undefined;
  } catch (error) {
    if (!(error instanceof ApiRefusal)) throw error;
    terminal.tell(`${document.file}:${line}: ${error.message}`);
    return error;
  }
}
