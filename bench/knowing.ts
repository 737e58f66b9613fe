/**
 * The claim: who reaches whom in a cluster of 1,000 Deployments in 20 namespaces under 500 policies,
 * and what five changed policies change, is answered within 1 s and 300 MB; answers by class cost
 * at most linearly more with more workloads; and one connection among 100,000 pods under 10,000
 * policies is explained within 20 ms, 50 ms in 99 of 100 cases, once the cluster is loaded.
 *
 * Each question is asked in a process of its own, so that nothing is warm. Not said here: reading
 * YAML, which `parse` measures (the manifests are JSON), and writing the answer to a disk.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import type { Explained } from "./explain-question.ts";
import { type Figure, median } from "./figure.ts";
import type { Question, Taken } from "./knowing-question.ts";

const RUNS = 5;
const ASKED: readonly { readonly question: Question; readonly words: string }[] = [
  { question: "reach", words: "reach, every pair of workloads" },
  { question: "exposure", words: "reach --exposure" },
  { question: "diff", words: "diff, five policies changed" },
];
const GROWTH = [1000, 2000, 5000, 10_000];

export async function measure(tell: (line: string) => void): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const { question, words } of ASKED) {
    tell(`measuring: ${words}, ${RUNS} times`);
    const runs = Array.from({ length: RUNS }, () => ask(question, 1000));
    const of = (read: (taken: Taken) => number) => median(runs.map(read));
    figures.push(
      figure(
        words,
        of((one) => one.answerMs),
        "ms",
      ),
      figure(
        `${words}, manifests read too`,
        of((one) => one.readMs + one.answerMs),
        "ms",
      ),
      figure(
        `${words}, memory`,
        of((one) => one.megabytes),
        "MB",
      ),
      figure(
        `${words}, lines of the answer`,
        of((one) => one.lines),
        "",
      ),
    );
  }
  return [...figures, ...growth(tell), ...explaining(tell)];
}

/** Connections between pods at random, each asked once. */
function explaining(tell: (line: string) => void): Figure[] {
  tell("measuring: explain, 100,000 pods and 10,000 policies");
  const { loadMs, answersMs } = run<Explained>("explain-question.ts", []);
  const sorted = answersMs.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
  return [
    figure("explain, loading the cluster", loadMs, "ms"),
    figure("explain, p50", at(0.5), "ms"),
    figure("explain, p99", at(0.99), "ms"),
  ];
}

/** By class, each size beside the one before: the ratio of milliseconds for one workload. */
function growth(tell: (line: string) => void): Figure[] {
  const figures: Figure[] = [];
  let before: { readonly size: number; readonly each: number } | undefined;
  for (const size of GROWTH) {
    tell(`measuring: reach --by class, ${size} workloads, ${RUNS} times`);
    const all = Array.from({ length: RUNS }, () => ask("classes", size).answerMs);
    const each = (median(all) * 1000) / size;
    figures.push({
      ...figure(`reach --by class, ${size} workloads, for each`, each, "us"),
      ...(before && { peer: `${before.size} workloads`, ratio: each / before.each }),
    });
    before = { size, each };
  }
  return figures;
}

function figure(words: string, value: number, unit: string): Figure {
  return { bench: "knowing", case: words, value, unit };
}

function ask(question: Question, deployments: number): Taken {
  return run<Taken>("knowing-question.ts", [question, `${deployments}`]);
}

/** What a script of this folder prints: exactly a `T`, as JSON, or it fails. */
function run<T>(script: string, args: readonly string[]): T {
  const path = join(import.meta.dirname, script);
  const { status, stdout, stderr } = spawnSync(process.execPath, [path, ...args], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`${script} failed: ${stderr}`);
  return JSON.parse(stdout) as T;
}
