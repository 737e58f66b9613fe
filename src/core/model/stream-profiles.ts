/** Profiles of a stream, of which several objects may stand for one. */
import type { Labels } from "../selector/selector.ts";
import {
  BUILT_IN_PROFILE,
  compareSources,
  type KeyedProfile,
  type LabelledProfile,
} from "./convert-profile.ts";
import { isSameLabels } from "./labels.ts";
import type { ModelUpdate } from "./update.ts";

/** Keeps every profile: which of two counts may change when the other goes. */
export class StreamProfiles {
  readonly #tell: (update: ModelUpdate) => void;
  readonly #byKey = new Map<string, KeyedProfile>();
  /** Those that stand for a name; the first counts. */
  readonly #byName = new Map<string, readonly KeyedProfile[]>();

  constructor(tell: (update: ModelUpdate) => void) {
    this.#tell = tell;
  }

  /** Tells the one that is always there. */
  begin(): void {
    this.#tell({ part: "profile", key: BUILT_IN_PROFILE.name, value: BUILT_IN_PROFILE });
  }

  has(name: string): boolean {
    return name === BUILT_IN_PROFILE.name || this.#byName.has(name);
  }

  /** The labels that profiles hand on, by profile. */
  *labels(): Iterable<readonly [name: string, labels: Labels]> {
    for (const [name, [first]] of this.#byName) {
      if (first && name !== BUILT_IN_PROFILE.name) yield [name, first.labels];
    }
  }

  /** The profile that the object stands for, as it is; its name never changes. */
  set(key: string, { profile, labels, written }: LabelledProfile): void {
    const before = this.#byKey.get(key);
    // What is as it was is told to nobody; what is no Profile stands for the same rules for ever.
    const source = {
      key,
      profile: before && !written ? before.profile : profile,
      labels: before && isSameLabels(before.labels, labels) ? before.labels : labels,
      written,
    };
    this.#byKey.set(key, source);
    this.#replace(profile.name, before, source);
  }

  /** The name of the profile that the object stood for, if it did. */
  delete(key: string): string | undefined {
    const before = this.#byKey.get(key);
    if (!before) return undefined;
    this.#byKey.delete(key);
    this.#replace(before.profile.name, before, undefined);
    return before.profile.name;
  }

  get holdings() {
    return { profileSources: this.#byKey.size, profiles: this.#byName.size };
  }

  #replace(name: string, before: KeyedProfile | undefined, after: KeyedProfile | undefined): void {
    const all = this.#byName.get(name) ?? [];
    const others = all.filter((one) => one !== before);
    const now = after ? [...others, after].sort(compareSources) : others;
    if (now.length > 0) this.#byName.set(name, now);
    else this.#byName.delete(name);
    if (name !== BUILT_IN_PROFILE.name) this.#tellChange(name, all[0], now[0]);
  }

  #tellChange(key: string, was: KeyedProfile | undefined, is: KeyedProfile | undefined): void {
    if (was?.profile !== is?.profile) this.#tell({ part: "profile", key, value: is?.profile });
    if (was?.labels !== is?.labels) this.#tell({ part: "profileLabels", key, value: is?.labels });
  }
}
