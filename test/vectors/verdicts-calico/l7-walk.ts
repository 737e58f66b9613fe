/** Policies, and whole endpoints, before requests: the status that comes of it and its trace. */
import type { PolicyKind } from "../../../src/core/model/policy.ts";
import type { RequestAnswer, Turn } from "../../../src/core/model/request-verdict.ts";
import type { Decision } from "../../../src/core/model/verdict.ts";
import { address } from "../../../src/core/net/address.ts";
import type { Flow } from "../../../src/core/net/flow.ts";
import { TCP } from "../../../src/core/net/protocol.ts";
import type { RequestRule, Section, Stage } from "../../../src/core/policy/policy.ts";
import { walkRequest } from "../../../src/core/verdict/request.ts";
import { UnknownAction } from "./action.ts";
import { compileDataPathRule, type DataPathRule } from "./data-path-rule.ts";
import type { IpSets } from "./ip-sets.ts";
import {
  type FlowFields,
  ipSetsOf,
  type PolicyId,
  policyKey,
  principalsOf,
  requestOf,
  type Store,
  type StoredPolicy,
} from "./l7-store.ts";

export interface Endpoint {
  readonly tiers?: readonly EndpointTier[] | null;
  readonly profileIds?: readonly string[] | null;
}

interface EndpointTier {
  readonly name: string;
  readonly ingressPolicies?: readonly PolicyId[] | null;
  readonly egressPolicies?: readonly PolicyId[] | null;
  readonly defaultAction?: string;
}

type Direction = "ingress" | "egress";

export interface Question {
  readonly store?: Store | null;
  readonly endpoint?: Endpoint | null;
  readonly direction?: Direction;
  /** Absent: staged policies count as enforced. */
  readonly scope?: string;
  readonly flow: FlowFields;
}

export type Status = "ok" | "permission-denied" | "internal" | "invalid-argument";

export interface TraceEntry {
  readonly tier: string;
  readonly name: string;
  readonly namespace?: string;
  readonly kind: string;
  readonly index: number;
  readonly action: string;
  readonly direction: Direction;
}

export interface Answer {
  readonly status: Status;
  readonly trace: readonly TraceEntry[];
}

/** What stands for a rule that the reference gives up at, by its path. */
const GIVES_UP: ReadonlyMap<string, Status> = new Map([
  ["policy is not in the store", "internal"],
  ["action is none", "invalid-argument"],
]);

export function walkEndpoint(question: Question): Answer {
  const { store, endpoint, direction = "ingress", flow } = question;
  const sets = ipSetsOf(store);
  if (!endpoint) return { status: "permission-denied", trace: [] };
  const request = requestOf(flow);
  const section = sectionOf(question, endpoint, direction, sets);
  const answer = request
    ? walkRequest(section, request, principalsOf(store), [])
    : walkRequest(withoutRules(section), { flow: ANY_FLOW }, principalsOf(store), []);
  const turns = answer.turns.filter((turn) => givenUp(turn) === undefined);
  return {
    status: statusOf(answer),
    trace: turns.flatMap((turn) => traceOf(turn, endpoint, direction)),
  };
}

/** The one policy's say: its action in lower case, or `no_match`, and the rule that matched. */
export function walkPolicy(
  policy: StoredPolicy,
  { store, direction = "ingress", flow }: Question,
): { readonly action: string; readonly ruleIndex: number } {
  const tier = "the policy's";
  const id = policy.id ?? { name: "policy", kind: "NetworkPolicy" };
  const rules = rulesOf(policy, id, tier, direction, ipSetsOf(store));
  const otherwiseDecision: Decision = { by: "end-of-tier", tier, policy: identity(id) };
  const stage: Stage<RequestRule> = { name: tier, rules, otherwise: "Pass", otherwiseDecision };
  const section: Section<RequestRule> = { stages: [stage], final: "Deny", finalDecision: NONE };
  const request = requestOf(flow);
  const turn = request && walkRequest(section, request, principalsOf(store), []).turns[0];
  if (turn?.decision.by !== "rule") return { action: "no_match", ruleIndex: -1 };
  return { action: turn.action.toLowerCase(), ruleIndex: turn.decision.rule };
}

/** What is left for a flow of no known protocol, which no rule matches. */
function withoutRules(section: Section<RequestRule>): Section<RequestRule> {
  return { ...section, stages: section.stages.map((stage) => ({ ...stage, rules: [] })) };
}

const ANY_FLOW: Flow = { source: address("::"), destination: address("::"), protocol: TCP };

const NONE: Decision = { by: "no-profile" };

function sectionOf(
  { store, scope }: Question,
  endpoint: Endpoint,
  direction: Direction,
  sets: IpSets,
): Section<RequestRule> {
  const policies = new Map(
    store?.policies?.map((policy) => [policy.id ? policyKey(policy.id) : "", policy]),
  );
  const profiles = new Map(store?.profiles?.map((profile) => [profile.id.name, profile]));
  const tiers = (endpoint.tiers ?? []).flatMap((tier): Stage<RequestRule>[] => {
    const ids = inScope(tier, direction, scope);
    const [first] = ids;
    if (!first) return [];
    return [
      {
        name: tier.name,
        rules: ids.flatMap((id) =>
          rulesOf(policies.get(policyKey(id)), id, tier.name, direction, sets),
        ),
        otherwise: tier.defaultAction === "Pass" ? "Pass" : "Deny",
        otherwiseDecision: { by: "end-of-tier", tier: tier.name, policy: identity(first) },
      },
    ];
  });
  const profileStages = (endpoint.profileIds ?? []).map((name): Stage<RequestRule> => {
    const decide = (index: number, path: string): Decision => {
      return { by: "profile", profile: name, rule: index, path };
    };
    const written = rulesIn(profiles.get(name), direction);
    const rules = written.flatMap((rule, i) => compile(rule, sets, "", (path) => decide(i, path)));
    return { name, rules, otherwise: "Pass", otherwiseDecision: NONE };
  });
  return { stages: [...tiers, ...profileStages], final: "Deny", finalDecision: NONE };
}

function inScope(tier: EndpointTier, direction: Direction, scope: string | undefined): PolicyId[] {
  const ids = (direction === "ingress" ? tier.ingressPolicies : tier.egressPolicies) ?? [];
  return ids.filter(({ kind }) => scope !== "EnforcedOnly" || !kind.startsWith("Staged"));
}

function rulesOf(
  policy: StoredPolicy | undefined,
  id: PolicyId,
  tier: string,
  direction: Direction,
  sets: IpSets,
): RequestRule[] {
  const decide = (rule: number, path: string): Decision => {
    return { by: "rule", tier, policy: identity(id), rule, path };
  };
  if (!policy) {
    return compile({ action: "Deny" }, sets, "", () => decide(0, "policy is not in the store"));
  }
  return rulesIn(policy, direction).flatMap((rule, i) =>
    compile(rule, sets, policy.namespace ?? "", (path) => decide(i, path)),
  );
}

/** None or one. A rule with an unknown action denies, so that the walk ends where it matches. */
function compile(
  rule: DataPathRule,
  sets: IpSets,
  namespace: string,
  decide: (path: string) => Decision,
): RequestRule[] {
  try {
    return [compileDataPathRule(rule, sets, namespace, decide(""))].filter(
      (one) => one !== undefined,
    );
  } catch (error) {
    if (!(error instanceof UnknownAction)) throw error;
    return compile({ ...rule, action: "Deny" }, sets, namespace, () => decide("action is none"));
  }
}

function rulesIn(holder: StoredPolicy | undefined, direction: Direction): readonly DataPathRule[] {
  return (direction === "ingress" ? holder?.inboundRules : holder?.outboundRules) ?? [];
}

/** Kinds of vectors are Calico's; what a trace says of them is their text. */
function identity({ name, kind, namespace = "" }: PolicyId) {
  return { name, namespace, kind: kind as PolicyKind };
}

function givenUp({ decision }: Turn): Status | undefined {
  return "path" in decision ? GIVES_UP.get(decision.path) : undefined;
}

function statusOf({ action, turns }: RequestAnswer): Status {
  const last = turns.at(-1);
  const status = last && givenUp(last);
  if (status) return status;
  if (action === "BadRequest") return "invalid-argument";
  return action === "Allow" ? "ok" : "permission-denied";
}

function traceOf(
  { action, decision }: Turn,
  endpoint: Endpoint,
  direction: Direction,
): TraceEntry[] {
  const said = { action: action.toLowerCase(), direction };
  const profile = { tier: "__PROFILE__", kind: "Profile" };
  switch (decision.by) {
    case "rule":
    case "end-of-tier": {
      const { tier, policy } = decision;
      const { name, namespace, kind } = policy;
      const index = decision.by === "rule" ? decision.rule : -1;
      return [{ tier, name, ...(namespace !== "" && { namespace }), kind, index, ...said }];
    }
    case "profile":
      return [{ ...profile, name: decision.profile, index: decision.rule, ...said }];
    default:
      // Only an endpoint without profiles has a record of that none matched.
      if ((endpoint.profileIds ?? []).length > 0) return [];
      return [{ ...profile, name: "__PROFILE__", index: -1, ...said }];
  }
}
