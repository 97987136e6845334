// Confirm, reject, correct by keyboard; a correction takes its times from the player.

import { isTyping, say } from "../desk.js";
import { pictureIn } from "./picture.js";

const press = (selector) => document.querySelector(selector)?.click();

// Buttons that need this script are seen where it runs.
for (const button of document.querySelectorAll("[data-take], [data-point]")) button.hidden = false;

const KEYS = {
  c: () => press("[data-tag=confirmed]"),
  r: () => press("[data-tag=rejected]"),
  e: () => {
    const more = document.querySelector("[data-correct]");
    if (!more) return;
    more.open = true;
    more.querySelector("select").focus();
  },
  j: () => press("[data-next]"),
};

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.repeat || isTyping(event) || document.querySelector("dialog[open]")) return;
  const act = KEYS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

document.addEventListener("click", (event) => {
  const taking = event.target.closest("[data-take]");
  if (!taking) return;
  const player = document.querySelector("[data-player]");
  document.getElementById(taking.dataset.take).value = Number(player.dataset.second ?? 0).toFixed(3);
});

// Where it was: after the button, the next press on the picture says so, and does not play.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-point]");
  if (!button) return;
  button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
});

document.addEventListener(
  "click",
  (event) => {
    const button = document.querySelector("[data-point][aria-pressed=true]");
    const film = event.target.closest("[data-player] .film");
    if (!button || !film) return;
    event.preventDefault();
    event.stopPropagation();
    const video = film.querySelector("video");
    const [box, picture] = [video.getBoundingClientRect(), pictureIn(video)];
    const percent = (at, from, length) => Math.min(100, Math.max(0, (100 * (at - from)) / length)).toFixed(1);
    document.getElementById("left").value = percent(event.clientX, box.left + picture.left, picture.width);
    document.getElementById("top").value = percent(event.clientY, box.top + picture.top, picture.height);
    button.setAttribute("aria-pressed", "false");
    say("Kept where it was in the picture.");
  },
  true,
);

// What was said is put in place of the form; a screen reader hears it, and the keyboard stays where it was.
document.addEventListener("htmx:afterSwap", (event) => {
  const panel = event.detail.target.id === "said-of-it" && document.getElementById("said-of-it");
  if (!panel) return;
  panel.focus({ preventScroll: true });
  say(panel.querySelector(".wrong")?.textContent ?? `Kept: ${panel.querySelector(".badge").textContent}.`);
});
