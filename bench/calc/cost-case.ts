/**
 * Tells the microseconds of one endpoint's update, flushed by itself, among so many endpoints: of
 * rounds those of the fastest, as what else the machine does can only add.
 */
import { Calculation } from "../../src/core/policy/calculation.ts";
import { ChurnScene } from "./churn-scene.ts";
import { consume } from "./consumer.ts";
import { collectGarbage } from "./heap.ts";
import { LOCAL, read } from "./written.ts";

/** What an update took. */
export interface CostTaken {
  readonly microseconds: number;
}

const WARMING = 5000;
const ROUNDS = 15;
/** Enough that each round pays for the garbage that it makes. */
const CHANGES = 3000;

const [endpoints = "1000"] = process.argv.slice(2);
const calculation = new Calculation({ isLocal: ({ node }) => node === LOCAL });
const scene = new ChurnScene(Number(endpoints));
for (const input of scene.start()) calculation.update(read(input));
calculation.inSync();
consume(calculation.flush());
collectGarbage();
round(WARMING);
const taken: CostTaken = {
  microseconds: Math.min(...Array.from({ length: ROUNDS }, () => round(CHANGES))),
};
process.stdout.write(`${JSON.stringify(taken)}\n`);

/** Microseconds of each of so many updates. */
function round(count: number): number {
  const updates = Array.from({ length: count }, () => scene.next());
  const begun = performance.now();
  for (const update of updates) {
    calculation.update(update);
    consume(calculation.flush());
  }
  return ((performance.now() - begun) * 1000) / count;
}
