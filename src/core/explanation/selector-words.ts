/** Selectors as their authors would have written them: what conversion added is put back into words. */

import {
  NAMESPACE_LABEL,
  NAMESPACE_PREFIX,
  ORCHESTRATOR_LABEL,
  SERVICE_ACCOUNT_LABEL,
  SERVICE_ACCOUNT_PREFIX,
} from "../model/labels.ts";
import { labelsIn } from "../selector/labels-in.ts";
import { format, type Selector } from "../selector/selector.ts";

/** The labels under which a namespace's own name can be selected. */
const NAME_LABELS: readonly string[] = ["projectcalico.org/name", "kubernetes.io/metadata.name"];

/**
 * `color == 'blue' in namespaces with shape == 'circle'`. `own` is the policy's namespace, which is
 * not said again; "" for a global policy.
 */
export function selectorWords(selector: Selector, own: string): string {
  const of: Record<Scope, string[]> = { own: [], namespace: [], account: [] };
  for (const term of conjuncts(selector)) {
    const scope = scopeOf(term);
    const words = scope && wordsOf(term, scope, own);
    if (scope && words) of[scope].push(words);
  }
  const what = of.own.length > 0 ? of.own.join(" && ") : "anyone";
  return [what, ...of.account, ...of.namespace].join(" ");
}

/** The selector as text, without the parentheses around the whole. */
export function selectorText(selector: Selector): string {
  const text = format(selector).replaceAll(/"([^"']*)"/g, "'$1'");
  const isGroup = selector.op === "and" || selector.op === "or";
  return isGroup ? text.slice(1, -1) : text;
}

/** The name of the one namespace that a label of a namespace's endpoints can stand for. */
export function isNamespaceName(label: string): boolean {
  return label === NAMESPACE_LABEL || NAME_LABELS.some((name) => label === NAMESPACE_PREFIX + name);
}

type Scope = "own" | "namespace" | "account";

/** Undefined for what goes without saying. */
function scopeOf(term: Selector): Scope | undefined {
  const labels = labelsIn(term);
  if (labels.length === 0) return term.op === "all" ? undefined : "own";
  if (labels.every((label) => label === ORCHESTRATOR_LABEL)) return undefined;
  const all = (test: (label: string) => boolean) => labels.every(test);
  if (all((label) => label === NAMESPACE_LABEL || label.startsWith(NAMESPACE_PREFIX))) {
    return "namespace";
  }
  if (all((label) => label === SERVICE_ACCOUNT_LABEL || label.startsWith(SERVICE_ACCOUNT_PREFIX))) {
    return "account";
  }
  return "own";
}

function wordsOf(term: Selector, scope: Scope, own: string): string | undefined {
  if (scope === "own") {
    const text = selectorText(term);
    return term.op === "or" ? `(${text})` : text;
  }
  if (scope === "account") {
    if (term.op === "in") return `of service account ${term.values.join(", ")}`;
    return `of service accounts with ${selectorText(without(term, SERVICE_ACCOUNT_PREFIX))}`;
  }
  if (term.op === "==" && isNamespaceName(term.label)) {
    return term.value === own ? undefined : `in namespace ${term.value}`;
  }
  if (term.op === "has" && term.label === NAMESPACE_LABEL) return "in any namespace";
  if (term.op === "not" && labelsIn(term)[0] === NAMESPACE_LABEL) return "outside namespaces";
  return `in namespaces with ${selectorText(without(term, NAMESPACE_PREFIX))}`;
}

function conjuncts(selector: Selector): readonly Selector[] {
  return selector.op === "and" ? selector.terms.flatMap(conjuncts) : [selector];
}

/** The selector over the labels as their owner has them. */
function without(selector: Selector, prefix: string): Selector {
  switch (selector.op) {
    case "all":
    case "global":
      return selector;
    case "not":
      return { op: "not", term: without(selector.term, prefix) };
    case "and":
    case "or":
      return { op: selector.op, terms: selector.terms.map((term) => without(term, prefix)) };
    default: {
      const { label } = selector;
      return { ...selector, label: label.startsWith(prefix) ? label.slice(prefix.length) : label };
    }
  }
}
