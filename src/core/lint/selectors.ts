/** Selectors that select nothing, and such as select by labels that every pod has its own value of. */

import { once } from "../calc/once.ts";
import { selectorWords } from "../explanation/selector-words.ts";
import type { Policy } from "../model/policy.ts";
import { type Owner, ownerOf } from "../resources/pod-template.ts";
import { shorten } from "../text/shorten.ts";
import { atomsOf, LabelUse } from "./atoms.ts";
import { type Finding, finding } from "./finding.ts";
import { type SelectorMention, selectorMentions } from "./mentions.ts";
import { governed, type Subject, selected } from "./subject.ts";

/** What is wrong with the selectors of policies. */
export function lintSelectors(subject: Subject, policies: readonly Policy[]): Finding[] {
  const endpoints = new LabelUse(subject.endpoints);
  const selectable = new LabelUse(subject.selectable);
  const perPod = labelsPerPod(subject);
  return policies
    .flatMap((policy) => selectorMentions(subject, policy))
    .flatMap((mention) => [
      ...selectsNothing(subject, mention, mention.of === "policy" ? endpoints : selectable),
      ...unbounded(mention, perPod),
    ]);
}

function selectsNothing(subject: Subject, mention: SelectorMention, use: LabelUse): Finding[] {
  const { policy, path, of, selector } = mention;
  const found =
    of === "policy" ? governed(subject, policy) : selected(subject.selectable, selector);
  if (found.length > 0) return [];
  const whys = atomsOf(selector).map((atom) => use.whyNobody(atom));
  const why = [...new Set(whys.filter((one) => one !== undefined))].join("; ");
  const isTooNarrow = selected(subject.endpoints, selector).length > 0;
  const otherwise = isTooNarrow
    ? "untracked and pre-DNAT policy is for host endpoints"
    : "each label is there, but not together";
  const subjectWords = of === "policy" ? "the policy governs nothing" : "selects nothing";
  const text = shorten(selectorWords(selector, policy.namespace));
  const message = `${subjectWords}: ${why === "" ? otherwise : why} (${text})`;
  return [finding("selects-nothing", policy, path, message)];
}

/** Labels that controllers put on every pod, or every revision of pods, with a new value. */
const GENERATED: ReadonlySet<string> = new Set([
  "pod-template-hash",
  "controller-revision-hash",
  "pod-template-generation",
  "controller-uid",
  "batch.kubernetes.io/controller-uid",
  "job-name",
  "batch.kubernetes.io/job-name",
  "batch.kubernetes.io/job-completion-index",
  "statefulset.kubernetes.io/pod-name",
  "apps.kubernetes.io/pod-index",
]);

function unbounded(
  { policy, path, selector }: SelectorMention,
  perPod: ReadonlyMap<string, Owner>,
): Finding[] {
  const atoms = atomsOf(selector);
  return [...new Set(atoms.map(({ label }) => label))].flatMap((label) => {
    if (GENERATED.has(label)) {
      const message = `selects by ${label}, which gets a new value with every rollout or pod`;
      return [finding("unbounded-label", policy, path, message)];
    }
    const owner = perPod.get(label);
    if (!owner || !atoms.some((atom) => atom.label === label && atom.values)) return [];
    const whose = `${owner.kind} ${owner.namespace}/${owner.name}`;
    const message = `selects by ${label}, of which every pod of ${whose} has a value of its own`;
    return [finding("unbounded-label", policy, path, message, { severity: "info" })];
  });
}

/** The labels of which all pods of some controller have different values, with one such controller. */
function labelsPerPod({ manifests }: Subject): ReadonlyMap<string, Owner> {
  const pods = [...manifests.values()].filter((one) => one.kind === "Pod");
  const byOwner = Map.groupBy(pods, (pod) => {
    const { kind, namespace, name } = ownerOf(pod);
    return `${kind} ${namespace}/${name}`;
  });
  const labels = new Map<string, Owner>();
  for (const [first, ...others] of byOwner.values()) {
    if (!first || others.length === 0) continue;
    for (const label of Object.keys(first.metadata.labels ?? {})) {
      const values = [first, ...others].map(({ metadata }) => metadata.labels?.[label]);
      const isOwn = !values.includes(undefined) && new Set(values).size === values.length;
      if (isOwn) once(labels, label, () => ownerOf(first));
    }
  }
  return labels;
}
