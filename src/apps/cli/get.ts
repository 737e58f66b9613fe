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

/** What the server answered for one kind. */
interface Answers {
  readonly kind: ResourceKind;
  /** A list or, of objects that were named, an object each; in table form if that was asked. */
  readonly answers: readonly unknown[];
}

/** Prints the objects of the kinds in `word` (`tiers,gnp`), or of one kind those that `names` lists. */
export async function get(
  terminal: Terminal,
  word: string,
  names: readonly string[],
  options: GetOptions,
): Promise<ExitCode> {
  const [words = "", ...named] = word.split("/");
  const kinds = words.split(",").map(kindNamed);
  const wanted = [...named, ...names];
  if (kinds.length > 1 && wanted.length > 0) throw usage("names are looked up in one kind only");
  if (options.allNamespaces && wanted.length > 0) {
    throw usage("an object has one namespace: give -n, not --all-namespaces, with a name");
  }
  const client = clientOf(terminal, options);
  const namespace = options.allNamespaces
    ? undefined
    : (options.namespace ?? client.connection.namespace);
  const asTable = options.output === "table" || options.output === "wide";
  const accept = asTable ? TABLE : "application/json";
  const paths = wanted.length === 0 ? [undefined] : wanted;
  const ask = async (kind: ResourceKind, name: string | undefined): Promise<unknown> =>
    answered(await client.send({ method: "GET", path: pathOf(kind, namespace, name), accept }));
  const found: readonly Answers[] = await Promise.all(
    kinds.map(async (kind) => ({
      kind,
      answers: await Promise.all(paths.map((name) => ask(kind, name))),
    })),
  );
  if (asTable) printTables(terminal, namespace, found, options);
  else if (options.output === "name") printNames(terminal, found);
  else printObjects(terminal, found, options.output === "json");
  return EXIT.yes;
}

function printNames(terminal: Terminal, found: readonly Answers[]): void {
  for (const { kind, answers } of found) {
    for (const item of answers.flatMap(itemsOf)) {
      terminal.print(`${qualified(kind)}/${item.metadata?.name ?? ""}`);
    }
  }
}

function printObjects(terminal: Terminal, found: readonly Answers[], asJson: boolean): void {
  const all = found.flatMap(({ answers }) => answers);
  const [only] = all;
  const items = found.length > 1 ? all.flatMap(itemsOf) : all;
  const answer =
    all.length === 1
      ? withoutBookkeeping(only)
      : { apiVersion: "v1", kind: "List", metadata: {}, items: items.map(withoutBookkeeping) };
  terminal.print(asJson ? JSON.stringify(answer, null, 2) : dump(answer).trimEnd());
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

/** A table a kind; those of several kinds have a blank line between them and say of what kind each is. */
function printTables(
  terminal: Terminal,
  namespace: string | undefined,
  found: readonly Answers[],
  options: GetOptions,
): void {
  const tables = found
    .map(({ kind, answers }) => tableLines(kind, answers as Table[], found.length > 1, options))
    .filter((lines) => lines.length > 0);
  if (tables.length === 0) {
    const where = namespace !== undefined && found.some(({ kind }) => kind.scope === "Namespaced");
    terminal.tell(`No resources found${where ? ` in ${namespace} namespace` : ""}.`);
  }
  for (const [i, lines] of tables.entries()) {
    if (i > 0) terminal.print("");
    for (const line of formatTable(lines)) terminal.print(line);
  }
}

/** Nothing when there is no row. */
function tableLines(
  kind: ResourceKind,
  tables: readonly Table[],
  withKind: boolean,
  options: GetOptions,
): string[][] {
  const rows = tables.flatMap((table) => table.rows);
  if (rows.length === 0) return [];
  const columns = tables[0]?.columnDefinitions ?? [];
  const shown = columns.flatMap((column, i) =>
    options.output === "wide" || (column.priority ?? 0) === 0 ? [i] : [],
  );
  const withNamespace = options.allNamespaces && kind.scope === "Namespaced";
  const prefix = withKind ? `${qualified(kind)}/` : "";
  return [
    [
      ...(withNamespace ? ["NAMESPACE"] : []),
      ...shown.map((i) => columns[i]?.name.toUpperCase() ?? ""),
    ],
    ...rows.map((row) => [
      ...(withNamespace ? [row.object?.metadata?.namespace ?? ""] : []),
      ...shown.map((i) => (i === 0 ? prefix : "") + cell(row.cells[i])),
    ]),
  ];
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
