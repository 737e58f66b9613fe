/** The fields of a schema as rows of a table. */
import type { Schema, Validation } from "../src/core/schema/schema.ts";

/** One field. Lists of objects and maps of them go on below their own row. */
export interface FieldRow {
  /** `spec.ingress[].action` */
  readonly path: string;
  /** `list of strings`, `Allow, Deny, Log or Pass` */
  readonly type: string;
  readonly isRequired: boolean;
  /** What it is when absent, as JSON; "" when nothing is filled in. */
  readonly default: string;
  /** `at most 1024 items`; "" when there are none. */
  readonly limits: string;
  readonly meaning: string;
}

/** A rule over several fields, and the object or field that it is about. */
export interface RuleRow {
  readonly path: string;
  readonly message: string;
}

export interface FieldTable {
  readonly fields: readonly FieldRow[];
  readonly rules: readonly RuleRow[];
}

/**
 * Every field below `path`, in the order of the declaration. What has the fields of something above
 * it is described once: its row says where.
 */
export function fieldTable(schema: Schema<unknown>, path: string): FieldTable {
  const fields: FieldRow[] = [];
  const rules: RuleRow[] = [];
  const described = new Map<unknown, string>();

  const below = (one: Schema<unknown>, at: string): void => {
    for (const { field, message } of one.validations ?? []) {
      rules.push({ path: ruleField(at, field), message });
    }
    for (const [name, property] of Object.entries(one.properties ?? {})) {
      const own = at === "" ? name : `${at}.${name}`;
      const inside = innermost(property, own);
      const known = described.get(inside.schema.properties);
      const meaning = property.description ?? inside.schema.description ?? "";
      const isRequired = one.required?.includes(name) ?? false;
      const same = known === undefined ? "" : ` The fields are those of \`${known}\`.`;
      fields.push({ ...rowOf(own, property), isRequired, meaning: meaning + same });
      if (known !== undefined) continue;
      if (inside.schema.properties) described.set(inside.schema.properties, inside.path);
      below(inside.schema, inside.path);
    }
  };
  below(schema, path);
  return { fields, rules };
}

/** What lists and maps, of lists and maps, finally hold. */
function innermost(
  schema: Schema<unknown>,
  path: string,
): { readonly schema: Schema<unknown>; readonly path: string } {
  if (schema.items) return innermost(schema.items, `${path}[]`);
  if (schema.additionalProperties) return innermost(schema.additionalProperties, `${path}.*`);
  return { schema, path };
}

function ruleField(path: string, field: Validation["field"]): string {
  return [path, field].filter(Boolean).join(".");
}

function rowOf(path: string, schema: Schema<unknown>) {
  return {
    path,
    type: typeOf(schema),
    default: schema.default === undefined ? "" : JSON.stringify(schema.default),
    limits: limitsOf(schema).join("; "),
  };
}

function typeOf(schema: Schema<unknown>): string {
  if (schema.enum) return anyOf(schema.enum.map((value) => `\`${value}\``));
  if (schema["x-kubernetes-int-or-string"]) return "integer or string";
  if (schema.items) return `list of ${plural(schema.items)}`;
  if (schema.additionalProperties) return `map of ${plural(schema.additionalProperties)}`;
  return schema.type ?? "anything";
}

function plural(schema: Schema<unknown>): string {
  if (schema.enum) return anyOf(schema.enum.map((value) => `\`${value}\``));
  if (schema["x-kubernetes-int-or-string"]) return "integers or strings";
  const type = typeOf(schema);
  return type === "anything" ? type : type.replace(/^\w+/, (word) => `${word}s`);
}

function anyOf(words: readonly string[]): string {
  return words.length < 2
    ? words.join("")
    : `${words.slice(0, -1).join(", ")} or ${words.at(-1) ?? ""}`;
}

function limitsOf(schema: Schema<unknown>): string[] {
  const { minimum, maximum, minLength, maxLength, pattern, minProperties, maxProperties } = schema;
  const limits: string[] = [];
  const listType = schema["x-kubernetes-list-type"];
  limits.push(...between(minimum, maximum, ""));
  limits.push(...between(minLength, maxLength, " characters"));
  limits.push(...between(schema.minItems, schema.maxItems, " items"));
  if (minProperties !== undefined && minProperties === maxProperties) {
    limits.push(`exactly ${minProperties} of its fields`);
  } else {
    limits.push(...between(minProperties, maxProperties, " of its fields"));
  }
  if (listType === "set") limits.push("no item twice");
  if (listType === "map") {
    limits.push(`one item for each ${(schema["x-kubernetes-list-map-keys"] ?? []).join(" and ")}`);
  }
  if (pattern !== undefined) limits.push(`matches \`${pattern}\``);
  if (schema.format === "int32") limits.push("32 bits");
  if (schema.format === "date-time") limits.push("a time as RFC 3339 writes it");
  const ofItems = schema.items ? limitsOf(schema.items).map((limit) => `each ${limit}`) : [];
  return [...limits, ...ofItems];
}

function between(least: number | undefined, most: number | undefined, unit: string): string[] {
  if (least !== undefined && most !== undefined) return [`${least} to ${most}${unit}`];
  if (least !== undefined) return [`at least ${least}${unit}`];
  return most === undefined ? [] : [`at most ${most}${unit}`];
}
