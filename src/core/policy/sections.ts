/** The stages of an endpoint's lists, and what ends them. */
import type { ListedTier, TierPlace } from "../calc/policy-lists.ts";
import type { SortablePolicy } from "../calc/policy-sorter.ts";
import type { Direction } from "../model/policy.ts";
import type { PolicyList } from "../model/verdict.ts";
import type { BothWays, CompiledRule, Section, Stage } from "./policy.ts";

/** Makes stages: equal ones are one object. */
export interface StageSource<P extends SortablePolicy, R extends CompiledRule = CompiledRule> {
  /** The stage of those policies of a tier that govern `direction`; at least one. */
  ofTier(
    tier: TierPlace,
    policies: readonly P[],
    direction: Direction,
    otherwise: "Deny" | "Pass",
  ): Stage<R>;
  /** The stage of a profile; one that does not exist denies (evaluation.md §8). */
  ofProfile(name: string, direction: Direction): Stage<R>;
}

/** What ends each list, and what that is put down to. */
export const FINALS: Readonly<Record<PolicyList, Pick<Section, "final" | "finalDecision">>> = {
  normal: { final: "Deny", finalDecision: { by: "no-profile" } },
  forward: { final: "Allow", finalDecision: { by: "forward-default" } },
  untracked: { final: "None", finalDecision: { by: "no-match" } },
  preDNAT: { final: "None", finalDecision: { by: "no-match" } },
};

/** The stages of profiles, which come after those of a `normal` list's tiers. */
export function profileStages<R extends CompiledRule>(
  stages: Pick<StageSource<never, R>, "ofProfile">,
  profiles: readonly string[],
  direction: Direction,
): Stage<R>[] {
  return (
    profiles
      .map((name) => stages.ofProfile(name, direction))
      // A profile without rules for the direction only passes and needs no stage.
      .filter((stage) => stage.rules.length > 0 || stage.otherwise === "Deny")
  );
}

/** A stage for each tier that is active in the direction (evaluation.md §2). */
export function tierStages<P extends SortablePolicy, R extends CompiledRule>(
  stages: Pick<StageSource<P, R>, "ofTier">,
  list: PolicyList,
  tiers: readonly ListedTier<P>[],
  direction: Direction,
): Stage<R>[] {
  const endsTiers = list === "normal" || list === "forward";
  return tiers
    .filter((listed) => listed[direction].length > 0)
    .map((listed) => {
      const otherwise = endsTiers ? listed.tier.defaultAction : "Pass";
      return stages.ofTier(listed.tier, listed[direction], direction, otherwise);
    });
}

/** What `section` makes of each direction. */
export function bothWays(section: (direction: Direction) => Section): BothWays {
  return { ingress: section("ingress"), egress: section("egress") };
}
