/** What each local endpoint enforces. Endpoints under the same selectors and profiles share it. */

import type { Item } from "../calc/label-store.ts";
import { each, type Some, withOne, withoutOne } from "../calc/some.ts";
import type { Endpoint } from "../model/endpoint.ts";
import type { LocalEndpoint, PolicyChanges } from "./changes.ts";
import { compiledAs, type EndpointLists, isSameLists, listsOf } from "./endpoint-lists.ts";
import type { Governed, LivePolicies, PolicyStates, Subjects } from "./live-policies.ts";
import type { LiveProfiles, ProfileStates } from "./live-profiles.ts";
import { LiveStages, type StageLease } from "./live-stages.ts";
import type { LiveTiers } from "./live-tiers.ts";

interface Local extends Governed {
  endpoint: Endpoint;
  item: Item<Governed> | undefined;
  enforced: Enforced | undefined;
  told: Told | undefined;
}

/** What was told of an endpoint last. */
interface Told {
  readonly endpoint: Endpoint;
  readonly lists: EndpointLists;
}

/** What the endpoints of one sort enforce that the same selectors select and that name the same profiles. */
interface Enforced {
  readonly key: string;
  readonly sort: Pick<Endpoint, "kind" | "interfaceName" | "profiles">;
  readonly subjects: readonly Subjects[];
  locals: Some<Local>;
  /** Undefined when they are to be made (anew). */
  lists: EndpointLists | undefined;
  stages: StageLease | undefined;
}

export class LocalEndpoints {
  readonly #policies: LivePolicies;
  readonly #profiles: LiveProfiles;
  readonly #tiers: LiveTiers;
  readonly #stages: LiveStages;
  readonly #locals = new Map<string, Local>();
  readonly #enforced = new Map<string, Enforced>();
  readonly #byProfile = new Map<string, Some<Enforced>>();
  /** Those who may have to be told of. */
  readonly #dirty = new Set<Local>();
  /** Released when others are made, as these may share their stages. */
  readonly #left: StageLease[] = [];
  /** What was told last of those that are gone. */
  readonly #gone = new Map<string, Told>();

  constructor(policies: LivePolicies, profiles: LiveProfiles, tiers: LiveTiers) {
    this.#policies = policies;
    this.#profiles = profiles;
    this.#tiers = tiers;
    this.#stages = new LiveStages(policies, profiles);
  }

  /** An endpoint as it is now; undefined when it is not local (any more). */
  set(key: string, endpoint: Endpoint | undefined): void {
    const local = this.#locals.get(key);
    for (const name of endpoint?.profiles ?? []) this.#profiles.name(name);
    for (const name of local?.endpoint.profiles ?? []) this.#profiles.unname(name);
    if (!endpoint) {
      if (local) this.#remove(local);
      return;
    }
    const { labels, profiles } = endpoint;
    if (local?.item) {
      local.endpoint = endpoint;
      this.#dirty.add(local);
      this.#policies.relabel(local.item, labels, profiles);
      return;
    }
    const added: Local = {
      key,
      endpoint,
      subjects: undefined,
      item: undefined,
      enforced: undefined,
      told: this.#gone.get(key),
    };
    this.#gone.delete(key);
    this.#locals.set(key, added);
    this.#dirty.add(added);
    added.item = this.#policies.govern(added, labels, profiles);
  }

  /** What changed since the last flush. Policies and profiles are flushed already. */
  flush(
    { touched, moved }: PolicyStates,
    { profiles }: ProfileStates,
  ): Pick<PolicyChanges, "endpoints" | "goneEndpoints"> {
    for (const { key } of moved) {
      const local = this.#locals.get(key);
      if (local) this.#dirty.add(local);
    }
    for (const local of this.#dirty) this.#place(local);
    for (const enforced of this.#staleAfter(touched, profiles)) {
      enforced.lists = undefined;
      if (enforced.stages) this.#left.push(enforced.stages);
      enforced.stages = undefined;
      for (const local of each(enforced.locals)) this.#dirty.add(local);
    }
    const endpoints = Array.from(this.#dirty).flatMap((local) => this.#tell(local) ?? []);
    for (const lease of this.#left.splice(0)) lease.release();
    const goneEndpoints = [...this.#gone.keys()];
    this.#dirty.clear();
    this.#gone.clear();
    return { endpoints, goneEndpoints };
  }

  get holdings(): Readonly<Record<string, number>> {
    return {
      locals: this.#locals.size,
      enforced: this.#enforced.size,
      enforcedProfiles: this.#byProfile.size,
      ...this.#stages.holdings,
    };
  }

  #remove(local: Local): void {
    const { key, item, told } = local;
    if (item) this.#policies.free(item);
    this.#locals.delete(key);
    this.#dirty.delete(local);
    if (told) this.#gone.set(key, told);
    this.#detach(local);
  }

  /** Puts an endpoint with those that enforce the same. */
  #place(local: Local): void {
    const { kind, interfaceName, profiles } = local.endpoint;
    const subjects = [...each(local.subjects)].sort((a, b) => a.number - b.number);
    const sort = kind === "HostEndpoint" && interfaceName === "*" ? "wildcard" : kind;
    const numbers = subjects.map(({ number }) => number).join();
    const key = `${sort} ${numbers} ${profiles.join(" ")}`;
    if (local.enforced?.key === key) return;
    this.#detach(local);
    let enforced = this.#enforced.get(key);
    if (!enforced) {
      enforced = {
        key,
        sort: local.endpoint,
        subjects,
        locals: undefined,
        lists: undefined,
        stages: undefined,
      };
      this.#enforced.set(key, enforced);
      for (const name of new Set(profiles)) {
        this.#byProfile.set(name, withOne(this.#byProfile.get(name), enforced));
      }
    }
    enforced.locals = withOne(enforced.locals, local);
    local.enforced = enforced;
  }

  /** What nobody enforces is forgotten. */
  #detach(local: Local): void {
    const { enforced } = local;
    if (!enforced) return;
    local.enforced = undefined;
    enforced.locals = withoutOne(enforced.locals, local);
    if (enforced.locals) return;
    this.#enforced.delete(enforced.key);
    for (const name of new Set(enforced.sort.profiles)) {
      const others = withoutOne(this.#byProfile.get(name), enforced);
      if (others) this.#byProfile.set(name, others);
      else this.#byProfile.delete(name);
    }
    if (enforced.stages) this.#left.push(enforced.stages);
  }

  #staleAfter(
    touched: readonly Subjects[],
    profiles: ProfileStates["profiles"],
  ): ReadonlySet<Enforced> {
    const stale = new Set<Enforced>();
    for (const { governed } of touched) {
      for (const { key } of each(governed)) {
        const enforced = this.#locals.get(key)?.enforced;
        if (enforced) stale.add(enforced);
      }
    }
    for (const { name } of profiles) {
      for (const enforced of each(this.#byProfile.get(name))) stale.add(enforced);
    }
    const tiers = new Set(this.#tiers.takeChanged());
    if (tiers.size === 0) return stale;
    for (const enforced of this.#enforced.values()) {
      const isIn = (subjects: Subjects) =>
        Array.from(each(subjects.policies)).some(({ tier }) => tiers.has(tier));
      if (enforced.subjects.some(isIn)) stale.add(enforced);
    }
    return stale;
  }

  /** The endpoint, unless what was told of it last still holds. */
  #tell(local: Local): LocalEndpoint | undefined {
    const { key, endpoint, enforced, told } = local;
    if (!enforced) throw new Error(`endpoint ${key} has no place`);
    const lists = this.#listsOf(enforced);
    if (told && isSameLists(told.lists, lists) && isSameEndpoint(told.endpoint, endpoint)) {
      return undefined;
    }
    local.told = { endpoint, lists };
    return { key, compiled: compiledAs(endpoint, lists) };
  }

  #listsOf(enforced: Enforced): EndpointLists {
    if (enforced.lists) return enforced.lists;
    const policies = enforced.subjects.flatMap((subjects) => [...each(subjects.policies)]);
    enforced.stages = this.#stages.lease();
    enforced.lists = listsOf(enforced.sort, this.#tiers.place(policies), enforced.stages);
    return enforced.lists;
  }
}

/** Labels are of no account: what comes of them is in the lists. */
function isSameEndpoint(a: Endpoint, b: Endpoint): boolean {
  return a === b || JSON.stringify({ ...a, labels: 0 }) === JSON.stringify({ ...b, labels: 0 });
}
