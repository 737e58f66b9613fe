/** `picket preview`: what a draft would change, before anything is applied. */
import { reachDifference } from "../../core/analysis/reach-difference.ts";
import type { ObjectName } from "../../core/explanation/object-key.ts";
import { objectName } from "../../core/explanation/object-key.ts";
import { formatObject } from "../../core/model/policy.ts";
import { type Drafted, drafted } from "../../core/preview/draft.ts";
import { promoted } from "../../core/preview/promote.ts";
import { turned } from "../../core/preview/recorded.ts";
import type { AnyResource } from "../../core/resources/kinds.ts";
import type { ServerOptions } from "./client.ts";
import { clusterOf, fetchCluster, podNetsOf, readCluster, type Written } from "./cluster.ts";
import { named, tellingOnce } from "./diff.ts";
import { isSame } from "./diff-text.ts";
import { EXIT, type ExitCode, usage } from "./exit.ts";
import type { Locate } from "./explanation.ts";
import { nearest } from "./peer-names.ts";
import type { Preview } from "./preview-report.ts";
import { previewJson, previewMarkdown, previewText } from "./preview-report.ts";
import { printLines } from "./reach.ts";
import { readConnections } from "./recorded-connections.ts";
import { readSources } from "./sources.ts";
import type { Terminal } from "./terminal.ts";

export interface PreviewOptions extends ServerOptions {
  /** The cluster, when it is not a server's. */
  readonly filename?: readonly string[];
  /** Manifests of objects that would be deleted. */
  readonly delete?: readonly string[];
  /** Whether all staged policies would be enforced. */
  readonly staged: boolean;
  /** A file of recorded connections, or `-`. */
  readonly connections?: string;
  readonly podCidr?: readonly string[];
  readonly output: "text" | "json" | "markdown";
}

/** Prints what the draft would change; that it would change anything is a negative answer. */
export async function preview(
  terminal: Terminal,
  drafts: readonly string[],
  options: PreviewOptions,
): Promise<ExitCode> {
  if (drafts.length === 0 && !options.delete && !options.staged) {
    throw usage("preview: want a draft: files to apply, --delete or --staged");
  }
  const once = tellingOnce(terminal);
  const nets = podNetsOf(options.podCidr);
  const called = options.filename?.join(", ") ?? "the server";
  const cluster = await readWritten(once, options);
  const draft = await draftOf(once, drafts, cluster, options, called);
  const before = clusterOf(once, cluster, nets, called);
  const after = clusterOf(once, draft.after, nets, "the draft");
  const [was, is] = [named(before), named(after)];
  const recorded =
    options.connections === undefined
      ? undefined
      : await readRecorded(once, options.connections, before.model, after.model);
  const shown: Preview = {
    draft: draft.drafted,
    difference: reachDifference(was, is),
    locators: { before: before.locate, after: after.locate },
    ...(recorded && {
      recorded: {
        count: recorded.reduce((sum, { count }) => sum + count, 0),
        turned: turned(recorded, was.analysis.cluster, is.analysis.cluster),
      },
    }),
    clusters: { before: was.analysis.cluster, after: is.analysis.cluster },
  };
  switch (options.output) {
    case "json":
      printLines(terminal, previewJson(shown));
      break;
    case "markdown":
      printLines(terminal, previewMarkdown(shown));
      break;
    case "text":
      printLines(terminal, previewText(terminal, shown));
  }
  const isNothing = isSame(shown.difference) && (shown.recorded?.turned.length ?? 0) === 0;
  return isNothing ? EXIT.yes : EXIT.no;
}

async function readWritten(terminal: Terminal, options: PreviewOptions): Promise<Written> {
  if (!options.filename) return await fetchCluster(terminal, options);
  return readCluster(terminal, await readSources(terminal, options.filename, true));
}

/** The cluster as the draft would make it, and what the draft comes to. Throws CommandFailure (usage). */
async function draftOf(
  terminal: Terminal,
  drafts: readonly string[],
  cluster: Written,
  options: PreviewOptions,
  called: string,
): Promise<{ readonly drafted: Drafted; readonly after: Written }> {
  const put = readCluster(terminal, await readSources(terminal, drafts, true));
  const doomed = await readSources(terminal, options.delete ?? [], true);
  const deleted = readCluster(terminal, doomed).resources.map(objectName);
  const first = drafted(cluster.resources, { put: put.resources, deleted });
  const [missing] = first.missing;
  if (missing) throw usage(notThere(missing, cluster.resources, called));
  const locate: Locate = (object, path) => put.locate(object, path) ?? cluster.locate(object, path);
  if (!options.staged) {
    if (put.resources.some(({ kind }) => kind.startsWith("Staged"))) {
      terminal.tell("note: a staged policy changes nothing until it is enforced: see --staged");
    }
    return { drafted: first, after: { resources: first.resources, locate } };
  }
  const { refused, ...promotion } = promoted(first.resources);
  const [refusal] = refused;
  if (refusal) throw usage(`${formatObject(objectName(refusal.staged))}: ${refusal.message}`);
  if (promotion.deleted.length === 0) throw usage(`${called}: there is no staged policy`);
  const all = drafted(cluster.resources, {
    put: [...put.resources, ...promotion.put],
    deleted: [...deleted, ...promotion.deleted],
  });
  // That a staged policy is no longer staged once it is enforced goes without saying.
  const gone = all.deleted.filter(({ kind }) => !kind.startsWith("Staged"));
  return {
    drafted: { ...all, deleted: gone },
    after: { resources: all.resources, locate: withStaged(locate) },
  };
}

/** An enforced policy that is written nowhere is written as a staged one. */
function withStaged(locate: Locate): Locate {
  return (object, path) =>
    locate({ ...object, kind: `Staged${object.kind}` }, path) ?? locate(object, path);
}

function notThere(object: ObjectName, resources: readonly AnyResource[], called: string): string {
  const names = resources.map((one) => formatObject(objectName(one)));
  const near = nearest(formatObject(object), [...new Set(names)]);
  const hint = near.length > 0 ? `; near it are ${near.join(", ")}` : "";
  return `--delete: ${called} has no ${formatObject(object)}${hint}`;
}

async function readRecorded(
  terminal: Terminal,
  path: string,
  ...models: readonly [Parameters<typeof readConnections>[2], Parameters<typeof readConnections>[3]]
) {
  const [source] = await readSources(terminal, [path]);
  if (!source) throw usage(`${path}: no connection is recorded there`);
  return readConnections(terminal, source, ...models);
}
