/** The shape every API object shares, and how a kind of them is served. */

import type { FieldError } from "../schema/field-error.ts";
import type { JsonObject } from "../schema/json-object.ts";
import type { Schema } from "../schema/schema.ts";

export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string | null;
  readonly [field: string]: unknown;
}

/** What every object has in common. */
export interface Resource<Kind extends string = string> {
  readonly apiVersion: string;
  readonly kind: Kind;
  readonly metadata: ObjectMeta;
}

/** How a kind is named, served, printed and admitted. One value a kind; `kinds.ts` lists them. */
export interface ResourceKind {
  /** "" for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly scope: "Namespaced" | "Cluster";
  readonly columns: readonly PrinterColumn[];
  /** Paths by which a list can be narrowed, beside name and namespace: `spec.tier`. */
  readonly selectableFields: readonly string[];
  /** An object as someone might write it, but for `apiVersion` and `kind`; it is admitted. */
  readonly example: JsonObject;
  /** The whole object: OpenAPI that is served, and the rule that validation enforces. */
  readonly schema: Schema<unknown>;
  /**
   * Fills in what follows from other fields and is absent; the schema's own defaults are there
   * already. Never replaces what is present. Pure.
   */
  readonly withDefaults: (resource: Resource) => Resource;
  /** What the schema cannot say. The resource has passed the schema and has its defaults. */
  readonly check: (resource: Resource) => FieldError[];
}

/** A column of `kubectl get`. */
export interface PrinterColumn {
  readonly name: string;
  readonly type: "string" | "integer" | "number" | "boolean" | "date";
  readonly jsonPath: string;
  readonly description?: string;
  /** 0 always shown, 1 only with `-o wide`. */
  readonly priority?: 0 | 1;
}
