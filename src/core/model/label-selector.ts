/** Kubernetes label selectors as selectors (selectors.md §9). */

import type { LabelSelector } from "../resources/label-selector.ts";
import type { Selector } from "../selector/selector.ts";
import { compareBytes } from "../text/byte-order.ts";
import { ORCHESTRATOR_LABEL } from "./labels.ts";
import type { Report } from "./problems.ts";

const KUBERNETES: Selector = { op: "==", label: ORCHESTRATOR_LABEL, value: "k8s" };

/** The pods that `written` selects; all pods when it is absent or empty. */
export function podSelector(
  written: LabelSelector | undefined,
  path: string,
  report: Report,
): Selector {
  return conjunction([KUBERNETES, ...terms(written ?? {}, path, report)]);
}

/** What `written` asks of the labels of whatever has them; empty is anything. */
export function labelSelector(written: LabelSelector, path: string, report: Report): Selector {
  return conjunction(terms(written, path, report));
}

function terms(written: LabelSelector, path: string, report: Report): Selector[] {
  const { matchLabels = {}, matchExpressions = [] } = written;
  const found: Selector[] = [];
  for (const label of Object.keys(matchLabels).sort(compareBytes)) {
    found.push({ op: "==", label, value: matchLabels[label] ?? "" });
  }
  for (const [i, expression] of matchExpressions.entries()) {
    const term = termOf(expression);
    if (term) found.push(term);
    else {
      const what = JSON.stringify(expression.operator);
      const wanted = "wanted In, NotIn, Exists or DoesNotExist";
      report(`${path}.matchExpressions[${i}].operator`, `${what} is not an operator; ${wanted}`);
    }
  }
  return found;
}

/** Undefined when its operator is none. */
function termOf({
  key: label,
  operator,
  values = [],
}: NonNullable<LabelSelector["matchExpressions"]>[number]): Selector | undefined {
  switch (operator) {
    case "In":
      return { op: "in", label, values: setOf(values) };
    case "NotIn":
      return { op: "not in", label, values: setOf(values) };
    case "Exists":
      return { op: "has", label };
    case "DoesNotExist":
      return { op: "not", term: { op: "has", label } };
    default:
      return undefined;
  }
}

/** The reference writes a list without values as the empty value alone. */
function setOf(values: readonly string[]): string[] {
  return values.length === 0 ? [""] : [...new Set(values)].sort(compareBytes);
}

function conjunction(all: readonly Selector[]): Selector {
  const [only] = all;
  if (!only) return { op: "all" };
  return all.length === 1 ? only : { op: "and", terms: all };
}
