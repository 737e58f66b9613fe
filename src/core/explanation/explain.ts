/** The verdict on a connection with everything that led to it. */
import type { Endpoint, WorkloadEndpoint } from "../model/endpoint.ts";
import type { Model } from "../model/model.ts";
import type { Direction } from "../model/policy.ts";
import type { RequestVerdict } from "../model/request-verdict.ts";
import type { Decision, PolicyList, Step, Verdict } from "../model/verdict.ts";
import type { Flow } from "../net/flow.ts";
import type { Request } from "../net/request.ts";
import { Cluster } from "../verdict/cluster.ts";
import { judgedSteps, verdictOf } from "../verdict/judge.ts";
import { judgeRequest } from "../verdict/request.ts";
import type { Subject } from "./questions.ts";
import { RuleReader } from "./rule-reader.ts";
import { type Trace, traceOf } from "./trace.ts";

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
  return new FlowExplainer(model).explain(flow, request);
}

/** Explains connections of one cluster, whose policy is compiled and taken apart but once. */
export class FlowExplainer {
  readonly #model: Model;
  readonly #cluster: Cluster;
  readonly #reader: RuleReader;

  constructor(model: Model, cluster: Cluster = new Cluster(model)) {
    this.#model = model;
    this.#cluster = cluster;
    this.#reader = new RuleReader(cluster);
  }

  explain(flow: Flow, request?: Omit<Request, "flow">): Explanation {
    const steps = judgedSteps(this.#cluster, flow).map(({ step, endpoint, packet }) => {
      const subject: Subject = { is: "packet", flow: packet };
      if (!isByPolicy(step.decision)) return { step, endpoint, subject };
      const { list, direction } = step;
      return { step, endpoint, subject, trace: this.#trace(endpoint, list, direction, subject) };
    });
    const explained = { model: this.#model, flow, verdict: verdictOf(steps), steps };
    const place = this.#cluster.placeOf(flow.destination);
    if (!request || place.at !== "workload") return explained;
    return { ...explained, request: this.#request(place.endpoint, { ...request, flow }) };
  }

  #request(endpoint: WorkloadEndpoint, request: Request): ExplainedRequest {
    const subject: Subject = { is: "request", flow: request.flow, request };
    return {
      endpoint,
      subject,
      verdict: judgeRequest(this.#cluster, endpoint, request),
      trace: this.#trace(endpoint, "normal", "ingress", subject),
    };
  }

  #trace(endpoint: Endpoint, list: PolicyList, direction: Direction, subject: Subject): Trace {
    const walked = { reader: this.#reader, model: this.#model, endpoint, list, direction };
    return traceOf(walked, subject);
  }
}

/** Whether a list's policies and profiles were read before it came to this. */
function isByPolicy({ by }: Decision): boolean {
  return ["rule", "end-of-tier", "profile", "no-profile", "forward-default", "no-match"].includes(
    by,
  );
}
