/**
 * Everything in the policies of a cluster that cannot be what their authors meant. What is said of
 * rules is exact: it holds for all connections of the cluster, and is wrong for none.
 */
import { type Analysis, analyse } from "../analysis/analysis.ts";
import { type ObjectName, objectKey, objectName } from "../explanation/object-key.ts";
import type { Model } from "../model/model.ts";
import type { Policy } from "../model/policy.ts";
import type { AnyResource } from "../resources/kinds.ts";
import { compareBytes } from "../text/byte-order.ts";
import { lintDns } from "./dns.ts";
import { type Code, type Finding, finding } from "./finding.ts";
import { withoutIgnored } from "./ignore.ts";
import { lintOverrides } from "./overrides.ts";
import { lintPortNames } from "./port-names.ts";
import { lintRules } from "./rules.ts";
import { lintSelectors } from "./selectors.ts";
import { type Subject, subjectOf } from "./subject.ts";

/**
 * The findings in the order of their objects and fields. `model` is that of `resources`. Staged
 * policies are looked at as if they were enforced, beside those that are.
 */
export function lint(
  resources: readonly AnyResource[],
  model: Model,
  analysis: Analysis = analyse(model),
): Finding[] {
  const subject = subjectOf(resources, model, analysis);
  const [staged, enforced] = parted(model.policies, (policy) => policy.staged);
  const found = [
    ...problems(resources, model),
    ...lintSelectors(subject, model.policies),
    ...lintPortNames(subject, model.policies),
    ...lintRules(subject, enforced),
    ...lintStaged(resources, model, staged),
    ...lintOverrides(subject),
    ...lintDns(subject),
  ];
  return withoutIgnored(withoutEchoes(found), resources).sort(compareFindings);
}

function lintStaged(
  resources: readonly AnyResource[],
  model: Model,
  staged: readonly Policy[],
): Finding[] {
  if (staged.length === 0) return [];
  const policies = model.policies.map((policy) => ({ ...policy, staged: false }));
  const pending = { ...model, policies };
  const subject: Subject = subjectOf(resources, pending, analyse(pending));
  return lintRules(subject, staged);
}

/** What conversion could not put into force as it is written. */
function problems(resources: readonly AnyResource[], model: Model): Finding[] {
  const names = new Map(resources.map((one) => [problemKey(one, one.metadata), objectName(one)]));
  return model.problems.map((problem) => {
    const object: ObjectName = names.get(problemKey(problem, problem)) ?? problem;
    return finding("not-in-force", object, problem.path, problem.message);
  });
}

function problemKey(
  { apiVersion, kind }: { readonly apiVersion: string; readonly kind: string },
  { namespace = "", name }: { readonly namespace?: string; readonly name: string },
): string {
  return `${apiVersion} ${kind} ${namespace}/${name}`;
}

/** What causes another finding of the same rule, by that one's code. */
const CAUSES: Readonly<Partial<Record<Code, readonly Code[]>>> = {
  "never-matches": ["selects-nothing", "unknown-port-name"],
  "overridden-policy": ["contradicted-rule"],
};

/** The findings without those that another says too, with the reason. */
function withoutEchoes(findings: readonly Finding[]): Finding[] {
  const byObject = Map.groupBy(findings, ({ object }) => objectKey(object));
  return findings.filter((one) => {
    const causes = CAUSES[one.code] ?? [];
    const others = causes.length > 0 ? (byObject.get(objectKey(one.object)) ?? []) : [];
    return !others.some(({ code, path }) => causes.includes(code) && isWithin(path, one.path));
  });
}

function isWithin(field: string, rule: string): boolean {
  return field === rule || field.startsWith(`${rule}.`);
}

function compareFindings(a: Finding, b: Finding): number {
  return (
    compareBytes(objectKey(a.object), objectKey(b.object)) ||
    comparePaths(a.path, b.path) ||
    compareBytes(a.code, b.code) ||
    compareBytes(a.message, b.message)
  );
}

/** Numbers in paths count as numbers: `spec.ingress[2]` comes before `spec.ingress[10]`. */
function comparePaths(a: string, b: string): number {
  const padded = (path: string) => path.replaceAll(/\d+/g, (digits) => digits.padStart(9, "0"));
  return compareBytes(padded(a), padded(b));
}

function parted<T>(all: readonly T[], test: (one: T) => boolean): [T[], T[]] {
  return [all.filter(test), all.filter((one) => !test(one))];
}
