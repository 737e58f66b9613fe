/** Schemas as the Kubernetes API publishes them. */
import type { JsonObject } from "./json-object.ts";
import type { Schema, Validation } from "./schema.ts";

/**
 * `schema` as JSON, functions left out: an OpenAPI v3 structural schema, its rules under
 * `x-kubernetes-validations`. The same schema gives the same object, field by field.
 */
export function openApi(schema: Schema<unknown>): JsonObject {
  const { properties, additionalProperties, items, validations, ...plain } = schema;
  return {
    ...plain,
    ...(properties && { properties: mapValues(properties, openApi) }),
    ...(additionalProperties && { additionalProperties: openApi(additionalProperties) }),
    ...(items && { items: openApi(items) }),
    ...(validations?.length && { "x-kubernetes-validations": validations.map(inCel) }),
  };
}

function inCel({ rule, message, field, reason }: Validation): JsonObject {
  return {
    rule,
    message,
    ...(field !== undefined && { fieldPath: `.${field}` }),
    ...(reason && { reason }),
  };
}

function mapValues<T>(
  values: Readonly<Record<string, T>>,
  change: (value: T) => JsonObject,
): JsonObject {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]));
}
