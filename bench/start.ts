/**
 * The claim: on a machine that is set up, `npm start` shows its first probe within 5 s. The whole
 * command counts, npm included. And `picket explain` on manifests, beside a Node that does nothing.
 *
 * The first start of all has an empty compile cache, as Node calls what it keeps of sources that it
 * has read; later ones find it filled. Not said here: what the setup takes (`npm ci`, packages), and
 * a disk whose files the kernel has not in memory.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PICKET, RunningCommand } from "./command.ts";
import { type Figure, median } from "./figure.ts";
import { onInterruption } from "./interruption.ts";

const STARTS = 5;
const EXPLANATIONS = 20;
const PROBE = / packet (delivered|dropped)\b/;
const EXPLAIN = [
  ...PICKET,
  ...["explain", "-f", "examples/article/cluster", "-f", "examples/article/10-namespaced"],
  ...["--from", "production/blue", "--to", "production/red", "--port", "6379"],
];
const NOTHING = [process.execPath, "--eval", "0"];

/** Milliseconds. */
interface Start {
  readonly firstProbe: number;
  readonly wholeTour: number;
}

export async function measure(tell: (line: string) => void): Promise<readonly Figure[]> {
  if (process.getuid?.() !== 0) throw new Error("probes are real packets: this bench needs root");
  const folder = mkdtempSync(join(tmpdir(), "picket-bench-"));
  const removeFolder = (): void => rmSync(folder, { recursive: true, force: true });
  const interruption = onInterruption(removeFolder);
  try {
    const figures: Figure[] = [];
    for (const { name, options } of startsIn(folder)) {
      tell(`measuring: npm start, ${name}, ${STARTS} times`);
      const taken: Start[] = [];
      for (let i = 0; i < STARTS; i++) taken.push(await start(options(i)));
      figures.push(...figuresOf(name, taken));
    }
    tell(`measuring: picket explain, ${EXPLANATIONS} times`);
    return [...figures, ...(await measureExplain())];
  } finally {
    interruption.forget();
    removeFolder();
  }
}

interface StartOptions {
  readonly data: string;
  readonly compileCache: string;
}

interface Case {
  readonly name: string;
  readonly options: (run: number) => StartOptions;
}

/** In this order: the caches and the store of earlier cases are what later ones find. */
function startsIn(folder: string): readonly Case[] {
  const at = (name: string): string => join(folder, name);
  return [
    {
      name: "first of all",
      options: (run) => ({ data: at(`first-${run}`), compileCache: at(`cache-${run}`) }),
    },
    {
      name: "fresh data",
      options: (run) => ({ data: at(`fresh-${run}`), compileCache: at("cache-0") }),
    },
    {
      name: "existing data",
      options: () => ({ data: at("first-0"), compileCache: at("cache-0") }),
    },
  ];
}

async function start({ data, compileCache }: StartOptions): Promise<Start> {
  const command = new RunningCommand(["npm", "start", "--", "--exit", "--data", data], {
    NODE_COMPILE_CACHE: compileCache,
  });
  const interruption = onInterruption(() => command.stop());
  try {
    const probe = await command.line(({ stream, text }) => stream === "stdout" && PROBE.test(text));
    const ended = await command.ended;
    if (ended.with !== 0) throw new Error(`npm start ended with ${ended.with}\n${command.said}`);
    const since = command.startedAt;
    return { firstProbe: probe.at - since, wholeTour: ended.at - since };
  } finally {
    interruption.forget();
  }
}

function figuresOf(name: string, taken: readonly Start[]): Figure[] {
  const first = taken.map(({ firstProbe }) => firstProbe / 1000);
  const whole = taken.map(({ wholeTour }) => wholeTour / 1000);
  return [
    figure(`npm start to the first probe, ${name}`, median(first), "s"),
    figure(`npm start to the first probe, ${name}, fastest`, Math.min(...first), "s"),
    figure(`npm start to the first probe, ${name}, slowest`, Math.max(...first), "s"),
    figure(`npm start to the end of the tour, ${name}`, median(whole), "s"),
  ];
}

async function measureExplain(): Promise<Figure[]> {
  await runningTime(EXPLAIN);
  const times: number[] = [];
  const ratios: number[] = [];
  const bare: number[] = [];
  for (let i = 0; i < EXPLANATIONS; i++) {
    const nothing = await runningTime(NOTHING);
    const time = await runningTime(EXPLAIN);
    times.push(time);
    bare.push(nothing);
    ratios.push(time / nothing);
  }
  const peer = "node that does nothing";
  return [
    { ...figure("picket explain", median(times), "ms"), peer, ratio: median(ratios) },
    figure("picket explain, slowest", Math.max(...times), "ms"),
    figure(peer, median(bare), "ms"),
  ];
}

async function runningTime(args: readonly string[]): Promise<number> {
  const command = new RunningCommand(args);
  const ended = await command.ended;
  if (ended.with !== 0) throw new Error(`${args.join(" ")} ended with ${ended.with}`);
  return ended.at - command.startedAt;
}

function figure(name: string, value: number, unit: string): Figure {
  return { bench: "start", case: name, value, unit };
}
