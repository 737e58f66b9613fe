/** Policy tests for programs: one JSON object. */
import { formatAddress } from "../../core/net/address.ts";
import { formatProtocol } from "../../core/net/protocol.ts";
import type { Witness } from "../../core/policy-test/result.ts";
import type { Place } from "./explanation.ts";
import {
  countsOf,
  type ReportedAssertion,
  type ReportedFailure,
  type ReportedTest,
} from "./policy-test-report.ts";

/** `sent` is how many packets were, where a lab was up. */
export function policyTestJson(tests: readonly ReportedTest[], sent: number | undefined): string {
  const { assertions, failed } = countsOf(tests);
  return JSON.stringify({
    passed: failed === 0,
    assertions,
    failed,
    ...(sent !== undefined && { packets: sent }),
    tests: tests.map(({ name, place, assertions: all }) => ({
      name,
      ...written(place),
      passed: all.every(({ failure }) => failure === undefined),
      assertions: all.map(assertionJson),
    })),
  });
}

function assertionJson({ assertion, pairs, place, failure }: ReportedAssertion) {
  const { name, explanation, expect } = assertion;
  return {
    name,
    ...(explanation !== undefined && { explanation }),
    expect,
    ...written(place),
    passed: failure === undefined,
    pairs,
    ...(failure && { failure: failureJson(failure) }),
  };
}

function failureJson({ by, message, witness, others, decided, place }: ReportedFailure) {
  return {
    by,
    message,
    ...written(place),
    ...(witness && { witness: witnessJson(witness) }),
    ...(others !== undefined && { others }),
    ...(decided && { decided: { text: decided.text, ...decided.described } }),
  };
}

function witnessJson({ from, to, flow, request, action }: Witness) {
  const { protocol, sourcePort, destinationPort, icmp, originalDestination: original } = flow;
  return {
    from: from.name,
    to: to.name,
    source: formatAddress(flow.source),
    destination: formatAddress(flow.destination),
    protocol: formatProtocol(protocol),
    ...(destinationPort !== undefined && { port: destinationPort }),
    ...(sourcePort !== undefined && { sourcePort }),
    ...(icmp && { icmp }),
    ...(to.via && { service: to.via.service, servicePort: to.via.port }),
    ...(original && { serviceAddress: formatAddress(original.address) }),
    ...(request && { request }),
    verdict: action,
  };
}

function written(place: Place | undefined): Partial<Place> {
  return place ? { file: place.file, line: place.line } : {};
}
