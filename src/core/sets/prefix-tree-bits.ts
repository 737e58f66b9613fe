/** Bits of addresses, counted from the most significant. */

/** The bit at `index`. */
export function bitAt(words: ArrayLike<number>, index: number): 0 | 1 {
  return ((words[index >>> 5] ?? 0) >>> (31 - (index & 31))) & 1 ? 1 : 0;
}

/** How many leading bits `a` and `b` have in common, `most` at most. */
export function commonBits(a: ArrayLike<number>, b: ArrayLike<number>, most: number): number {
  for (let i = 0; i * 32 < most; i++) {
    const different = (a[i] ?? 0) ^ (b[i] ?? 0);
    if (different !== 0) return Math.min(most, i * 32 + Math.clz32(different));
  }
  return most;
}
