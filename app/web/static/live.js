// Keeps the page fresh: asks for it again every few seconds and swaps the parts that changed, never under the reader's hands.
const EVERY = 5000;
const parts = [...document.querySelectorAll("[data-live]")];
const told = document.getElementById("live");

function inUse(part) {
  const selection = document.getSelection();
  return !selection.isCollapsed && part.contains(selection.anchorNode);
}

function carryOver(old, fresh) { // what the reader opened or closed stays so
  for (const opened of old.querySelectorAll("details[id]")) {
    const same = fresh.querySelector(`#${CSS.escape(opened.id)}`);
    if (same) same.open = opened.open;
  }
}

function focusAgain(part, focused) {
  if (!focused) return;
  const same = focused.id
    ? part.querySelector(`#${CSS.escape(focused.id)}`)
    : [...part.querySelectorAll(focused.tag)].filter((e) => e.getAttribute("href") === focused.href)[focused.place];
  same?.focus({ preventScroll: true });
}

function focusedIn(part) {
  const element = document.activeElement;
  if (!part.contains(element)) return null;
  if (element.tagName === "SUMMARY") return { tag: `#${CSS.escape(element.parentElement.id)} > summary`, href: null, place: 0 };
  const href = element.getAttribute("href");
  const alike = [...part.querySelectorAll(element.tagName)].filter((e) => e.getAttribute("href") === href);
  return { id: element.id, tag: element.tagName, href, place: alike.indexOf(element) };
}

async function refresh() {
  if (document.hidden) return;
  try {
    const answer = await fetch(location.href, { cache: "no-store" });
    if (answer.status === 401) location.reload(); // the session is over: the page itself leads to the sign-in
    if (!answer.ok) throw new Error(answer.status);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of parts) {
      const fresh = page.getElementById(part.id);
      if (!fresh || inUse(part)) continue;
      carryOver(part, fresh);
      if (part.isEqualNode(fresh)) continue;
      const focused = focusedIn(part);
      part.replaceChildren(...fresh.childNodes);
      focusAgain(part, focused);
    }
    document.title = page.title;
    told.textContent = told.dataset.on;
    told.className = "";
  } catch {
    told.textContent = told.dataset.lost;
    told.className = "off";
  }
}

// A part may name a stream that says when something has changed. While it is open, the page asks for itself only now and
// then, for its clocks; a hidden page closes it, for a browser opens few connections to one place.
const SELDOM = 30_000;
const stream = parts.find((part) => part.dataset.events)?.dataset.events;
let events = null;
let soon = 0; // several changes at once are one look

function listen() {
  if (!stream || document.hidden || events) return;
  events = new EventSource(stream);
  events.addEventListener("changed", () => {
    clearTimeout(soon);
    soon = setTimeout(refresh, 150);
  });
  events.addEventListener("error", () => { // the browser tries again by itself, unless it was refused
    if (events?.readyState === EventSource.CLOSED) events = null;
  });
}

function hush() {
  events?.close();
  events = null;
}

if (parts.length) {
  const opened = Date.now();
  let asked = opened;
  told.hidden = false;
  told.textContent = told.dataset.on;
  setInterval(() => {
    const often = events?.readyState !== EventSource.OPEN;
    if (Date.now() - asked < (often ? EVERY : SELDOM) - 100) return;
    asked = Date.now();
    refresh();
    if (Date.now() - opened > 2 * EVERY - 100) listen(); // a glance needs no stream
  }, EVERY);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) hush();
    else {
      listen();
      refresh();
    }
  });
  addEventListener("pagehide", hush);
}
