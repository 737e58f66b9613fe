/**
 * Orders texts by their UTF-8 bytes, as the reference does. JavaScript's `<` orders by UTF-16
 * units, which differs where one text has a character past U+FFFF and the other one of
 * U+E000..U+FFFF.
 */
export function compareBytes(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left !== right) return codePointRank(left) - codePointRank(right);
  }
  return a.length - b.length;
}

/** Reports whether `comparePlain` orders a text as `compareBytes` does. */
export function isPlain(text: string): boolean {
  return !/[\ud800-\uffff]/.test(text);
}

/** The order of plain texts, which is that of their UTF-16 units and sooner found. */
export function comparePlain(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Moves surrogates, which begin the highest code points, above every other UTF-16 unit. */
function codePointRank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

/** Orders things by the bytes of their names. */
export function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return compareBytes(a.name, b.name);
}
