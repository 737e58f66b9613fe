/** The policies that lint looks at, each as the model has it and as its manifest has it. */
import type { Analysis } from "../analysis/analysis.ts";
import { objectKey, objectName } from "../explanation/object-key.ts";
import type { Endpoint, NetworkSet } from "../model/endpoint.ts";
import type { Model } from "../model/model.ts";
import type { Direction, Policy, Rule } from "../model/policy.ts";
import type { AnyResource } from "../resources/kinds.ts";
import { matches, type Selector } from "../selector/selector.ts";

/** A cluster that lint reads. */
export interface Subject {
  readonly model: Model;
  readonly analysis: Analysis;
  /** The manifests of policies, by `objectKey`. */
  readonly manifests: ReadonlyMap<string, AnyResource>;
  /** What policy can govern. */
  readonly endpoints: readonly Endpoint[];
  /** What rules can select: endpoints and network sets. */
  readonly selectable: readonly (Endpoint | NetworkSet)[];
}

export function subjectOf(
  resources: readonly AnyResource[],
  model: Model,
  analysis: Analysis,
): Subject {
  const endpoints = [...model.workloads, ...model.hostEndpoints];
  return {
    model,
    analysis,
    manifests: new Map(resources.map((one) => [objectKey(objectName(one)), one])),
    endpoints,
    selectable: [...endpoints, ...model.networkSets],
  };
}

/** A policy's rules of one direction, as one rule of a manifest each; it may be several of the model. */
export interface WrittenRule {
  readonly policy: Policy;
  readonly direction: Direction;
  /** `spec.ingress[0]` */
  readonly path: string;
  readonly index: number;
  readonly action: Rule["action"];
  readonly parts: readonly Rule[];
}

/** The rules of a policy as they are written, in order, those of directions that it does not govern too. */
export function writtenRules(policy: Policy): WrittenRule[] {
  return (["ingress", "egress"] as const).flatMap((direction) =>
    Array.from(
      Map.groupBy(policy[direction], ({ path }) => path),
      ([path, parts]) => {
        const [{ action, index } = { action: "Deny", index: 0 } as const] = parts;
        return { policy, direction, path, index, action, parts };
      },
    ),
  );
}

/** Whether a policy governs a direction; one that names none governs both. */
export function governs({ types }: Policy, direction: Direction): boolean {
  return types.size === 0 || types.has(direction);
}

/** The endpoints that a policy is for. */
export function governed({ endpoints }: Subject, policy: Policy): Endpoint[] {
  const isForHosts = policy.doNotTrack || policy.preDNAT;
  return selected(endpoints, policy.selector).filter(
    ({ kind }) => !isForHosts || kind === "HostEndpoint",
  );
}

/** Those of `among` that a selector selects. */
export function selected<T extends Pick<Endpoint, "labels">>(
  among: readonly T[],
  selector: Selector,
): T[] {
  return among.filter(({ labels }) => matches(selector, labels));
}
