"use strict";
// What an engine is asked for comes after the page, which never waits for it; and again when the page's mark of it
// changed, or it is a while old. What could not be had stays as it was, with its instant. Loaded after live.js.

const LOOKS_AGAIN_AFTER_MS = 30000;
const place = document.querySelector("[data-from]");
let lookedAt = 0;
let looking = false;
let changed = false;

async function look() {
  if (looking) { changed = true; return; }
  looking = true;
  lookedAt = Date.now();
  try {
    const answer = await fetch(place.dataset.from, { headers: { Accept: "text/html" }, cache: "no-store" });
    const told = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(place.id);
    if (answer.ok && told) morphWithin(place, told);
  } catch {
    // The head of the page says that the server does not answer.
  } finally {
    looking = false;
    if (changed) { changed = false; setTimeout(look, 500); }
  }
}

if (place) {
  look();
  new MutationObserver(look).observe(place, { attributes: true, attributeFilter: ["data-mark"] });
  setInterval(() => {
    if (document.visibilityState === "visible" && Date.now() - lookedAt >= LOOKS_AGAIN_AFTER_MS) look();
  }, 5000);
}
