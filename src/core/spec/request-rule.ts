/** Whether a rule matches a request (evaluation.md §13). */
import type { Model } from "../model/model.ts";
import type { HttpMatch, PathMatch, PrincipalMatch, Rule } from "../model/policy.ts";
import { isWithin, normalizePath } from "../net/http-path.ts";
import type { Principal, Request } from "../net/request.ts";
import { type Labels, matches, type Selector } from "../selector/selector.ts";
import { protocolMatches, sidesMatch, versionMatches } from "./rule.ts";

/** `bad request`: the rule would compare the request's path, and that does not begin with `/`. */
export type RequestMatch = "yes" | "no" | "bad request";

/**
 * §13, order of criteria: "source, destination, methods, paths, protocol; stops at the first that
 * fails". A rule of the other IP version is not there at all (§5.1).
 */
export function matchRequest(model: Model, rule: Rule, request: Request): RequestMatch {
  const { flow, source, destination } = request;
  if (!versionMatches(rule, flow) || !sidesMatch(model, rule, flow)) return "no";
  if (!principalMatches(model, rule.source.principal, source)) return "no";
  if (!principalMatches(model, rule.destination.principal, destination)) return "no";
  const http = matchHttp(rule.http, request.http ?? {});
  if (http !== "yes") return http;
  return protocolMatches(rule, flow) ? "yes" : "no";
}

/** §13: "missing principal → service-account and namespace criteria are treated as matching". */
function principalMatches(
  model: Model,
  wanted: PrincipalMatch | undefined,
  principal: Principal | undefined,
): boolean {
  if (!wanted || !principal) return true;
  const { namespace, serviceAccount } = principal;
  const { serviceAccountNames: names } = wanted;
  if (names && !names.includes(serviceAccount)) return false;
  if (wanted.namespace !== undefined && wanted.namespace !== namespace) return false;
  const own = model.serviceAccounts.get(`${namespace}/${serviceAccount}`) ?? [];
  // §13: "evaluated on SA labels (raw names) merged over request labels".
  const accountLabels = new Map([...(principal.labels ?? []), ...own]);
  return (
    isSelected(wanted.serviceAccountSelector, accountLabels) &&
    isSelected(wanted.namespaceSelector, model.namespaces.get(namespace) ?? new Map())
  );
}

function isSelected(selector: Selector | undefined, labels: Labels): boolean {
  return !selector || matches(selector, labels);
}

function matchHttp(
  wanted: HttpMatch | undefined,
  http: NonNullable<Request["http"]>,
): RequestMatch {
  if (!wanted) return "yes";
  if (!methodMatches(wanted.methods, http.method)) return "no";
  if (!wanted.paths || http.path === undefined) return "yes";
  if (!http.path.startsWith("/")) return "bad request";
  const path = normalizePath(http.path);
  if (path === undefined) return "no";
  return wanted.paths.some((one) => pathMatches(one, path)) ? "yes" : "no";
}

/** §13: "nil request method → match; `*` any; exact case-sensitive". */
function methodMatches(wanted: readonly string[] | undefined, method: string | undefined): boolean {
  if (!wanted || method === undefined) return true;
  return wanted.includes("*") || wanted.includes(method);
}

/** §13: "normalise both and compare"; a path of a rule that has no normal form matches nothing. */
function pathMatches(wanted: PathMatch, path: string): boolean {
  if ("exact" in wanted) return normalizePath(wanted.exact) === path;
  const prefix = normalizePath(wanted.prefix);
  return prefix !== undefined && isWithin(path, prefix);
}
