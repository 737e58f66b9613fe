/**
 * The layout of the scratch register in which a packet's verdict is looked up: skb priority, which
 * nft calls `meta priority` and writes as a classid.
 *
 * It first holds a stage and the class of an address, then the row that the two lead to, then a
 * code. Rows have the highest bit set, codes have not.
 */

export const MAX_CLASS = 2 ** 18 - 1;
export const MAX_STAGE = 2 ** 12 - 1;
export const MAX_NUMBERED_ROW = 2 ** 29 - 1;

const STAGE_UNIT = 2 ** 18;
const ROW = 2 ** 31;
const HAS_BLOCKS = 2 ** 30;
const HAS_SOURCES = 2 ** 29;

/** What a lookup may answer. Any code from `FIRST_LEAF` on leads to a chain of its own. */
export const NO_MATCH = 0;
export const ALLOW = 1;
export const DENY = 2;
export const PASS = 3;
export const FIRST_LEAF = 16;

/** Rows from here on are numbered; the sixteen below stand for the codes 0..15 themselves. */
export const FIRST_ROW = 16;

/** The key under which the rows of `stage` are found for addresses of `classId`. */
export function stageKey(stage: number, classId: number): number {
  return stage * STAGE_UNIT + classId;
}

/** The row that answers `code`, one of 0..15, whatever the packet. */
export function constantRow(code: number): number {
  return ROW + code;
}

/** The code a constant row stands for; undefined for a numbered row. */
export function constantOf(row: number): number | undefined {
  return row < ROW + FIRST_ROW ? row - ROW : undefined;
}

/** `blocks`: some of its ports are held as blocks. `sources`: it depends on the source port. */
export function numberedRow(
  number: number,
  { blocks, sources }: { readonly blocks: boolean; readonly sources: boolean },
): number {
  return ROW + number + (blocks ? HAS_BLOCKS : 0) + (sources ? HAS_SOURCES : 0);
}

/** The register's value as nft prints it: two halves in hexadecimal, and `none` for zero. */
export function formatRegister(value: number): string {
  if (value === 0) return "none";
  return `${Math.floor(value / 65_536).toString(16)}:${(value % 65_536).toString(16)}`;
}
