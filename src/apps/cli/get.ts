/** `picket get`: what the server holds. */
import { dump } from "js-yaml";
import { pathOf } from "../../control/sync/api-client.ts";
import type { ResourceKind } from "../../core/resources/resource.ts";
import { answered, clientOf, type ServerOptions } from "./client.ts";
import { EXIT, type ExitCode, usage } from "./exit.ts";
import { kindNamed, qualified } from "./kind-names.ts";
import { formatTable } from "./table.ts";
import type { Terminal } from "./terminal.ts";

export interface GetOptions extends ServerOptions {
  readonly output: "table" | "wide" | "json" | "yaml" | "name";
  /** The kubeconfig's when absent. */
  readonly namespace?: string;
  readonly allNamespaces: boolean;
}

const TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io";

/** Prints the objects of the kind `word`, or those of them that `names` lists. */
export async function get(
  terminal: Terminal,
  word: string,
  names: readonly string[],
  options: GetOptions,
): Promise<ExitCode> {
  const [kindWord = "", ...named] = word.split("/");
  const kind = kindNamed(kindWord);
  const client = clientOf(terminal, options);
  const wanted = [...named, ...names];
  if (options.allNamespaces && wanted.length > 0) {
    throw usage("an object has one namespace: give -n, not --all-namespaces, with a name");
  }
  const namespace = options.allNamespaces
    ? undefined
    : (options.namespace ?? client.connection.namespace);
  const asTable = options.output === "table" || options.output === "wide";
  const paths = wanted.length === 0 ? [undefined] : wanted;
  const answers = await Promise.all(
    paths.map(async (name) => {
      const path = pathOf(kind, namespace, name);
      const accept = asTable ? TABLE : "application/json";
      return answered(await client.send({ method: "GET", path, accept }));
    }),
  );
  if (asTable) return printTable(terminal, kind, namespace, answers as Table[], options);
  if (options.output === "name") {
    for (const item of answers.flatMap(itemsOf)) {
      terminal.print(`${qualified(kind)}/${item.metadata?.name ?? ""}`);
    }
    return EXIT.yes;
  }
  const found = answers.map(withoutBookkeeping);
  const answer =
    found.length === 1 ? found[0] : { apiVersion: "v1", kind: "List", metadata: {}, items: found };
  terminal.print(
    options.output === "json" ? JSON.stringify(answer, null, 2) : dump(answer).trimEnd(),
  );
  return EXIT.yes;
}

/** meta.k8s.io/v1 Table, as far as it is printed. */
interface Table {
  readonly columnDefinitions: readonly { readonly name: string; readonly priority?: number }[];
  readonly rows: readonly {
    readonly cells: readonly unknown[];
    readonly object?: Item;
  }[];
}

interface Item {
  readonly metadata?: {
    readonly name?: string;
    readonly namespace?: string;
    readonly managedFields?: unknown;
  };
}

function printTable(
  terminal: Terminal,
  kind: ResourceKind,
  namespace: string | undefined,
  tables: readonly Table[],
  options: GetOptions,
): ExitCode {
  const rows = tables.flatMap((table) => table.rows);
  if (rows.length === 0) {
    const where = kind.scope === "Namespaced" && namespace !== undefined;
    terminal.tell(`No resources found${where ? ` in ${namespace} namespace` : ""}.`);
    return EXIT.yes;
  }
  const columns = tables[0]?.columnDefinitions ?? [];
  const shown = columns.flatMap((column, i) =>
    options.output === "wide" || (column.priority ?? 0) === 0 ? [i] : [],
  );
  const withNamespace = options.allNamespaces && kind.scope === "Namespaced";
  const lines = [
    [
      ...(withNamespace ? ["NAMESPACE"] : []),
      ...shown.map((i) => columns[i]?.name.toUpperCase() ?? ""),
    ],
    ...rows.map((row) => [
      ...(withNamespace ? [row.object?.metadata?.namespace ?? ""] : []),
      ...shown.map((i) => cell(row.cells[i])),
    ]),
  ];
  for (const line of formatTable(lines)) terminal.print(line);
  return EXIT.yes;
}

/** What the server keeps about who set which field is of no use to a person. */
function withoutBookkeeping(answer: unknown): unknown {
  const strip = (item: Item): Item => {
    const { managedFields: _, ...metadata } = item.metadata ?? {};
    return { ...item, metadata };
  };
  const list = answer as { readonly items?: readonly Item[] };
  return list.items ? { ...list, items: list.items.map(strip) } : strip(answer as Item);
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return "<none>";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function itemsOf(answer: unknown): readonly Item[] {
  const list = answer as { readonly items?: readonly Item[] };
  return list.items ?? [answer as Item];
}
