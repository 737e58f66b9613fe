/** What rules in data-path form say of those who send and receive requests. */
import type { PrincipalMatch } from "../../../src/core/model/policy.ts";
import { parseSelector } from "../../../src/core/selector/parse.ts";
import type { Selector } from "../../../src/core/selector/selector.ts";
import type { DataPathRule } from "./data-path-rule.ts";

interface ServiceAccountFields {
  readonly names?: readonly string[] | null;
  readonly selector?: string | null;
}

/** Undefined when the rule says nothing of the side's principal. */
export function principalMatch(
  rule: DataPathRule,
  side: "Src" | "Dst",
  namespace: string,
): PrincipalMatch | undefined {
  const accounts = (rule[`${side.toLowerCase()}ServiceAccountMatch`] ?? {}) as ServiceAccountFields;
  const text = (name: string) => (rule[name] as string | null | undefined) ?? "";
  const namespaces = text(`original${side}NamespaceSelector`);
  const names = accounts.names ?? [];
  const selects =
    text(`original${side}Selector`) !== "" ||
    text(`originalNot${side}Selector`) !== "" ||
    names.length > 0 ||
    (accounts.selector ?? "") !== "";
  const match: PrincipalMatch = {
    ...(names.length > 0 && { serviceAccountNames: names }),
    ...(accounts.selector && { serviceAccountSelector: selectorOf(accounts.selector) }),
    ...(namespaces !== "" && { namespaceSelector: selectorOf(namespaces) }),
    ...(namespaces === "" && namespace !== "" && selects && { namespace }),
  };
  return Object.keys(match).length > 0 ? match : undefined;
}

/** One that cannot be read selects nothing (evaluation.md §13). */
export function selectorOf(text: string): Selector {
  try {
    return parseSelector(text);
  } catch {
    return { op: "not", term: { op: "all" } };
  }
}
