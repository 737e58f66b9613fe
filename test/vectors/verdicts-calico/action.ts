import type { Action } from "../../../src/core/model/policy.ts";

/** Thrown for an action that there is none of: such a rule cannot be judged. */
export class UnknownAction extends Error {}

const ACTIONS: ReadonlyMap<string, Action> = new Map([
  ["allow", "Allow"],
  ["deny", "Deny"],
  ["pass", "Pass"],
  ["next-tier", "Pass"],
  ["log", "Log"],
]);

/** The data path writes actions in any case, and Pass by an older name too (evaluation.md §13). */
export function actionOf(text: string): Action {
  const action = ACTIONS.get(text.toLowerCase());
  if (!action) throw new UnknownAction(`${JSON.stringify(text)} is no action`);
  return action;
}
