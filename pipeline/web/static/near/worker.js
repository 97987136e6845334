// Keeps the shell of the public pages on the device. SHELL stands above this text: version, pages, files.
//
// No page with reports is kept: one that was taken back must not live on in a telephone. What is kept is the shell, the
// form of a report and the page that says that there is no network. The worker reaches /near alone.

const NAME = `near-${SHELL.version}`;

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const kept = await caches.open(NAME);
    await kept.addAll([...SHELL.files, ...SHELL.pages].map((url) => new Request(url, { cache: "reload" })));
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name.startsWith("near-") && name !== NAME).map((name) => caches.delete(name)));
    await self.clients.claim();
  })());
});

/** A page as the network has it; the kept form or the page without a network where there is none. */
async function page(request) {
  const path = new URL(request.url).pathname;
  try {
    const answer = await fetch(request);
    if (answer.ok && SHELL.pages.includes(path) && !answer.redirected) {
      const kept = await caches.open(NAME);
      await kept.put(path, answer.clone());
    }
    return answer;
  } catch {
    return (await caches.match(path, { cacheName: NAME })) ?? (await caches.match("/near/offline", { cacheName: NAME })) ?? Response.error();
  }
}

async function file(request) {
  return (await caches.match(request, { cacheName: NAME })) ?? fetch(request);
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    if (url.pathname === "/near" || url.pathname.startsWith("/near/")) event.respondWith(page(request));
  } else if (url.pathname.startsWith("/static/")) event.respondWith(file(request));
});
