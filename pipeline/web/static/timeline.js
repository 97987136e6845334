// Keys of the links that move the timeline.

import { isTyping } from "./desk.js";

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || isTyping(event)) return;
  const link = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!link) return;
  event.preventDefault();
  link.click();
});

// Where the rows are wider than the screen, they begin at the first thing on them and not at midnight.
const rows = document.querySelector(".timeline")?.parentElement;
const marks = [...document.querySelectorAll(".timeline .event, .timeline .unseen")];
if (rows && marks.length > 0 && rows.scrollWidth > rows.clientWidth) {
  const first = Math.min(...marks.map((mark) => mark.getBoundingClientRect().left));
  rows.scrollLeft += first - rows.getBoundingClientRect().left - rows.clientWidth / 2;
}
