/** Findings with the places where all of it is written: what every format prints. */
import type { Cover, Finding } from "../../core/lint/finding.ts";
import { coverWords } from "../../core/lint/rules.ts";
import { formatObject } from "../../core/model/policy.ts";
import { compareBytes } from "../../core/text/byte-order.ts";
import type { Cluster } from "../../core/verdict/cluster.ts";
import { describeDecision, type Locate, type Place } from "./explanation.ts";
import { flowJson, flowText } from "./flow-text.ts";

export interface ReportedFinding {
  readonly finding: Finding;
  /** `NetworkPolicy shop/web` */
  readonly object: string;
  readonly place?: Place;
  readonly witness?: ReportedConnection;
  readonly coveredBy: readonly ReportedCover[];
}

export interface ReportedCover {
  /** `NetworkPolicy shop/web rule 1 (Allow)` */
  readonly text: string;
  readonly place?: Place;
  /** One of the connections that it takes. */
  readonly connection: ReportedConnection;
}

export interface ReportedConnection {
  readonly text: string;
  readonly described: Readonly<Record<string, unknown>>;
}

/** The findings as formats print them: as they are written, file by file and line by line. */
export function reportFindings(
  findings: readonly Finding[],
  cluster: Cluster,
  locate: Locate,
): ReportedFinding[] {
  const connection = (flow: Cover["taken"]): ReportedConnection => {
    return { text: flowText(cluster, flow), described: flowJson(cluster, flow) };
  };
  const reported = findings.map((finding): ReportedFinding => {
    const { object, path, witness, coveredBy } = finding;
    const place = locate(object, path);
    return {
      finding,
      object: formatObject(object),
      ...(place && { place }),
      ...(witness && { witness: connection(witness) }),
      coveredBy: coveredBy.map((cover) => ({
        text: coverWords(cover),
        ...placeOf(cover, locate),
        connection: connection(cover.taken),
      })),
    };
  });
  return reported.sort(
    (a, b) =>
      compareBytes(a.place?.file ?? "", b.place?.file ?? "") ||
      (a.place?.line ?? 0) - (b.place?.line ?? 0),
  );
}

/** How many findings there are, in words: `3 findings: 1 error, 2 warnings`. */
export function countWords(findings: readonly ReportedFinding[]): string {
  if (findings.length === 0) return "nothing found";
  const counts = Map.groupBy(findings, ({ finding }) => finding.severity);
  const parts = (["error", "warning", "info"] as const).flatMap((severity) => {
    const count = counts.get(severity)?.length ?? 0;
    const plural = count === 1 || severity === "info" ? "" : "s";
    return count === 0 ? [] : [`${count} ${severity}${plural}`];
  });
  const what = findings.length === 1 ? "1 finding" : `${findings.length} findings`;
  return `${what}: ${parts.join(", ")}`;
}

function placeOf({ decision }: Cover, locate: Locate): { readonly place?: Place } {
  const { file, line } = decision ? describeDecision(decision, locate) : {};
  return file === undefined || line === undefined ? {} : { place: { file, line } };
}
