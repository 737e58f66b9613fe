/** What became of assertions. */
import type { Direction } from "../model/policy.ts";
import type { RequestVerdict } from "../model/request-verdict.ts";
import type { Decision, Step, Verdict } from "../model/verdict.ts";
import type { Flow } from "../net/flow.ts";
import type { PolicyTestResource } from "../resources/policy-test.ts";
import type { PolicyAssertion } from "../resources/policy-test-spec.ts";
import type { AskedRequest } from "./ask.ts";
import type { End, Target } from "./end.ts";

/** A connection, or a request in one, with its verdict. */
export interface Witness {
  readonly from: End;
  readonly to: Target;
  readonly flow: Flow;
  readonly request?: AskedRequest;
  readonly verdict: Verdict;
  /** What the workload that receives the request says of it. */
  readonly answer?: RequestVerdict;
  readonly action: "Allow" | "Deny";
  /** What decided; absent where nobody polices it. */
  readonly decided?: Decided;
}

/** Which end decided, and by what. */
export interface Decided extends Pick<Step, "endpoint"> {
  readonly direction: Direction;
  readonly decision: Decision;
}

/** Why an assertion does not hold. */
export type Failure =
  /** A connection meets another fate than asserted; so do those of `others` further pairs of ends. */
  { readonly by: "verdict"; readonly witness: Witness; readonly others: number } | Nobody;

/** There is nothing to judge, or not what the assertion speaks of: `path` says where it does. */
export interface Nobody {
  readonly by: "nobody";
  readonly path: string;
  readonly message: string;
}

export interface AssertionResult {
  readonly assertion: PolicyAssertion;
  /** Its place in its manifest: `spec.assertions[0]`. */
  readonly path: string;
  /** How many pairs of ends were judged. */
  readonly pairs: number;
  readonly failure?: Failure;
}

export interface TestResult {
  readonly test: PolicyTestResource;
  /** In the order of the test. */
  readonly assertions: readonly AssertionResult[];
}

/** Whether everything holds. */
export function isPassing({ assertions }: TestResult): boolean {
  return assertions.every(({ failure }) => failure === undefined);
}

/** `production/red`: what people call a test. */
export function testName({
  metadata: { namespace = "default", name },
}: PolicyTestResource): string {
  return `${namespace}/${name}`;
}
