// The map of the reports: what the list says, on the operator's streets, on given tiles, or on paper with lines.

import { byPlace, graticule, openMap, popup } from "../card-map.js";

const place = document.querySelector("[data-map]");
const form = document.querySelector("[data-ask]");
const cards = [...document.querySelectorAll("[data-report]")];
const numbers = (words) => (words ? words.split(",").map(Number) : null);
const DIGITS = 3; // of a degree: an address of this page names no door

/** Asks for the surroundings of a point, with what else was chosen. */
function go(latitude, longitude) {
  form.elements.q.value = "";
  form.elements.at.value = `${latitude.toFixed(DIGITS)},${longitude.toFixed(DIGITS)}`;
  form.requestSubmit();
}

// Words that are typed count more than an old pin.
form.elements.q.addEventListener("input", () => { form.elements.at.value = ""; });
// An address of this page holds what was chosen, and nothing else.
form.addEventListener("submit", () => {
  for (const field of form.querySelectorAll("[name=q], [name=at]")) field.disabled = !field.value;
});
addEventListener("pageshow", () => {
  for (const field of form.querySelectorAll("[name=q], [name=at]")) field.disabled = false;
});

const here = document.querySelector("[data-here]");
if (navigator.geolocation && isSecureContext) {
  here.hidden = false;
  here.addEventListener("click", () => {
    here.disabled = true;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => go(coords.latitude, coords.longitude),
      () => { here.disabled = false; document.getElementById("said").textContent = "Your device does not say where you are."; },
      { maximumAge: 60000, timeout: 15000 },
    );
  });
}

const share = document.querySelector("[data-share]");
if (share && navigator.share) {
  share.addEventListener("click", (event) => {
    event.preventDefault();
    navigator.share({ title: share.dataset.title, url: share.href }).catch(() => {}); // whoever closes the sheet shares nothing
  });
}

const named = (card) => `${card.querySelector(".kind").textContent.trim()}, ${card.querySelector("h2").textContent.trim()}`;

/** The operator's streets and the agency's areas, as far as they reach into the view. */
function ground(map, L) {
  const lines = L.layerGroup().addTo(map);
  map.createPane("ground").style.zIndex = 350;
  let asked = 0;
  const draw = async () => {
    const mine = ++asked;
    const view = map.getBounds().pad(0.2);
    const bounds = new URLSearchParams({ south: view.getSouth().toFixed(2), west: view.getWest().toFixed(2), north: view.getNorth().toFixed(2), east: view.getEast().toFixed(2) });
    const answer = await fetch(`/near/ground.json?${bounds}`).catch(() => null);
    if (!answer?.ok || mine !== asked) return;
    const { streets, areas } = await answer.json();
    lines.clearLayers();
    for (const one of streets) {
      for (const line of one.lines) {
        if (line.length < 2) L.tooltip({ permanent: true, direction: "center", className: "name" }).setLatLng(line[0]).setContent(written(one.name)).addTo(lines);
        else {
          const drawn = L.polyline(line, { pane: "ground", className: "street", interactive: false }).addTo(lines);
          if (one.name && map.getZoom() >= 15) drawn.bindTooltip(written(one.name), { permanent: true, direction: "center", className: "name" });
        }
      }
    }
    for (const one of areas) for (const line of one.lines) L.polygon(line, { pane: "ground", className: "area", interactive: false }).addTo(lines);
  };
  map.on("moveend", draw);
  draw();
}

function written(words) {
  const span = document.createElement("span");
  span.textContent = words;
  return span;
}

if (place && window.L) {
  const L = window.L;
  place.replaceChildren(); // what the server drew for those who run no script
  const map = openMap(place, L, { zoomSnap: 0.5 });
  const groups = byPlace(cards);
  const at = numbers(place.dataset.at);
  const start = numbers(place.dataset.start);
  if (at) {
    const circle = L.circle(at, { radius: Number(place.dataset.metres), className: "reach", interactive: false });
    map.fitBounds(L.latLng(at).toBounds(2.1 * Number(place.dataset.metres)));
    circle.addTo(map);
  } else if (groups.length) map.fitBounds(L.latLngBounds(groups.map((group) => group.at)).pad(0.3), { maxZoom: 16 });
  else map.setView(start ?? [0, 0], start ? 14 : 2);
  if (!place.dataset.tiles) graticule(map, L);
  if ("ground" in place.dataset) ground(map, L);
  for (const group of groups) {
    const tone = group.cards[0].dataset.tone;
    L.circleMarker(group.at, { radius: Math.min(18, 7 + group.cards.length), className: `dot ${tone}`, bubblingMouseEvents: false })
      .bindPopup(popup(group, named))
      .on("click", () => {
        for (const card of cards) card.classList.toggle("is-chosen", group.cards.includes(card));
      })
      .addTo(map);
  }
  map.on("click", (event) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Reports around here";
    button.addEventListener("click", () => go(event.latlng.lat, event.latlng.lng));
    L.popup().setLatLng(event.latlng).setContent(button).openOn(map);
  });
  const pin = document.querySelector("[data-pin]");
  pin.hidden = false;
  pin.querySelector("button").addEventListener("click", () => {
    const middle = map.getCenter();
    go(middle.lat, middle.lng);
  });
  place.dataset.dots = String(groups.length);
}
