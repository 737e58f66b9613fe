/** What a rule says of the identities that requests come with (evaluation.md §13). */
import type { Selector } from "../selector/selector.ts";
import type { PrincipalMatch } from "./policy.ts";

/** One side of a rule, read as it is written: no prefix is on any label yet. */
export interface PrincipalCriteria {
  readonly accountNames: readonly string[];
  readonly accounts: Selector | undefined;
  readonly namespaces: Selector | undefined;
  /** The policy's own; "" for a global one. */
  readonly namespace: string;
  /** Whether the side selects endpoints at all, by whatever criterion. */
  readonly selects: boolean;
}

/** What must hold of the principal; undefined when nothing must. */
export function principalMatch(criteria: PrincipalCriteria): PrincipalMatch | undefined {
  const { accountNames, accounts, namespaces, namespace, selects } = criteria;
  const own = !namespaces && selects && namespace !== "";
  if (accountNames.length === 0 && !accounts && !namespaces && !own) return undefined;
  return {
    ...(accountNames.length > 0 && { serviceAccountNames: accountNames }),
    ...(accounts && { serviceAccountSelector: accounts }),
    ...(namespaces && { namespaceSelector: namespaces }),
    ...(own && { namespace }),
  };
}
