const SHOWN_AT_MOST = 200;

/** As much of a text as a message quotes: the first 200 characters of what is longer, and `…`. */
export function shorten(text: string): string {
  return text.length <= SHOWN_AT_MOST ? text : `${text.slice(0, SHOWN_AT_MOST)}…`;
}
