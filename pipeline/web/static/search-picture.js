// A part of the picture that is brought is drawn on it; the field holds it for the server.

const canvas = document.getElementById("picture-part");
const part = document.getElementById("part");
let picture = null;
let start = null;

function edges() {
  const numbers = part.value.split(",").map(Number);
  return numbers.length === 4 && numbers.every(Number.isFinite) ? numbers : null;
}

function redraw() {
  if (!picture) return;
  const drawing = canvas.getContext("2d");
  drawing.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const shown = edges();
  if (!shown) return;
  const [left, top, right, bottom] = shown;
  drawing.strokeStyle = getComputedStyle(canvas).getPropertyValue("--accent");
  drawing.lineWidth = 3;
  drawing.strokeRect(left * canvas.width, top * canvas.height, (right - left) * canvas.width, (bottom - top) * canvas.height);
}

document.getElementById("picture")?.addEventListener("change", async (event) => {
  const file = event.target.files[0];
  part.value = "";
  canvas.hidden = true;
  if (!file) return;
  try {
    picture = await createImageBitmap(file);
  } catch {
    return; // the server says what is wrong with it
  }
  const scale = Math.min(1, 640 / Math.max(picture.width, picture.height));
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.hidden = false;
  redraw();
});

const place = (event) => {
  const box = canvas.getBoundingClientRect();
  const share = (value) => Math.min(1, Math.max(0, value));
  return [share((event.clientX - box.left) / box.width), share((event.clientY - box.top) / box.height)];
};
canvas?.addEventListener("pointerdown", (event) => {
  start = place(event);
  canvas.setPointerCapture(event.pointerId);
});
canvas?.addEventListener("pointermove", (event) => {
  if (!start) return;
  const [x, y] = place(event);
  const numbers = [Math.min(x, start[0]), Math.min(y, start[1]), Math.max(x, start[0]), Math.max(y, start[1])];
  if (numbers[2] - numbers[0] < 0.02 || numbers[3] - numbers[1] < 0.02) return;
  part.value = numbers.map((number) => number.toFixed(3)).join(",");
  redraw();
});
canvas?.addEventListener("pointerup", () => (start = null));
part?.addEventListener("change", redraw);
