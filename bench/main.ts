/** Measures one claim and prints its figures: `npm run bench -- NAME [--json]`. */
import { type Figure, formatJson, formatTable } from "./figure.ts";
import { unlessInterrupted } from "./interruption.ts";

/** What is told while it runs; figures are printed at its end. */
export type Progress = (line: string) => void;

interface Bench {
  /** What it measures, for the list. */
  readonly summary: string;
  readonly load: () => Promise<{
    readonly measure: (tell: Progress) => Promise<readonly Figure[]>;
  }>;
}

const BENCHES: ReadonlyMap<string, Bench> = new Map<string, Bench>([
  [
    "calc",
    {
      summary: "objects to what endpoints enforce: at the start, change by change, under churn",
      load: () => import("./calc/calc.ts"),
    },
  ],
  [
    "kernel",
    {
      summary: "a new connection under 10 to 10,000 policies, beside a bare rule",
      load: () => import("./kernel.ts"),
    },
  ],
  [
    "knowing",
    {
      summary: "who reaches whom, and what changes, in a cluster of 1,000 deployments",
      load: () => import("./knowing.ts"),
    },
  ],
  [
    "latency",
    {
      summary: "a write to the API until it is in force in the kernel",
      load: () => import("./latency.ts"),
    },
  ],
  [
    "model",
    {
      summary: "resources to the model, one at a time: 100,000 pods, 75,000 policies",
      load: () => import("./model.ts"),
    },
  ],
  [
    "parse",
    {
      summary: "manifests and selectors of twice the size: is it twice the time",
      load: () => import("./parse.ts"),
    },
  ],
  [
    "responsive",
    {
      summary: "the API and the agent's health, while policy is calculated",
      load: () => import("./responsive.ts"),
    },
  ],
  [
    "selectors",
    {
      summary: "a selector: parse, print, match",
      load: () => import("./selectors.ts"),
    },
  ],
  [
    "start",
    {
      summary: "npm start until its first probe; picket explain on manifests",
      load: () => import("./start.ts"),
    },
  ],
  [
    "validation",
    {
      summary: "10,000 network policies admitted",
      load: () => import("./validation.ts"),
    },
  ],
]);

const USAGE = "usage: npm run bench -- NAME [--json]; NAME is one of:\n";
const list = Array.from(BENCHES, ([name, { summary }]) => `  ${name.padEnd(10)}  ${summary}\n`);

const names = process.argv.slice(2).filter((argument) => argument !== "--json");
const [name] = names;
const bench = name === undefined ? undefined : BENCHES.get(name);
if (name === undefined) {
  process.stdout.write(USAGE + list.join(""));
} else if (!bench || names.length !== 1) {
  process.stderr.write(USAGE + list.join(""));
  process.exitCode = 2;
} else {
  const { measure } = await bench.load();
  try {
    const figures = await measure((line) => process.stderr.write(`${line}\n`));
    const format = process.argv.includes("--json") ? formatJson : formatTable;
    process.stdout.write(`${format(figures)}\n`);
  } catch (error) {
    await unlessInterrupted();
    throw error;
  }
}
