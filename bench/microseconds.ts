/** How long small work takes: run so often that the clock can tell, and several times over. */

const ROUNDS = 15;
const ROUND_MS = 20;

/** Microseconds a run, one number a round. What `once` returns is used, so that it cannot be left out. */
export function microsecondsOf(once: () => number): number[] {
  const runs = runsThatTake(once, ROUND_MS);
  return Array.from({ length: ROUNDS }, () => (millisecondsOf(once, runs) * 1000) / runs);
}

/** Also lets the work be compiled before it counts. */
function runsThatTake(once: () => number, atLeast: number): number {
  for (let runs = 1; ; runs *= 2) if (millisecondsOf(once, runs) >= atLeast) return runs;
}

function millisecondsOf(once: () => number, runs: number): number {
  const begun = performance.now();
  let sum = 0;
  for (let i = 0; i < runs; i++) sum += once();
  const took = performance.now() - begun;
  if (Number.isNaN(sum)) throw new TypeError("the work returned no number");
  return took;
}
