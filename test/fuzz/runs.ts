/** How many cases each property is tried on: `npm run fuzz` tries more than `npm test`. */

const SET = process.env.PICKET_FUZZ_RUNS;

/** For fast-check; `share` is this property's part of them, where a case is slow. */
export function runs(share = 1): { readonly numRuns: number } {
  return { numRuns: Math.max(1, Math.ceil(Number(SET ?? 200) * share)) };
}
