import { format, type Selector } from "./selector.ts";
import { sha224 } from "./sha224.ts";

/**
 * The id of what a selector says: equal canonical texts, and only they, have equal ids. It is
 * `s:` and the unpadded base64url of the SHA-224 of `s:` and the canonical text.
 */
export function selectorId(selector: Selector): string {
  return `s:${base64url(sha224(new TextEncoder().encode(`s:${format(selector)}`)))}`;
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

function base64url(bytes: Uint8Array): string {
  let text = "";
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xffff;
    for (bits += 8; bits >= 6; ) {
      bits -= 6;
      text += ALPHABET.charAt((held >>> bits) & 63);
    }
  }
  return bits === 0 ? text : text + ALPHABET.charAt((held << (6 - bits)) & 63);
}
