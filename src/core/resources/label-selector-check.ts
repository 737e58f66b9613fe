import { type FieldError, forbidden, invalid, required } from "../schema/field-error.ts";
import { Walk } from "../schema/walk.ts";
import type { LabelSelector } from "./label-selector.ts";
import { walkLabels } from "./metadata-check.ts";
import { labelValueProblem, qualifiedNameProblem } from "./names.ts";
import { walkItems } from "./text-check.ts";

/** What Kubernetes asks of a label selector beyond its schema; absent is fine. */
export function checkLabelSelector(
  selector: LabelSelector | undefined,
  field: string,
): FieldError[] {
  const walk = new Walk(field);
  checkSelector(selector, walk);
  return walk.errors;
}

/** As {@link checkLabelSelector}, of the field `name` of where the walk stands. */
export function walkLabelSelector(
  name: string,
  selector: LabelSelector | undefined,
  walk: Walk,
): void {
  if (selector) walk.inside(name, () => checkSelector(selector, walk));
}

function checkSelector(selector: LabelSelector | undefined, walk: Walk): void {
  const { matchLabels, matchExpressions } = selector ?? {};
  if (matchLabels) walk.inside("matchLabels", () => walkLabels(matchLabels, walk));
  walk.each("matchExpressions", matchExpressions, (one) => checkExpression(one, walk));
}

type Expression = NonNullable<LabelSelector["matchExpressions"]>[number];

function checkExpression({ key, operator, values }: Expression, walk: Walk): void {
  const problem = qualifiedNameProblem(key);
  if (problem) walk.refuse("key", (field) => invalid(field, key, problem));
  const wantsValues = operator === "In" || operator === "NotIn";
  if (wantsValues && !values?.length) {
    const detail = "must be specified when `operator` is 'In' or 'NotIn'";
    walk.refuse("values", (field) => required(field, detail));
  }
  if (!wantsValues && values?.length) {
    const detail = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
    walk.refuse("values", (field) => forbidden(field, detail));
  }
  walkItems("values", values, labelValueProblem, walk);
}
