/** Which kind an object of a manifest is, or why it is none that is known. */
import { closest } from "../schema/closest.ts";
import { type FieldError, notSupported, required, wrongType } from "../schema/field-error.ts";
import { shorten } from "../text/shorten.ts";
import { apiVersionOf, KINDS, kindOf } from "./kinds.ts";
import type { ResourceKind } from "./resource.ts";

export type Identity =
  | { readonly is: "known"; readonly kind: ResourceKind }
  /** Another program's kind, nothing like one of ours. */
  | { readonly is: "foreign"; readonly error: FieldError }
  | { readonly is: "wrong"; readonly error: FieldError };

export function identify(object: Readonly<Record<string, unknown>>): Identity {
  for (const field of ["apiVersion", "kind"]) {
    const value = Object.hasOwn(object, field) ? object[field] : undefined;
    if (value === undefined || value === "") return { is: "wrong", error: required(field) };
    if (typeof value !== "string") return { is: "wrong", error: wrongType(field, value, "string") };
  }
  const { apiVersion, kind } = object as Readonly<Record<"apiVersion" | "kind", string>>;
  const known = kindOf(apiVersion, kind);
  if (known) return { is: "known", kind: known };
  const versions = versionsOf(apiVersion, kind);
  if (versions.length > 0) {
    return { is: "wrong", error: notSupported("apiVersion", apiVersion, versions) };
  }
  const ours = KINDS.filter((one) => groupOf(apiVersionOf(one)) === groupOf(apiVersion));
  const meant = closest(
    kind,
    ours.flatMap((one) => [one.kind, one.plural]),
  );
  const error = noSuchKind(apiVersion, kind, meant);
  return meant === undefined ? { is: "foreign", error } : { is: "wrong", error };
}

/** The versions in which `kind` is known; of several, those that `apiVersion` seems to mean. */
function versionsOf(apiVersion: string, kind: string): string[] {
  const versions = KINDS.filter((one) => one.kind === kind).map(apiVersionOf);
  const meant = apiVersion.includes("calico")
    ? "projectcalico.org"
    : /^(extensions|networking)\b/.test(apiVersion)
      ? "networking.k8s.io"
      : undefined;
  const fitting = versions.filter((version) => meant === undefined || groupOf(version) === meant);
  return fitting.length > 0 ? fitting : versions;
}

function noSuchKind(apiVersion: string, kind: string, meant: string | undefined): FieldError {
  const named = KINDS.find((one) => one.kind === meant || one.plural === meant)?.kind;
  const hint = named === undefined ? "" : `did you mean "${named}"? `;
  const [said, version] = [kind, apiVersion].map((text) => JSON.stringify(shorten(text)));
  const message = `no kind ${said} in version ${version}: ${hint}supported: ${supported()}`;
  return { field: "kind", reason: "NotSupported", message };
}

function supported(): string {
  const byVersion = Map.groupBy(KINDS, apiVersionOf);
  return Array.from(byVersion, ([version, kinds]) => {
    return `${version} ${kinds.map((one) => one.kind).join(", ")}`;
  }).join("; ");
}

function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf("/");
  return slash < 0 ? "" : apiVersion.slice(0, slash);
}
