import { isDeepStrictEqual } from "node:util";
import { type Admission, admit } from "../../src/core/resources/admit.ts";
import { kindOf } from "../../src/core/resources/kinds.ts";
import { type FieldError, formatFieldError } from "../../src/core/schema/field-error.ts";
import { type Family, judge, type VectorCase } from "./family.ts";
import { settingsOf } from "./fragments.ts";

/** Which manifests, and which parts of them, are accepted; and what defaults they get. */
export const validation: Family = {
  name: "validation",
  file: "validation.json",
  run: ({ cases }) => judge<ValidationCase>(cases, check),
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

function check(one: ValidationCase): string | undefined {
  switch (one.form) {
    case "resource":
      return compare(errorsOf(admitted(one.manifest)), one.valid);
    case "fragment":
      return compare(fragmentErrors(one.type, one.value), one.valid);
    case "default":
      return compareDefaults(admitted(one.manifest), one.expect);
    default:
      return `unknown form ${JSON.stringify((one as VectorCase).form)}`;
  }
}

function admitted(manifest: Json): Admission {
  const { apiVersion, kind: name } = manifest;
  const kind = kindOf(String(apiVersion), String(name));
  if (!kind) throw new Error(`no kind ${apiVersion} ${name}`);
  return admit(kind, emptinessMatters(manifest) ? manifest : withoutEmptyLists(manifest));
}

function errorsOf(admission: Admission): readonly FieldError[] {
  return admission.admitted ? [] : admission.errors;
}

/** What is wrong with the part where it fares best; not what is wrong around it. */
function fragmentErrors(type: string, value: unknown): readonly FieldError[] {
  const settings = settingsOf(type, value);
  if (settings.length === 0) throw new Error(`${JSON.stringify(value)} is no ${type} that we know`);
  const errors = settings.map(({ manifest, path }) =>
    errorsOf(admitted(manifest)).filter(({ field }) => isWithin(field, path)),
  );
  return errors.reduce((best, next) => (next.length < best.length ? next : best));
}

function isWithin(field: string, path: string): boolean {
  return field.startsWith(path) && !/^[^.[]/.test(field.slice(path.length));
}

function compareDefaults(admission: Admission, expect: Json): string | undefined {
  if (!admission.admitted) return compare(admission.errors, true);
  for (const [path, want] of Object.entries(expect)) {
    const steps = path.split(".");
    const got = steps.reduce<unknown>(
      (value, step) => (value as Json | undefined)?.[step],
      admission.resource,
    );
    if (!isDeepStrictEqual(got, want)) return `${path} is ${JSON.stringify(got)}`;
  }
  return undefined;
}

function compare(errors: readonly FieldError[], valid: boolean): string | undefined {
  if ((errors.length === 0) === valid) return undefined;
  return valid ? errors.map(formatFieldError).join("; ") : "accepted";
}

/** A staged deletion may say nothing more, not even an empty list (validation.md §5, P8 and P9). */
function emptinessMatters({ spec }: Json): boolean {
  return (spec as Json | undefined)?.stagedAction === "Delete";
}

/** The vectors' `[]` is otherwise a list that was never set. */
function withoutEmptyLists(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmptyLists);
  if (typeof value !== "object" || value === null) return value;
  const present = Object.entries(value).filter(
    ([, item]) => !(Array.isArray(item) && item.length === 0),
  );
  return Object.fromEntries(present.map(([name, item]) => [name, withoutEmptyLists(item)]));
}
