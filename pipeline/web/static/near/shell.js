// What every public page does: the worker, the line that says that there is no network, words in passing.

/** Tells a person something in passing; screen readers read it. */
export function say(words) {
  const place = document.getElementById("said");
  place.textContent = words;
  place.classList.add("is-shown");
  clearTimeout(say.timer);
  say.timer = setTimeout(() => place.classList.remove("is-shown"), 6000);
}

/** The token for forms, anew: that of a page which was kept on the device may be too old. Rejects without a network. */
export async function freshToken() {
  const answer = await fetch("/near/token", { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`no token: ${answer.status}`);
  return (await answer.json()).csrf;
}

function network() {
  document.getElementById("away").hidden = navigator.onLine;
}
addEventListener("online", network);
addEventListener("offline", network);
network();

if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register("/near/worker.js", { scope: "/near" }).catch(() => {
    // Without the worker everything works but the pages without a network; a browser may forbid it.
    document.documentElement.dataset.worker = "none";
  });
}
