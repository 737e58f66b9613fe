/** What authors asked lint not to say of their objects. */
import { objectKey, objectName } from "../explanation/object-key.ts";
import type { AnyResource } from "../resources/kinds.ts";
import { closest } from "../schema/closest.ts";
import { CODES, type Finding, finding } from "./finding.ts";

/** On an object: codes, with commas between them. */
const IGNORE_ANNOTATION = "picket.io/lint-ignore";

/** The findings that nobody asked to leave out, and one for each code asked for that there is not. */
export function withoutIgnored(
  findings: readonly Finding[],
  resources: readonly AnyResource[],
): Finding[] {
  const ignored = new Map<string, ReadonlySet<string>>();
  const unknown: Finding[] = [];
  for (const resource of resources) {
    const annotation = resource.metadata.annotations?.[IGNORE_ANNOTATION];
    if (annotation === undefined) continue;
    const codes = annotation.split(",").map((code) => code.trim());
    const object = objectName(resource);
    ignored.set(objectKey(object), new Set(codes));
    for (const code of codes) {
      if (code === "" || code in CODES) continue;
      const near = closest(code, Object.keys(CODES));
      const hint = near === undefined ? "" : `; the nearest is ${near}`;
      const message = `${JSON.stringify(code)} is nothing that lint finds${hint}`;
      unknown.push(finding("unknown-code", object, "metadata.annotations", message));
    }
  }
  const isWanted = ({ object, code }: Finding) => !ignored.get(objectKey(object))?.has(code);
  return [...findings.filter(isWanted), ...unknown];
}
