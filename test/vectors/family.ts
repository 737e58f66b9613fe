/** A family of test vectors: cases with known answers, and how to put them to Picket. */

/** One case as its file has it. Every family has further fields. */
export interface VectorCase {
  readonly id: string;
  readonly [field: string]: unknown;
}

/** A file of vectors, its disputed cases left out. */
export interface VectorFile {
  readonly cases: readonly VectorCase[];
  readonly [field: string]: unknown;
}

/** How Picket did in one case; `why` tells what it answered and what was wanted. */
export interface Outcome {
  readonly id: string;
  readonly ok: boolean;
  readonly why?: string;
}

export interface Family {
  /** What the report calls it. */
  readonly name: string;
  /** Where its cases are, in the vectors' directory: `verdicts-k8s/cyclonus.json`. */
  readonly file: string;
  /** One outcome for each case that belongs to the family. `dir` is the directory of the file. */
  readonly run: (file: VectorFile, dir: string) => Outcome[];
}

/** Puts each case to `check`, which returns why it failed, or undefined. A throw is a failure. */
export function judge<C extends VectorCase>(
  cases: readonly VectorCase[],
  check: (one: C) => string | undefined,
): Outcome[] {
  return cases.map((one) => {
    const why = attempt(() => check(one as C));
    return why === undefined ? { id: one.id, ok: true } : { id: one.id, ok: false, why };
  });
}

function attempt(check: () => string | undefined): string | undefined {
  try {
    return check();
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}
