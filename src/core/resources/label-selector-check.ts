import { type FieldError, forbidden, invalid, required } from "../schema/field-error.ts";
import type { LabelSelector } from "./label-selector.ts";
import { checkLabels } from "./metadata-check.ts";
import { labelValueProblem, qualifiedNameProblem } from "./names.ts";

/** What Kubernetes asks of a label selector beyond its schema; absent is fine. */
export function checkLabelSelector(
  selector: LabelSelector | undefined,
  field: string,
): FieldError[] {
  const errors = checkLabels(selector?.matchLabels ?? {}, `${field}.matchLabels`);
  for (const [i, { key, operator, values }] of (selector?.matchExpressions ?? []).entries()) {
    const place = `${field}.matchExpressions[${i}]`;
    const problem = qualifiedNameProblem(key);
    if (problem) errors.push(invalid(`${place}.key`, key, problem));
    const wantsValues = operator === "In" || operator === "NotIn";
    if (wantsValues && !values?.length) {
      const detail = "must be specified when `operator` is 'In' or 'NotIn'";
      errors.push(required(`${place}.values`, detail));
    }
    if (!wantsValues && values?.length) {
      const detail = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
      errors.push(forbidden(`${place}.values`, detail));
    }
    for (const [j, value] of (values ?? []).entries()) {
      const wrong = labelValueProblem(value);
      if (wrong) errors.push(invalid(`${place}.values[${j}]`, value, wrong));
    }
  }
  return errors;
}
