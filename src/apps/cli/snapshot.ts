/** Everything that a server holds, as the engine reads it. */
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

function admitted(kind: ResourceKind, item: unknown): AnyResource[] {
  const found: Admission = admit(kind, item);
  if (found.admitted) return [found.resource];
  const [error] = found.errors;
  const what = `${apiVersionOf(kind)} ${kind.kind}`;
  throw new Error(`the server sent a ${what} that it should not hold: ${error?.message ?? ""}`);
}
