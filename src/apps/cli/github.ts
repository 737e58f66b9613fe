/** Annotations of GitHub's workflows: commands on stdout that mark lines of files. */
import type { Place } from "./explanation.ts";

/** A line of output that marks a place, or the whole run where there is none. */
export function githubAnnotation(
  level: "error" | "warning" | "notice",
  place: Place | undefined,
  title: string,
  message: string,
): string {
  const properties = [
    ...(place ? [`file=${property(place.file)}`, `line=${place.line}`] : []),
    `title=${property(title)}`,
  ];
  return `::${level} ${properties.join(",")}::${escaped(message)}`;
}

function escaped(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return escaped(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
