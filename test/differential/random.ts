/** Chance that repeats: the same seed gives the same choices. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** An integer of 0..below-1. (The generator is mulberry32.) */
  below(below: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  }

  /** An integer of first..last, both included. */
  between(first: number, last: number): number {
    return first + this.below(last - first + 1);
  }

  /** True `percent` times in a hundred. */
  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  /** One of the choices; undefined only when there is none. */
  pick<const C extends readonly [unknown, ...unknown[]]>(choices: C): C[number];
  pick<T>(choices: readonly T[]): T | undefined;
  pick<T>(choices: readonly T[]): T | undefined {
    return choices[this.below(choices.length)];
  }

  /** At least `least` and at most `most` of the choices, each once, in their order. */
  some<T>(choices: readonly T[], least: number, most: number): T[] {
    const wanted = Math.min(this.between(least, most), choices.length);
    const left = new Set(choices.keys());
    while (left.size > wanted) left.delete([...left][this.below(left.size)] ?? 0);
    return [...left].map((i) => choices[i] as T);
  }

  /** As many values of `make` as chance gives, first..last. */
  times<T>(first: number, last: number, make: (i: number) => T): T[] {
    return Array.from({ length: this.between(first, last) }, (_, i) => make(i));
  }
}

/** The value of one of `makers`, each as likely. */
export function choose<T>(random: Random, makers: readonly [() => T, ...(() => T)[]]): T {
  return random.pick(makers)();
}

/** Another for each run; with PICKET_SEED that one, which repeats the run that told it. */
export function seedOfRun(): number {
  return Number(process.env.PICKET_SEED ?? Date.now() % 2 ** 32);
}
