/** What a run of vectors found, as lines for people. */
import type { Outcome } from "./family.ts";
import type { FamilyReport, Report } from "./run.ts";

/** Whether every case passed, or differs on purpose, and nothing was left unread. */
export function isClean({ families, unread }: Report): boolean {
  return unread.length === 0 && families.every(({ outcomes }) => !outcomes.some(isFailed));
}

/**
 * A line a family, then the cases that failed, each with why; between them, when `verbose`, those
 * that differ on purpose, each with its row in docs/reference/differences.md.
 */
export function reportLines({ families }: Report, verbose: boolean): string[] {
  const outcomes = families.flatMap((family) => family.outcomes);
  const meant = outcomes.filter(({ purpose }) => purpose !== undefined);
  return [
    ...families.map(summary),
    ...(verbose ? meant.map(({ id, purpose }) => `${id}  on purpose: ${purpose}`) : []),
    ...outcomes.filter(isFailed).map(({ id, why }) => (why === undefined ? id : `${id}  ${why}`)),
  ];
}

/** `effective-selectors 480/483, 3 on purpose`. */
function summary({ name, outcomes }: FamilyReport): string {
  const passed = outcomes.filter(({ ok }) => ok).length;
  const meant = outcomes.filter(({ purpose }) => purpose !== undefined).length;
  return `${name} ${passed}/${outcomes.length}${meant > 0 ? `, ${meant} on purpose` : ""}`;
}

function isFailed({ ok, purpose }: Outcome): boolean {
  return !ok && purpose === undefined;
}
