// Where a followed thing is at a moment: at a look its own box, between two looks a box drawn straight between them.

import { lastAtOrBefore } from "./frames.js";

const CLOSE = 0.0005;

/**
 * @param {{sightings: number[][]}} track Each sighting: second, left, top, right, bottom, confidence.
 * @param {number} second From the clip's first frame.
 * @param {number} longestGap Seconds between two looks beyond which nothing is drawn between them.
 * @returns {{box: number[], isLook: boolean, confidence: number} | null} In pixels of the picture as shown.
 */
export function boxAt(track, second, longestGap) {
  const number = lastAtOrBefore(track.sightings.map((one) => one[0]), second + CLOSE);
  if (number < 0) return null;
  const before = track.sightings[number];
  if (second - before[0] <= CLOSE) return { box: before.slice(1, 5), isLook: true, confidence: before[5] };
  const after = track.sightings[number + 1];
  if (!after || after[0] - before[0] > longestGap) return null;
  const share = (second - before[0]) / (after[0] - before[0]);
  const box = [1, 2, 3, 4].map((edge) => before[edge] + (after[edge] - before[edge]) * share);
  return { box, isLook: false, confidence: before[5] };
}

const SHADES = { dark: "#101418", mine: "#f2a900", other: "#b9c2c9", region: "#4aa3ff" };

/** Draws every box of a moment; a look has a whole line, what is guessed between looks a broken one. */
export function draw(canvas, facts, second) {
  const pen = canvas.getContext("2d");
  pen.clearRect(0, 0, canvas.width, canvas.height);
  const scale = canvas.width / facts.width;
  if (facts.region) frame(pen, facts.region, scale, SHADES.region, true, "place");
  const drawn = [];
  for (const track of facts.tracks) {
    const found = boxAt(track, second, facts.longest_gap);
    if (!found) continue;
    const words = found.isLook ? `${track.class} ${found.confidence.toFixed(2)}` : `${track.class}, between looks`;
    frame(pen, found.box, scale, track.is_of_event ? SHADES.mine : SHADES.other, found.isLook, words);
    drawn.push({ id: track.id, ...found });
  }
  return drawn;
}

function frame(pen, [left, top, right, bottom], scale, shade, isWhole, words) {
  const line = Math.max(2, scale * 2);
  const place = [left * scale, top * scale, (right - left) * scale, (bottom - top) * scale];
  pen.setLineDash([]);
  for (const [width, colour] of [[line + 2, SHADES.dark], [line, shade]]) {
    pen.lineWidth = width;
    pen.strokeStyle = colour;
    if (!isWhole) pen.setLineDash([line * 4, line * 3]);
    pen.strokeRect(...place);
  }
  label(pen, place, words, shade);
}

function label(pen, [left, top], words, shade) {
  const high = Math.max(12, Math.min(16, pen.canvas.width / 50));
  pen.font = `600 ${high}px system-ui, sans-serif`;
  const wide = pen.measureText(words).width + high;
  const above = top > high * 1.6 ? top - high * 1.5 : top;
  const start = Math.max(0, Math.min(left, pen.canvas.width - wide));
  pen.fillStyle = SHADES.dark;
  pen.fillRect(start, above, wide, high * 1.5);
  pen.fillStyle = shade;
  pen.fillText(words, start + high / 2, above + high * 1.1);
}
