import type { Command, Element } from "../nft/command.ts";

/** What becomes of one key of a map: it is deleted, or added, or both: given another value. */
export interface Edit {
  readonly key: string;
  readonly remove: boolean;
  readonly value: string | undefined;
}

/** Edits by map. */
export type Edits = ReadonlyMap<string, readonly Edit[]>;

/** Commands that go into one transaction, whatever else does. */
export type Step = readonly Command[];

/** Up to how many elements, and commands of other kinds, one transaction holds. */
const TRANSACTION_LIMIT = 50_000;

/** Steps that carry out `edits`, none above `limit`; a key's new value comes with the old one's end. */
export function editSteps(edits: Edits, limit = TRANSACTION_LIMIT): Step[] {
  const size = Math.ceil(limit / 2);
  const steps: Step[] = [];
  for (const [map, list] of edits) {
    for (let start = 0; start < list.length; start += size) {
      steps.push(editCommands(map, list.slice(start, start + size)));
    }
  }
  return steps;
}

function editCommands(map: string, edits: readonly Edit[]): Step {
  const keys: string[] = [];
  const elements: Element[] = [];
  for (const { key, remove, value } of edits) {
    if (remove) keys.push(key);
    if (value !== undefined) elements.push([key, value]);
  }
  return [
    ...(keys.length > 0 ? [{ op: "delete elements", map, keys } as const] : []),
    ...(elements.length > 0 ? [{ op: "add elements", map, elements } as const] : []),
  ];
}

/** Puts `steps`, in their order, into as few transactions as `limit` allows. No step is split. */
export function intoTransactions(
  steps: readonly Step[],
  limit = TRANSACTION_LIMIT,
): readonly (readonly Command[])[] {
  const transactions: Command[][] = [];
  let room = 0;
  for (const step of steps) {
    const weight = step.reduce((sum, command) => sum + weightOf(command), 0);
    let transaction = transactions.at(-1);
    if (!transaction || weight > room) {
      transaction = [];
      transactions.push(transaction);
      room = limit;
    }
    transaction.push(...step);
    room -= weight;
  }
  return transactions;
}

function weightOf(command: Command): number {
  if (command.op === "add elements") return command.elements.length;
  if (command.op === "delete elements") return command.keys.length;
  return 1;
}
