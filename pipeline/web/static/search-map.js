// Cameras on a map without streets, and a circle or an area that is drawn on it into the fields of the form.

function fetchLeaflet(place) {
  if (window.L) return Promise.resolve();
  const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href: place.dataset.leafletCss });
  document.head.append(style);
  return new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement("script"), { src: place.dataset.leaflet });
    script.addEventListener("load", resolve);
    script.addEventListener("error", reject);
    document.head.append(script);
  });
}

const short = (number) => String(Math.round(number * 1e5) / 1e5);
const field = (name) => document.getElementById(name);
const numbers = (words) => words.split(",").map(Number);

/** Draws the agency's areas, and its streets inside them. Returns how far the areas reach. */
async function drawGround(map, L) {
  const within = async (south, west, north, east) => {
    const answer = await fetch(`/near/ground.json?${new URLSearchParams({ south, west, north, east })}`).catch(() => null);
    return answer?.ok ? answer.json() : { streets: [], areas: [] };
  };
  const { areas } = await within(-90, -180, 90, 180);
  const reach = L.latLngBounds([]);
  for (const line of areas.flatMap((one) => one.lines)) {
    reach.extend(L.polygon(line, { color: "gray", weight: 2, dashArray: "4", fill: false, interactive: false }).addTo(map).getBounds());
  }
  if (!reach.isValid()) return reach;
  const { streets } = await within(reach.getSouth(), reach.getWest(), reach.getNorth(), reach.getEast());
  for (const line of streets.flatMap((one) => one.lines)) {
    if (line.length > 1) L.polyline(line, { color: "gray", weight: 3, opacity: 0.5, interactive: false }).addTo(map);
  }
  return reach;
}

/** Draws the map in its place; the fields "near" and "area" hold what is drawn, and what they hold is drawn. */
export async function drawMap(place) {
  await fetchLeaflet(place);
  const L = window.L;
  const accent = getComputedStyle(place).getPropertyValue("--accent").trim();
  const cameras = JSON.parse(place.dataset.cameras).cameras;
  const map = L.map(place, { attributionControl: false, zoomControl: true, maxZoom: 19 });
  L.control.scale({ maxWidth: 120 }).addTo(map);
  for (const camera of cameras) {
    L.circleMarker(camera.at, { radius: 6, color: accent, weight: 2, fillOpacity: 0.5 }).bindTooltip(camera.name).addTo(map);
  }
  let reach = L.latLngBounds([]);
  const drawn = L.layerGroup().addTo(map);
  let way = "";
  let corners = [];

  function redraw() {
    drawn.clearLayers();
    // Nothing that is drawn anew between two presses lies under them: a browser would see no double one.
    const style = { color: accent, weight: 2, fillOpacity: 0.12, interactive: false };
    const circle = numbers(field("near").value);
    if (circle.length === 3 && circle.every(Number.isFinite)) {
      L.circle(circle.slice(0, 2), { ...style, radius: circle[2] }).addTo(drawn);
    }
    const area = field("area").value.split(";").map(numbers).filter((corner) => corner.length === 2 && corner.every(Number.isFinite));
    const shown = corners.length ? corners : area;
    if (shown.length > 2) L.polygon(shown, style).addTo(drawn);
    else if (shown.length) L.polyline(shown, style).addTo(drawn);
  }

  function look() {
    const layers = [...cameras.map((camera) => L.latLngBounds([camera.at])), ...drawn.getLayers().map((layer) => layer.getBounds())];
    const bounds = layers.reduce((all, one) => all.extend(one), L.latLngBounds([]));
    if (bounds.isValid()) map.fitBounds(bounds.pad(0.3), { maxZoom: 17 });
    else if (reach.isValid()) map.fitBounds(reach);
    else map.setView([0, 0], 2);
  }

  function begin(next) {
    way = way === next ? "" : next;
    corners = [];
    for (const button of document.querySelectorAll("[data-map-draw]")) {
      button.setAttribute("aria-pressed", String(button.dataset.mapDraw === way));
    }
    place.style.cursor = way ? "crosshair" : "";
    const words = { near: "Press in the middle of the circle and pull to its edge.", area: "Press each corner in turn, and the last twice to end.", "": place.dataset.done ?? "Apply the filters when it is right." };
    document.querySelector("[data-map-words]").textContent = words[way];
    map.dragging[way === "near" ? "disable" : "enable"]();
    map.doubleClickZoom[way === "area" ? "disable" : "enable"]();
    redraw();
  }

  let middle = null;
  const pull = (event) => {
    const pulled = Math.round(map.distance(middle, event.latlng));
    const metres = pulled < 10 ? 300 : pulled;
    field("near").value = `${short(middle.lat)},${short(middle.lng)},${metres}`;
    redraw();
  };
  map.on("mousedown", (event) => {
    if (way !== "near") return;
    middle = event.latlng;
    map.on("mousemove", pull);
  });
  map.on("mouseup", (event) => {
    if (!middle) return;
    pull(event);
    map.off("mousemove", pull);
    middle = null;
    begin("near");
  });
  map.on("click", (event) => {
    if (way === "near") {
      // A finger: there is no pulling, so the circle gets a radius that the field beside it can change.
      field("near").value = `${short(event.latlng.lat)},${short(event.latlng.lng)},300`;
      begin("near");
    }
    if (way !== "area") return;
    const corner = [event.latlng.lat, event.latlng.lng];
    if (String(corners.at(-1)) !== String(corner)) corners.push(corner);
    // Kept from the third corner on: what is drawn is what is asked for, also when nobody presses twice.
    if (corners.length > 2) field("area").value = corners.slice(0, 200).map((one) => one.map(short).join(",")).join(";");
    redraw();
  });
  map.on("dblclick", () => {
    if (way === "area" && corners.length > 2) begin("area");
  });
  document.querySelector("[data-map-tools]").addEventListener("click", (event) => {
    if (event.target.dataset.mapDraw) begin(event.target.dataset.mapDraw);
    if ("mapClear" in event.target.dataset) {
      field("near").value = field("area").value = "";
      corners = [];
      redraw();
    }
  });
  for (const name of ["near", "area"]) {
    field(name).addEventListener("change", () => {
      redraw();
      look();
    });
  }
  redraw();
  look();
  if ("ground" in place.dataset) {
    // Afterwards: whoever draws already is not made to wait, nor moved elsewhere.
    drawGround(map, L).then((found) => {
      reach = found;
      if (!way) look();
    });
  }
}
