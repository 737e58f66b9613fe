/** Stages that local endpoints share, each made once and held while any list has it. */
import type { TierPlace } from "../calc/policy-lists.ts";
import { each, hasOne, type Some, withOne } from "../calc/some.ts";
import type { Direction } from "../model/policy.ts";
import type { LivePolicies, LivePolicy } from "./live-policies.ts";
import type { LiveProfiles } from "./live-profiles.ts";
import type { Stage } from "./policy.ts";
import type { StageSource } from "./sections.ts";
import { profileStage, tierStage } from "./stages.ts";

interface HeldStage {
  readonly key: string;
  readonly stage: Stage;
  holders: number;
}

/** Equal stages are one object while any lease holds them. */
export class LiveStages {
  readonly #policies: LivePolicies;
  readonly #profiles: LiveProfiles;
  readonly #stages = new Map<string, HeldStage>();

  constructor(policies: LivePolicies, profiles: LiveProfiles) {
    this.#policies = policies;
    this.#profiles = profiles;
  }

  /** Makes stages of what is compiled now, and holds them until it is released. */
  lease(): StageLease {
    return new StageLease(this.#policies, this.#profiles, this.#stages);
  }

  get holdings(): Readonly<Record<string, number>> {
    return { stages: this.#stages.size };
  }
}

/** Holds each stage that was asked for, until it is released. */
export class StageLease implements StageSource<LivePolicy> {
  readonly #policies: LivePolicies;
  readonly #profiles: LiveProfiles;
  readonly #stages: Map<string, HeldStage>;
  #held: Some<HeldStage>;

  constructor(policies: LivePolicies, profiles: LiveProfiles, stages: Map<string, HeldStage>) {
    this.#policies = policies;
    this.#profiles = profiles;
    this.#stages = stages;
  }

  ofTier(
    tier: TierPlace,
    policies: readonly LivePolicy[],
    direction: Direction,
    otherwise: "Deny" | "Pass",
  ): Stage {
    const compiled = policies.map((policy) => this.#policies.compiled(policy));
    const numbers = compiled.map(({ number }) => number).join();
    return this.#hold(`${direction} ${otherwise} ${numbers}`, () =>
      tierStage(
        tier,
        policies,
        direction,
        otherwise,
        (policy) => this.#policies.compiled(policy).active[direction],
      ),
    );
  }

  ofProfile(name: string, direction: Direction): Stage {
    const { active, number } = this.#profiles.compiled(name);
    return this.#hold(`profile ${direction} ${number}`, () =>
      profileStage(name, active[direction], direction, !active.exists),
    );
  }

  release(): void {
    for (const held of each(this.#held)) {
      if (--held.holders === 0) this.#stages.delete(held.key);
    }
    this.#held = undefined;
  }

  #hold(key: string, make: () => Stage): Stage {
    let held = this.#stages.get(key);
    if (!held) {
      held = { key, stage: make(), holders: 0 };
      this.#stages.set(key, held);
    }
    if (!hasOne(this.#held, held)) {
      this.#held = withOne(this.#held, held);
      held.holders++;
    }
    return held.stage;
  }
}
