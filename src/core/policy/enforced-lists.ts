/**
 * The lists that local endpoints enforce. Endpoints that the same selectors of policies select share
 * their tiers; those of them that name the same profiles share everything.
 */
import { each, type Some, withOne, withoutOne } from "../calc/some.ts";
import type { Endpoint } from "../model/endpoint.ts";
import {
  type EndpointLists,
  type EndpointSort,
  listsOf,
  type TierStages,
  tierStagesOf,
} from "./endpoint-lists.ts";
import type { Governed, LivePolicies, Subjects } from "./live-policies.ts";
import type { LiveProfiles } from "./live-profiles.ts";
import { LiveStages, type StageLease } from "./live-stages.ts";
import type { LiveTiers } from "./live-tiers.ts";

/** A local endpoint, as the lists see it. */
export interface Enforcing extends Governed {
  readonly endpoint: Endpoint;
  enforced: Enforced | undefined;
}

/** What endpoints of one sort enforce by policy that the same selectors select. */
interface Governance {
  readonly key: string;
  readonly sort: EndpointSort;
  readonly subjects: readonly Subjects[];
  members: Some<Enforced>;
  /** Undefined when they are to be made (anew). */
  tiers: TierStages | undefined;
  stages: StageLease | undefined;
}

/** What those of them enforce that name the same profiles. */
export interface Enforced {
  readonly key: string;
  readonly governance: Governance;
  readonly profiles: readonly string[];
  members: Some<Enforcing>;
  /** Undefined when they are to be made (anew). */
  lists: EndpointLists | undefined;
  stages: StageLease | undefined;
}

/** Lists are made when they are asked for, once for all endpoints that share them. */
export class EnforcedLists {
  readonly #tiers: LiveTiers;
  readonly #stages: LiveStages;
  readonly #governances = new Map<string, Governance>();
  readonly #enforced = new Map<string, Enforced>();
  readonly #byProfile = new Map<string, Some<Enforced>>();
  /** Released when others are made, as these may share their stages. */
  readonly #left: StageLease[] = [];

  constructor(policies: LivePolicies, profiles: LiveProfiles, tiers: LiveTiers) {
    this.#tiers = tiers;
    this.#stages = new LiveStages(policies, profiles);
  }

  /** Puts an endpoint with those that enforce the same. */
  place(endpoint: Enforcing): void {
    const { kind, interfaceName, profiles } = endpoint.endpoint;
    const subjects = [...each(endpoint.subjects)].sort((a, b) => a.number - b.number);
    const sort = kind === "HostEndpoint" && interfaceName === "*" ? "wildcard" : kind;
    const governed = `${sort} ${subjects.map(({ number }) => number).join()}`;
    const key = `${governed} ${profiles.join(" ")}`;
    if (endpoint.enforced?.key === key) return;
    this.leave(endpoint);
    let enforced = this.#enforced.get(key);
    if (!enforced) {
      const governance = this.#governance(governed, { kind, interfaceName }, subjects);
      enforced = this.#enforcedBy(key, governance, profiles);
    }
    enforced.members = withOne(enforced.members, endpoint);
    endpoint.enforced = enforced;
  }

  /** What nobody enforces is forgotten. */
  leave(endpoint: Enforcing): void {
    const { enforced } = endpoint;
    if (!enforced) return;
    endpoint.enforced = undefined;
    enforced.members = withoutOne(enforced.members, endpoint);
    if (enforced.members) return;
    const { key, governance, profiles } = enforced;
    this.#enforced.delete(key);
    this.#letGo(enforced);
    for (const name of new Set(profiles)) {
      const others = withoutOne(this.#byProfile.get(name), enforced);
      if (others) this.#byProfile.set(name, others);
      else this.#byProfile.delete(name);
    }
    governance.members = withoutOne(governance.members, enforced);
    if (governance.members) return;
    this.#governances.delete(governance.key);
    this.#letGo(governance);
  }

  /** Whose lists are to be made anew after a change of these policies' and profiles' rules. */
  staleAfter(touched: Iterable<Enforced>, profiles: Iterable<string>): ReadonlySet<Enforced> {
    const stale = new Set<Enforced>();
    const governances = new Set(Array.from(touched, ({ governance }) => governance));
    const tiers = new Set(this.#tiers.takeChanged());
    for (const governance of tiers.size > 0 ? this.#governances.values() : []) {
      const isIn = (subjects: Subjects) =>
        Array.from(each(subjects.policies)).some(({ tier }) => tiers.has(tier));
      if (governance.subjects.some(isIn)) governances.add(governance);
    }
    for (const governance of governances) {
      governance.tiers = undefined;
      this.#letGo(governance);
      for (const enforced of each(governance.members)) stale.add(enforced);
    }
    for (const name of profiles) {
      for (const enforced of each(this.#byProfile.get(name))) stale.add(enforced);
    }
    for (const enforced of stale) {
      enforced.lists = undefined;
      this.#letGo(enforced);
    }
    return stale;
  }

  listsOf(enforced: Enforced): EndpointLists {
    const { governance, profiles } = enforced;
    if (enforced.lists) return enforced.lists;
    enforced.stages = this.#stages.lease();
    const tiers = this.#tiersOf(governance);
    enforced.lists = listsOf(governance.sort.kind, tiers, profiles, enforced.stages);
    return enforced.lists;
  }

  /** To be called when every list that is asked for is made. */
  finish(): void {
    for (const lease of this.#left.splice(0)) lease.release();
  }

  get holdings(): Readonly<Record<string, number>> {
    return {
      governances: this.#governances.size,
      enforced: this.#enforced.size,
      enforcedProfiles: this.#byProfile.size,
      ...this.#stages.holdings,
    };
  }

  #tiersOf(governance: Governance): TierStages {
    if (governance.tiers) return governance.tiers;
    const policies = governance.subjects.flatMap((subjects) => [...each(subjects.policies)]);
    governance.stages = this.#stages.lease();
    const placed = this.#tiers.place(policies);
    governance.tiers = tierStagesOf(governance.sort, placed, governance.stages);
    return governance.tiers;
  }

  #governance(key: string, sort: EndpointSort, subjects: readonly Subjects[]): Governance {
    const known = this.#governances.get(key);
    if (known) return known;
    const unmade = { members: undefined, tiers: undefined, stages: undefined };
    const governance = { key, sort, subjects, ...unmade };
    this.#governances.set(key, governance);
    return governance;
  }

  #enforcedBy(key: string, governance: Governance, profiles: readonly string[]): Enforced {
    const unmade = { members: undefined, lists: undefined, stages: undefined };
    const enforced = { key, governance, profiles, ...unmade };
    this.#enforced.set(key, enforced);
    governance.members = withOne(governance.members, enforced);
    for (const name of new Set(profiles)) {
      this.#byProfile.set(name, withOne(this.#byProfile.get(name), enforced));
    }
    return enforced;
  }

  #letGo(of: { stages: StageLease | undefined }): void {
    if (of.stages) this.#left.push(of.stages);
    of.stages = undefined;
  }
}
