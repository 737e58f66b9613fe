/** What an object's name, labels and annotations must be, whatever its kind. */
import {
  type FieldError,
  fieldOf,
  forbidden,
  invalid,
  required,
  tooLong,
} from "../schema/field-error.ts";
import { Walk } from "../schema/walk.ts";
import {
  dnsLabelProblem,
  dnsSubdomainProblem,
  labelValueProblem,
  qualifiedNameProblem,
} from "./names.ts";
import type { Resource, ResourceKind } from "./resource.ts";

type Strings = Readonly<Record<string, string>>;

/** Says what is wrong with a name, or nothing. */
export type NameRule = (name: string) => string | undefined;

export function checkMetadata(
  resource: Resource,
  scope: ResourceKind["scope"],
  nameProblem: NameRule,
): FieldError[] {
  const { name, namespace, labels, annotations } = resource.metadata;
  const errors: FieldError[] = [];
  if (!name) {
    errors.push(required("metadata.name"));
  } else {
    const problem = nameProblem(name);
    if (problem) errors.push(invalid("metadata.name", name, problem));
  }
  // An empty one is none.
  if (namespace) {
    const problem = scope === "Namespaced" ? dnsLabelProblem(namespace) : undefined;
    if (problem) errors.push(invalid("metadata.namespace", namespace, problem));
    if (scope === "Cluster") {
      errors.push(forbidden("metadata.namespace", "objects of this kind are in no namespace"));
    }
  }
  if (labels) errors.push(...checkLabels(labels, "metadata.labels"));
  if (annotations) errors.push(...checkAnnotations(annotations, "metadata.annotations"));
  return errors;
}

/** Keys must be qualified names, values label values. */
export function checkLabels(labels: Strings, field: string): FieldError[] {
  const walk = new Walk(field);
  walkLabels(labels, walk);
  return walk.errors;
}

/** As {@link checkLabels}, of the labels that the walk stands at. */
export function walkLabels(labels: Strings, walk: Walk): void {
  for (const [key, value] of Object.entries(labels)) {
    const ofKey = qualifiedNameProblem(key);
    const ofValue = labelValueProblem(value);
    if (ofKey) walk.refuse(key, (field) => invalid(field, key, ofKey));
    if (ofValue) walk.refuse(key, (field) => invalid(field, value, ofValue));
  }
}

const MAX_ANNOTATIONS = 256 * 1024;
const UTF8 = new TextEncoder();

export function checkAnnotations(annotations: Strings, field: string): FieldError[] {
  const errors: FieldError[] = [];
  let size = 0;
  for (const [key, value] of Object.entries(annotations)) {
    const problem = qualifiedNameProblem(key.toLowerCase());
    if (problem) errors.push(invalid(fieldOf(field, key), key, problem));
    size += UTF8.encode(key).length + UTF8.encode(value).length;
  }
  if (size > MAX_ANNOTATIONS) errors.push(tooLong(field, MAX_ANNOTATIONS));
  return errors;
}

/** `label`, or `label.label`: names of policies of tiers were once prefixed with the tier. */
export function policyNameProblem(name: string): string | undefined {
  const problem = dnsSubdomainProblem(name);
  if (problem) return problem;
  return name.split(".").length > 2 ? "must have at most one '.'" : undefined;
}

/** As other policies; names of policies converted from elsewhere carry a prefix of theirs. */
export function namespacedPolicyNameProblem(name: string): string | undefined {
  const converted = /^(?:knp|ossg)\.default\.(.*)$/.exec(name)?.[1];
  if (converted === undefined) return policyNameProblem(name);
  return dnsSubdomainProblem(name) ?? dnsSubdomainProblem(converted);
}
