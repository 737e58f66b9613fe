/**
 * Endpoints that come, change and go at a steady rate: tells how long each takes until what comes of
 * it has been read, and what that costs. An update is due when it is due, however late the ones
 * before it were; those that are due together are flushed together.
 */
import { Calculation } from "../../src/core/policy/calculation.ts";
import { percentile } from "../figure.ts";
import { ChurnScene } from "./churn-scene.ts";
import { consume } from "./consumer.ts";
import { heldMegabytes } from "./heap.ts";
import { LOCAL, read } from "./written.ts";

/** What a steady rate took. */
export interface ChurnTaken {
  /** From when an update is due until what comes of it has been read. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly worstMs: number;
  /** Of the last second. */
  readonly lastP99Ms: number;
  /** Of one processor, all threads of the process and making the updates included. */
  readonly cpuShare: number;
  /** What the calculation holds at the end. */
  readonly megabytes: number;
}

const [endpoints = "1000", rate = "1000", seconds = "1"] = process.argv.slice(2);
const perSecond = Number(rate);
const updates = perSecond * Number(seconds);
const before = heldMegabytes();
const calculation = new Calculation({ isLocal: ({ node }) => node === LOCAL });
const scene = new ChurnScene(Number(endpoints));
for (const input of scene.start()) calculation.update(read(input));
calculation.inSync();
consume(calculation.flush());

const clock = new Int32Array(new SharedArrayBuffer(4));
const latencies = new Float64Array(updates);
const cpuBefore = process.cpuUsage();
const begun = performance.now();
for (let told = 0; told < updates; ) {
  const first = told;
  sleepUntil(dueAt(told));
  while (told < updates && dueAt(told) <= performance.now()) {
    calculation.update(scene.next());
    told++;
  }
  consume(calculation.flush());
  const now = performance.now();
  for (let i = first; i < told; i++) latencies[i] = now - dueAt(i);
}
const { user, system } = process.cpuUsage(cpuBefore);
const wallMs = performance.now() - begun;
const all = Array.from(latencies);
const taken: ChurnTaken = {
  p50Ms: percentile(all, 0.5),
  p99Ms: percentile(all, 0.99),
  worstMs: percentile(all, 1),
  lastP99Ms: percentile(all.slice(-perSecond), 0.99),
  cpuShare: (user + system) / 1000 / wallMs,
  megabytes: heldMegabytes() - before,
};
if (Object.values(calculation.holdings).every((held) => held === 0)) throw new Error("all is gone");
process.stdout.write(`${JSON.stringify(taken)}\n`);

function dueAt(update: number): number {
  return begun + (update * 1000) / perSecond;
}

/** To a fraction of a millisecond, which timers are not. */
function sleepUntil(at: number): void {
  const ms = at - performance.now();
  if (ms > 0) Atomics.wait(clock, 0, 0, ms);
}
