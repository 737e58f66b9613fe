import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  configuration,
  guarding,
  INTERFACES,
  nodePolicy,
  rule,
  watched,
} from "../../../test/compiled-policy/arbitrary.ts";
import { change, changed } from "../../../test/compiled-policy/arbitrary-change.ts";
import { packet, packetIn, show } from "../../../test/compiled-policy/arbitrary-packet.ts";
import { fate } from "../../../test/compiled-policy/fate.ts";
import type { CompiledRule } from "../../core/policy/policy.ts";
import type { NftMap, Rendering, Ruleset } from "../nft/ruleset.ts";
import { RulesetReader } from "./read-back.ts";
import { render } from "./render.ts";

describe("render", () => {
  it("says in the kernel's terms what the rules say, in their order", () => {
    fc.assert(
      fc.property(
        nodePolicy(3),
        fc.array(packet, { minLength: 30, maxLength: 30 }),
        (policy, sent) => {
          const { rendering } = render(policy, INTERFACES, undefined, 1);
          const reader = new RulesetReader(rendering.ruleset);
          for (const draft of sent) {
            const packet = packetIn(policy, draft);
            const { action, logs } = reader.read(packet);
            assert.deepEqual({ action, logs }, fate(policy, packet), show(packet));
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it("gives the same bytes for the same policy", () => {
    fc.assert(
      fc.property(nodePolicy(2), (policy) => {
        const once = render(policy, INTERFACES, undefined, 7);
        assert.deepEqual(render(policy, INTERFACES, undefined, 7), once);
      }),
      { numRuns: 25 },
    );
  });

  it("keeps every number when nothing changes", () => {
    fc.assert(
      fc.property(nodePolicy(2), (policy) => {
        const first = render(policy, INTERFACES, undefined, 1);
        const second = render(policy, INTERFACES, first.allocation, 1);
        assert.deepEqual(second.rendering.ruleset, first.rendering.ruleset);
        assert.equal(second.lingering, false);
      }),
      { numRuns: 40 },
    );
  });

  it("leads from one policy to the next such that every packet meets one of the two", () => {
    const passing = fc.tuple(
      fc.array(rule, { minLength: 1, maxLength: 4 }),
      fc.array(change, { minLength: 1, maxLength: 4 }),
      fc.array(packet, { minLength: 15, maxLength: 15 }),
      fc.nat(14),
    );
    fc.assert(
      fc.property(passing, ([first, changes, drafts, late]) => {
        const sent = drafts.map((draft) => ({ ...draft, way: ["eth1", "tap-b"] as const }));
        let rules: readonly CompiledRule[] = first;
        let before = guarding(rules);
        let held = render(before, INTERFACES, undefined, 1);
        for (const change of changes) {
          rules = changed(rules, change);
          const after = guarding(rules);
          const next = render(after, INTERFACES, held.allocation, 1);
          const states = passage(held.rendering.ruleset, next.rendering);
          for (const [i, from] of states.entries()) {
            for (const draft of sent) {
              const packet = packetIn(before, draft);
              const reader = new RulesetReader(changing(from, states[i + 1] ?? from, late));
              const allowed = [fate(before, packet).action, fate(after, packet).action];
              const { action } = reader.read(packet);
              assert.ok(allowed.includes(action), `${i}: not ${allowed}: ${show(packet)}`);
            }
          }
          for (const draft of sent) {
            const packet = packetIn(after, draft);
            const { action } = new RulesetReader(next.rendering.ruleset).read(packet);
            assert.equal(action, fate(after, packet).action, show(packet));
          }
          [before, held] = [after, next];
        }
      }),
      { numRuns: 70 },
    );
  });

  it("leads from a host's settings to others such that every packet meets one of the two", () => {
    const passing = fc.tuple(
      watched,
      configuration,
      configuration,
      fc.array(packet, { minLength: 15, maxLength: 15 }),
      fc.nat(6),
    );
    fc.assert(
      fc.property(passing, ([policy, first, second, drafts, late]) => {
        const [before, after] = [first, second].map((configuration) => {
          return { ...policy, configuration };
        });
        assert.ok(before && after);
        const held = render(before, INTERFACES, undefined, 1);
        const next = render(after, INTERFACES, held.allocation, 1);
        const states = passage(held.rendering.ruleset, next.rendering);
        for (const draft of drafts) {
          const packet = packetIn(policy, draft);
          const allowed: readonly string[] = [
            fate(before, packet).action,
            fate(after, packet).action,
          ];
          for (const [i, from] of states.entries()) {
            const reader = new RulesetReader(changing(from, states[i + 1] ?? from, late));
            const { action } = reader.read(packet);
            assert.ok(allowed.includes(action), `${i}: not ${allowed}: ${show(packet)}`);
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  it("holds no more than a fresh rendering once it has settled", () => {
    const passing = fc.tuple(fc.array(rule, { minLength: 1, maxLength: 4 }), change);
    fc.assert(
      fc.property(passing, ([rules, change]) => {
        const first = render(guarding(rules), INTERFACES, undefined, 1);
        const after = guarding(changed(rules, change));
        let settled = render(after, INTERFACES, first.allocation, 1);
        for (let i = 0; settled.lingering && i < 3; i++) {
          settled = render(after, INTERFACES, settled.allocation, 1);
        }
        assert.equal(settled.lingering, false);
        const fresh = render(after, INTERFACES, undefined, 1);
        for (const map of ["g1_cls4", "g1_cls6", "g1_vd", "g1_v"]) {
          assert.equal(sizeOf(settled.rendering, map), sizeOf(fresh.rendering, map), map);
        }
      }),
      { numRuns: 60 },
    );
  });
});

function sizeOf({ ruleset }: Rendering, map: string): number | undefined {
  return ruleset.maps.get(map)?.elements.size;
}

/** What the kernel holds one after the other on the way from `from` to a rendering. */
function passage(from: Ruleset, { ruleset: to, bridge }: Rendering): Ruleset[] {
  const stage = (
    ofMap: (name: string, old: Elements, wanted: Elements, role: NftMap["role"]) => Elements,
    baseChains = from.baseChains,
  ): Ruleset => {
    const names = new Set([...from.maps.keys(), ...to.maps.keys()]);
    const maps = Array.from(names, (name): [string, NftMap] => {
      const [old, wanted] = [from.maps.get(name), to.maps.get(name)];
      const shape = wanted ?? old;
      if (!shape) throw new Error(name);
      return [
        name,
        {
          ...shape,
          elements: ofMap(
            name,
            old?.elements ?? new Map(),
            wanted?.elements ?? new Map(),
            shape.role,
          ),
        },
      ];
    });
    return {
      generation: to.generation,
      baseChains,
      maps: new Map(maps),
      chains: new Map([...from.chains, ...to.chains]),
    };
  };
  const added = (name: string, old: Elements, wanted: Elements, role: NftMap["role"]): Elements =>
    role === "definition"
      ? new Map([...old, ...wanted])
      : role === "pointer"
        ? new Map([...(bridge.get(name) ?? []), ...old])
        : old;
  const moved: typeof added = (name, old, wanted, role) =>
    role === "address" ? wanted : added(name, old, wanted, role);
  const switched: typeof added = (name, old, wanted, role) =>
    role === "pointer"
      ? new Map([...(bridge.get(name) ?? []), ...old, ...wanted])
      : moved(name, old, wanted, role);
  return [from, stage(added), stage(moved), stage(switched, to.baseChains), to];
}

type Elements = ReadonlyMap<string, string>;

/** `from`, of which the maps are those of `to` after so many lookups. */
function changing(from: Ruleset, to: Ruleset, lookups: number): Ruleset {
  let left = lookups;
  const maps = Array.from(from.maps, ([name, map]): [string, NftMap] => [
    name,
    {
      ...map,
      get elements() {
        return left-- > 0 ? map.elements : (to.maps.get(name)?.elements ?? new Map());
      },
    },
  ]);
  return { ...from, maps: new Map(maps), chains: new Map([...from.chains, ...to.chains]) };
}
