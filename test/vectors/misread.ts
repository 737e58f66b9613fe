/** Cases that were recorded wrongly, as the vectors' own notes say. */
import type { VectorCase } from "./family.ts";

/** The row of docs/reference/differences.md. */
export const MAPPED = "Recorded cases with an IPv4-mapped network";

/** Whether the case was run, not tested, on an IPv4-mapped network: the recorder lost those. */
export function isMisread({ basis, input }: VectorCase): boolean {
  return basis === "run" && /"::ffff:[\d.]+\/\d+"/i.test(JSON.stringify(input));
}
