import { KINDS } from "../../core/resources/kinds.ts";
import type { ResourceKind } from "../../core/resources/resource.ts";
import { closest } from "../../core/schema/closest.ts";
import { usage } from "./exit.ts";

/**
 * The kind that a person means: its kind, plural or a short name in any case, with its group behind
 * a dot where two kinds share a name (`networkpolicies.projectcalico.org`). Of two kinds that fit,
 * the first of the list, which is Kubernetes' own. Throws CommandFailure, the nearest name in it.
 */
export function kindNamed(word: string): ResourceKind {
  const wanted = word.toLowerCase();
  const found = KINDS.find((kind) =>
    namesOf(kind).some(
      (name) => wanted === name || (kind.group !== "" && wanted === `${name}.${kind.group}`),
    ),
  );
  if (found) return found;
  const meant = closest(wanted, KINDS.flatMap(namesOf));
  const hint = meant === undefined ? "" : `did you mean "${meant}"? `;
  throw usage(`no kind is called "${word}": ${hint}known are ${KINDS.map(qualified).join(", ")}`);
}

function namesOf({ plural, singular, shortNames }: ResourceKind): string[] {
  return [plural, singular, ...shortNames];
}

/** `networkpolicy.projectcalico.org`, or `pod` for the core group. */
export function qualified(kind: ResourceKind): string {
  return kind.group === "" ? kind.singular : `${kind.singular}.${kind.group}`;
}
