/** What became of policy tests, with the places where all of it is written: what every format prints. */
import type {
  AssertionResult,
  Failure,
  TestResult,
  Witness,
} from "../../core/policy-test/result.ts";
import { testName } from "../../core/policy-test/result.ts";
import { formatDecided, formatFailure } from "../../core/policy-test/words.ts";
import { describeDecision, type Place, placeText } from "./explanation.ts";
import type { PacketFailure } from "./policy-test-lab.ts";
import type { TestSources } from "./policy-test-sources.ts";

export interface ReportedTest {
  /** `production/redis` */
  readonly name: string;
  readonly place?: Place;
  readonly assertions: readonly ReportedAssertion[];
}

export interface ReportedAssertion extends Pick<AssertionResult, "assertion" | "pairs"> {
  readonly place?: Place;
  readonly failure?: ReportedFailure;
}

export interface ReportedFailure {
  /** `packet`: policy as the engine reads it is as asserted, and the kernel did otherwise. */
  readonly by: Failure["by"] | "packet";
  /** What is wrong, in a sentence. */
  readonly message: string;
  /** The connection that shows it, where one does. */
  readonly witness?: Witness;
  /** Of how many further pairs of ends the same is true. */
  readonly others?: number;
  readonly decided?: ReportedDecision;
  /** Where the assertion says what is wrong: the assertion itself unless a field of it is. */
  readonly place?: Place;
}

/** What decided: in words, where that is written, and as programs have it. */
export interface ReportedDecision {
  readonly text: string;
  readonly place?: Place;
  readonly described?: Readonly<Record<string, unknown>>;
}

type Where = Pick<TestSources, "locate" | "placeOf">;

/** The tests as formats print them. `packets` are what a lab found, by assertion. */
export function report(
  results: readonly TestResult[],
  where: Where,
  packets: ReadonlyMap<AssertionResult, PacketFailure> = new Map(),
): ReportedTest[] {
  return results.map(({ test, assertions }) => ({
    name: testName(test),
    ...placed(where.placeOf(test, "")),
    assertions: assertions.map((result) => {
      const { assertion, pairs, path } = result;
      const place = placed(where.placeOf(test, path));
      const failure = failureOf(result, packets.get(result), where, test);
      return { assertion, pairs, ...place, ...(failure && { failure: { ...place, ...failure } }) };
    }),
  }));
}

/** How many assertions there are, and how many fail. */
export function countsOf(tests: readonly ReportedTest[]): {
  readonly assertions: number;
  readonly failed: number;
} {
  const all = tests.flatMap(({ assertions }) => assertions);
  return { assertions: all.length, failed: all.filter(({ failure }) => failure).length };
}

/** What decided, why it matters and where it is asserted; below the message in every format. */
export function details(
  { assertion, place }: ReportedAssertion,
  failure: ReportedFailure,
): string[] {
  const { decided } = failure;
  const at = failure.place ?? place;
  return [
    ...(decided ? [decisionText(decided)] : []),
    ...(assertion.explanation ? [`why it must hold: ${assertion.explanation}`] : []),
    ...(at ? [`asserted at ${placeText(at)}`] : []),
  ];
}

function decisionText({ text, place, described }: ReportedDecision): string {
  if (!described) return text;
  return `decided by ${text}${place ? ` at ${placeText(place)}` : ""}`;
}

function failureOf(
  { assertion, failure }: AssertionResult,
  packet: PacketFailure | undefined,
  { locate, placeOf }: Where,
  test: TestResult["test"],
): ReportedFailure | undefined {
  if (!failure) return packet && { by: "packet", ...packet };
  const message = formatFailure(assertion, failure);
  if (failure.by === "nobody") {
    return { by: "nobody", message, ...placed(placeOf(test, failure.path)) };
  }
  const { witness, others } = failure;
  const { decided } = witness;
  const described = decided && describeDecision(decided.decision, locate);
  const { file, line } = described ?? {};
  const place = file === undefined || line === undefined ? undefined : { file, line };
  const text = formatDecided(decided);
  const decision = { text, ...placed(place), ...(described && { described }) };
  return { by: "verdict", message, witness, others, decided: decision };
}

function placed(place: Place | undefined): { readonly place?: Place } {
  return place ? { place } : {};
}
