/**
 * Incremental is batch: after any updates, what the changes add up to is what the objects that there
 * are come to when they are compiled from nothing, on a node and for a whole cluster.
 *
 * PICKET_SEED=… repeats a run, PICKET_CASES=… makes it longer or shorter.
 */
import assert from "node:assert/strict";
import { globSync, mkdirSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, it } from "node:test";
import type { ModelUpdate } from "../../src/core/model/update.ts";
import { Calculation } from "../../src/core/policy/calculation.ts";
import type { IsLocal } from "../states/batch.ts";
import { Follower, isHere, type Makes } from "../states/follower.ts";
import { Told } from "../states/state.ts";
import { follow } from "../states/walk.ts";
import type { Step } from "../states/ways.ts";
import { generateEdit, generateUpdate } from "./generate-update.ts";
import { Random, seedOfRun } from "./random.ts";
import { loadSteps, saveSteps } from "./steps-file.ts";

const REGRESSIONS = join(import.meta.dirname, "../regressions/calculation");
const STEPS_A_CASE = 100;
const PLACES = { node: isHere, cluster: () => true } as const;

/** What must turn up in a run; updates that never change it would prove nothing of it. */
const EXPECTED: readonly string[] = [
  ...["new", "changed", "gone"].flatMap((how) => [`${how} addresses`, `${how} ports`]),
  ...["policies", "profiles", "endpoints", "goneEndpoints", "goneProfiles", "gonePolicies"],
];

const seed = seedOfRun();
/** Steps, in all. */
const cases = Number(process.env.PICKET_CASES ?? 40_000);
const make: Makes = (options) => new Calculation(options);

describe("a calculation told of random updates", () => {
  for (const [place, isLocal] of Object.entries(PLACES)) {
    it(`comes to what the batch says of a ${place}, PICKET_SEED=${seed}`, () => {
      const seen = new Set<string>();
      for (let i = 0; i * STEPS_A_CASE < cases; i++) {
        const steps = generateSteps(new Random(seed + i));
        const failure = failureOf(steps, isLocal, seen);
        if (failure) report(steps, isLocal, seed + i);
      }
      assert.deepEqual(
        EXPECTED.filter((kind) => !seen.has(kind)),
        [],
      );
    });
  }

  for (const path of globSync("*.jsonl", { cwd: REGRESSIONS })) {
    it(`comes to what the batch says in ${path}`, () => {
      for (const isLocal of Object.values(PLACES)) run(loadSteps(join(REGRESSIONS, path)), isLocal);
    });
  }
});

/** Some updates before it is in sync, which it is from the first flush on, and more with flushes. */
function generateSteps(random: Random): Step[] {
  const steps: Step[] = random.times(0, 40, () => generateUpdate(random));
  steps.push("flush");
  const flushes = random.pick([10, 30, 100]);
  const told = new Told(steps.filter((step) => step !== "flush"));
  while (steps.length < STEPS_A_CASE) {
    const updates = changesOf(told, random);
    for (const update of updates) told.tell(update);
    steps.push(...updates);
    if (random.chance(flushes)) steps.push("flush");
  }
  return steps;
}

/** A new object, or something that is there: once more, or in another form. */
function changesOf(told: Told, random: Random): ModelUpdate[] {
  const edited = random.pick([...told.objects.values()]);
  const how = random.below(100);
  if (how < 15) return again(told, random);
  if (how < 20) return thereAndBack(told, random);
  return [edited && how < 60 ? generateEdit(random, edited) : generateUpdate(random)];
}

/** A pod without its labels, policies that become others meanwhile, and the pod as it was. */
function thereAndBack(told: Told, random: Random): ModelUpdate[] {
  const objects = [...told.objects.values()];
  const pod = random.pick(objects.filter(({ part }) => part === "workload"));
  if (pod?.part !== "workload" || !pod.value) return [];
  const policies = random.some(
    objects.filter(({ part }) => part === "policy"),
    1,
    3,
  );
  return [
    { ...pod, value: { ...pod.value, labels: new Map() } },
    ...policies.map((policy) => generateEdit(random, policy)),
    structuredClone(pod),
  ];
}

/** What is there once more: some of it as it is, or deleted and then as it is; or all of it gone. */
function again(told: Told, random: Random): ModelUpdate[] {
  const chosen = random.some([...told.objects.values()], 1, 3);
  const gone = (some: readonly ModelUpdate[]): ModelUpdate[] =>
    some.map((update) => ({ ...update, value: undefined }));
  if (random.chance(5)) return gone([...told.objects.values()]);
  return random.chance(50)
    ? structuredClone(chosen)
    : [...gone(chosen), ...structuredClone(chosen)];
}

/** Takes the steps, then deletes all that is there. Reports the kinds of change. Throws where a law breaks. */
function run(steps: readonly Step[], isLocal: IsLocal): ReadonlySet<string> {
  const follower = new Follower(make, isLocal);
  const first = steps.indexOf("flush") + 1;
  follow(follower, steps.slice(0, first));
  follower.inSync();
  const seen = follow(follower, [...steps.slice(first), "flush"]);
  follower.empty();
  return seen;
}

/** What the steps break, if they do; else what kinds of change there were is added to `seen`. */
function failureOf(steps: readonly Step[], isLocal: IsLocal, seen = new Set<string>()): unknown {
  try {
    for (const kind of run(steps, isLocal)) seen.add(kind);
    return undefined;
  } catch (error) {
    return error;
  }
}

/** Saves the case without what is not needed for it to fail, and throws what that throws. */
function report(steps: readonly Step[], isLocal: IsLocal, caseSeed: number): void {
  const small = shrink(steps, (fewer) => failureOf(fewer, isLocal) !== undefined);
  mkdirSync(REGRESSIONS, { recursive: true });
  const path = join(REGRESSIONS, `${caseSeed}.jsonl`);
  saveSteps(path, small);
  const cause = failureOf(small, isLocal);
  const why = cause instanceof Error ? cause.message : String(cause);
  throw new Error(
    `PICKET_SEED=${caseSeed}, shrunk to ${small.length} steps in ${relative(process.cwd(), path)}: ${why}`,
    { cause },
  );
}

/** Drops runs of steps, ever shorter ones, while what is left fails. */
function shrink(steps: readonly Step[], fails: (fewer: readonly Step[]) => boolean) {
  let left = steps;
  for (let length = steps.length >> 1; length > 0; length >>= 1) {
    for (let at = 0; at < left.length; ) {
      const fewer = left.toSpliced(at, length);
      if (fails(fewer)) left = fewer;
      else at += length;
    }
  }
  return left;
}
