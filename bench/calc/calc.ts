/**
 * The claims: from a stream of objects to what each local endpoint enforces takes at most a third of
 * the reference implementation's time, and no more memory; a change costs what it changes, however
 * many endpoints and selectors there are; a thousand endpoint updates a second, and five thousand,
 * leave the processor idle most of the time.
 *
 * Every case runs in a process of its own, so that nothing is warm: what is compiled while it runs
 * is in the figure. The reference's figures are those it prints on such a machine, not measured in
 * this run. Left out: decoding what arrives, and the kernel.
 */
import { type Figure, median } from "../figure.ts";
import type { Progress } from "../main.ts";
import { measureAddressClasses } from "./address-classes.ts";
import type { AllClusterTaken } from "./all-cluster-case.ts";
import type { ChurnTaken } from "./churn-case.ts";
import type { CostTaken } from "./cost-case.ts";
import {
  ALL_CLUSTER_PUBLISHED,
  ANTREA,
  ENDPOINT_UPDATE_PUBLISHED,
  REFERENCE,
  SNAPSHOTS_PUBLISHED,
} from "./published.ts";
import { runScript } from "./run-script.ts";
import type { SnapshotTaken } from "./snapshot-case.ts";
import type { Naming, UpdateTaken } from "./update-case.ts";
import { measureVerdict } from "./verdict.ts";

const RUNS = 3;
const NAMINGS: readonly Naming[] = ["own labels", "one label"];
const CHURN_ENDPOINTS = 100_000;
const CHURN_SECONDS = 60;
const GROWTH = [1000, 10_000, 100_000];

/** All figures of the engine that calculates policy. */
export async function measure(tell: Progress): Promise<readonly Figure[]> {
  return [
    ...[...SNAPSHOTS_PUBLISHED.keys()].flatMap((name) => snapshot(name, tell)),
    ...[...ENDPOINT_UPDATE_PUBLISHED.keys()].flatMap((selectors) => update(selectors, tell)),
    ...cost(tell),
    ...allCluster(tell),
    ...[1000, 5000].flatMap((rate) => churn(rate, tell)),
    ...measureAddressClasses(tell),
    ...measureVerdict(tell),
  ];
}

function snapshot(name: string, tell: Progress): Figure[] {
  const runs = several<SnapshotTaken>(name, tell, "snapshot-case.ts", name);
  const published = SNAPSHOTS_PUBLISHED.get(name);
  return [
    figure(name, median(runs.map(({ seconds }) => seconds)), "s", REFERENCE, published?.seconds),
    figure(
      name,
      median(runs.map(({ megabytes }) => megabytes)),
      "MB",
      REFERENCE,
      published?.megabytes,
    ),
  ];
}

/** The plain name is that of an endpoint's label where selectors name labels of their own. */
function update(selectors: number, tell: Progress): Figure[] {
  const name = `update-${selectors}`;
  return NAMINGS.flatMap((naming) => {
    const runs = several<UpdateTaken>(
      `${name}, ${naming}`,
      tell,
      "update-case.ts",
      selectors,
      naming,
    );
    const microseconds = (what: keyof UpdateTaken) => median(runs.map((taken) => taken[what]));
    const label = microseconds("endpoint label");
    const published = ENDPOINT_UPDATE_PUBLISHED.get(selectors);
    return [
      ...(naming === "own labels" ? [figure(name, label, "us", REFERENCE, published)] : []),
      figure(`${name} endpoint label, ${naming}`, label, "us"),
      figure(`${name} local endpoint label, ${naming}`, microseconds("local endpoint label"), "us"),
      figure(`${name} profile label, ${naming}`, microseconds("profile label"), "us"),
      figure(`${name} selector, ${naming}`, microseconds("selector"), "us"),
    ];
  });
}

/** Each number of endpoints beside the one before. */
function cost(tell: Progress): Figure[] {
  let before: { readonly endpoints: number; readonly us: number } | undefined;
  return GROWTH.map((endpoints) => {
    const name = `cost per update, ${endpoints} endpoints`;
    const runs = several<CostTaken>(name, tell, "cost-case.ts", endpoints);
    const us = median(runs.map(({ microseconds }) => microseconds));
    const peer = before && `${before.endpoints} endpoints`;
    const found = peer ? figure(name, us, "us", peer, before?.us) : figure(name, us, "us");
    before = { endpoints, us };
    return found;
  });
}

function allCluster(tell: Progress): Figure[] {
  const name = "all-cluster";
  const runs = several<AllClusterTaken>(name, tell, "all-cluster-case.ts");
  const of = (read: (taken: AllClusterTaken) => number) => median(runs.map(read));
  const { seconds, megabytes } = ALL_CLUSTER_PUBLISHED;
  const most = of((taken) => taken.mostMegabytes);
  return [
    figure(
      name,
      of((taken) => taken.seconds),
      "s",
      ANTREA,
      seconds,
    ),
    figure(name, most, "MB", ANTREA, megabytes),
    figure(
      `${name}, held after`,
      of((taken) => taken.megabytes),
      "MB",
    ),
    figure(
      `${name}, resident`,
      of((taken) => taken.residentMegabytes),
      "MB",
    ),
  ];
}

function churn(rate: number, tell: Progress): Figure[] {
  const name = rate === 1000 ? "churn" : `churn, ${rate} a second`;
  tell(`measuring: ${name}, ${CHURN_SECONDS} s`);
  const taken = runScript<ChurnTaken>("churn-case.ts", CHURN_ENDPOINTS, rate, CHURN_SECONDS);
  return [
    figure(`${name}, p50`, taken.p50Ms, "ms"),
    figure(`${name}, p99`, taken.p99Ms, "ms"),
    figure(`${name}, worst`, taken.worstMs, "ms"),
    figure(`${name}, p99 of the last second`, taken.lastP99Ms, "ms"),
    figure(`${name}, processor`, taken.cpuShare * 100, "%"),
    figure(name, taken.megabytes, "MB"),
  ];
}

function several<T>(
  name: string,
  tell: Progress,
  script: string,
  ...args: readonly (string | number)[]
): T[] {
  tell(`measuring: ${name}, ${RUNS} times`);
  return Array.from({ length: RUNS }, () => runScript<T>(script, ...args));
}

/** `beside` is the peer's value. */
function figure(name: string, value: number, unit: string, peer?: string, beside?: number): Figure {
  const plain = { bench: "calc", case: name, value, unit };
  return peer === undefined || beside === undefined
    ? plain
    : { ...plain, peer, ratio: value / beside };
}
