/** Everything that a server holds, as the engine reads it. */
import type { Answer, ApiClient, ApiList } from "../../control/sync/api-client.ts";
import { type Admission, admit } from "../../core/resources/admit.ts";
import { type AnyResource, apiVersionOf, VERDICT_KINDS } from "../../core/resources/kinds.ts";
import type { Resource, ResourceKind } from "../../core/resources/resource.ts";
import { answered, isNotFound } from "./client.ts";

/**
 * Every object of the kinds that the server has; a kind that it does not serve has none. An object
 * that is not what Picket takes its kind to be is left out, and told in words.
 */
export async function fetchAll(
  client: ApiClient,
  kinds: readonly ResourceKind[] = VERDICT_KINDS,
  tell: (problem: string) => void = refuse,
): Promise<AnyResource[]> {
  const lists = await Promise.all(
    kinds.map(async (kind) => {
      const answer = await client.list(kind);
      if (isUnserved(answer)) return [];
      return answered(answer).items.flatMap((item) => admitted(kind, item, tell));
    }),
  );
  return lists.flat();
}

function admitted(
  kind: ResourceKind,
  item: Resource,
  tell: (problem: string) => void,
): AnyResource[] {
  const found: Admission = admit(kind, item);
  if (found.admitted) return [found.resource];
  const [error] = found.errors;
  const { namespace, name } = item.metadata;
  const what = `${apiVersionOf(kind)} ${kind.kind} ${namespace ? `${namespace}/` : ""}${name}`;
  tell(`${what} is left out: ${error?.field ?? ""}: ${error?.message ?? ""}`);
  return [];
}

/** A cluster need not have the kinds of every other. */
function isUnserved(answer: Answer<ApiList>): boolean {
  return !answer.ok && isNotFound(answer.failure);
}

/** Our own server holds nothing that it would not admit. */
function refuse(problem: string): never {
  throw new Error(`the server sent what it should not hold: ${problem}`);
}
