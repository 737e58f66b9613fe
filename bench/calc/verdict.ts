/**
 * The claim: a connection to an endpoint under 294 policies of 68 rules is judged in 20 µs, and
 * explained rule by rule in 5 ms, once its policy is compiled.
 *
 * `verdict` judges the connection that matches none of the 19,992 rules, as the reference
 * implementation measures itself; the plain walk beside it tries them all. The random flows are
 * each judged once, against rules that differ more: see verdict-cluster.ts. Explaining is the
 * verdict and of every rule what it misses; looking for edits that would turn the verdict is not in
 * it, and neither is printing.
 */
import { FlowExplainer } from "../../src/core/explanation/explain.ts";
import type { Flow } from "../../src/core/net/flow.ts";
import { Cluster } from "../../src/core/verdict/cluster.ts";
import { judge } from "../../src/core/verdict/judge.ts";
import { metInTurn } from "../../src/core/verdict/rules-met.ts";
import { StageIndex } from "../../src/core/verdict/stage-index.ts";
import { type Figure, median, percentile } from "../figure.ts";
import { fastestOf, microsecondsOf } from "../microseconds.ts";
import { heldMegabytes } from "./heap.ts";
import { REFERENCE } from "./published.ts";
import {
  POLICIES,
  RULES_A_POLICY,
  type VerdictCluster,
  verdictCluster,
} from "./verdict-cluster.ts";

type Tell = (line: string) => void;

/** What the reference implementation takes to walk the rules, by its own benchmark. */
const REFERENCE_US = 2650;
/** Enough for whatever is made only for those who ask often. */
const WARMING = 1000;
const FLOWS = 20_000;
const PAIRS = 500;
const EXPLAINED = 500;
const BUILDS = 5;

/** Microseconds and milliseconds for one connection, and for what is made first. */
export function measureVerdict(tell: Tell): Figure[] {
  tell("verdict");
  const unmatched = measureUnmatched(verdictCluster("alike"));
  tell("verdict, random flows");
  return [...unmatched, ...measureRandom(verdictCluster("unlike"))];
}

function measureUnmatched(asked: VerdictCluster): Figure[] {
  const { model, unmatched } = asked;
  const begun = performance.now();
  const cluster = new Cluster(model);
  const { steps } = judge(cluster, unmatched);
  const first = performance.now() - begun;
  const { by } = steps[0]?.decision ?? {};
  if (steps.length !== 1 || by !== "end-of-tier") throw new Error(`a rule matched: ${by}`);

  const once = () => judge(cluster, unmatched).steps.length;
  for (let i = 0; i < WARMING; i++) once();
  const rules = rulesOf(cluster, asked);
  const plain = microsecondsOf(() => metInTurn(rules, unmatched).tried);
  const judged = microsecondsOf(once);
  const explainer = new FlowExplainer(model, cluster);
  return [
    beside("verdict", judged),
    beside("verdict, plain walk", plain),
    figure("verdict, compiled first", first, "ms"),
    figure(
      "verdict, explained",
      explaining(explainer, () => unmatched),
      "ms",
    ),
  ];
}

function measureRandom(asked: VerdictCluster): Figure[] {
  const { model, next } = asked;
  const cluster = new Cluster(model);
  const rules = rulesOf(cluster, asked);
  for (let i = 0; i < WARMING; i++) judge(cluster, next());
  const taken = Array.from({ length: FLOWS }, () => {
    const flow = next();
    return microseconds(() => judge(cluster, flow));
  });
  const ratios = Array.from({ length: PAIRS }, () => {
    const flow = next();
    const judged = microseconds(() => judge(cluster, flow));
    return judged / microseconds(() => metInTurn(rules, flow));
  });
  const built = fastestOf(BUILDS, () => new StageIndex({ rules }));
  const before = heldMegabytes();
  const index = new StageIndex({ rules });
  const held = heldMegabytes() - before;
  index.met(next());
  return [
    {
      ...figure("verdict, random flows", median(taken), "us"),
      peer: "plain walk",
      ratio: median(ratios),
    },
    figure("verdict, random flows, p99", percentile(taken, 0.99), "us"),
    figure(
      "verdict, random flows, explained",
      explaining(new FlowExplainer(model, cluster), next),
      "ms",
    ),
    figure("verdict, index built", built, "ms"),
    figure("verdict, index", held, "MB"),
  ];
}

function rulesOf(cluster: Cluster, { endpoint }: VerdictCluster) {
  const { stages } = cluster.workload(endpoint, "ingress");
  const rules = stages.flatMap((stage) => stage.rules);
  const wanted = POLICIES * RULES_A_POLICY;
  if (rules.length !== wanted) throw new Error(`${rules.length} rules are not ${wanted}`);
  return rules;
}

/** Milliseconds of the median explanation. */
function explaining(explainer: FlowExplainer, next: () => Flow): number {
  for (let i = 0; i < WARMING / 4; i++) explainer.explain(next());
  const taken = Array.from({ length: EXPLAINED }, () => {
    const flow = next();
    return microseconds(() => explainer.explain(flow));
  });
  return median(taken) / 1000;
}

function microseconds(work: () => void): number {
  const begun = performance.now();
  work();
  return (performance.now() - begun) * 1000;
}

function beside(name: string, value: number): Figure {
  return { ...figure(name, value, "us"), peer: REFERENCE, ratio: value / REFERENCE_US };
}

function figure(name: string, value: number, unit: string): Figure {
  return { bench: "calc", case: name, value, unit };
}
