/** How one rendering differs from the next, element by element. */
import assert from "node:assert/strict";
import type { NodePolicy } from "../../src/core/policy/policy.ts";
import type { Ruleset } from "../../src/dataplane/nft/ruleset.ts";
import { render } from "../../src/dataplane/program/render.ts";

/** What changes in maps and chains: `+` is new, `-` is gone, `~` has another value. */
export function difference(before: NodePolicy, after: NodePolicy): string[] {
  const first = render(before, [], undefined, 1);
  const second = render(after, [], first.allocation, 1);
  assert.equal(second.stale, false);
  const [old, wanted] = [contents(first.rendering.ruleset), contents(second.rendering.ruleset)];
  return [
    ...[...wanted].flatMap(([place, value]) => {
      if (!old.has(place)) return [`+ ${place}`];
      return old.get(place) === value ? [] : [`~ ${place}`];
    }),
    ...[...old.keys()].filter((place) => !wanted.has(place)).map((place) => `- ${place}`),
  ];
}

function contents({ maps, chains }: Ruleset): Map<string, string> {
  const elements = Array.from(maps, ([name, map]) =>
    Array.from(map.elements, ([key, value]) => [`${name.slice(3)} ${key}`, value] as const),
  );
  const rules = Array.from(chains, ([name, list]) => [name, list.join("\n")] as const);
  return new Map([...elements.flat(), ...rules]);
}
