/** What became of assertions, in words. */
import { formatObject } from "../model/policy.ts";
import { formatDecision } from "../verdict/format.ts";
import { formatMessage, formatRequest } from "./ask.ts";
import type { Contradiction } from "./contradiction.ts";
import { formatEnd } from "./end.ts";
import type { AssertionResult, Decided, Failure, Witness } from "./result.ts";
import { testName } from "./result.ts";

/** `GET /orders over TCP port 80 from shop/web (10.0.0.1) to shop/api (10.0.0.2)`. */
function formatConnection({ from, to, flow, request }: Witness): string {
  const over = request ? `${formatRequest(request)} over ` : "";
  const via = to.via ? ` by way of service ${to.via.service} port ${to.via.port}` : "";
  return `${over}${formatMessage(flow)} from ${formatEnd(from)} to ${formatEnd(to)}${via}`;
}

/** Which end decided, and by what. */
export function formatDecided(decided: Decided | undefined): string {
  if (!decided) return "nobody polices it";
  const { direction, endpoint, decision } = decided;
  const why = decision.by === "end-of-tier" ? `: ${formatObject(decision.policy)} selects it` : "";
  return `${direction} of ${endpoint}: ${formatDecision(decision)}${why}`;
}

/** What is wrong, in one sentence without the decision. */
export function formatFailure({ expect }: AssertionResult["assertion"], failure: Failure): string {
  if (failure.by === "nobody") return failure.message;
  const { witness, others } = failure;
  const found = witness.action === "Allow" ? "allowed" : "denied";
  const wanted = expect === "allow" ? "allowed" : "denied";
  const more = others === 0 ? "" : `, and so for ${others} more ${pairs(others)}`;
  return `expected to be ${wanted}, but is ${found}: ${formatConnection(witness)}${more}`;
}

/** The assertion by name and everything that is wrong with it, for one line. */
export function formatResult({ assertion, failure }: AssertionResult): string {
  if (!failure) return `"${assertion.name}" holds`;
  const what = `"${assertion.name}": ${formatFailure(assertion, failure)}`;
  return failure.by === "nobody" ? what : `${what} (${formatDecided(failure.witness.decided)})`;
}

/** Which assertions contradict each other, and about what. */
export function formatContradiction({ allow, deny, connection }: Contradiction): string {
  const name = ({ test, assertion }: Contradiction["allow"]): string =>
    `"${assertion.name}" of ${testName(test)}`;
  return `${name(deny)} wants denied what ${name(allow)} wants allowed: ${connection}`;
}

function pairs(count: number): string {
  return count === 1 ? "pair of ends" : "pairs of ends";
}
