/** Who reaches whom as a picture: the truth table in colours, each cell with its words as a tooltip. */
import type { Matrix } from "./reach-matrix.ts";

const CELL = 18;
const LETTER = 7;
/** Told apart by people who see few colours too; signs in the cells say the same. */
const COLOURS = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#7f3c8d"];
const ALL = "#444444";

/** The lines of an SVG file. The same matrix gives the same bytes. */
export function* reachSvg({ names, legend, at }: Matrix): Generator<string> {
  const margin = 16 + LETTER * Math.max(10, ...names.map((name) => name.length));
  const square = names.length * CELL;
  const width = margin + Math.max(square, ...legend.map(({ words }) => 40 + words.length * LETTER));
  const height = margin + square + 24 + legend.length * (CELL + 4) + 8;
  const colourOf = (place: number): string => {
    return legend[place]?.sign === "+" ? ALL : (COLOURS[place % COLOURS.length] ?? ALL);
  };
  yield `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="monospace" font-size="11">`;
  yield "<title>Who reaches whom: rows reach columns</title>";
  yield `<rect width="${width}" height="${height}" fill="#ffffff"/>`;
  for (const [i, name] of names.entries()) {
    const middle = margin + i * CELL + 13;
    yield `<text x="${margin - 6}" y="${middle}" text-anchor="end">${escaped(name)}</text>`;
    yield `<text transform="translate(${middle},${margin - 6}) rotate(-90)">${escaped(name)}</text>`;
  }
  for (const [row, from] of names.entries()) {
    for (const [column, to] of names.entries()) {
      const place = at(row, column);
      const [x, y] = [margin + column * CELL, margin + row * CELL];
      const fill = place === undefined ? "#f4f4f4" : colourOf(place);
      const box = `<rect x="${x}" y="${y}" width="${CELL - 1}" height="${CELL - 1}" fill="${fill}"/>`;
      const found = place === undefined ? undefined : legend[place];
      if (!found) yield box;
      else {
        const title = `<title>${escaped(`${from} -> ${to}: ${found.words}`)}</title>`;
        yield `<g>${title}${box}${sign(x, y, found.sign)}</g>`;
      }
    }
  }
  for (const [i, { sign: own, words }] of legend.entries()) {
    const y = margin + square + 16 + i * (CELL + 4);
    yield `<rect x="${margin}" y="${y}" width="${CELL - 1}" height="${CELL - 1}" fill="${colourOf(i)}"/>`;
    yield `${sign(margin, y, own)}<text x="${margin + CELL + 6}" y="${y + 13}">${escaped(words)}</text>`;
  }
  yield "</svg>";
}

function sign(x: number, y: number, text: string): string {
  const at = `x="${x + CELL / 2 - 0.5}" y="${y + 12.5}"`;
  return `<text ${at} text-anchor="middle" font-size="10" fill="#ffffff">${escaped(text)}</text>`;
}

function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
  return text.replaceAll(/[&<>]/g, (one) => entities[one] ?? one);
}
