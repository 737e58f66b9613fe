/** Everything that a server or manifests hold, as the engine reads it. */
import type { ApiClient } from "../../control/sync/api-client.ts";
import { type Admission, admit } from "../../core/resources/admit.ts";
import { type AnyResource, apiVersionOf, KINDS } from "../../core/resources/kinds.ts";
import type { ResourceKind } from "../../core/resources/resource.ts";
import { answered } from "./client.ts";

/** Every object of every kind that the server has. */
export async function fetchAll(client: ApiClient): Promise<AnyResource[]> {
  const lists = await Promise.all(
    KINDS.map(async (kind) => {
      const { items } = answered(await client.list(kind));
      return items.flatMap((item) => admitted(kind, item));
    }),
  );
  return lists.flat();
}

/**
 * `resources`, and the namespaces that pods are in although no manifest describes them: no cluster
 * has a pod without its namespace.
 */
export function withImpliedNamespaces(resources: readonly AnyResource[]): {
  readonly resources: readonly AnyResource[];
  readonly implied: readonly string[];
} {
  const described = new Set<string>();
  const needed = new Set<string>();
  for (const { kind, metadata } of resources) {
    if (kind === "Namespace") described.add(metadata.name);
    if (kind === "Pod") needed.add(metadata.namespace ?? "default");
  }
  const implied = [...needed].filter((name) => !described.has(name)).sort();
  const namespace = KINDS.find((kind) => kind.kind === "Namespace");
  if (!namespace) throw new Error("no kind Namespace");
  const added = implied.flatMap((name) => {
    const labels = { "kubernetes.io/metadata.name": name };
    return admitted(namespace, { metadata: { name, labels } });
  });
  return { resources: [...resources, ...added], implied };
}

function admitted(kind: ResourceKind, item: unknown): AnyResource[] {
  const found: Admission = admit(kind, item);
  if (found.admitted) return [found.resource];
  const [error] = found.errors;
  const what = `${apiVersionOf(kind)} ${kind.kind}`;
  throw new Error(`the server sent a ${what} that it should not hold: ${error?.message ?? ""}`);
}
