import type { Command } from "../nft/command.ts";
import type { ListedHook } from "../nft/nft.ts";
import type { BaseChain } from "../nft/ruleset.ts";
import type { Step } from "./edit.ts";

/**
 * Makes packets enter by `wanted` instead of what is there; chains that are there and not in `keep`
 * go. One step: a packet goes all the way by the old rules or by the new.
 */
export function baseChainStep(
  there: ReadonlyMap<string, ListedHook>,
  wanted: ReadonlyMap<string, BaseChain>,
  keep: { has(chain: string): boolean } = wanted,
): Step {
  const commands: Command[] = [];
  for (const [chain, base] of wanted) {
    const old = there.get(chain);
    // A chain stays at the hook it was made for; one by an older Picket may be at another.
    if (old && !sameHook(old, base)) commands.push(...remove(chain));
    else if (old) commands.push({ op: "flush chain", chain });
    commands.push({ op: "add base chain", chain, base });
    commands.push(...base.rules.map((rule) => ({ op: "add rule", chain, rule }) as const));
  }
  for (const chain of there.keys()) if (!keep.has(chain)) commands.push(...remove(chain));
  return commands;
}

export function sameHook(a: ListedHook, b: ListedHook): boolean {
  return a.hook === b.hook && a.type === b.type && a.priority === b.priority;
}

function remove(chain: string): readonly Command[] {
  return [
    { op: "flush chain", chain },
    { op: "delete chain", chain },
  ];
}
