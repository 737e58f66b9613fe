/** Policies and their rules, as the reference flattens them and as Picket converts them. */
import { modelOf } from "../../../src/core/model/convert.ts";
import type { Problem } from "../../../src/core/model/model.ts";
import type { Policy } from "../../../src/core/model/policy.ts";
import type { AnyResource } from "../../../src/core/resources/kinds.ts";
import type { Finding } from "../family.ts";
import { difference, plainPolicy } from "../plain-policy.ts";
import { type Fault, faultsOf, type PolicyCase } from "./faults.ts";
import { type Flat, flats, readFlatPolicy, readFlatRule, text } from "./flat-rule.ts";

const UNPREVIEWED = "StagedKubernetesNetworkPolicy with a rule that cannot be read";

/** A whole policy; `expected` is null when the reference does not hand it on. */
export function checkPolicy(policy: Flat, expected: Flat | null): Finding {
  return settle({ policy, expected }, comparePolicy);
}

/** Rules of a policy of `namespace`, "" for a global one. */
export function checkRules(
  rules: readonly Flat[],
  namespace: string,
  expected: readonly Flat[],
): Finding {
  const around = { policy: policyAround(rules, namespace), expected: { inbound_rules: expected } };
  return settle(around, compareRules);
}

type Compare = (one: PolicyCase) => string | undefined;

/** Equal, or different for reasons that stand in the reference, and reported. */
export function settle(one: PolicyCase, compare: Compare): Finding {
  const faults = faultsOf(one.policy);
  const model = modelOf([one.policy as unknown as AnyResource]);
  const silent = faults.find((fault) => !isReported(fault, model.problems));
  if (silent) return `${silent.path} is not reported`;
  const open = faults.find((fault) => !isClosed(fault, model.policies));
  if (open) return `${open.path} is lost, and what is left is in force`;
  const [row] = faults.flatMap((fault) => fault.row ?? []);
  const purpose = row === undefined ? undefined : { purpose: row };
  let mended = one;
  for (const { mend } of faults) {
    if (!mend) return purpose;
    mended = mend(mended);
  }
  return compare(mended) ?? purpose;
}

function isReported({ path, text: quoted = "" }: Fault, problems: readonly Problem[]): boolean {
  if (path === undefined) return true;
  const told = problems.filter((problem) => problem.path === path);
  return told.some(({ message }) => quoted === "" || message.includes(JSON.stringify(quoted)));
}

/** Nothing that lacks a part is in force: neither its rule nor, where the policy lacks it, any. */
function isClosed({ path }: Fault, policies: readonly Policy[]): boolean {
  if (path === undefined) return true;
  return policies.every(({ ingress, egress, unenforceable }) => {
    const rules = [...ingress, ...egress];
    const inForce = path.includes("[") && rules.some((rule) => path.startsWith(`${rule.path}.`));
    return unenforceable !== undefined || (path.includes("[") && !inForce);
  });
}

function comparePolicy({ policy, expected }: PolicyCase): string | undefined {
  const { policies, problems } = modelOf([policy as unknown as AnyResource]);
  const [found] = policies;
  if (!found || expected === null) {
    return difference(found === undefined, expected === null, "absence");
  }
  const reported = problems.find(({ path }) => path !== "spec.tier" && !path.endsWith(".http"));
  if (reported) return `reported: ${reported.path}: ${reported.message}`;
  const staged = text(policy.kind).startsWith("Staged");
  return difference(plainPolicy(found), readFlatPolicy(expected as Flat, staged));
}

function compareRules({ policy, expected }: PolicyCase): string | undefined {
  const namespace = text((policy.metadata as Flat).namespace);
  const [found] = modelOf([policy as unknown as AnyResource]).policies;
  const wanted = flats((expected as Flat).inbound_rules);
  const want = wanted.map((rule) => readFlatRule(rule, namespace));
  return difference(found && plainPolicy(found).ingress, want, "rules");
}

function policyAround(rules: readonly Flat[], namespace: string): Flat {
  return {
    apiVersion: "projectcalico.org/v3",
    kind: namespace === "" ? "GlobalNetworkPolicy" : "NetworkPolicy",
    metadata: { name: "policy", ...(namespace !== "" && { namespace }) },
    spec: { types: ["Ingress"], ingress: rules },
  };
}

/** A staged policy that the reference no longer previews, and Picket does without the bad rule. */
export function isStillPreviewed(policy: Flat, expected: Flat | null): string | undefined {
  if (policy.kind !== "StagedKubernetesNetworkPolicy" || expected !== null) return undefined;
  const { policies, problems } = modelOf([policy as unknown as AnyResource]);
  return policies.length > 0 && problems.length > 0 ? UNPREVIEWED : undefined;
}
