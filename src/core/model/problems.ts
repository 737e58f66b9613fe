/** How conversion says what of a resource is not in force as written. */
import type { Resource } from "../resources/resource.ts";
import type { Problem } from "./model.ts";
import { formatObject } from "./policy.ts";

/** Tells of a field, e.g. `spec.ingress[0].source.nets[1]`, and what is wrong with it. */
export type Report = (path: string, message: string) => void;

/** `NetworkPolicy shop/web: spec.ingress[2].http: is judged per request`, for people. */
export function formatProblem(problem: Problem): string {
  const { path, message } = problem;
  const object = formatObject(problem);
  return path === "" ? `${object}: ${message}` : `${object}: ${path}: ${message}`;
}

/** A report whose words become problems of `resource`. */
export function reportOn(resource: Resource, problems: Problem[]): Report {
  const { apiVersion, kind, metadata } = resource;
  const { name, namespace = "" } = metadata;
  return (path, message) =>
    void problems.push({ apiVersion, kind, namespace, name, path, message });
}
