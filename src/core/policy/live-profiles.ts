/** Profiles, and those compiled that local endpoints name. */
import { once } from "../calc/once.ts";
import type { Profile, Rule } from "../model/policy.ts";
import type { ActiveProfile } from "./changes.ts";
import type { LivePeers, PeerLease } from "./live-peers.ts";
import { hasSameRules } from "./same-rules.ts";
import { compileProfileRules } from "./stages.ts";

/** A profile that a local endpoint names, whether it exists or not. */
export interface CompiledProfile {
  /** Of its rules; undefined when it does not exist. */
  readonly text: string | undefined;
  readonly active: ActiveProfile;
  /** Tells it from every other there has been. */
  readonly number: number;
  readonly lease: PeerLease;
}

/** Rules, and how many profiles have them. */
interface ProfileRules {
  readonly text: string;
  readonly ingress: readonly Rule[];
  readonly egress: readonly Rule[];
  profiles: number;
}

/** What changed since the last flush. */
export interface ProfileStates {
  readonly profiles: readonly ActiveProfile[];
  /** Names. */
  readonly goneProfiles: readonly string[];
}

/** A profile that endpoints name and that does not exist is compiled, too: it denies. */
export class LiveProfiles {
  readonly #peers: LivePeers;
  readonly #profiles = new Map<string, ProfileRules>();
  /** Most profiles have the rules of many others: by their text. */
  readonly #rules = new Map<string, ProfileRules>();
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
    const before = this.#profiles.get(name);
    if (profile) this.#profiles.set(name, this.#keep(profile));
    else this.#profiles.delete(name);
    if (before && --before.profiles === 0) this.#rules.delete(before.text);
    if (this.#named.has(name)) this.#dirty.add(name);
  }

  /** One local endpoint more names it. Reports whether that is the first. */
  name(name: string): boolean {
    const count = this.#named.get(name) ?? 0;
    this.#named.set(name, count + 1);
    if (count === 0) this.#dirty.add(name);
    return count === 0;
  }

  /** One local endpoint less names it. Reports whether that was the last. */
  unname(name: string): boolean {
    const count = this.#named.get(name) ?? 0;
    if (count > 1) {
      this.#named.set(name, count - 1);
      return false;
    }
    this.#named.delete(name);
    this.#dirty.add(name);
    return true;
  }

  isNamed(name: string): boolean {
    return this.#named.has(name);
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
      const rules = this.#profiles.get(name);
      const isNamed = this.#named.has(name);
      if (isNamed && before && before.text === rules?.text) continue;
      if (isNamed) {
        const compiled = this.#compile(name, rules);
        const isTold = before !== undefined && saysTheSame(before.active, compiled.active);
        const { active, number } = isTold ? before : compiled;
        this.#compiled.set(name, { ...compiled, active, number });
        if (!isTold) profiles.push(active);
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
      profileRules: this.#rules.size,
      namedProfiles: this.#named.size,
      compiledProfiles: this.#compiled.size,
    };
  }

  #keep({ ingress, egress }: Profile): ProfileRules {
    const text = JSON.stringify([ingress, egress]);
    const kept = once(this.#rules, text, () => ({ text, ingress, egress, profiles: 0 }));
    kept.profiles++;
    return kept;
  }

  #compile(name: string, rules: ProfileRules | undefined): CompiledProfile {
    const lease = this.#peers.lease();
    const rulesOf = (direction: "ingress" | "egress") =>
      rules ? compileProfileRules({ name, ...rules }, direction, lease, "packets") : [];
    const active = {
      name,
      exists: rules !== undefined,
      ingress: rulesOf("ingress"),
      egress: rulesOf("egress"),
    };
    return { text: rules?.text, active, number: ++this.#numbers, lease };
  }
}

function saysTheSame(a: ActiveProfile, b: ActiveProfile): boolean {
  return a.exists === b.exists && hasSameRules(a, b);
}
