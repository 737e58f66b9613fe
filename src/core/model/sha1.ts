/**
 * SHA-1 (FIPS 180-4). Here only because names of workload interfaces are made with it, one for every
 * pod: everything stays in 32-bit integers, and the working space is made once.
 */

const START = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0);

/** The digest so far, and the 16 words of one block with the 64 that are made of them. */
const hash = new Int32Array(5);
const words = new Int32Array(80);

/** The first `digits` of the 40 hexadecimal digits of the digest of `text` in UTF-8. */
export function sha1(text: string, digits = 40): string {
  const bytes = inUtf8(text);
  const blocks = Math.ceil((bytes.length + 9) / 64);
  hash.set(START);
  for (let block = 0; block < blocks; block++) {
    readBlock(bytes, block * 64);
    if (block === blocks - 1) {
      words[14] = Math.floor(bytes.length / 2 ** 29);
      words[15] = bytes.length * 8;
    }
    absorb();
  }
  let written = "";
  for (let i = 0; written.length < digits; i++) {
    written += DIGITS[(at(hash, i >>> 2) >>> (24 - 8 * (i & 3))) & 0xff] ?? "";
  }
  return written.slice(0, digits);
}

/** Both digits of each byte. */
const DIGITS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** A character for each byte of the text: ASCII, as names are, is that already. */
function inUtf8(text: string): string {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) < 128) continue;
    return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join("");
  }
  return text;
}

/** The 64 bytes from `offset`: the message, then a 1 bit, then zeros. */
function readBlock(bytes: string, offset: number): void {
  const end = Math.min(bytes.length, offset + 64);
  words.fill(0, 0, 16);
  for (let at = offset; at < end; at++) setByte(at - offset, bytes.charCodeAt(at));
  if (bytes.length >= offset && bytes.length < offset + 64) setByte(bytes.length - offset, 0x80);
}

function setByte(i: number, byte: number): void {
  words[i >>> 2] = at(words, i >>> 2) | (byte << (24 - 8 * (i & 3)));
}

function absorb(): void {
  for (let i = 16; i < 80; i++) {
    const mixed = at(words, i - 3) ^ at(words, i - 8) ^ at(words, i - 14) ^ at(words, i - 16);
    words[i] = rotate(mixed, 1);
  }
  let a = at(hash, 0);
  let b = at(hash, 1);
  let c = at(hash, 2);
  let d = at(hash, 3);
  let e = at(hash, 4);
  for (let i = 0; i < 80; i++) {
    const sum = (rotate(a, 5) + mix(i, b, c, d) + e + at(words, i)) | 0;
    e = d;
    d = c;
    c = rotate(b, 30);
    b = a;
    a = sum;
  }
  hash[0] = at(hash, 0) + a;
  hash[1] = at(hash, 1) + b;
  hash[2] = at(hash, 2) + c;
  hash[3] = at(hash, 3) + d;
  hash[4] = at(hash, 4) + e;
}

function at(integers: Int32Array, i: number): number {
  return integers[i] ?? 0;
}

/** The function and the constant of the `i`th round. */
function mix(i: number, b: number, c: number, d: number): number {
  if (i < 20) return (((b & c) | (~b & d)) + 0x5a827999) | 0;
  if (i < 40) return ((b ^ c ^ d) + 0x6ed9eba1) | 0;
  if (i < 60) return (((b & c) | (b & d) | (c & d)) - 0x70e44324) | 0;
  return ((b ^ c ^ d) - 0x359d3e2a) | 0;
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}
