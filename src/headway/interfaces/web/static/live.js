"use strict";
// Pages keep themselves up to date: an event says that something happened, the page is asked for anew, and what
// differs is put in place, so that scroll, focus and what people opened or typed stay. Nothing here is needed to read.

const body = document.body;
const words = document.getElementById("live-words");
const mark = document.getElementById("live");
const STALE_AFTER_MS = 40000; // two quiet whiles and a little
let heardAt = Date.now();
let asking = false;
let again = false;
let gone = false;

function say(state, text) {
  mark.className = "live " + state;
  if (words.textContent !== text) words.textContent = text;
}

function clock(instant) {
  return instant.slice(11, 19) + " UTC";
}

function follow() {
  const source = new EventSource("/events?after=" + body.dataset.sequence);
  const heard = () => {
    heardAt = Date.now();
    if (!gone) say("on", "live, as of " + clock(body.dataset.at));
  };
  source.addEventListener("open", heard);
  source.addEventListener("changed", () => { heard(); refresh(); });
  source.addEventListener("error", () => {
    say("stale", "not live, as of " + clock(body.dataset.at));
    // A server that refuses for good closes the stream: it is tried anew in a while.
    if (source.readyState === EventSource.CLOSED) setTimeout(follow, 5000);
  });
}

async function refresh() {
  if (asking) { again = true; return; }
  asking = true;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
    gone = answer.status === 401;
    if (gone) say("stale", "signed out, as of " + clock(body.dataset.at));
    if (answer.ok) put(new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch {
    say("stale", "not live, as of " + clock(body.dataset.at));
  } finally {
    asking = false;
    if (again) { again = false; setTimeout(refresh, 500); }
  }
}

function put(fresh) {
  body.dataset.at = fresh.body.dataset.at;
  body.dataset.sequence = fresh.body.dataset.sequence;
  document.title = fresh.title;
  morph(document.getElementById("main"), fresh.getElementById("main"));
  say("on", "live, as of " + clock(body.dataset.at));
}

// Makes `old` equal to `fresh`, keeping every node that is the same, by its id or its place.
function morph(old, fresh) {
  // What running.js fills from elsewhere stays: that its mark changed tells it to look again.
  if (old.dataset?.from && fresh.dataset?.from === old.dataset.from) {
    if (old.dataset.mark !== fresh.dataset.mark) old.dataset.mark = fresh.dataset.mark;
    return;
  }
  if (old.isEqualNode(fresh)) return;
  const focused = old === document.activeElement;
  if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName || (old.id || "") !== (fresh.id || "")) {
    old.replaceWith(document.importNode(fresh, true));
    return;
  }
  if (old.nodeType !== Node.ELEMENT_NODE) { old.nodeValue = fresh.nodeValue; return; }
  // What people chose or typed is theirs.
  if (old.matches("form, select, input, textarea") && (focused || old.contains(document.activeElement))) return;
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && !(old.nodeName === "DETAILS" && name === "open")) old.removeAttribute(name);
  }
  for (const { name, value } of [...fresh.attributes]) {
    const theirs = old.nodeName === "DETAILS" && name === "open";
    if (!theirs && old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  morphWithin(old, fresh);
}

function morphWithin(old, fresh) {
  const byId = new Map([...old.children].filter((one) => one.id).map((one) => [one.id, one]));
  let place = old.firstChild;
  for (const wanted of [...fresh.childNodes]) {
    const known = wanted.id && byId.get(wanted.id);
    if (known) {
      if (known !== place) old.insertBefore(known, place); else place = place.nextSibling;
      morph(known, wanted);
    } else if (place && !(place.id && byId.has(place.id))) {
      const next = place.nextSibling;
      morph(place, wanted);
      place = next;
    } else {
      old.insertBefore(document.importNode(wanted, true), place);
    }
  }
  while (place) {
    const next = place.nextSibling;
    place.remove();
    place = next;
  }
}

// Ages grow without asking; what is stale is said. The server's clock counts, not this machine's.
const offset = Date.parse(body.dataset.at) - Date.now();
function tick() {
  if (Date.now() - heardAt > STALE_AFTER_MS) say("stale", "not live, as of " + clock(body.dataset.at));
  for (const age of document.querySelectorAll(".age time")) {
    const seconds = Math.max(0, (Date.now() + offset - Date.parse(age.dateTime)) / 1000);
    const [size, unit] = [[86400, "d"], [3600, "h"], [60, "min"]].find(([one]) => seconds >= one) || [1, "s"];
    const text = Math.floor(seconds / size) + " " + unit;
    if (age.textContent !== text) age.textContent = text;
  }
}

// Keys of the board: arrows move between cells while one of them has the focus.
document.addEventListener("keydown", (event) => {
  const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
  const cell = event.target.closest && event.target.closest("table.board td, table.board th");
  if (!cell || !(event.key in steps) || event.altKey || event.ctrlKey || event.metaKey) return;
  const [down, right] = steps[event.key];
  const rows = [...cell.closest("table").rows];
  const row = rows[rows.indexOf(cell.parentElement) + down];
  const next = row && row.cells[cell.cellIndex + right];
  const link = next && next.querySelector("a");
  if (link) { event.preventDefault(); link.focus(); }
});

// A second click while the first is on its way is no second answer.
document.addEventListener("submit", (event) => {
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

if (mark && body.dataset.live !== "no") {
  follow();
  setInterval(tick, 15000);
}
