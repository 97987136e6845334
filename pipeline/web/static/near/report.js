// The form of a report: kept on the device until it is sent, files and all, and sent when there is a network.

import { dropDraft, drafts, keepDraft, whenOnline } from "./drafts.js";
import { freshToken, say } from "./shell.js";
import { Refused, upload } from "./tus.js";

const form = document.getElementById("report");
const more = document.getElementById("more");
const files = document.getElementById("files");
const chosen = document.getElementById("chosen");
const refused = document.getElementById("refused");
const size = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

let token = null;
const tokenOnce = () => (token ??= freshToken().catch((error) => { token = null; throw error; }));

function refuse(words) {
  refused.textContent = words;
  refused.hidden = !words;
  if (words) refused.scrollIntoView({ block: "center" });
}

function line(name) {
  const item = document.createElement("li");
  const title = document.createElement("p");
  title.textContent = name;
  const bar = document.createElement("progress");
  bar.setAttribute("aria-label", name);
  const words = document.createElement("p");
  words.className = "quiet small";
  item.append(title, bar, words);
  document.getElementById("sending").append(item);
  document.getElementById("waiting").hidden = false;
  return { bar, words };
}

/** Sends the words of a draft once, and its files one after another; each step is written down on the device first. */
async function sendDraft(draft) {
  if (!draft.code) {
    const body = new URLSearchParams(draft.fields);
    const answer = await fetch("/near/report", { method: "POST", body, headers: { "X-CSRF-Token": await tokenOnce(), Accept: "application/json" } });
    if (!answer.ok) {
      const said = await answer.json().catch(() => ({}));
      if (answer.status >= 500) throw new Error("the server is away");
      await dropDraft(draft.id);
      if (form) form.hidden = false;
      refuse([said.detail, said.remedy].filter(Boolean).map((words) => words[0].toUpperCase() + words.slice(1)).join(". ") || `The server answered ${answer.status}.`);
      return;
    }
    draft.code = (await answer.json()).code;
    await keepDraft(draft);
  }
  if (form) showCode(draft.code);
  for (const one of draft.files) {
    if (one.done) continue;
    const { bar, words } = line(one.file.name);
    bar.max = one.file.size;
    const kept = { get: () => one.url, set: async (url) => { one.url = url; await keepDraft(draft); } };
    const told = (bytes) => { bar.value = bytes; words.textContent = `${size(bytes)} of ${size(one.file.size)}`; };
    try {
      await upload(one.file, { receipt: draft.code, token: tokenOnce, kept, told });
      words.textContent = "sent";
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      bar.value = 0;
      words.textContent = error.message;
      words.className = "wrong";
    }
    one.done = true;
    await keepDraft(draft);
  }
  await dropDraft(draft.id);
  say("Everything was sent.");
}

function showCode(code) {
  document.getElementById("code").textContent = code;
  const done = document.getElementById("done");
  if (done.hidden) {
    done.hidden = false;
    form.hidden = true;
    document.getElementById("intro").hidden = true;
    done.focus();
  }
}

async function sendAll() {
  for (const draft of await drafts()) await sendDraft(draft);
}

function list() {
  chosen.replaceChildren(...[...files.files].map((file) => {
    const item = document.createElement("li");
    item.append(file.name, size(file.size));
    return item;
  }));
}

function begun() {
  return [...files.files].map((file) => ({ file, url: "", done: false }));
}

async function keepAndSend(draft) {
  refuse("");
  try {
    await keepDraft(draft);
  } catch {
    refuse("Your device has no room to keep it until it is sent. Choose fewer files.");
    return;
  }
  if (!navigator.onLine) say("It is kept on this device, and sent when there is a network.");
  whenOnline(() => sendAll().catch(() => say("The connection broke; it goes on by itself.")));
}

files?.addEventListener("change", list);

if (form) {
  document.getElementById("files-field").hidden = false;
  const when = form.elements.happened;
  if (!when.value) {
    const now = new Date();
    now.setMinutes(now.getMinutes() - now.getTimezoneOffset());
    when.value = now.toISOString().slice(0, 16);
  }
  const aim = () => { document.getElementById("aim").textContent = form.querySelector("[name=category]:checked").dataset.aim; };
  for (const one of form.elements.category) one.addEventListener("change", aim);
  aim();
  const here = document.getElementById("here");
  if (navigator.geolocation && isSecureContext) {
    here.hidden = false;
    here.addEventListener("click", () => navigator.geolocation.getCurrentPosition(
      ({ coords }) => { form.elements.latitude.value = coords.latitude.toFixed(5); form.elements.longitude.value = coords.longitude.toFixed(5); form.elements.where.value = ""; say("Your place is filled in."); },
      () => say("Your device does not say where you are."),
      { maximumAge: 60000, timeout: 15000 },
    ));
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (files.files.length > Number(files.dataset.most)) { refuse(`At most ${files.dataset.most} files.`); return; }
    const said = (name) => form.elements[name].value.trim();
    const missing = said("happened") ? (said("where") || (said("latitude") && said("longitude")) ? "" : "where") : "happened";
    if (missing) { refuse("Say when and where it happened."); form.elements[missing].focus(); return; }
    const fields = Object.fromEntries(new FormData(form));
    delete fields.csrf;
    fields.happened = new Date(fields.happened).toISOString();
    keepAndSend({ fields, files: begun() });
  });
  whenOnline(() => sendAll().catch(() => say("The connection broke; it goes on by itself.")));
}

if (more) {
  more.hidden = false;
  more.addEventListener("submit", (event) => {
    event.preventDefault();
    if (files.files.length) keepAndSend({ code: more.dataset.receipt, fields: {}, files: begun() });
  });
}
