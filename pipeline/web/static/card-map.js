// A map of what a list of cards says: dots by place, on given tiles or on paper with lines.

/** Opens the map in its place; without tiles it is paper with lines of whole fractions of a degree. */
export function openMap(place, L, options = {}) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = L.map(place, { zoomAnimation: !still, fadeAnimation: !still, attributionControl: Boolean(place.dataset.tiles), ...options });
  L.control.scale().addTo(map);
  if (place.dataset.tiles) L.tileLayer(place.dataset.tiles, { maxZoom: 19 }).addTo(map);
  return map;
}

/** Cards by their rounded place: those at one place share a dot. */
export function byPlace(cards) {
  const found = new Map();
  for (const card of cards) {
    const at = [Number(card.dataset.latitude), Number(card.dataset.longitude)];
    const key = at.join();
    if (!found.has(key)) found.set(key, { at, cards: [] });
    found.get(key).cards.push(card);
  }
  return [...found.values()];
}

/** Links to the cards of a dot, in words of the page's own. */
export function popup(group, named) {
  const list = document.createElement("ul");
  for (const card of group.cards) {
    const link = document.createElement("a");
    link.href = `#${card.id}`;
    link.textContent = named(card);
    list.appendChild(document.createElement("li")).appendChild(link);
  }
  return list;
}

/** Lines where there are no tiles; drawn once the map has a view. */
export function graticule(map, L) {
  const lines = L.layerGroup().addTo(map);
  const draw = () => {
    lines.clearLayers();
    const view = map.getBounds().pad(0.1);
    const wide = view.getEast() - view.getWest();
    const step = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10].find((one) => wide / one < 14) ?? 30;
    const style = { className: "graticule", interactive: false };
    for (let x = Math.ceil(view.getWest() / step) * step; x < view.getEast(); x += step) {
      L.polyline([[view.getSouth(), x], [view.getNorth(), x]], style).addTo(lines);
    }
    for (let y = Math.ceil(view.getSouth() / step) * step; y < view.getNorth(); y += step) {
      L.polyline([[y, view.getWest()], [y, view.getEast()]], style).addTo(lines);
    }
  };
  map.on("moveend", draw);
  draw();
}
