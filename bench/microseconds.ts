/**
 * What work costs that only computes: of several rounds the fastest, as what else the machine does
 * can only add to it.
 */

const ROUNDS = 25;
const ROUND_MS = 20;

/** Microseconds a run of `once`. What it returns is used, so that it is not left out. */
export function microsecondsOf(once: () => number): number {
  const runs = runsThatTake(once, ROUND_MS);
  const round = (): void => repeat(once, runs);
  return (fastestOf(ROUNDS, round) * 1000) / runs;
}

/** Milliseconds of the fastest of so many rounds. */
export function fastestOf(rounds: number, work: () => void): number {
  return Math.min(...Array.from({ length: rounds }, () => millisecondsOf(work)));
}

/** Also lets the work be compiled before it counts. */
function runsThatTake(once: () => number, atLeast: number): number {
  for (let runs = 1; ; runs *= 2) {
    if (millisecondsOf(() => repeat(once, runs)) >= atLeast) return runs;
  }
}

function repeat(once: () => number, runs: number): void {
  let sum = 0;
  for (let i = 0; i < runs; i++) sum += once();
  if (Number.isNaN(sum)) throw new TypeError("the work returned no number");
}

function millisecondsOf(work: () => void): number {
  const begun = performance.now();
  work();
  return performance.now() - begun;
}
