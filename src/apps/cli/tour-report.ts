/** What a tour prints: a line a probe, grouped by step, or a JSON object a probe. */

import { basename } from "node:path";
import type { Step } from "../../core/model/verdict.ts";
import { formatProtocol } from "../../core/net/protocol.ts";
import { formatDecision } from "../../core/verdict/format.ts";
import { decidingStep, describeStep, type Locate, type Place, placeText } from "./explanation.ts";
import { formatTable } from "./table.ts";
import type { Terminal } from "./terminal.ts";
import type { Shown } from "./tour.ts";
import type { TourProbe, TourStep } from "./tour-format.ts";

/** Widths that the lines of all steps share, so that the eye finds the columns again. */
export interface Widths {
  readonly from: number;
  readonly to: number;
  readonly what: number;
}

export function widthsOf(steps: readonly TourStep[]): Widths {
  const probes = steps.flatMap((step) => step.probes);
  const widest = (cell: (probe: TourProbe) => string): number =>
    Math.max(0, ...probes.map((probe) => cell(probe).length));
  return {
    from: widest((probe) => probe.from),
    to: widest((probe) => `-> ${probe.to}`),
    what: widest((probe) => what(probe.protocol, probe.port, probe.family ?? 4)),
  };
}

/** The lines of one step: its name and title, then its probes. */
export function stepLines(
  terminal: Terminal,
  step: TourStep,
  shown: readonly Shown[],
  locate: Locate,
  widths: Widths,
): string[] {
  const rows = shown.map((one) => cellsOf(one, locate, widths));
  const lines = formatTable(rows).map((line, i) => {
    const isRight = shown[i]?.differences.length === 0;
    return `  ${isRight ? line : terminal.paint("red", line)}`;
  });
  const name = basename(step.folder);
  return [`${terminal.paint("bold", name)}   ${step.title}`, ...lines];
}

function cellsOf(one: Shown, locate: Locate, widths: Widths): string[] {
  const { probe, flow, verdict, packet, logged, differences } = one;
  const decided = decisive(one);
  const described = decided && describeStep(decided, locate);
  return [
    probe.from.padEnd(widths.from),
    `-> ${probe.to}`.padEnd(widths.to),
    what(formatProtocol(flow.protocol), flow.destinationPort, flow.source.family).padEnd(
      widths.what,
    ),
    verdict.action.toLowerCase().padEnd("allow".length),
    decided ? formatDecision(decided.decision) : "nobody polices it",
    shortPlace(described),
    packet ? `packet ${packet.outcome}` : "not enforced",
    [...(logged ?? []).map((policy) => `logged by ${policy}`), ...differences].join(", "),
  ];
}

/** One JSON object, on one line. */
export function probeJson(step: TourStep, one: Shown, locate: Locate): string {
  const { probe, flow, verdict, packet, logged, differences } = one;
  const ingress = decidingStep(verdict, "ingress");
  const egress = decidingStep(verdict, "egress");
  return JSON.stringify({
    step: basename(step.folder),
    from: probe.from,
    to: probe.to,
    protocol: formatProtocol(flow.protocol),
    ...(flow.destinationPort !== undefined && { port: flow.destinationPort }),
    family: flow.source.family,
    verdict: verdict.action,
    packet: packet?.outcome ?? null,
    ...(ingress && { ingress: describeStep(ingress, locate) }),
    ...(egress && { egress: describeStep(egress, locate) }),
    ...(logged && { logged }),
    ...(differences.length > 0 && { differences }),
  });
}

/** The line after the last step. */
export function countLine(steps: number, shown: readonly Shown[]): string {
  const probes = `${shown.length} probes in ${steps} steps`;
  const wrong = shown.filter((one) => one.differences.length > 0).length;
  const enforced = shown.some((one) => one.packet);
  const words = enforced ? "packets and verdicts agree" : "verdicts as expected, nothing enforced";
  return wrong === 0 ? `${probes}: ${words}` : `${probes}: ${wrong} not as they should be`;
}

/**
 * The step that a line has room for: the one that denied, else the last that a policy allowed, else
 * the last of all.
 */
function decisive({ verdict }: Shown): Step | undefined {
  const denying = verdict.steps.find((step) => step.action === "Deny");
  const ingress = decidingStep(verdict, "ingress");
  return denying ?? ingress ?? decidingStep(verdict, "egress") ?? verdict.steps.at(-1);
}

function shortPlace(place: Partial<Place> | undefined): string {
  if (place?.file === undefined) return "";
  return placeText({ ...place, file: basename(place.file) });
}

/** `TCP 6379`; the family is said where it is not IPv4. */
function what(protocol: string, port: number | string | undefined, family: 4 | 6): string {
  return `${protocol}${port === undefined ? "" : ` ${port}`}${family === 6 ? " IPv6" : ""}`;
}
