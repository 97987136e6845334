// The frames of a clip by their stamps. A browser knows no frames, only seconds; so a frame is reached by a moment within it.

/** Index of the last value of a sorted list that is at or before `wanted`; -1 before the first. */
export function lastAtOrBefore(sorted, wanted) {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] <= wanted) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

const CLOSE = 0.0005; // seconds: what a browser rounds a stamp by

export class Frames {
  /**
   * @param {number[]} units Stamps from the first frame, in units of `base`, in order.
   * @param {[number, number]} base Seconds a unit, as numerator and denominator.
   * @param {number} length Seconds of the clip, for the last frame's end.
   */
  constructor(units, base, length) {
    this.units = units;
    this.seconds = units.map((unit) => (unit * base[0]) / base[1]);
    this.length = Math.max(length, this.seconds.at(-1) ?? 0);
  }

  get count() {
    return this.seconds.length;
  }

  /** The number of the frame that is seen at a moment, from 0. */
  at(second) {
    return Math.max(0, lastAtOrBefore(this.seconds, second + CLOSE));
  }

  /** A moment at which this frame is seen and no other: a share of the time for which it stands. */
  within(number, share) {
    const start = this.seconds[number];
    const end = this.seconds[number + 1] ?? Math.max(this.length, start + 0.02);
    return start + (end - start) * share;
  }
}

const MATTERS = 10; // seconds that a loop shows at least
const LEAD = 3; // seconds before an event that a jump to it begins

/** The ten seconds that matter: the event with a little before it, at least ten seconds long. */
export function around(event, length) {
  const [start, end] = event.span;
  const long = end - start > 3 * MATTERS;
  const middle = event.evidence[0] ?? start;
  const first = Math.max(0, long ? middle - MATTERS / 2 : start - LEAD);
  const last = long ? first + MATTERS : Math.max(end + LEAD, first + MATTERS);
  return [first, Math.min(length, last)];
}
