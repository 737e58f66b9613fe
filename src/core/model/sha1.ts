/** SHA-1 (FIPS 180-4). Here only because names of workload interfaces are made with it. */

const START = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];

const UTF8 = new TextEncoder();

/** The digest of `text` in UTF-8, as 40 hexadecimal digits. */
export function sha1(text: string): string {
  const blocks = padded(UTF8.encode(text));
  const hash = Uint32Array.from(START);
  for (let offset = 0; offset < blocks.byteLength; offset += 64) absorb(hash, blocks, offset);
  let digits = "";
  for (const word of hash) digits += word.toString(16).padStart(8, "0");
  return digits;
}

/** The message, a 1 bit, zeros, and its length in bits, in whole blocks of 64 bytes. */
function padded(message: Uint8Array): DataView {
  const blocks = new Uint8Array(Math.ceil((message.length + 9) / 64) * 64);
  blocks.set(message);
  blocks[message.length] = 0x80;
  const view = new DataView(blocks.buffer);
  view.setBigUint64(blocks.length - 8, BigInt(message.length) * 8n);
  return view;
}

function absorb(hash: Uint32Array, blocks: DataView, offset: number): void {
  const words = new Uint32Array(80);
  for (let i = 0; i < 80; i++) {
    words[i] = i < 16 ? blocks.getUint32(offset + 4 * i) : rotate(spread(words, i), 1);
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0] = hash;
  for (let i = 0; i < 80; i++) {
    const sum = rotate(a, 5) + mix(i, b, c, d) + e + (words[i] ?? 0);
    e = d;
    d = c;
    c = rotate(b, 30);
    b = a;
    a = sum >>> 0;
  }
  for (const [i, word] of [a, b, c, d, e].entries()) hash[i] = (hash[i] ?? 0) + word;
}

function spread(words: Uint32Array, i: number): number {
  return (words[i - 3] ?? 0) ^ (words[i - 8] ?? 0) ^ (words[i - 14] ?? 0) ^ (words[i - 16] ?? 0);
}

/** The function and the constant of the `i`th round. */
function mix(i: number, b: number, c: number, d: number): number {
  if (i < 20) return ((b & c) | (~b & d)) + 0x5a827999;
  if (i < 40) return (b ^ c ^ d) + 0x6ed9eba1;
  if (i < 60) return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
  return (b ^ c ^ d) + 0xca62c1d6;
}

function rotate(word: number, by: number): number {
  return ((word << by) | (word >>> (32 - by))) >>> 0;
}
