// The map of cameras: what the list below says.

import { byPlace, graticule, openMap, popup } from "./card-map.js";

const place = document.querySelector("[data-map]");
const cards = [...document.querySelectorAll("[data-camera][data-latitude]")];

if (place && cards.length && window.L) {
  const L = window.L;
  const map = openMap(place, L);
  const groups = byPlace(cards);
  map.fitBounds(L.latLngBounds(groups.map((group) => group.at)).pad(0.4), { maxZoom: 16 });
  if (!place.dataset.tiles) graticule(map, L);
  for (const group of groups) {
    const names = group.cards.map((card) => card.dataset.name).join(", ");
    L.circleMarker(group.at, { radius: 7 + group.cards.length, className: "camera-dot", alt: names })
      .bindTooltip(names, { permanent: groups.length <= 12, direction: "right", offset: [10, 0] })
      .bindPopup(popup(group, (card) => card.dataset.name))
      .addTo(map);
  }
  place.dataset.dots = String(groups.length);
}
