/**
 * The claim: who reaches whom in a cluster of 1,000 Deployments in 20 namespaces under 500 policies,
 * and what five changed policies change, is answered within 1 s and 300 MB; and answers by class cost
 * at most linearly more with more workloads.
 *
 * Each question is asked in a process of its own, so that nothing is warm. Not said here: reading
 * YAML, which `parse` measures (the manifests are JSON), and writing the answer to a disk.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
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
  return [...figures, ...growth(tell)];
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
  const script = join(import.meta.dirname, "knowing-question.ts");
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [script, question, `${deployments}`],
    { encoding: "utf8" },
  );
  if (status !== 0) throw new Error(`asking ${question} failed: ${stderr}`);
  // The script prints exactly this, or fails.
  return JSON.parse(stdout) as Taken;
}
