/** Requests before the reference's proxy: whole endpoints, single rules, and single criteria. */
import { isDeepStrictEqual } from "node:util";
import type { HttpMatch } from "../../../src/core/model/policy.ts";
import type { Decision } from "../../../src/core/model/verdict.ts";
import { normalizePath } from "../../../src/core/net/http-path.ts";
import { parseSpiffeId } from "../../../src/core/net/spiffe.ts";
import { matches } from "../../../src/core/selector/selector.ts";
import {
  matchesMethod,
  matchesPrincipal,
  matchPath,
  matchRequest,
} from "../../../src/core/verdict/match-request.ts";
import type { Finding, VectorCase } from "../family.ts";
import { actionOf, UnknownAction } from "./action.ts";
import { compileDataPathRule, type DataPathRule } from "./data-path-rule.ts";
import { l7Purpose } from "./l7-purpose.ts";
import {
  type FlowFields,
  ipSetsOf,
  principalsOf,
  requestOf,
  type StoredPolicy,
} from "./l7-store.ts";
import { type Question, type TraceEntry, walkEndpoint, walkPolicy } from "./l7-walk.ts";
import { selectorOf } from "./principal.ts";

/** The fields that its function has: the vectors' README. */
export interface L7Case extends VectorCase, Question {
  readonly fn: string;
  readonly rule?: DataPathRule | null;
  readonly flow: FlowFields;
  readonly policy?: StoredPolicy;
  readonly policyNamespace?: string;
  readonly protocol?: number;
  readonly match?: boolean;
  readonly panics?: boolean;
  readonly error?: boolean;
  readonly status?: string;
  readonly trace?: readonly TraceEntry[];
}

export function checkL7(one: L7Case): Finding {
  const why = check(one);
  const purpose = why === undefined ? undefined : l7Purpose(one);
  return purpose === undefined ? why : { purpose };
}

function check(one: L7Case): string | undefined {
  switch (one.fn) {
    case "evaluate":
    case "checkTiers":
      return checkWalk(one);
    case "checkPolicy":
      return difference(
        walkPolicy({ namespace: one.policyNamespace ?? "", ...one.policy }, one),
        pick(one, ["action", "ruleIndex"]),
      );
    case "actionFromString":
      return difference(actionName(one), one.panics ? "panics" : one.result);
    case "parseSpiffeID":
      return difference(spiffe(String(one.principal ?? "")), wantedPrincipal(one));
    case "normalizeHTTPPath":
      return difference(normalizePath(String(one.path)), one.rejected ? undefined : one.normalized);
    default:
      return checkMatch(one);
  }
}

function checkWalk(one: L7Case): string | undefined {
  const { status, trace } = walkEndpoint(one);
  const failed = status === "internal" || status === "invalid-argument";
  const found = one.fn === "evaluate" && failed ? { error: true } : { status, trace };
  const wanted = pick(one, ["status", "trace", "error"]);
  return difference(pick(found, Object.keys(wanted)), wanted);
}

/** A single matcher: everything that tells it apart is in the fields it was given. */
function checkMatch(one: L7Case): string | undefined {
  return difference(matchOf(one), one.panics ? "panics" : one.match);
}

type Match = boolean | "panics";

function matchOf(one: L7Case): Match {
  const { fn, rule, flow } = one;
  if (fn === "matchL4Protocol") return matchRule(one, rule ?? {}, { protocol: one.protocol ?? 0 });
  if (rule !== undefined) return matchRule(one, rule ?? {}, flow);
  if (fn === "matchLabels" || one.selector !== undefined) return matchLabels(one);
  if (fn === "matchName" || one.names !== undefined) return matchName(one);
  return matchHttp(one);
}

function matchRule(one: L7Case, rule: DataPathRule, flow: FlowFields): Match {
  const decision: Decision = { by: "no-match" };
  // An action says nothing of what a rule matches, and single criteria are tried without one.
  const acting = { ...rule, action: "allow" };
  const namespace = one.policyNamespace ?? "";
  const compiled = compileDataPathRule(acting, ipSetsOf(one.store), namespace, decision);
  const request = requestOf(flow);
  if (!compiled || !request) return false;
  const answer = matchRequest(compiled, request, principalsOf(one.store));
  return answer === "bad request" ? "panics" : answer === "yes";
}

function matchLabels(one: L7Case): boolean {
  const labels = Object.entries((one.labels ?? {}) as Readonly<Record<string, string>>);
  return matches(selectorOf(String(one.selector ?? "")), new Map(labels));
}

function matchName(one: L7Case): boolean {
  const names = (one.names ?? []) as readonly string[];
  const wanted = names.length > 0 ? { serviceAccountNames: names } : {};
  const principal = { namespace: "", serviceAccount: String(one.name ?? "") };
  return matchesPrincipal(wanted, principal, principalsOf(undefined));
}

/** `matchHTTP` has a whole criterion; methods or paths alone are given under their names. */
function matchHttp(one: L7Case): Match {
  const { methods, paths } = { ...one, ...(one.http as Partial<L7Case> | null) } as Listed;
  const asked = (listed: readonly unknown[] | null | undefined) => (listed?.length ?? 0) > 0;
  const text = (value: unknown) => (typeof value === "string" ? value : undefined);
  if (!matchesMethod(asked(methods) ? (methods ?? undefined) : undefined, text(one.method))) {
    return false;
  }
  const found = matchPath(asked(paths) ? (paths ?? undefined) : undefined, text(one.path));
  return found === "bad request" ? "panics" : found === "yes";
}

interface Listed {
  readonly methods?: HttpMatch["methods"] | null;
  readonly paths?: HttpMatch["paths"] | null;
}

function actionName({ action }: L7Case): string {
  try {
    return actionOf(String(action)).toLowerCase();
  } catch (error) {
    if (error instanceof UnknownAction) return "panics";
    throw error;
  }
}

/** "Empty parses to empty namespace and name" (evaluation.md §13). */
function spiffe(text: string): unknown {
  if (text === "") return { namespace: "", name: "" };
  const principal = parseSpiffeId(text);
  return principal
    ? { namespace: principal.namespace, name: principal.serviceAccount }
    : { error: true };
}

function wantedPrincipal(one: L7Case): unknown {
  if (one.error) return { error: true };
  return { namespace: one.namespace ?? "", name: one.name ?? "" };
}

function pick(from: object, keys: readonly string[]): object {
  return Object.fromEntries(Object.entries(from).filter(([key]) => keys.includes(key)));
}

function difference(found: unknown, wanted: unknown): string | undefined {
  if (isDeepStrictEqual(found, wanted)) return undefined;
  return `found ${JSON.stringify(found)}, wanted ${JSON.stringify(wanted)}`;
}
