/** Whether a request is one that a compiled rule speaks of (evaluation.md §13). */
import type { HttpMatch, PrincipalMatch } from "../model/policy.ts";
import { isWithin, normalizePath } from "../net/http-path.ts";
import type { Principal, Request } from "../net/request.ts";
import type { RequestRule } from "../policy/policy.ts";
import { type Labels, matches } from "../selector/selector.ts";
import { matchesMessage, matchesSides } from "./match.ts";

/** What is known of those who send and receive requests. */
export interface Principals {
  namespaceLabels(name: string): Labels;
  serviceAccountLabels(namespace: string, name: string): Labels;
}

/**
 * Criteria are tried in an order that shows: a path that is none makes the request a bad one only
 * where all before it hold.
 */
export function matchRequest(
  rule: RequestRule,
  { flow, source, destination, http }: Request,
  principals: Principals,
): "yes" | "no" | "bad request" {
  const reached =
    matchesSides(rule, flow) &&
    matchesPrincipal(rule.sourcePrincipal, source, principals) &&
    matchesPrincipal(rule.destinationPrincipal, destination, principals) &&
    matchesMethod(rule.http?.methods, http?.method);
  if (!reached) return "no";
  const path = matchPath(rule.http?.paths, http?.path);
  return path === "yes" && !matchesMessage(rule, flow) ? "no" : path;
}

/** One who is not known is told by address alone, which the rule's selectors have seen to. */
export function matchesPrincipal(
  wanted: PrincipalMatch | undefined,
  principal: Principal | undefined,
  principals: Principals,
): boolean {
  if (!wanted || !principal) return true;
  const { namespace, serviceAccount, labels } = principal;
  if (wanted.namespace !== undefined && wanted.namespace !== namespace) return false;
  if (wanted.serviceAccountNames && !wanted.serviceAccountNames.includes(serviceAccount)) {
    return false;
  }
  if (wanted.namespaceSelector) {
    const own = principals.namespaceLabels(namespace);
    if (!matches(wanted.namespaceSelector, own)) return false;
  }
  if (!wanted.serviceAccountSelector) return true;
  const own = principals.serviceAccountLabels(namespace, serviceAccount);
  return matches(wanted.serviceAccountSelector, labels ? new Map([...labels, ...own]) : own);
}

export function matchesMethod(wanted: HttpMatch["methods"], method: string | undefined): boolean {
  return !wanted || method === undefined || wanted.some((one) => one === "*" || one === method);
}

/** A path that has no normal form matches nothing, of a rule or of a request. */
export function matchPath(
  wanted: HttpMatch["paths"],
  path: string | undefined,
): "yes" | "no" | "bad request" {
  if (!wanted || path === undefined) return "yes";
  if (!path.startsWith("/")) return "bad request";
  const found = normalizePath(path);
  if (found === undefined) return "no";
  const isMet = wanted.some((one) => {
    const own = normalizePath("exact" in one ? one.exact : one.prefix);
    if (own === undefined) return false;
    return "exact" in one ? own === found : isWithin(found, own);
  });
  return isMet ? "yes" : "no";
}
