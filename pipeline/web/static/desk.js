// What every page does: the token with every htmx request, keys that go places, the list of keys, menus that close.

const token = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRF-Token"] = token();
});

// A refusal of the server is shown where it can be read, and not thrown away.
document.addEventListener("htmx:responseError", (event) => {
  const answer = event.detail.xhr;
  if (answer.status === 401) {
    location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
    return;
  }
  say(answer.getResponseHeader("X-Said") ?? "That did not work. Nothing was changed; reload the page and try again.");
});
document.addEventListener("htmx:sendError", () => say("The desk does not answer. Nothing was changed."));

/** Tells a person something in passing; screen readers read it. */
export function say(words) {
  const place = document.getElementById("said");
  place.textContent = words;
  place.classList.add("is-shown");
  clearTimeout(say.timer);
  say.timer = setTimeout(() => place.classList.remove("is-shown"), 6000);
}

/** Whether a key belongs to what is being typed into. */
export const isTyping = (event) =>
  event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input, textarea, select, [contenteditable]");

const PLACES = { s: "/search", m: "/", i: "/incidents", t: "/timeline", c: "/cameras", r: "/needs-review" };
let isGoing = false;

document.addEventListener("keydown", (event) => {
  if (isTyping(event)) return;
  if (isGoing && PLACES[event.key]) {
    event.preventDefault();
    location.assign(PLACES[event.key]);
  }
  isGoing = event.key === "g";
  if (event.key === "?") document.getElementById("keys").showModal();
  if (event.key === "/") {
    const box = document.querySelector("[data-search-box]");
    if (box) {
      event.preventDefault();
      box.focus();
      box.select();
    } else {
      location.assign("/search");
    }
  }
});

// A menu closes when somebody goes elsewhere.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// On a narrow screen the places scroll sideways: the one that is open is in sight.
const current = document.querySelector(".places [aria-current]");
if (current) {
  const places = current.closest(".places");
  places.scrollLeft = current.offsetLeft - places.offsetLeft - (places.clientWidth - current.offsetWidth) / 2;
}
