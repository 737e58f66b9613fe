/** An endpoint's lists, each with the sections that it comes to. */
import { endpointList, type PlacedPolicy } from "../calc/policy-lists.ts";
import type { SortablePolicy } from "../calc/policy-sorter.ts";
import type { Endpoint } from "../model/endpoint.ts";
import type { Direction } from "../model/policy.ts";
import type { PolicyList } from "../model/verdict.ts";
import { kept } from "./kept.ts";
import type { CompiledHostEndpoint, CompiledWorkload, Section, Stage } from "./policy.ts";
import { bothWays, FINALS, profileStages, type StageSource, tierStages } from "./sections.ts";

/** What of an endpoint decides which lists it has. */
export type EndpointSort = Pick<Endpoint, "kind" | "interfaceName">;

/** What an endpoint enforces, without the endpoint. A workload has the `normal` list only. */
export type EndpointLists =
  | Pick<CompiledWorkload, Direction>
  | Omit<CompiledHostEndpoint, "endpoint">;

/** The stages of each list's tiers, without those of profiles. */
export type TierStages = Readonly<
  Record<PolicyList, Readonly<Record<Direction, readonly Stage[]>>>
>;

/** A workload has no other list than `normal`. */
const NO_STAGES: TierStages[PolicyList] = { ingress: [], egress: [] };

/** What policies, in the order in which they are read, come to on endpoints of one sort. */
export function tierStagesOf<P extends SortablePolicy>(
  sort: EndpointSort,
  placed: readonly PlacedPolicy<P>[],
  stages: Pick<StageSource<P>, "ofTier">,
): TierStages {
  const ofList = (list: PolicyList) => {
    const listed = endpointList(list, sort, placed);
    return {
      ingress: tierStages(stages, list, listed, "ingress"),
      egress: tierStages(stages, list, listed, "egress"),
    };
  };
  const normal = ofList("normal");
  if (sort.kind === "WorkloadEndpoint") {
    return { normal, forward: NO_STAGES, untracked: NO_STAGES, preDNAT: NO_STAGES };
  }
  return {
    normal,
    forward: ofList("forward"),
    untracked: ofList("untracked"),
    preDNAT: ofList("preDNAT"),
  };
}

/** The lists of an endpoint that names these profiles. */
export function listsOf(
  kind: Endpoint["kind"],
  tiers: TierStages,
  profiles: readonly string[],
  stages: Pick<StageSource<never>, "ofProfile">,
): EndpointLists {
  const normal = bothWays((direction) => ({
    stages: kept(tiers.normal[direction].concat(profileStages(stages, profiles, direction))),
    ...FINALS.normal,
  }));
  if (kind === "WorkloadEndpoint") return normal;
  const section = (list: PolicyList, direction: Direction): Section => ({
    stages: tiers[list][direction],
    ...FINALS[list],
  });
  return {
    normal,
    forward: bothWays((direction) => section("forward", direction)),
    untracked: bothWays((direction) => section("untracked", direction)),
    preDNAT: { ingress: section("preDNAT", "ingress") },
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
