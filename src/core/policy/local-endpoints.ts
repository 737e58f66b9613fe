/** The local endpoints, and what of them is to be told. */

import type { Item } from "../calc/labelled.ts";
import { each } from "../calc/some.ts";
import type { Endpoint } from "../model/endpoint.ts";
import type { Labels } from "../selector/selector.ts";
import type { LocalEndpoint, PolicyChanges } from "./changes.ts";
import { compiledAs, type EndpointLists, isSameLists } from "./endpoint-lists.ts";
import { type Enforced, EnforcedLists, type Enforcing } from "./enforced-lists.ts";
import type { Governed, LivePolicies, PolicyStates, Subjects } from "./live-policies.ts";
import type { LiveProfiles, ProfileStates } from "./live-profiles.ts";
import type { LiveTiers } from "./live-tiers.ts";

interface Local extends Enforcing {
  endpoint: Endpoint;
  item: Item<Governed> | undefined;
  told: Told | undefined;
}

/** What was told of an endpoint last. */
interface Told {
  readonly endpoint: Endpoint;
  readonly lists: EndpointLists;
}

/** Tells an endpoint when it is new, is another, or enforces something else than was told last. */
export class LocalEndpoints {
  readonly #policies: LivePolicies;
  readonly #profiles: LiveProfiles;
  readonly #lists: EnforcedLists;
  readonly #labelsOf: (profile: string) => Labels;
  readonly #locals = new Map<string, Local>();
  /** Those who may have to be told of. */
  readonly #dirty = new Set<Local>();
  /** What was told last of those that are gone. */
  readonly #gone = new Map<string, Told>();

  /** `labelsOf` tells the labels that a profile hands on. */
  constructor(
    policies: LivePolicies,
    profiles: LiveProfiles,
    tiers: LiveTiers,
    labelsOf: (profile: string) => Labels,
  ) {
    this.#labelsOf = labelsOf;
    this.#policies = policies;
    this.#profiles = profiles;
    this.#lists = new EnforcedLists(policies, profiles, tiers);
  }

  /** An endpoint as it is now; undefined when it is not local (any more). */
  set(key: string, endpoint: Endpoint | undefined): void {
    const local = this.#locals.get(key);
    const before = local?.endpoint.profiles ?? [];
    for (const name of endpoint?.profiles ?? []) {
      if (this.#profiles.name(name)) this.#policies.setProfile(name, this.#labelsOf(name));
    }
    if (endpoint) this.#put(key, local, endpoint);
    else if (local) this.#remove(local);
    for (const name of before) {
      if (this.#profiles.unname(name)) this.#policies.setProfile(name, undefined);
    }
  }

  /** The labels that a profile hands on, as they are now; undefined when it has none. */
  setProfile(name: string, labels: Labels | undefined): void {
    if (this.#profiles.isNamed(name)) this.#policies.setProfile(name, labels);
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
    for (const local of this.#dirty) this.#lists.place(local);
    const names = profiles.map(({ name }) => name);
    for (const { members } of this.#lists.staleAfter(this.#enforcedBy(touched), names)) {
      for (const { key } of each(members)) {
        const local = this.#locals.get(key);
        if (local) this.#dirty.add(local);
      }
    }
    const endpoints = Array.from(this.#dirty).flatMap((local) => this.#tell(local) ?? []);
    this.#lists.finish();
    const goneEndpoints = [...this.#gone.keys()];
    this.#dirty.clear();
    this.#gone.clear();
    return { endpoints, goneEndpoints };
  }

  get holdings(): Readonly<Record<string, number>> {
    return { locals: this.#locals.size, ...this.#lists.holdings };
  }

  #put(key: string, local: Local | undefined, endpoint: Endpoint): void {
    const { labels, profiles } = endpoint;
    if (local?.item) {
      local.endpoint = endpoint;
      this.#dirty.add(local);
      this.#policies.relabel(local.item, labels, profiles);
      return;
    }
    const told = this.#gone.get(key);
    const unplaced = { subjects: undefined, item: undefined, enforced: undefined };
    const added: Local = { key, endpoint, told, ...unplaced };
    this.#gone.delete(key);
    this.#locals.set(key, added);
    this.#dirty.add(added);
    added.item = this.#policies.govern(added, labels, profiles);
  }

  #remove(local: Local): void {
    const { key, item, told } = local;
    if (item) this.#policies.free(item);
    this.#locals.delete(key);
    this.#dirty.delete(local);
    if (told) this.#gone.set(key, told);
    this.#lists.leave(local);
  }

  /** What those enforce whom the selectors select. */
  #enforcedBy(touched: readonly Subjects[]): ReadonlySet<Enforced> {
    const found = new Set<Enforced>();
    for (const { governed } of touched) {
      for (const { key } of each(governed)) {
        const enforced = this.#locals.get(key)?.enforced;
        if (enforced) found.add(enforced);
      }
    }
    return found;
  }

  /** The endpoint, unless what was told of it last still holds. */
  #tell(local: Local): LocalEndpoint | undefined {
    const { key, endpoint, enforced, told } = local;
    if (!enforced) throw new Error(`endpoint ${key} has no place`);
    const lists = this.#lists.listsOf(enforced);
    if (told && isSameLists(told.lists, lists) && isSameEndpoint(told.endpoint, endpoint)) {
      return undefined;
    }
    local.told = { endpoint, lists };
    return { key, compiled: compiledAs(endpoint, lists) };
  }
}

/** Labels are of no account: what comes of them is in the lists. */
function isSameEndpoint(a: Endpoint, b: Endpoint): boolean {
  return a === b || JSON.stringify({ ...a, labels: 0 }) === JSON.stringify({ ...b, labels: 0 });
}
