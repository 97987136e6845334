// Sends a file by tus 1.0.0 (tus.io/protocols/resumable-upload): goes on where it stopped, also after the page was closed.

const VERSION = { "Tus-Resumable": "1.0.0" };
const PIECE = 4 * 1024 * 1024;
const PAUSES = [500, 1000, 2000, 4000, 8000, 15000];
const REFUSED = new Set([400, 403, 404, 410, 413, 415, 422]);

/** What the server will not take, in its own words. */
export class Refused extends Error {}

const base64 = (bytes) => btoa(String.fromCharCode(...bytes));
const words = (text) => base64(new TextEncoder().encode(text));

async function refusal(answer) {
  try {
    const said = await answer.json();
    return new Refused([said.detail, said.remedy].filter(Boolean).join(". "));
  } catch {
    return new Refused(`the server answered ${answer.status}`);
  }
}

async function begin(file, receipt, token) {
  const metadata = [["receipt", receipt], ["filename", file.name], ["filetype", file.type]].map(([name, value]) => `${name} ${words(value)}`);
  const headers = { ...VERSION, "Upload-Length": String(file.size), "Upload-Metadata": metadata.join(","), "X-CSRF-Token": await token(), Accept: "application/json" };
  const answer = await fetch("/near/uploads", { method: "POST", headers });
  if (answer.status === 201) return answer.headers.get("Location");
  if (REFUSED.has(answer.status) || answer.status === 409) throw await refusal(answer);
  throw new Error(`the server answered ${answer.status}`);
}

async function offsetOf(url) {
  const answer = await fetch(url, { method: "HEAD", headers: VERSION });
  if (answer.status === 404) return null;
  if (answer.status === 422) throw new Refused("it does not open as a photo or a video");
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  return Number(answer.headers.get("Upload-Offset"));
}

async function send(url, file, offset, token) {
  const part = await file.slice(offset, offset + PIECE).arrayBuffer();
  const headers = { ...VERSION, "Upload-Offset": String(offset), "Content-Type": "application/offset+octet-stream", "X-CSRF-Token": await token(), Accept: "application/json" };
  if (crypto.subtle) headers["Upload-Checksum"] = `sha256 ${base64(new Uint8Array(await crypto.subtle.digest("SHA-256", part)))}`;
  const answer = await fetch(url, { method: "PATCH", headers, body: part });
  if (answer.status === 204) return Number(answer.headers.get("Upload-Offset"));
  if (REFUSED.has(answer.status)) throw await refusal(answer);
  throw new Error(`the server answered ${answer.status}`); // 409 and 460: ask how much is here, and go on from there
}

function online() {
  if (navigator.onLine) return Promise.resolve();
  return new Promise((resolve) => { addEventListener("online", resolve, { once: true }); });
}

/**
 * Sends a file whole; a connection that breaks is waited for.
 *
 * `kept` remembers the address of the upload between visits: { get(), set(url) }. `told(bytes)` hears how much is here.
 * Rejects with `Refused` where the server does not take it.
 */
export async function upload(file, { receipt, token, kept, told }) {
  let failures = 0;
  for (;;) {
    try {
      let url = kept.get();
      let offset = url ? await offsetOf(url) : null;
      if (offset === null) {
        url = await begin(file, receipt, token);
        await kept.set(url);
        offset = 0;
      }
      told(offset);
      while (offset < file.size) {
        offset = await send(url, file, offset, token);
        failures = 0;
        told(offset);
      }
      return;
    } catch (error) {
      if (error instanceof Refused) throw error;
      await online();
      await new Promise((resolve) => { setTimeout(resolve, PAUSES[Math.min(failures, PAUSES.length - 1)]); });
      failures += 1;
    }
  }
}
