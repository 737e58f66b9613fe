/** Judges requests at the workload they come to, by its compiled ingress (evaluation.md §13). */
import type { WorkloadEndpoint } from "../model/endpoint.ts";
import type { RequestAnswer, RequestVerdict, Turn } from "../model/request-verdict.ts";
import type { Decision, Step } from "../model/verdict.ts";
import type { Request } from "../net/request.ts";
import type { RequestRule, Section, Stage } from "../policy/policy.ts";
import { matchRequest, type Principals } from "./match-request.ts";

type Logs = Step["logs"][number][];

/** What requests ask of a cluster. */
export interface RequestCluster extends Principals {
  requests(endpoint: WorkloadEndpoint): {
    readonly enforced: Section<RequestRule>;
    readonly pending?: Section<RequestRule>;
  };
}

/** The verdict of `endpoint`, which `request` is for. */
export function judgeRequest(
  cluster: RequestCluster,
  endpoint: WorkloadEndpoint,
  request: Request,
): RequestVerdict {
  const { enforced, pending } = cluster.requests(endpoint);
  const logs: Logs = [];
  const verdict = { ...walkRequest(enforced, request, cluster, logs), logs };
  if (!pending) return verdict;
  return { ...verdict, pending: walkRequest(pending, request, cluster, []) };
}

/** Walks a section with a request, and adds the Log rules that it meets to `logs`. */
export function walkRequest(
  section: Section<RequestRule>,
  request: Request,
  principals: Principals,
  logs: Logs,
): RequestAnswer {
  const turns: Turn[] = [];
  for (const stage of section.stages) {
    const turn = walkStage(stage, request, principals, logs);
    if (turn === "bad request") return { action: "BadRequest", turns };
    if (!turn) continue;
    turns.push(turn);
    if (turn.action !== "Pass") return { action: turn.action, turns };
  }
  turns.push({ action: "Deny", decision: section.finalDecision });
  return { action: "Deny", turns };
}

/** Undefined for a profile of which no rule matches: it says nothing. */
function walkStage(
  stage: Stage<RequestRule>,
  request: Request,
  principals: Principals,
  logs: Logs,
): Turn | "bad request" | undefined {
  for (const rule of stage.rules) {
    const match = matchRequest(rule, request, principals);
    if (match === "bad request") return match;
    if (match === "no") continue;
    const { action, decision } = rule;
    if (action !== "Log") return { action: isPassOfProfile(rule) ? "Deny" : action, decision };
    if (isRule(decision)) logs.push(decision);
  }
  const { otherwise: action, otherwiseDecision: decision } = stage;
  return decision.by === "end-of-tier" ? { action, decision } : undefined;
}

/** Of packets the next profile would be asked; of requests, nobody (evaluation.md §13). */
function isPassOfProfile({ action, decision }: RequestRule): boolean {
  return action === "Pass" && decision.by === "profile";
}

function isRule(decision: Decision): decision is Logs[number] {
  return decision.by === "rule" || decision.by === "profile";
}
