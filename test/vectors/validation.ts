import { isDeepStrictEqual } from "node:util";
import { admit } from "../../src/core/resources/admit.ts";
import { checkEntityRule } from "../../src/core/resources/entity-rule-check.ts";
import { checkHostEndpointSpec, hostEndpoint } from "../../src/core/resources/host-endpoint.ts";
import { kindOf } from "../../src/core/resources/kinds.ts";
import { networkPolicy } from "../../src/core/resources/network-policy.ts";
import { networkSet } from "../../src/core/resources/network-set.ts";
import { checkProtocol } from "../../src/core/resources/port.ts";
import { profile } from "../../src/core/resources/profile.ts";
import type { Resource, ResourceKind } from "../../src/core/resources/resource.ts";
import { checkHttpMatch, checkIcmpFields, checkRule } from "../../src/core/resources/rule-check.ts";
import {
  checkWorkloadEndpointSpec,
  checkWorkloadPort,
  workloadEndpoint,
} from "../../src/core/resources/workload-endpoint.ts";
import { type FieldError, formatFieldError } from "../../src/core/schema/field-error.ts";
import type { Schema } from "../../src/core/schema/schema.ts";
import { validate } from "../../src/core/schema/validate.ts";
import { type Family, judge, type VectorCase } from "./family.ts";

/** Which manifests, and which parts of them, are accepted. Kinds that Picket lacks are left out. */
export const validation: Family = {
  name: "validation",
  file: "validation.json",
  run: ({ cases }) => judge<ValidationCase>(cases.filter(isOurs), check),
};

type Json = Readonly<Record<string, unknown>>;
type ValidationCase = VectorCase &
  (
    | { readonly form: "resource"; readonly manifest: Json; readonly valid: boolean }
    | {
        readonly form: "fragment";
        readonly type: string;
        readonly value: unknown;
        readonly valid: boolean;
      }
    | { readonly form: "default"; readonly manifest: Json; readonly expect: Json }
  );

interface Fragment {
  readonly schema: Schema<unknown> | undefined;
  readonly check: (value: never) => FieldError[];
}

const RULE = at(networkPolicy.schema, "spec", "ingress", "*");
const FRAGMENTS: Readonly<Record<string, Fragment>> = {
  Rule: { schema: RULE, check: (value) => checkRule(value, "rule") },
  EntityRule: { schema: at(RULE, "source"), check: (value) => checkEntityRule(value, "entity") },
  ICMPFields: { schema: at(RULE, "icmp"), check: (value) => checkIcmpFields(value, "icmp") },
  HTTPMatch: { schema: at(RULE, "http"), check: (value) => checkHttpMatch(value, "http") },
  Protocol: { schema: at(RULE, "protocol"), check: (value) => checkProtocol(value, "protocol") },
  HostEndpointSpec: { schema: at(hostEndpoint.schema, "spec"), check: checkHostEndpointSpec },
  WorkloadEndpointSpec: {
    schema: at(workloadEndpoint.schema, "spec"),
    check: checkWorkloadEndpointSpec,
  },
  WorkloadEndpointPort: {
    schema: at(workloadEndpoint.schema, "spec", "ports", "*"),
    check: (value) => checkWorkloadPort(value, "port"),
  },
  NetworkSetSpec: { schema: at(networkSet.schema, "spec"), check: specCheck(networkSet) },
  ProfileSpec: { schema: at(profile.schema, "spec"), check: specCheck(profile) },
};

function isOurs(one: VectorCase): boolean {
  if (one.form === "fragment") return Object.hasOwn(FRAGMENTS, String(one.type));
  return kindIn(one.manifest as Json) !== undefined;
}

function kindIn(manifest: Json): ResourceKind | undefined {
  return kindOf(String(manifest.apiVersion), String(manifest.kind));
}

function check(one: ValidationCase): string | undefined {
  if (one.form === "fragment") return compare(fragmentErrors(one.type, one.value), one.valid);
  const kind = kindIn(one.manifest);
  if (!kind) throw new TypeError(`no kind for ${one.id}`);
  const admission = admit(kind, withoutEmptyLists(one.manifest));
  const errors = admission.admitted ? [] : admission.errors;
  if (one.form === "resource") return compare(errors, one.valid);
  if (!admission.admitted) return compare(errors, true);
  for (const [path, want] of Object.entries(one.expect)) {
    const steps = path.split(".");
    const got = steps.reduce<unknown>((value, step) => (value as Json)[step], admission.resource);
    if (!isDeepStrictEqual(got, want)) return `${path} is ${JSON.stringify(got)}`;
  }
  return undefined;
}

function fragmentErrors(type: string, value: unknown): FieldError[] {
  const fragment = FRAGMENTS[type];
  if (!fragment?.schema) throw new TypeError(`no schema for ${type}`);
  const present = withoutEmptyLists(value);
  const errors = validate(fragment.schema, present);
  return errors.length > 0 ? errors : fragment.check(present as never);
}

function compare(errors: readonly FieldError[], valid: boolean): string | undefined {
  if ((errors.length === 0) === valid) return undefined;
  return valid ? errors.map(formatFieldError).join("; ") : "accepted";
}

/** The vectors' `[]` is a list that was never set. */
function withoutEmptyLists(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmptyLists);
  if (typeof value !== "object" || value === null) return value;
  const present = Object.entries(value).filter(
    ([, item]) => !(Array.isArray(item) && item.length === 0),
  );
  return Object.fromEntries(present.map(([name, item]) => [name, withoutEmptyLists(item)]));
}

/** The schema at the end of `path`; "*" is a list's item. */
function at(schema: Schema<unknown> | undefined, ...path: string[]): Schema<unknown> | undefined {
  return path.reduce<Schema<unknown> | undefined>(
    (found, step) => (step === "*" ? found?.items : found?.properties?.[step]),
    schema,
  );
}

function specCheck(kind: ResourceKind): (spec: never) => FieldError[] {
  return (spec) => kind.check({ metadata: { name: "a" }, spec } as unknown as Resource);
}
