/** Selectors that select nothing, and such as select by labels that every endpoint has its own value of. */
import { selectorWords } from "../explanation/selector-words.ts";
import type { Policy } from "../model/policy.ts";
import { shorten } from "../text/shorten.ts";
import { type Atom, atomsOf, LabelUse, labelWords } from "./atoms.ts";
import { type Finding, finding } from "./finding.ts";
import { type SelectorMention, selectorMentions } from "./mentions.ts";
import { governed, type Subject, selected } from "./subject.ts";

/** What is wrong with the selectors of policies. */
export function lintSelectors(subject: Subject, policies: readonly Policy[]): Finding[] {
  const endpoints = new LabelUse(subject.endpoints);
  const selectable = new LabelUse(subject.selectable);
  return policies
    .flatMap((policy) => selectorMentions(subject, policy))
    .flatMap((mention) => [
      ...selectsNothing(subject, mention, mention.of === "policy" ? endpoints : selectable),
      ...unbounded(mention, endpoints),
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

/** From so many carriers on, a value for each of them is no coincidence. */
const MANY = 8;

function unbounded({ policy, path, selector }: SelectorMention, use: LabelUse): Finding[] {
  const labels = new Set(atomsOf(selector).map(({ label }) => label));
  return Array.from(labels).flatMap((label) => {
    if (GENERATED.has(label)) {
      const message = `selects by ${label}, which gets a new value with every rollout or pod`;
      return [finding("unbounded-label", policy, path, message)];
    }
    const { carriers, values } = use.counts(label);
    const named = atomsOf(selector).some((atom) => atom.label === label && namesValues(atom));
    if (!named || carriers < MANY || values < carriers) return [];
    const message = `selects by ${labelWords(label)}, of which each of ${carriers} endpoints has a value of its own`;
    return [finding("unbounded-label", policy, path, message, { severity: "info" })];
  });
}

function namesValues({ values }: Atom): boolean {
  return values !== undefined;
}
