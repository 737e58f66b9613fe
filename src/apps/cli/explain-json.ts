/** An answer as `-o json` prints it. */
import type { Counterfactual } from "../../core/explanation/counterfactuals.ts";
import type { ExplainedStep } from "../../core/explanation/explain.ts";
import { missWords } from "../../core/explanation/miss-words.ts";
import type { Subject } from "../../core/explanation/questions.ts";
import type { TracedRule } from "../../core/explanation/rule-reader.ts";
import { ruleWords } from "../../core/explanation/rule-words.ts";
import type { Trace } from "../../core/explanation/trace.ts";
import type { Model } from "../../core/model/model.ts";
import { formatObject, manifestKind, type Policy } from "../../core/model/policy.ts";
import { formatAddress } from "../../core/net/address.ts";
import type { Answer, Explained } from "./explainer.ts";
import { describeDecision, type Locate } from "./explanation.ts";
import { verdictObject } from "./verdict-lines.ts";

type JsonFields = Readonly<Record<string, unknown>>;

/** One object; for a Service it has a list of its `backends`, each an answer of its own. */
export function answerObject(answer: Answer, locate: Locate): JsonFields {
  const { question, translation, explained, verdict } = answer;
  const { from, to } = question;
  const [only] = explained;
  if (!translation) return only ? explainedObject({ from, to }, answer, only, locate) : {};
  const { service, address, port, portName, implied } = translation;
  return {
    from,
    to,
    verdict,
    service: {
      name: service,
      ...(address && { address: formatAddress(address) }),
      port,
      ...(portName !== undefined && { portName }),
      implied,
    },
    backends: explained.map((one) => {
      return explainedObject({ from, to: one.connection.to }, answer, one, locate);
    }),
  };
}

function explainedObject(
  ends: { readonly from: string; readonly to: string },
  { request }: Answer,
  { explanation, counterfactuals }: Explained,
  locate: Locate,
): JsonFields {
  const { flow, verdict, steps, model } = explanation;
  const short = verdictObject(ends, flow, verdict, locate);
  const written: readonly JsonFields[] = Array.isArray(short.steps) ? short.steps : [];
  return {
    ...short,
    steps: written.map((step, i) => ({ ...step, ...walkOf(model, steps[i], locate) })),
    ...(request && { request: requestObject(request, explanation, locate) }),
    counterfactuals: counterfactuals.map((one) => editsObject(one, locate)),
  };
}

function walkOf(model: Model, step: ExplainedStep | undefined, locate: Locate): JsonFields {
  if (!step?.trace) return {};
  return { walk: traceObject(model, step.trace, step.subject, locate) };
}

function requestObject(
  { http, source }: NonNullable<Answer["request"]>,
  { request, model }: Explained["explanation"],
  locate: Locate,
): JsonFields {
  const asked = {
    ...http,
    ...(source && { serviceAccount: `${source.namespace}/${source.serviceAccount}` }),
  };
  if (!request) return { ...asked, verdict: "NotJudged" };
  const { verdict, trace, subject } = request;
  const turns = verdict.turns.map(({ action, decision }) => {
    return { ...describeDecision(decision, locate), action };
  });
  const walk = traceObject(model, trace, subject, locate);
  return { ...asked, verdict: verdict.action, turns, walk };
}

function traceObject(model: Model, trace: Trace, subject: Subject, locate: Locate): JsonFields {
  const tiers = trace.tiers.map(({ name, order, left, unread, policies }) => ({
    name,
    ...(order !== undefined && { order }),
    left,
    unread,
    policies: policies.map(({ policy, number, rules }) => ({
      number,
      ...policyObject(policy, locate),
      rules: rules.map((rule) => ruleObject(model, rule, policy, subject, locate)),
    })),
  }));
  const profiles = trace.profiles.map(({ name, exists, rules }) => {
    const matched = rules.find((one) => one.matched && one.rule.action !== "Log");
    return {
      name,
      exists,
      ...(matched && { rule: matched.rule.index, action: matched.rule.action }),
    };
  });
  return { tiers, profiles };
}

/** A policy in a list of them. */
export function policyObject(policy: Policy, locate: Locate): JsonFields {
  const { kind, namespace, name, order, staged, unenforceable } = policy;
  return {
    policy: formatObject(policy),
    kind: manifestKind(kind),
    namespace,
    name,
    ...(Number.isFinite(order) && { order }),
    staged,
    ...(unenforceable !== undefined && { unenforceable }),
    ...locate(policy, ""),
  };
}

function ruleObject(
  model: Model,
  traced: TracedRule,
  policy: Policy,
  subject: Subject,
  locate: Locate,
): JsonFields {
  const { rule, matched } = traced;
  return {
    rule: rule.index,
    action: rule.action,
    text: ruleWords(rule, policy.namespace),
    ...(locate(policy, rule.path) ?? locate(policy, "")),
    matched,
    ...(!matched && { why: missWords(model, traced, subject) }),
  };
}

function editsObject({ edits }: Counterfactual, locate: Locate): JsonFields {
  return {
    edits: edits.map(({ words, object, path, size }) => ({
      words,
      object,
      path,
      size,
      ...(locate(object, path) ?? locate(object, "")),
    })),
  };
}
