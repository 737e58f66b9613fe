import { dump } from "js-yaml";
import { parseManifest } from "./parse.ts";

/**
 * YAML that reads back as `value`: where plain text could be taken for a number, in quotes; where a
 * key could be, as JSON, for keys are never put in quotes.
 */
export function formatYaml(value: unknown): string {
  const wanted = JSON.stringify(value);
  for (const forceQuotes of [false, true]) {
    const text = dump(value, { lineWidth: -1, noRefs: true, forceQuotes });
    const [read] = parseManifest(text, "").documents;
    if (JSON.stringify(read?.value ?? null) === wanted) return text;
  }
  return `${JSON.stringify(value, null, 2)}\n`;
}
