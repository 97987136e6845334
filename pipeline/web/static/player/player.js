// The player: untouched video, boxes on a canvas above it, and steps by the frames' own stamps.

import { isTyping, say } from "../desk.js";
import { Frames, around } from "./frames.js";
import { layOver } from "./picture.js";
import { draw } from "./tracks.js";

const SPEEDS = [0.1, 0.25, 0.5, 1, 1.5, 2, 4];
const PATIENCE = 250; // milliseconds for which a frame may be on its way to the screen
const SHARES = [0.5, 0.8, 0.97]; // of the time for which a frame stands: where it is looked for
const KEYS = {
  " ": "play", k: "play", ",": "back", ".": "on", n: "next", p: "before", b: "boxes", l: "loop",
  "[": "slower", "]": "faster", f: "full", m: "mute", ArrowLeft: "left", ArrowRight: "right",
};

class Player {
  constructor(root) {
    this.root = root;
    this.video = root.querySelector("video");
    this.canvas = root.querySelector("canvas");
    this.range = root.querySelector("[data-range]");
    this.head = root.querySelector("[data-head]");
    this.state = new URLSearchParams(location.search);
    this.hasBoxes = this.state.get("boxes") !== "0";
    this.isLooping = this.state.get("loop") === "1";
    this.offset = 0; // the browser's time of the first frame
    this.second = 0; // where it is going
    this.shown = 0; // what is seen
  }

  async begin() {
    try {
      await this.firstFrame();
    } catch {
      await this.insteadOfIt();
    }
    this.know(await this.facts());
    this.video.controls = false;
    this.root.classList.add("is-ready");
    this.listen();
    this.video.playbackRate = Number(this.state.get("speed")) || 1;
    this.show();
    const asked = this.state.get("t");
    await this.go(asked === null ? this.matters[0] : (Number(asked) || 0) - this.all.begins);
    this.root.dataset.ready = "yes";
  }

  /** What this browser does not play is asked for in a form that every browser plays. */
  async insteadOfIt() {
    this.root.dataset.facts += "?encoded=1";
    document.querySelector("[data-instead]").hidden = false;
    this.video.src = this.root.dataset.encoded;
    this.video.load();
    await this.firstFrame();
  }

  async facts() {
    const answer = await fetch(this.root.dataset.facts, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(`the boxes did not come (${answer.status})`);
    return answer.json();
  }

  know(facts) {
    this.all = facts;
    this.frames = new Frames(facts.frames, facts.time_base, facts.length);
    this.events = facts.events.toSorted((one, other) => one.span[0] - other.span[0]);
    const mine = this.events.find((one) => one.id === facts.event);
    this.matters = mine ? around(mine, this.frames.length) : [0, this.frames.length];
    this.clock = new Intl.DateTimeFormat("en-GB", { // as the page writes dates
      timeZone: facts.time_zone, dateStyle: "medium", timeStyle: "medium", hourCycle: "h23",
    });
    this.range.max = String(this.frames.length);
  }

  // The browser's time of the first frame is what our stamps are counted from: containers begin where they like.
  firstFrame() {
    return new Promise((resolve, reject) => {
      if (this.video.error) return reject(this.video.error); // it happened before this script was there
      this.video.addEventListener("error", () => reject(this.video.error), { once: true });
      const seen = () => {
        if (!this.video.requestVideoFrameCallback) return resolve();
        const ask = () => { this.video.currentTime = 0; };
        const again = setInterval(ask, 1000); // a frame that was shown before is not always told of
        this.video.requestVideoFrameCallback((_, frame) => {
          clearInterval(again);
          this.offset = frame.mediaTime;
          resolve();
        });
        ask();
      };
      if (this.video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) seen();
      else this.video.addEventListener("loadeddata", seen, { once: true });
      this.video.preload = "auto";
    });
  }

  listen() {
    if (this.video.requestVideoFrameCallback) this.watch();
    else this.video.addEventListener("timeupdate", () => this.seen(this.video.currentTime - this.offset));
    for (const name of ["play", "pause", "ratechange", "volumechange"]) {
      this.video.addEventListener(name, () => this.show());
    }
    new ResizeObserver(() => this.paint()).observe(this.video); // of a paused film no frame comes that would paint
    this.video.addEventListener("pause", () => this.remember());
    this.video.addEventListener("seeked", () => this.remember());
    this.range.addEventListener("input", () => this.go(Number(this.range.value)));
    this.root.addEventListener("click", (event) => {
      const button = event.target.closest("[data-do]");
      if (button) this[button.dataset.do]();
      const mark = event.target.closest("[data-to]");
      if (mark) {
        event.preventDefault();
        this.go(Number(mark.dataset.to));
      }
    });
    this.video.addEventListener("click", () => this.play());
    document.addEventListener("keydown", (event) => this.key(event));
    new ResizeObserver(() => this.paint()).observe(this.video);
  }

  key(event) {
    const word = KEYS[event.key];
    if (!word || event.defaultPrevented || isTyping(event)) return;
    if (event.target.closest("button, a, summary, [role=button]") && event.key === " ") return;
    event.preventDefault();
    this[word]();
  }

  watch() {
    this.video.requestVideoFrameCallback((_, frame) => {
      const second = frame.mediaTime - this.offset;
      this.told = this.frames.at(second);
      this.seen(second);
      if (this.told === this.arrival?.target) this.arrive(this.arrival);
      this.watch();
    });
  }

  seen(second) {
    this.shown = second;
    if (!this.video.seeking) this.second = second;
    if (this.isLooping && !this.video.paused && (second >= this.matters[1] || second < this.matters[0] - 0.5)) {
      this.go(this.matters[0]);
    }
    this.paint();
  }

  paint() {
    if (!layOver(this.canvas, this.video)) return;
    const number = this.frames.at(this.shown);
    const stamp = this.frames.seconds[number];
    const drawn = this.hasBoxes ? draw(this.canvas, this.all, stamp) : [];
    this.range.value = String(stamp);
    this.head.setAttribute("x", String((stamp / this.frames.length) * 1000));
    this.tell(number, stamp, drawn);
  }

  tell(number, stamp, drawn) {
    const at = new Date(Date.parse(this.all.starts_at) + stamp * 1000);
    const camera = `${this.clock.format(at)}.${String(at.getUTCMilliseconds()).padStart(3, "0")}`;
    this.put("camera", camera);
    this.put("second", `${(this.all.begins + stamp).toFixed(3)} s`);
    this.put("frame", `${number + 1} of ${this.frames.count}`);
    this.put("stamp", String(this.all.first_pts + this.frames.units[number]));
    const isLook = this.all.looks.some((look) => Math.abs(look - stamp) < 0.0005);
    this.put("look", isLook ? "looked at" : "between looks");
    this.range.setAttribute("aria-valuetext", `${stamp.toFixed(1)} seconds, ${camera}`);
    Object.assign(this.root.dataset, { frame: number, second: this.all.begins + stamp, boxes: drawn.length });
  }

  put(name, words) {
    const place = this.root.querySelector(`[data-tell="${name}"]`);
    if (place) place.textContent = words;
  }

  show() {
    const press = (word, isPressed) =>
      this.root.querySelector(`[data-do="${word}"]`)?.setAttribute("aria-pressed", String(isPressed));
    const play = this.root.querySelector('[data-do="play"]');
    play.textContent = this.video.paused ? "Play" : "Pause";
    press("boxes", this.hasBoxes);
    press("loop", this.isLooping);
    press("mute", this.video.muted);
    this.put("speed", `${this.video.playbackRate}×`);
  }

  remember() {
    const state = new URLSearchParams(location.search);
    state.set("t", (this.all.begins + this.second).toFixed(3)); // of the clip, also where a part of it is played
    const put = (name, value, usual) => (value === usual ? state.delete(name) : state.set(name, value));
    put("boxes", this.hasBoxes ? "1" : "0", "1");
    put("loop", this.isLooping ? "1" : "0", "0");
    put("speed", String(this.video.playbackRate), "1");
    history.replaceState(history.state, "", `?${state}`);
  }

  /** Shows the frame that stands at a moment; done when it is seen. */
  go(second) {
    return this.toFrame(this.frames.at(Math.min(Math.max(second, 0), this.frames.length)));
  }

  // Done when the frame is on the screen. A browser says earlier that it went there, and boxes drawn then lie on another.
  toFrame(number) {
    const target = Math.min(Math.max(number, 0), this.frames.count - 1);
    this.arrival?.resolve(); // whoever asked for another frame waits no longer
    const arrival = { target, tries: 0 };
    const arrived = new Promise((resolve) => { arrival.resolve = resolve; });
    this.arrival = arrival;
    this.second = this.frames.seconds[target];
    this.seek(arrival);
    return arrived;
  }

  seek(arrival) {
    const isKnown = !this.video.requestVideoFrameCallback;
    this.video.addEventListener("seeked", () => {
      if (isKnown || !this.video.paused || this.told === arrival.target) this.arrive(arrival);
      else setTimeout(() => this.again(arrival), PATIENCE);
    }, { once: true });
    this.video.currentTime = this.frames.within(arrival.target, SHARES[arrival.tries]) + this.offset;
  }

  /** Some browsers stay at the frame before, which their container says lasts longer: further on it has ended. */
  again(arrival) {
    if (this.arrival !== arrival) return;
    arrival.tries += 1;
    if (arrival.tries < SHARES.length) this.seek(arrival);
    else this.arrive(arrival);
  }

  arrive(arrival) {
    if (this.arrival !== arrival) return;
    this.arrival = undefined;
    // Boxes belong to what is seen, also where the browser never shows the frame that was asked for.
    this.shown = this.told === undefined ? this.second : this.frames.seconds[this.told];
    this.paint();
    arrival.resolve();
  }

  play() {
    if (!this.video.paused) return this.video.pause();
    if (this.isLooping && this.second >= this.matters[1]) this.go(this.matters[0]);
    return this.video.play().catch((error) => say(`It does not play: ${error.message}`));
  }
  step(by) {
    this.video.pause();
    return this.toFrame(this.frames.at(this.second) + by);
  }
  back() { return this.step(-1); }
  on() { return this.step(1); }
  left() { return this.go(this.second - 2); }
  right() { return this.go(this.second + 2); }
  next() { return this.jump(this.events.find((one) => one.span[0] > this.second + 0.05)); }
  before() { return this.jump(this.events.findLast((one) => one.span[0] < this.second - 0.05)); }
  jump(event) {
    if (!event) return say("There is no further event in this clip.");
    say(`${event.kind.replaceAll("_", " ")}${event.reason ? ": cannot tell" : ""}`);
    return this.go(event.span[0]);
  }
  boxes() {
    this.hasBoxes = !this.hasBoxes;
    this.show();
    this.paint();
    this.remember();
  }
  loop() {
    this.isLooping = !this.isLooping;
    this.show();
    if (this.isLooping) {
      this.go(this.matters[0]);
      if (this.video.paused) this.play(); // at once: a key that is pressed during the jump finds it playing
    }
    this.remember();
  }
  slower() { this.speed(-1); }
  faster() { this.speed(1); }
  speed(by) {
    const now = SPEEDS.reduce((best, one, at) =>
      Math.abs(one - this.video.playbackRate) < Math.abs(SPEEDS[best] - this.video.playbackRate) ? at : best, 0);
    this.video.playbackRate = SPEEDS[Math.min(Math.max(now + by, 0), SPEEDS.length - 1)];
    this.remember();
  }
  mute() { this.video.muted = !this.video.muted; }
  full() {
    if (document.fullscreenElement) return document.exitFullscreen();
    return this.root.requestFullscreen?.();
  }
}

for (const root of document.querySelectorAll("[data-player]")) {
  const player = new Player(root);
  root.player = player;
  player.begin().catch((error) => {
    root.dataset.ready = "no";
    say(`The boxes cannot be drawn: ${error?.message || "the video does not play"}.`);
  });
}
