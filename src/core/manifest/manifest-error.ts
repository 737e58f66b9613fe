import { shorten } from "../text/shorten.ts";

/** What is wrong with a manifest, and where a person finds it. */
export interface ManifestError {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
  /** The field, e.g. `spec.ingress[0].action`; "" for the document or the text as a whole. */
  readonly path: string;
  readonly message: string;
  /** A manifest that says what this one seems to mean and is accepted. */
  readonly mended?: string;
}

/** One line: `policy.yaml:9:7: spec.ingress[0].action: Unsupported value: …`. `mended` is left out. */
export function formatManifestError(error: ManifestError): string {
  const { file, line, column, path, message } = error;
  const named = path === "" || message.includes(shorten(JSON.stringify(path)));
  const place = `${file}:${line}:${column}`;
  return named ? `${place}: ${message}` : `${place}: ${shorten(inOneLine(path))}: ${message}`;
}

/** A key may be any text, with line breaks and worse. */
function inOneLine(path: string): string {
  return JSON.stringify(path).slice(1, -1).replaceAll('\\"', '"');
}
