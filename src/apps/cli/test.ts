/** `picket test`: whether what policy tests assert holds. */
import { hasUnknown } from "../../core/analysis/unknown-addresses.ts";
import { type TestedCluster, testedCluster } from "../../core/policy-test/cluster.ts";
import { type Contradiction, contradictionsOf } from "../../core/policy-test/contradiction.ts";
import { runTests } from "../../core/policy-test/run.ts";
import { formatContradiction } from "../../core/policy-test/words.ts";
import { EXIT, type ExitCode, usage } from "./exit.ts";
import { placeText } from "./explanation.ts";
import { policyTestAnnotations } from "./policy-test-github.ts";
import { policyTestJson } from "./policy-test-json.ts";
import { policyTestJunit } from "./policy-test-junit.ts";
import { type PacketFindings, sendPackets } from "./policy-test-lab.ts";
import { countsOf, type ReportedTest, report } from "./policy-test-report.ts";
import {
  readTestSources,
  type TestSourceOptions,
  type TestSources,
} from "./policy-test-sources.ts";
import { policyTestTap } from "./policy-test-tap.ts";
import { policyTestLines } from "./policy-test-text.ts";
import type { Terminal } from "./terminal.ts";

export interface TestOptions extends TestSourceOptions {
  readonly output: "text" | "json" | "junit" | "tap" | "github";
  /** Also send the connections as packets, in a lab of the cluster. */
  readonly lab: boolean;
}

/** An assertion that does not hold is a negative answer; tests that contradict each other are none. */
export async function test(terminal: Terminal, options: TestOptions): Promise<ExitCode> {
  if (options.lab && !terminal.isRoot) throw usage("a lab is root's: run this as root");
  const sources = await readTestSources(terminal, options);
  const cluster = testedCluster(sources.resources, sources.tests);
  refuseContradictions(terminal, sources, cluster);
  if (options.lab && hasUnknown(cluster.model)) {
    throw usage("a lab needs the addresses of all pods: --pod-cidr says where they will be");
  }
  const results = runTests(cluster, sources.tests);
  const packets = options.lab ? await sendPackets(terminal, cluster, results) : undefined;
  const reported = report(results, sources, packets?.failures);
  for (const line of printed(terminal, options.output, reported, packets)) terminal.print(line);
  return countsOf(reported).failed === 0 ? EXIT.yes : EXIT.no;
}

function refuseContradictions(
  terminal: Terminal,
  { tests, placeOf }: TestSources,
  cluster: TestedCluster,
): void {
  const found = contradictionsOf(cluster, tests);
  if (found.length === 0) return;
  const at = ({ test: one, path }: Contradiction["allow"]): string => {
    const place = placeOf(one, path);
    return place ? `${placeText(place)}: ` : "";
  };
  for (const one of found) {
    terminal.tell(`${at(one.deny)}${formatContradiction(one)}`);
    if (placeOf(one.allow.test, one.allow.path)) terminal.tell(`${at(one.allow)}  allowed here`);
  }
  throw usage("the tests contradict each other: nothing was judged");
}

function printed(
  terminal: Terminal,
  output: TestOptions["output"],
  tests: readonly ReportedTest[],
  packets: PacketFindings | undefined,
): readonly string[] {
  switch (output) {
    case "text":
      return policyTestLines(terminal, tests, packets?.sent);
    case "json":
      return [policyTestJson(tests, packets?.sent)];
    case "junit":
      return policyTestJunit(tests);
    case "tap":
      return policyTestTap(tests);
    case "github":
      return policyTestAnnotations(tests);
  }
}
