// The search page: suggestions while typing, keys among the visits, a look in passing, choosing, the map when it is opened.

import { isTyping, say } from "./desk.js";

const visits = () => [...document.querySelectorAll("[data-visit]")];
const linkOf = (visit) => visit.querySelector(".visit-link");

/* Suggestions: a list box under the box; the arrows walk in it, Enter and Tab take. */

const box = () => document.getElementById("q");
const list = () => document.getElementById("suggestions");
let asked = 0;
let waiting = 0;

function close() {
  if (!list()) return;
  list().hidden = true;
  list().replaceChildren();
  box().setAttribute("aria-expanded", "false");
  box().removeAttribute("aria-activedescendant");
}

async function offer() {
  const typed = box().value;
  const mine = ++asked;
  if (!typed.trim()) return close();
  const answer = await fetch(`/search/suggest?q=${encodeURIComponent(typed.slice(0, 400))}`, { headers: { Accept: "text/html" } });
  if (!answer.ok || mine !== asked || document.activeElement !== box()) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const options = [...page.querySelectorAll("li")];
  if (!options.length) return close();
  list().replaceChildren(...options);
  list().hidden = false;
  box().setAttribute("aria-expanded", "true");
}

function choose(option) {
  const options = [...list().children];
  for (const one of options) one.setAttribute("aria-selected", String(one === option));
  if (option) box().setAttribute("aria-activedescendant", option.id);
  else box().removeAttribute("aria-activedescendant");
}

function take(option) {
  box().value = option.dataset.text;
  close();
  box().focus();
  clearTimeout(waiting);
}

document.addEventListener("input", (event) => {
  if (event.target !== box()) return;
  clearTimeout(waiting);
  waiting = setTimeout(() => offer().catch(close), 120);
});
document.addEventListener("focusout", (event) => {
  if (event.target === box()) close();
});
document.addEventListener("mousedown", (event) => {
  const option = event.target.closest("#suggestions li");
  if (!option) return;
  event.preventDefault();
  take(option);
});
document.addEventListener("keydown", (event) => {
  if (event.target !== box() || list()?.hidden !== false) return;
  const options = [...list().children];
  const at = options.findIndex((one) => one.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const step = event.key === "ArrowDown" ? 1 : -1;
    choose(options[(at + step + options.length + (at < 0 && step < 0 ? 1 : 0)) % options.length]);
  } else if (event.key === "Escape") {
    event.preventDefault();
    close();
  } else if (at >= 0 && (event.key === "Enter" || event.key === "Tab")) {
    event.preventDefault();
    take(options[at]);
  }
});

/* Keys among the visits. */

document.addEventListener("keydown", (event) => {
  if (isTyping(event)) return;
  const all = visits();
  const at = all.findIndex((visit) => visit.contains(document.activeElement));
  if (event.key === "j" || event.key === "k") {
    const next = all[Math.min(Math.max(at + (event.key === "j" ? 1 : -1), 0), all.length - 1)];
    if (!next) return;
    event.preventDefault();
    linkOf(next).focus();
    next.scrollIntoView({ block: "nearest" });
    if (event.key === "j" && at === all.length - 1) document.querySelector("#more a")?.focus();
  } else if (event.key === "x" && at >= 0) {
    event.preventDefault();
    all[at].querySelector("[data-choose]").click();
  } else if (event.key === "p" && at >= 0) {
    event.preventDefault();
    glance(linkOf(all[at]), true);
  } else if (event.key === "f") {
    const filters = document.getElementById("filters");
    if (!filters) return;
    event.preventDefault();
    filters.open = true;
    filters.querySelector(".facet > summary")?.focus();
  }
});

/* A look in passing: the contact sheet lies over the picture while the pointer rests on it, or after p. */

let resting = 0;

function glance(link, isShown) {
  const place = link?.querySelector(".still");
  if (!place || !link.dataset.sheet) return;
  const shown = place.querySelector(".sheet");
  if (shown) shown.remove();
  else if (isShown) {
    const sheet = new Image();
    sheet.className = "sheet";
    sheet.alt = "";
    sheet.src = link.dataset.sheet;
    sheet.addEventListener("error", () => sheet.remove());
    place.append(sheet);
  }
}

document.addEventListener("pointerover", (event) => {
  if (event.pointerType !== "mouse") return;
  const link = event.target.closest?.(".visit-link");
  if (!link || link.contains(event.relatedTarget)) return;
  clearTimeout(resting);
  resting = setTimeout(() => !link.querySelector(".sheet") && glance(link, true), 350);
});
document.addEventListener("pointerout", (event) => {
  const link = event.target.closest?.(".visit-link");
  if (!link || link.contains(event.relatedTarget)) return;
  clearTimeout(resting);
  if (link.querySelector(".sheet")) glance(link, false);
});

/* Choosing. */

function countChosen() {
  const form = document.getElementById("chosen");
  if (!form) return;
  const number = document.querySelectorAll("[data-choose]:checked").length;
  form.hidden = number === 0;
  document.getElementById("chosen-count").textContent = String(number);
}
document.addEventListener("change", (event) => event.target.matches("[data-choose]") && countChosen());
document.addEventListener("reset", (event) => event.target.id === "chosen" && setTimeout(countChosen));

/* Fields that ask nothing do not stand in the address. */

document.addEventListener("formdata", (event) => {
  if (event.target.id !== "search-form") return;
  for (const name of new Set(event.formData.keys())) {
    const filled = event.formData.getAll(name).filter((value) => value !== "");
    event.formData.delete(name);
    for (const value of filled) event.formData.append(name, value);
  }
});

/* A picture that is not there: the visit is readable without it. */

document.addEventListener("error", (event) => event.target.matches?.(".visit .still img") && event.target.remove(), true);

/* The map is fetched when somebody opens it. */

async function openMap() {
  const place = document.getElementById("map");
  if (!place || place.dataset.isDrawn) return;
  place.dataset.isDrawn = "yes";
  document.querySelector("[data-map-tools]").hidden = false;
  try {
    const { drawMap } = await import("./search-map.js");
    await drawMap(place);
  } catch {
    say("The map cannot be drawn here. The fields beside it do the same.");
  }
}
document.addEventListener("toggle", (event) => event.target.id === "facet-where" && event.target.open && openMap(), true);

/* After each change of the page: what is folded away on a small screen, and the map where it was open. */

function arrange() {
  if (matchMedia("(max-width: 62rem)").matches) document.getElementById("filters")?.removeAttribute("open");
  if (document.getElementById("facet-where")?.open) openMap();
  countChosen();
}
document.addEventListener("htmx:afterSettle", arrange);
arrange();
