/** Staged policies as a draft: what enforcing all of them would put in place and take away. */
import { objectName } from "../explanation/object-key.ts";
import { admit } from "../resources/admit.ts";
import { type AnyResource, kindOf } from "../resources/kinds.ts";
import type { FieldError } from "../schema/field-error.ts";
import type { Draft } from "./draft.ts";

/** A draft of the policies that staged ones stand for, and the staged ones that cannot be enforced so. */
export interface Promotion extends Draft {
  readonly refused: readonly Refusal[];
}

/** Why a staged policy cannot become an enforced one. */
export interface Refusal {
  readonly staged: AnyResource;
  readonly message: string;
}

/** `apiVersion` and kind of what is enforced, by the staged kind. */
const ENFORCED: Readonly<Record<Staged["kind"], readonly [apiVersion: string, kind: string]>> = {
  StagedNetworkPolicy: ["projectcalico.org/v3", "NetworkPolicy"],
  StagedGlobalNetworkPolicy: ["projectcalico.org/v3", "GlobalNetworkPolicy"],
  StagedKubernetesNetworkPolicy: ["networking.k8s.io/v1", "NetworkPolicy"],
};

/**
 * Every staged policy of a cluster in force: in the place of the enforced policy of its kind and name
 * if there is one. One whose `stagedAction` is Delete takes that policy away (evaluation.md §11).
 */
export function promoted(resources: readonly AnyResource[]): Promotion {
  const staged = resources.filter(isStaged);
  const put: AnyResource[] = [];
  const deleted = staged.map(objectName);
  const refused: Refusal[] = [];
  for (const policy of staged) {
    const { kind, spec, metadata } = policy;
    const [apiVersion, enforced] = ENFORCED[kind];
    const served = kindOf(apiVersion, enforced);
    if (!served) throw new Error(`there is no ${apiVersion} ${enforced}`);
    const { stagedAction, ...rest } = spec;
    if (stagedAction === "Delete") {
      deleted.push({ ...objectName(policy), kind: kind.replace("Staged", "") });
      continue;
    }
    const admission = admit(served, { apiVersion, kind: enforced, metadata, spec: rest });
    if (admission.admitted) put.push(admission.resource);
    else refused.push({ staged: policy, message: refusalWords(enforced, admission.errors) });
  }
  return { put, deleted, refused };
}

function refusalWords(kind: string, errors: readonly FieldError[]): string {
  const [error] = errors;
  return `as a ${kind} it would be refused: ${error?.field ?? ""}: ${error?.message ?? ""}`;
}

type Staged = Extract<
  AnyResource,
  {
    readonly kind:
      | "StagedNetworkPolicy"
      | "StagedGlobalNetworkPolicy"
      | "StagedKubernetesNetworkPolicy";
  }
>;

function isStaged(resource: AnyResource): resource is Staged {
  return resource.kind in ENFORCED;
}
