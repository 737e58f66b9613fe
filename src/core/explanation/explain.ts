/** The verdict on a connection with everything that led to it. */
import type { Endpoint, WorkloadEndpoint } from "../model/endpoint.ts";
import type { Model } from "../model/model.ts";
import type { RequestVerdict } from "../model/request-verdict.ts";
import type { Decision, Step, Verdict } from "../model/verdict.ts";
import type { Flow } from "../net/flow.ts";
import type { Request } from "../net/request.ts";
import { Cluster } from "../verdict/cluster.ts";
import { judgedSteps, verdictOf } from "../verdict/judge.ts";
import { judgeRequest } from "../verdict/request.ts";
import { type Subject, type Trace, traceOf } from "./trace.ts";

/** A step of the verdict, and the walk that led to its decision if policy was asked. */
export interface ExplainedStep {
  readonly step: Step;
  readonly endpoint: Endpoint;
  readonly subject: Subject;
  readonly trace?: Trace;
}

/** What the receiving workload says of a request. Packets have to come through first. */
export interface ExplainedRequest {
  readonly endpoint: WorkloadEndpoint;
  readonly subject: Subject;
  readonly verdict: RequestVerdict;
  readonly trace: Trace;
}

export interface Explanation {
  readonly model: Model;
  readonly flow: Flow;
  readonly verdict: Verdict;
  readonly steps: readonly ExplainedStep[];
  /** Absent where no request was asked about, or none is judged: at hosts and outside. */
  readonly request?: ExplainedRequest;
}

/** Explains a connection and, where one is given, a request in it. `model` may be a vicinity's. */
export function explainFlow(
  model: Model,
  flow: Flow,
  request?: Omit<Request, "flow">,
): Explanation {
  const cluster = new Cluster(model);
  const steps = judgedSteps(cluster, flow).map(({ step, endpoint, packet }): ExplainedStep => {
    const subject: Subject = { is: "packet", flow: packet };
    if (!isByPolicy(step.decision)) return { step, endpoint, subject };
    const { list, direction } = step;
    const trace = traceOf({ cluster, model, endpoint, list, direction }, subject);
    return { step, endpoint, subject, trace };
  });
  const verdict = verdictOf(steps);
  const explained = { model, flow, verdict, steps };
  const place = cluster.placeOf(flow.destination);
  if (!request || place.at !== "workload") return explained;
  const { endpoint } = place;
  const whole: Request = { ...request, flow };
  const subject: Subject = { is: "request", flow, request: whole };
  const walked = { cluster, model, endpoint, list: "normal", direction: "ingress" } as const;
  return {
    ...explained,
    request: {
      endpoint,
      subject,
      verdict: judgeRequest(cluster, endpoint, whole),
      trace: traceOf(walked, subject),
    },
  };
}

/** Whether a list's policies and profiles were read before it came to this. */
function isByPolicy({ by }: Decision): boolean {
  return ["rule", "end-of-tier", "profile", "no-profile", "forward-default", "no-match"].includes(
    by,
  );
}
