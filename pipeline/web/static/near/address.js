// Looks an address up for a form that wants coordinates: when its button is pressed, and never while somebody types.
//
// <div data-address> holds an input, a hidden button and a line that says what was found; the form has the fields
// latitude and longitude. What is typed after that is another place, and takes them away again.

for (const place of document.querySelectorAll("[data-address]")) {
  const form = place.closest("form");
  const words = place.querySelector("input");
  const said = place.querySelector("[data-found]");
  const button = place.querySelector("button");
  button.hidden = false;

  const find = async () => {
    if (!words.value.trim()) return;
    button.disabled = true;
    said.textContent = "";
    try {
      const answer = await fetch(`/near/places.json?q=${encodeURIComponent(words.value)}`, { headers: { Accept: "application/json" } });
      const told = await answer.json();
      if (!answer.ok) said.textContent = told.detail;
      else choose(told);
    } catch {
      said.textContent = "Without a network no address can be looked up; your device can say where you are, or type coordinates.";
    } finally {
      button.disabled = false;
    }
  };

  const choose = ({ places, said: besides }) => {
    const [first] = places;
    if (!first) {
      said.textContent = `Nobody here knows that place. ${besides}`.trim();
      return;
    }
    form.elements.latitude.value = first.latitude;
    form.elements.longitude.value = first.longitude;
    if (form.elements.found) form.elements.found.value = words.value;
    said.textContent = [`${first.name}, ${first.by}.`, first.credit].filter(Boolean).join(" ");
  };

  const forget = () => {
    form.elements.latitude.value = "";
    form.elements.longitude.value = "";
    said.textContent = "";
  };

  button.addEventListener("click", find);
  words.addEventListener("input", forget);
  words.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    find();
  });
}
