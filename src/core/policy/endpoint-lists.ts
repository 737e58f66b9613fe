/** An endpoint's lists, each with the sections that it comes to. */
import { endpointList, type PlacedPolicy } from "../calc/policy-lists.ts";
import type { SortablePolicy } from "../calc/policy-sorter.ts";
import type { Endpoint } from "../model/endpoint.ts";
import type { Direction } from "../model/policy.ts";
import type { PolicyList } from "../model/verdict.ts";
import type { CompiledHostEndpoint, CompiledWorkload, Section } from "./policy.ts";
import { bothWays, FINALS, normalStages, type StageSource, tierStages } from "./sections.ts";

/** What an endpoint enforces, without the endpoint. A workload has the `normal` list only. */
export type EndpointLists =
  | Pick<CompiledWorkload, Direction>
  | Omit<CompiledHostEndpoint, "endpoint">;

/** The lists that policies, in the order in which they are read, come to. */
export function listsOf<P extends SortablePolicy>(
  endpoint: Pick<Endpoint, "kind" | "interfaceName" | "profiles">,
  placed: readonly PlacedPolicy<P>[],
  stages: StageSource<P>,
): EndpointLists {
  const tiers = (list: PolicyList) => {
    const listed = endpointList(list, endpoint, placed);
    return bothWays((direction) => ({
      stages: tierStages(stages, list, listed, direction),
      ...FINALS[list],
    }));
  };
  const listed = endpointList("normal", endpoint, placed);
  const normal = bothWays((direction) => ({
    stages: normalStages(stages, listed, endpoint.profiles, direction),
    ...FINALS.normal,
  }));
  if (endpoint.kind === "WorkloadEndpoint") return normal;
  return {
    normal,
    forward: tiers("forward"),
    untracked: tiers("untracked"),
    preDNAT: { ingress: tiers("preDNAT").ingress },
  };
}

/** The endpoint with its lists, which are of its kind. */
export function compiledAs(
  endpoint: Endpoint,
  lists: EndpointLists,
): CompiledWorkload | CompiledHostEndpoint {
  if (endpoint.kind === "WorkloadEndpoint" && "ingress" in lists) return { endpoint, ...lists };
  if (endpoint.kind === "HostEndpoint" && "normal" in lists) return { endpoint, ...lists };
  throw new Error(`the lists are of no ${endpoint.kind}`);
}

/** Reports whether the same stages are in the same places: equal stages are one object. */
export function isSameLists(a: EndpointLists, b: EndpointLists): boolean {
  if (a === b) return true;
  const [some, others] = [sectionsOf(a), sectionsOf(b)];
  return (
    some.length === others.length &&
    some.every((section, i) => {
      const stages = others[i]?.stages ?? [];
      return (
        section.stages.length === stages.length &&
        section.stages.every((stage, place) => stage === stages[place])
      );
    })
  );
}

function sectionsOf(lists: EndpointLists): readonly Section[] {
  if ("ingress" in lists) return [lists.ingress, lists.egress];
  const { normal, forward, untracked, preDNAT } = lists;
  const both = [normal, forward, untracked].flatMap(({ ingress, egress }) => [ingress, egress]);
  return [...both, preDNAT.ingress];
}
