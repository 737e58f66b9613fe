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
  /**
   * Not as the case has it, on purpose. The text is the first cell of a row in
   * `docs/reference/differences.md`, which has the reason.
   */
  readonly purpose?: string;
}

export interface Family {
  /** What the report calls it. */
  readonly name: string;
  /** Where its cases are, in the vectors' directory: `verdicts-k8s/cyclonus.json`. */
  readonly file: string;
  /** One outcome for each case that belongs to the family. `dir` is the directory of the file. */
  readonly run: (file: VectorFile, dir: string) => Outcome[];
}

/** What a check says of a case: nothing when it passed, why it failed, or that it differs on purpose. */
export type Finding = string | { readonly purpose: string } | undefined;

/** Puts each case to `check`. A throw is a failure of that case. */
export function judge<C extends VectorCase>(
  cases: readonly VectorCase[],
  check: (one: C) => Finding,
): Outcome[] {
  return cases.map((one) => {
    const finding = attempt(() => check(one as C));
    if (finding === undefined) return { id: one.id, ok: true };
    if (typeof finding === "string") return { id: one.id, ok: false, why: finding };
    return { id: one.id, ok: false, purpose: finding.purpose };
  });
}

function attempt(check: () => Finding): Finding {
  try {
    return check();
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}
