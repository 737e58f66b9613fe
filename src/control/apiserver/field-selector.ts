/** Field selectors: `metadata.name=web,spec.tier!=default`. */

import type { Resource, ResourceKind } from "../../core/resources/resource.ts";
import { entry } from "../../core/schema/json-object.ts";
import { badRequest } from "./status.ts";

const EVERYWHERE = ["metadata.name", "metadata.namespace"];

/** Refuses a selector of a field that objects of the kind cannot be selected by. */
export function parseFieldSelector(
  text: string,
  kind: ResourceKind,
): (object: Resource) => boolean {
  const terms = text
    .split(",")
    .filter((term) => term.trim() !== "")
    .map((term) => {
      const parts = /^([^=!\s]+)\s*(==|!=|=)\s*(.*)$/s.exec(term.trim());
      if (!parts) throw badRequest(`invalid selector: "${text}"; can't understand "${term}"`);
      const [, field = "", operator, value = ""] = parts;
      if (!EVERYWHERE.includes(field) && !kind.selectableFields.includes(field)) {
        throw badRequest(`field label not supported: ${field}`);
      }
      return { path: field.split("."), equal: operator !== "!=", value };
    });
  return (object) =>
    terms.every(({ path, equal, value }) => (textOf(object, path) === value) === equal);
}

function textOf(object: unknown, path: readonly string[]): string {
  const value = path.reduce(entry, object);
  return value === undefined || value === null ? "" : String(value);
}
