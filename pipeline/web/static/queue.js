// Down and up the queue by keyboard; Enter is the link's own.

import { isTyping } from "./desk.js";

const items = [...document.querySelectorAll("[data-item]")];

document.addEventListener("keydown", (event) => {
  const by = { j: 1, k: -1 }[event.key];
  if (!by || event.defaultPrevented || isTyping(event) || !items.length) return;
  event.preventDefault();
  const now = items.indexOf(document.activeElement);
  items[Math.min(Math.max(now + by, 0), items.length - 1)].focus();
});
