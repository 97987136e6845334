// The form of a request: the map that is drawn on, and the rules that answer while somebody types.

import { drawMap } from "./search-map.js";

const form = document.getElementById("request-form");
const place = document.getElementById("map");

/** Whatever the map wrote into a field is told like something that was typed. */
function told() {
  setTimeout(() => form.dispatchEvent(new Event("input", { bubbles: true })), 50);
}

for (const [name, other] of [["near", "area"], ["area", "near"]]) {
  document.getElementById(name).addEventListener("input", (event) => {
    if (event.target.value) document.getElementById(other).value = "";
  });
}

const tools = document.querySelector("[data-map-tools]");
tools.hidden = false;
drawMap(place).then(() => {
  for (const kind of ["mouseup", "click", "dblclick"]) place.addEventListener(kind, told);
  tools.addEventListener("click", (event) => {
    if (event.target.dataset.mapDraw) {
      const other = event.target.dataset.mapDraw === "near" ? "area" : "near";
      document.getElementById(other).value = "";
    }
    told();
  });
});
