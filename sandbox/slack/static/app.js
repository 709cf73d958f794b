// The page: a workspace that follows the server's changes and sends back what a person does.
import { text } from "./blockkit.js";
import { composer, worded } from "./composer.js";
import { drawHome } from "./home.js";
import { ago, drawMessage, hue, initials } from "./message.js";
import { entries, drawModal } from "./modal.js";
import { lead, node, plain, visit } from "./mrkdwn.js";

const $ = (id) => document.getElementById(id);
const SHOWN_AT_ONCE = 150;
const FOLLOW_WITHIN = 120; // pixels from the end within which new messages scroll into view

const HOME = "home"; // what `here` is while the app's Home tab is shown

const channels = new Map(); // id -> {id, name, topic, with_user, messages: Map(ts -> message)}
const users = new Map();
const groups = new Map();
const waiting = new Map(); // "channel ts action_id" -> envelope id, "sent" or "unanswered"
const drafts = new Map(); // what was typed and not yet sent, by channel or thread
let here = null; // the channel that is shown, or HOME
let thread = null; // the ts of the thread that is shown
let commands = [];
// Each tab of the browser may be somebody else; a new one is whoever was last, or who `?as=deniz` says.
let me = sessionStorage.getItem("sandbox.me") ?? localStorage.getItem("sandbox.me");
let chosen = false; // whether a person chose the channel
let earlier = SHOWN_AT_ONCE;
let listeners = 0;
let overHttp = false;
const views = new Map();

const people = {
  user: (id) => users.get(id)?.real_name,
  channel: (id) => channels.get(id)?.name,
  group: (id) => groups.get(id)?.handle,
  inGroup: (id) => groups.get(id)?.users.includes(me) ?? false,
  me: () => me,
  zone: () => users.get(me)?.tz,
  users: () => [...users.values()].filter((user) => !user.is_bot),
  channels: () => [...channels.values()].filter((place) => !place.with_user),
};
const direct = () => [...channels.values()].find((place) => place.with_user === me);

// Server

async function post(deed, body) {
  const answer = await fetch(`/_sandbox/${deed}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  return answer.json();
}

function connect() {
  const stream = new WebSocket(`ws://${location.host}/_sandbox/stream`);
  stream.onopen = () => { $("offline").hidden = true; };
  stream.onclose = () => { $("offline").hidden = false; setTimeout(connect, 1000); };
  stream.onmessage = (event) => take(JSON.parse(event.data));
}

const CHANGES = {
  snapshot: ({ state }) => {
    users.clear();
    channels.clear();
    groups.clear();
    for (const user of state.users) users.set(user.id, user);
    for (const group of state.groups) groups.set(group.id, group);
    for (const place of state.channels) addChannel(place);
    ({ commands } = state);
    lead(state.elsewhere);
    listeners = state.connections;
    overHttp = Boolean(state.request_url);
    const asked = new URLSearchParams(location.search).get("as");
    me = people.users().find((user) => user.name === asked && !sessionStorage.getItem("sandbox.me"))?.id ?? me;
    if (!users.has(me)) me = people.users()[0].id;
    waiting.clear();
    for (const envelope of state.pending) remember(envelope);
    showPeople();
    showListening();
    showViolations(state.violations.length);
    showMistakes(state.mistakes);
    views.clear();
    for (const view of state.views) views.set(view.id, view);
    const [wanted, ts] = location.hash.slice(2).split("/");
    chosen = wanted === HOME || channels.has(wanted);
    open(chosen ? wanted : here ?? busiest(), { ts });
    showModal();
  },
  message: ({ channel, message }) => {
    const place = channels.get(channel);
    const known = place.messages.has(message.ts);
    const latest = [...place.messages.keys()].at(-1);
    if (!known && latest && message.ts < latest) return; // It is older than what this page was given.
    place.messages.set(message.ts, message);
    if (!known && !chosen && channel !== here && !mine(message) && visible(message) && !place.with_user && !everythingBut(place)) return open(channel);
    if (channel === here) draw(message, known);
    showChannels();
  },
  deleted: ({ channel, ts }) => {
    channels.get(channel).messages.delete(ts);
    for (const shown of document.querySelectorAll(`[data-ts="${ts}"]`)) shown.remove();
    if (channel === here) showEmptiness();
    showChannels();
  },
  envelope: ({ envelope }) => {
    remember(envelope);
    const { channel, ts } = envelope.subject;
    if (ts && channel === here && channels.get(here).messages.has(ts)) draw(channels.get(here).messages.get(ts), true);
    if (envelope.subject.view) showProgress(envelope);
    if (envelope.subject.command && envelope.status === "unanswered") say(`Nobody answered ${envelope.subject.command}.`);
  },
  connections: ({ count }) => { listeners = count; showListening(); showHome(); },
  violations: ({ count }) => showViolations(count),
  mistakes: ({ mistakes }) => showMistakes(mistakes),
  view: ({ view }) => { views.set(view.id, view); if (view.type === "modal") showModal(); else showHome(); },
  view_closed: ({ view }) => { views.delete(view); showModal(); },
  channel: ({ channel }) => { addChannel(channel); showChannels(); },
};

function take(change) {
  CHANGES[change.type]?.(change);
}

function addChannel(place) {
  const messages = new Map([...place.messages, ...place.ephemeral].sort((a, b) => (a.ts < b.ts ? -1 : 1)).map((m) => [m.ts, m]));
  channels.set(place.id, { ...place, messages });
}

function remember(envelope) {
  const { channel, ts, view, action_id: action } = envelope.subject;
  if (!action || !(ts || view)) return;
  const key = view ? `${view} ${action}` : `${channel} ${ts} ${action}`;
  if (envelope.status === "acked") waiting.delete(key);
  else waiting.set(key, envelope.status === "unanswered" ? "unanswered" : "sent");
}

// Which messages

const mine = (message) => message.user === me;
const visible = (message) => !message.visible_to || message.visible_to === me;
const isReply = (message) => message.thread_ts && message.thread_ts !== message.ts && message.subtype !== "thread_broadcast";
const forMe = (message) => message.visible_to === me || message.text?.includes(`<@${me}>`);
const readUntil = (id) => localStorage.getItem(`sandbox.read.${me}.${id}`) ?? "0";
const unread = (place) => [...place.messages.values()].filter((m) => m.ts > readUntil(place.id) && !mine(m) && visible(m) && (!isReply(m) || forMe(m))).length;
const everythingBut = (place) => people.channels().some((other) => other !== place && other.messages.size > 0);

function busiest() {
  const latest = (place) => [...place.messages.keys()].at(-1) ?? "0";
  return people.channels().reduce((best, place) => (latest(place) > latest(best) ? place : best)).id;
}

function listed(place) {
  return [...place.messages.values()].filter((m) => visible(m) && !isReply(m));
}

function markRead() {
  if (document.hidden || !channels.has(here)) return;
  const last = [...channels.get(here).messages.keys()].at(-1);
  if (last) localStorage.setItem(`sandbox.read.${me}.${here}`, last);
}

// Drawing

function showChannels() {
  markRead();
  let total = 0;
  const entry = (place, label, sign, onclick, current) => {
    const count = !place || place.id === here ? 0 : unread(place);
    total += count;
    return node("li", {}, node("button", {
      type: "button",
      class: count ? "unread" : "",
      "aria-current": current ? "page" : undefined,
      onclick,
    },
      node("span", { class: "hash", "aria-hidden": "true" }, sign),
      node("span", { class: "name" }, label),
      count ? node("span", { class: "badge", "aria-label": `${count} unread` }, String(count > 99 ? "99+" : count)) : null));
  };
  const go = (id) => () => { chosen = true; open(id); };
  $("channels").replaceChildren(...people.channels().map((place) => entry(place, place.name, "#", go(place.id), place.id === here)));
  const mineAlone = direct();
  $("apps").replaceChildren(entry(mineAlone, "Sunwai", "◉", go(HOME), here === HOME || here === mineAlone?.id));
  $("open-side").dataset.unread = total || "";
  document.title = `${total ? `(${total}) ` : ""}Slack stand-in · Sunwai sandbox`;
}

function showPeople() {
  $("who").replaceChildren(...people.users().map((user) => node("option", { value: user.id, selected: user.id === me }, user.real_name)));
  showMe();
}

function showMe() {
  const user = users.get(me);
  if (!user) return;
  const time = new Date().toLocaleTimeString(undefined, { timeStyle: "short", timeZone: user.tz });
  $("me-face").className = `face hue-${hue(me)}`;
  $("me-face").textContent = initials(user.real_name);
  $("me-title").textContent = user.profile.title;
  $("me-time").textContent = `${time} in ${user.tz.split("/").at(-1).replaceAll("_", " ")}`;
}

function showMistakes(mistakes) {
  $("mistakes").hidden = mistakes.length === 0;
  $("mistakes").textContent = mistakes.length ? `Slack would not have taken ${mistakes.at(-1)}` : "";
}

function showListening() {
  const on = overHttp || listeners > 0;
  $("listening").className = on ? "on" : "off";
  $("listening").textContent = overHttp ? "Sunwai listens over HTTP" : on ? "Sunwai is listening" : "Nobody is listening: buttons will not answer";
}

function showViolations(count) {
  $("violations").hidden = count === 0;
  $("violations").textContent = `${count} ${count === 1 ? "request was" : "requests were"} too fast for Slack`;
}

function open(id, { ts } = {}) {
  const place = channels.get(id);
  if (channels.has(here)) drafts.set(here, $("composer").text.value);
  if (id !== here) { earlier = SHOWN_AT_ONCE; closeThread(); }
  here = id;
  if (chosen) history.replaceState(null, "", `#/${id}`);
  const atApp = id === HOME || Boolean(place.with_user);
  $("tabs").hidden = !atApp;
  $("tab-home").setAttribute("aria-selected", String(id === HOME));
  $("tab-messages").setAttribute("aria-selected", String(id !== HOME));
  $("channel-name").textContent = atApp ? "Sunwai" : `# ${place.name}`;
  $("channel-topic").textContent = atApp ? `Between Sunwai and ${people.user(me)}` : place.topic;
  $("messages").hidden = $("composer").hidden = id === HOME;
  $("home").hidden = id !== HOME;
  $("newer").hidden = true;
  if (id === HOME) {
    $("messages").replaceChildren();
    delete $("home").dataset.view;
    showHome();
    showSide(false);
    post("open_home", { user: me });
    return showChannels();
  }
  if (atApp) post("open_home", { user: me, tab: "messages" });
  $("composer").text.value = drafts.get(id) ?? "";
  $("composer").text.placeholder = atApp ? `Message Sunwai as ${people.user(me)}` : `Message #${place.name} as ${people.user(me)}`;
  drawAll();
  showSide(false);
  const wanted = ts && $("messages").querySelector(`[data-ts="${CSS.escape(ts)}"]`);
  const reply = place.messages.get(ts);
  if (reply && isReply(reply) && visible(reply)) {
    openThread(reply.thread_ts);
    $("replies").querySelector(`[data-ts="${CSS.escape(ts)}"]`)?.classList.add("sought");
  } else if (wanted) { wanted.scrollIntoView({ block: "center" }); wanted.classList.add("sought"); }
  else $("messages").scrollTop = $("messages").scrollHeight;
  showChannels();
}

function drawAll() {
  const all = listed(channels.get(here));
  const shown = all.slice(-earlier);
  const list = $("messages");
  list.replaceChildren();
  if (all.length > shown.length) {
    list.append(node("button", { type: "button", class: "earlier", onclick: () => { earlier += SHOWN_AT_ONCE; drawAll(); } }, "Show earlier messages"));
  }
  for (const message of shown) list.append(...withDay(list, drawMessage(message, world(message))));
  showEmptiness();
}

function showEmptiness() {
  const list = $("messages");
  list.querySelector(".empty")?.remove();
  if (list.querySelector("[data-ts]")) return;
  const place = channels.get(here);
  list.replaceChildren(node("div", { class: "empty" },
    node("p", { class: "big" }, place.with_user ? "Nothing from Sunwai yet" : `Nothing in #${place.name} yet`),
    node("p", {}, "Messages appear here the moment they are posted.")));
}

const dayOf = (ts) => new Date(ts * 1000).toLocaleDateString("sv-SE", { timeZone: people.zone() });

function withDay(list, article) {
  const before = [...list.querySelectorAll("[data-ts]")].at(-1);
  const when = new Date(article.dataset.ts * 1000);
  if (before && dayOf(before.dataset.ts) === dayOf(article.dataset.ts)) return [article];
  const today = dayOf(article.dataset.ts) === dayOf(Date.now() / 1000);
  const label = today ? "Today" : when.toLocaleDateString(undefined, { weekday: "long", day: "numeric", month: "long", timeZone: people.zone() });
  return [node("div", { class: "day", role: "separator" }, node("span", {}, label)), article];
}

// Draw one message where it belongs: in its place if it is shown, else at the end.
function draw(message, known) {
  const inThread = $("replies").querySelector(`[data-ts="${message.ts}"]`);
  if (thread && (message.ts === thread || message.thread_ts === thread) && visible(message)) {
    const made = drawMessage(message, world(message), true);
    if (inThread) replace(inThread, made);
    else { $("replies").append(made); $("replies").scrollTop = $("replies").scrollHeight; }
  }
  if (isReply(message) || !visible(message)) return;
  const list = $("messages");
  const shown = list.querySelector(`[data-ts="${message.ts}"]`);
  const follows = list.scrollHeight - list.scrollTop - list.clientHeight < FOLLOW_WITHIN;
  const made = drawMessage(message, world(message));
  if (shown) {
    replace(shown, made);
    if (known) made.classList.add("changed");
  } else if (!known) {
    list.querySelector(".empty")?.remove();
    made.classList.add("fresh");
    list.append(...withDay(list, made));
    if (follows || mine(message)) list.scrollTop = list.scrollHeight;
    else $("newer").hidden = false;
  }
}

// Put a redrawn message in the old one's place, with its menu still open and the focus where it was.
function replace(shown, made) {
  const focused = shown.contains(document.activeElement) && document.activeElement.dataset.action;
  const menu = shown.querySelector("details[open] summary")?.dataset.action;
  shown.replaceWith(made);
  if (menu) made.querySelector(`[data-action="${CSS.escape(menu)}"]`)?.parentElement.setAttribute("open", "");
  if (focused) made.querySelector(`[data-action="${CSS.escape(focused)}"]`)?.focus();
}

function world(message) {
  const key = (action) => `${here} ${message.ts} ${action}`;
  return {
    people,
    openThread,
    failure: () => {
      if (![...waiting].some(([sent, status]) => status === "unanswered" && sent.startsWith(key("")))) return "";
      return `No answer. ${listeners || overHttp ? "The app did not acknowledge in time." : "No listener is connected."}`;
    },
    pending: (action) => waiting.get(key(action)) === "sent",
    confirm: confirmWith,
    suggest: (action, block, words) => suggestions({ channel: here, ts: message.ts, user: me, action_id: action, block_id: block, query: words }),
    act: async (action, block, option) => {
      waiting.set(key(action), "sent");
      draw(message, true);
      const answer = await post("press", { channel: here, ts: message.ts, action_id: action, block_id: block, user: me, option });
      if (!answer.ok) { waiting.delete(key(action)); draw(channels.get(here).messages.get(message.ts) ?? message, true); say(answer.error); }
    },
  };
}

function openThread(ts) {
  thread = ts;
  const all = [...channels.get(here).messages.values()];
  $("replies").replaceChildren(...all.filter((m) => (m.ts === ts || m.thread_ts === ts) && visible(m)).map((m) => drawMessage(m, world(m), true)));
  $("thread-where").textContent = channels.get(here).with_user ? "Sunwai" : `# ${channels.get(here).name}`;
  $("thread").hidden = false;
  document.body.classList.add("with-thread");
  $("replies").scrollTop = $("replies").scrollHeight;
  $("reply").text.focus();
}

function closeThread() {
  thread = null;
  $("thread").hidden = true;
  document.body.classList.remove("with-thread");
}

function say(words) {
  const toast = node("p", { class: "toast", role: "alert" }, words);
  toast.popover = "manual"; // Above an open modal, too.
  document.body.append(toast);
  toast.showPopover();
  setTimeout(() => toast.remove(), 5000);
}

// Dialogs

function confirmWith(object) {
  const dialog = $("confirm");
  dialog.replaceChildren(
    node("h2", { id: "confirm-title" }, plain(object.title.text)),
    node("div", { class: "text", dir: "auto" }, text(object.text, { people })),
    node("form", { method: "dialog", class: "actions" },
      node("button", { class: "button", value: "no" }, plain(object.deny.text)),
      node("button", { class: `button ${object.style ?? "primary"}`, value: "yes" }, plain(object.confirm.text))));
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

// What the elements of a view need: `view` as it was when they were drawn, its later states are looked up.
function viewWorld(view, values) {
  const press = (deed, more) => post(deed, { view_id: view.id, ...more });
  return {
    people,
    confirm: confirmWith,
    pending: (action) => waiting.get(`${view.id} ${action}`) === "sent",
    entry: (block, action) => views.get(view.id)?.state.values[block]?.[action],
    suggest: (action, block, words) => suggestions({ view_id: view.id, action_id: action, block_id: block, query: words }),
    act: async (action, block, option) => {
      const answer = await press("press_in_view", { action_id: action, block_id: block, option, values: values() });
      if (!answer.ok) say(answer.error);
    },
    submit: async (given) => {
      const answer = await press("submit_view", { values: given, user: me });
      if (answer.ok) return;
      $("modal").querySelector("form")?.removeAttribute("aria-busy");
      if (!answer.errors) say(answer.error);
    },
    close: (clear) => press("close_view", { clear }),
  };
}

function showModal(status) {
  const open = [...views.values()].filter((view) => view.type === "modal" && view.for_user === me);
  const view = open.at(-1);
  const depth = open.filter((one) => one.root_view_id === view.root_view_id).length;
  drawModal($("modal"), view, depth, status, view && viewWorld(view, () => entries($("modal"))));
}

function showHome() {
  if (here !== HOME) return;
  const view = [...views.values()].find((one) => one.type === "home" && one.for_user === me);
  const world = view ? viewWorld(view, () => ({})) : { people };
  drawHome($("home"), view, overHttp || listeners > 0, world);
}

// A press or a submission in a view is on its way, has arrived, or was never heard.
function showProgress({ subject, status }) {
  const inModal = $("modal").dataset.id === subject.view;
  if (inModal) showModal(status);
  for (const made of (inModal ? $("modal") : $("home")).querySelectorAll("button[data-action]")) {
    if (made.dataset.action === subject.action_id) made.setAttribute("aria-busy", String(status === "pending"));
  }
  if (status === "unanswered" && subject.action_id && views.get(subject.view)?.for_user === me) say("No answer. The app did not acknowledge in time.");
}

async function suggestions(asked) {
  const answer = await post("suggest", asked);
  return answer.options ?? [];
}

// People at work

async function heard(answer) {
  const said = await answer;
  if (!said.ok) say(said.error);
  return said;
}

composer($("composer"), {
  commands: () => commands,
  send: (words) => heard(post("say", { channel: here, text: written(words), user: me })),
  command: (name, rest) => heard(commands.includes(name) ? post("command", { channel: here, command: name, text: rest, user: me })
    : { ok: false, error: `${name} is not a command here.` }),
});
composer($("reply"), {
  commands: () => [],
  inThread: true,
  send: (words) => heard(post("say", { channel: here, text: written(words), user: me, thread_ts: thread })),
  command: (name) => heard({ ok: false, error: `${name} does not work in threads. Write it in the channel.` }),
});

const written = (words) => worded(words, { users: [...users.values()], groups: [...groups.values()] });

function showSide(open) {
  document.body.classList.toggle("with-side", open);
  $("open-side").setAttribute("aria-expanded", String(open));
}

$("who").addEventListener("change", () => {
  me = $("who").value;
  sessionStorage.setItem("sandbox.me", me);
  localStorage.setItem("sandbox.me", me);
  showMe();
  const reading = thread;
  open(channels.get(here)?.with_user ? HOME : here); // Nobody reads another's direct messages.
  if (reading) openThread(reading);
  showModal();
});
$("tab-home").addEventListener("click", () => { chosen = true; open(HOME); });
$("tab-messages").addEventListener("click", () => { chosen = true; const place = direct(); if (place) open(place.id); });
$("close-thread").addEventListener("click", closeThread);
$("open-side").addEventListener("click", () => showSide(!document.body.classList.contains("with-side")));
$("newer").addEventListener("click", () => { $("messages").scrollTop = $("messages").scrollHeight; });
$("messages").addEventListener("scroll", () => {
  const list = $("messages");
  if (list.scrollHeight - list.scrollTop - list.clientHeight < FOLLOW_WITHIN) $("newer").hidden = true;
});
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (link?.origin === location.origin && link.pathname.startsWith("/archives/")) { event.preventDefault(); visit(link.href); }
  for (const menu of document.querySelectorAll("details.overflow[open]")) if (!menu.contains(event.target)) menu.open = false;
  if (document.body.classList.contains("with-side") && event.target.closest("main") && !event.target.closest("#open-side")) showSide(false);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && thread && !document.querySelector("dialog[open], details.overflow[open]")) closeThread();
  if (event.altKey && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    const ids = people.channels().map((place) => place.id);
    const step = event.key === "ArrowDown" ? 1 : -1;
    chosen = true;
    open(ids[(ids.indexOf(here) + step + ids.length) % ids.length]);
    event.preventDefault();
  }
});
document.addEventListener("visibilitychange", showChannels);
window.addEventListener("hashchange", () => {
  const [wanted, ts] = location.hash.slice(2).split("/");
  if (wanted === HOME || channels.has(wanted)) { chosen = true; open(wanted, { ts }); }
});
setInterval(() => {
  showMe();
  for (const shown of document.querySelectorAll("article time[datetime], .thread-bar time")) {
    shown.textContent = ago(new Date(shown.getAttribute("datetime")) / 1000, people.zone());
  }
}, 15000);
connect();
