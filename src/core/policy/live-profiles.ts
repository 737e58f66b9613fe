/** Profiles, and those compiled that local endpoints name. */
import type { Profile } from "../model/policy.ts";
import type { ActiveProfile } from "./changes.ts";
import type { LivePeers, PeerLease } from "./live-peers.ts";
import { compileProfileRules } from "./stages.ts";

/** A profile that a local endpoint names, whether it exists or not. */
export interface CompiledProfile {
  readonly profile: Profile | undefined;
  readonly active: ActiveProfile;
  /** Tells it from every other there has been. */
  readonly number: number;
  readonly lease: PeerLease;
}

/** What changed since the last flush. */
export interface ProfileStates {
  readonly profiles: readonly ActiveProfile[];
  /** Names. */
  readonly goneProfiles: readonly string[];
}

export class LiveProfiles {
  readonly #peers: LivePeers;
  readonly #profiles = new Map<string, Profile>();
  /** How many local endpoints name each. */
  readonly #named = new Map<string, number>();
  readonly #compiled = new Map<string, CompiledProfile>();
  readonly #dirty = new Set<string>();
  #numbers = 0;

  constructor(peers: LivePeers) {
    this.#peers = peers;
  }

  /** A profile as it is now; undefined when it is gone. */
  setProfile(name: string, profile: Profile | undefined): void {
    if (profile) this.#profiles.set(name, profile);
    else this.#profiles.delete(name);
    if (this.#named.has(name)) this.#dirty.add(name);
  }

  /** One local endpoint more names it. */
  name(name: string): void {
    const count = this.#named.get(name) ?? 0;
    this.#named.set(name, count + 1);
    if (count === 0) this.#dirty.add(name);
  }

  /** One local endpoint less names it. */
  unname(name: string): void {
    const count = this.#named.get(name) ?? 0;
    if (count > 1) this.#named.set(name, count - 1);
    else {
      this.#named.delete(name);
      this.#dirty.add(name);
    }
  }

  /** The profile as it is compiled; a local endpoint names it. */
  compiled(name: string): CompiledProfile {
    const found = this.#compiled.get(name);
    if (!found) throw new Error(`profile ${name} is not compiled`);
    return found;
  }

  /** Compiles what is named, and lets go of what no longer is. */
  flush(): ProfileStates {
    const profiles: ActiveProfile[] = [];
    const goneProfiles: string[] = [];
    for (const name of this.#dirty) {
      const before = this.#compiled.get(name);
      const profile = this.#profiles.get(name);
      const isNamed = this.#named.has(name);
      if (isNamed && before && isSame(before.profile, profile)) continue;
      if (isNamed) {
        const compiled = this.#compile(name, profile);
        this.#compiled.set(name, compiled);
        profiles.push(compiled.active);
      } else if (before) {
        this.#compiled.delete(name);
        goneProfiles.push(name);
      }
      before?.lease.release();
    }
    this.#dirty.clear();
    return { profiles, goneProfiles };
  }

  get holdings(): Readonly<Record<string, number>> {
    return {
      profiles: this.#profiles.size,
      namedProfiles: this.#named.size,
      compiledProfiles: this.#compiled.size,
    };
  }

  #compile(name: string, profile: Profile | undefined): CompiledProfile {
    const lease = this.#peers.lease();
    const rulesOf = (direction: "ingress" | "egress") =>
      profile ? compileProfileRules(profile, direction, lease, "packets") : [];
    const active = {
      name,
      exists: profile !== undefined,
      ingress: rulesOf("ingress"),
      egress: rulesOf("egress"),
    };
    return { profile, active, number: ++this.#numbers, lease };
  }
}

function isSame(a: Profile | undefined, b: Profile | undefined): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
