/** `picket delete`: removes objects from the server. */
import type { ResourceKind } from "../../core/resources/resource.ts";
import { clientOf, exitCodeOf, isNotFound, type ServerOptions } from "./client.ts";
import { EXIT, type ExitCode, usage } from "./exit.ts";
import { kindNamed, qualified } from "./kind-names.ts";
import { readAll, requireValid } from "./manifests.ts";
import { readSources } from "./sources.ts";
import type { Terminal } from "./terminal.ts";

export interface DeleteOptions extends ServerOptions {
  readonly filename?: readonly string[];
  readonly recursive: boolean;
  readonly namespace?: string;
  readonly ignoreNotFound: boolean;
  readonly output: "text" | "name";
}

interface Target {
  readonly kind: ResourceKind;
  readonly namespace: string | undefined;
  readonly name: string;
}

/** Deletes each object; one that is not there makes the answer a negative one. */
export async function remove(
  terminal: Terminal,
  word: string | undefined,
  names: readonly string[],
  options: DeleteOptions,
): Promise<ExitCode> {
  const client = clientOf(terminal, options);
  const namespace = options.namespace ?? client.connection.namespace;
  const targets = options.filename
    ? await targetsOfFiles(terminal, word, options.filename, namespace, options.recursive)
    : targetsByName(word, names, namespace);
  let code: ExitCode = EXIT.yes;
  for (const { kind, namespace: place, name } of targets) {
    const answer = await client.delete(kind, place ?? "", name);
    if (answer.ok) {
      const object = `${qualified(kind)}/${name}`;
      terminal.print(options.output === "name" ? object : `${object} deleted`);
    } else if (!isNotFound(answer.failure) || !options.ignoreNotFound) {
      terminal.tell(`picket: ${answer.failure.message}`);
      code = exitCodeOf(answer.failure);
    }
  }
  return code;
}

/** The last object first, so that what a file built up comes down in the opposite order. */
async function targetsOfFiles(
  terminal: Terminal,
  word: string | undefined,
  paths: readonly string[],
  namespace: string,
  recursive: boolean,
): Promise<Target[]> {
  if (word !== undefined) throw usage("give -f or a kind with names, not both");
  const files = readAll(await readSources(terminal, paths, recursive), { namespace });
  return requireValid(terminal, files)
    .map(({ kind, resource: { metadata } }) => ({
      kind,
      namespace: metadata.namespace,
      name: metadata.name,
    }))
    .reverse();
}

function targetsByName(
  word: string | undefined,
  names: readonly string[],
  namespace: string,
): Target[] {
  const [kindWord, ...named] = word?.split("/") ?? [];
  if (kindWord === undefined) throw usage("give a kind and names, or -f");
  const kind = kindNamed(kindWord);
  const wanted = [...named, ...names];
  if (wanted.length === 0) throw usage(`name the ${kind.plural} to delete`);
  return wanted.map((name) => ({ kind, namespace, name }));
}
