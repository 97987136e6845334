// Zones drawn on a still picture of a camera. The text below the picture is what counts: the board only writes into it,
// so that everything works as numbers, too. Arrow keys move a cross, Enter sets a corner, Backspace takes one away.

const board = document.getElementById("zone-board");
const canvas = document.getElementById("zone-canvas");
const said = document.getElementById("zone-said");
const text = document.getElementById("zones");
const STEP = 0.02;

let corners = [];
let cross = { x: 0.5, y: 0.5 };
let picture = null;

function drawn() {
  return text.value.split("\n").map((line) => {
    const [, rest = ""] = line.split(/:(.*)/s);
    return rest.split(";").map((pair) => pair.split(",").map(Number)).filter((pair) => pair.length === 2 && pair.every(Number.isFinite));
  }).filter((zone) => zone.length > 2);
}

function path(context, zone) {
  context.beginPath();
  zone.forEach(([x, y], number) => context[number ? "lineTo" : "moveTo"](x * canvas.width, y * canvas.height));
}

function show() {
  const context = canvas.getContext("2d");
  context.clearRect(0, 0, canvas.width, canvas.height);
  if (picture) context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  context.lineWidth = 3;
  for (const zone of drawn()) {
    path(context, zone);
    context.closePath();
    context.fillStyle = "rgba(20, 140, 140, 0.3)";
    context.strokeStyle = "#0d8a8a";
    context.fill();
    context.stroke();
  }
  if (corners.length) {
    path(context, corners);
    context.strokeStyle = "#ffb000";
    context.stroke();
    context.fillStyle = "#ffb000";
    for (const [x, y] of corners) context.fillRect(x * canvas.width - 4, y * canvas.height - 4, 8, 8);
  }
  context.strokeStyle = "#ffffff";
  context.beginPath();
  context.moveTo(cross.x * canvas.width - 10, cross.y * canvas.height);
  context.lineTo(cross.x * canvas.width + 10, cross.y * canvas.height);
  context.moveTo(cross.x * canvas.width, cross.y * canvas.height - 10);
  context.lineTo(cross.x * canvas.width, cross.y * canvas.height + 10);
  context.stroke();
}

function say() {
  said.textContent = corners.length ? `${corners.length} corners; a zone needs three.` : "Press on the picture to set corners.";
}

function addCorner() {
  corners.push([Number(cross.x.toFixed(2)), Number(cross.y.toFixed(2))]);
  say();
  show();
}

function addLine(line) {
  text.value = `${text.value.trim()}\n${line}`.trim();
  show();
}

function undo() {
  corners.pop();
  say();
  show();
}

function close() {
  if (corners.length < 3) {
    say();
    return;
  }
  addLine(`${"ABCDEFGHIJ"[drawn().length] ?? "more"}: ${corners.map((pair) => pair.join(",")).join("; ")}`);
  corners = [];
  say();
  show();
}

function choose() {
  const wanted = document.querySelector('input[name="camera"][data-still]:checked');
  board.hidden = !wanted;
  if (!wanted) return;
  const image = new Image();
  image.onload = () => {
    canvas.height = Math.round((canvas.width * image.naturalHeight) / image.naturalWidth);
    picture = image;
    show();
  };
  image.src = wanted.dataset.still;
  say();
  show();
}

const MOVES = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };

canvas.addEventListener("keydown", (event) => {
  const move = MOVES[event.key];
  if (move) {
    cross = { x: Math.min(1, Math.max(0, cross.x + move[0])), y: Math.min(1, Math.max(0, cross.y + move[1])) };
    said.textContent = `Cross at ${cross.x.toFixed(2)}, ${cross.y.toFixed(2)}.`;
    show();
  } else if (event.key === "Enter") addCorner();
  else if (event.key === "Backspace") undo();
  else return;
  event.preventDefault();
});

canvas.addEventListener("pointerdown", (event) => {
  const place = canvas.getBoundingClientRect();
  cross = { x: (event.clientX - place.left) / place.width, y: (event.clientY - place.top) / place.height };
  addCorner();
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-zone], [data-offered]");
  if (!button) return;
  if (button.dataset.offered) addLine(button.dataset.offered);
  else if (button.dataset.zone === "done") close();
  else undo();
});

document.addEventListener("change", (event) => {
  if (event.target.name === "camera") choose();
});
text.addEventListener("input", show);
choose();
