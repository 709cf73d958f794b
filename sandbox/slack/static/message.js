// One message, and how its author and its moment are written.
import { blocks } from "./blockkit.js";
import { emoji, mrkdwn, node } from "./mrkdwn.js";

export function initials(name) {
  return name.split(/\s+/).slice(0, 2).map((word) => [...word][0]).join("").toUpperCase();
}

export function hue(id) {
  return [...id].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 997, 7) % 6;
}

const clock = (ts, zone) => new Date(ts * 1000).toLocaleTimeString(undefined, { timeStyle: "short", timeZone: zone });

export function ago(ts, zone) {
  const seconds = Date.now() / 1000 - ts;
  if (seconds < 45) return "just now";
  if (seconds < 3600) return `${Math.round(seconds / 60)} min ago`;
  return clock(ts, zone);
}

const canThread = (message) => !message.visible_to && message.subtype !== "tombstone";

function fileChip(file) {
  const size = file.size < 1024 ? `${file.size} B` : `${Math.round(file.size / 1024)} kB`;
  return node("a", { class: "file", href: `/files-pri/${encodeURIComponent(file.id)}`, download: file.name },
    node("span", { class: "hash", "aria-hidden": "true" }, "📄"), node("span", {}, file.title, node("small", {}, `${file.pretty_type} · ${size}`)));
}

function threadBar(message, world) {
  const count = message.reply_count;
  if (!count) return null;
  return node("button", { type: "button", class: "thread-bar has", onclick: () => world.openThread(message.ts) },
    `${count} ${count === 1 ? "reply" : "replies"}`,
    node("time", { datetime: new Date(message.latest_reply * 1000).toISOString() }, ago(message.latest_reply, world.people.zone())));
}

// `world` is Block Kit's, with openThread(ts) and failure(), the words that say why a press came to nothing.
export function drawMessage(message, world, inThread = false) {
  const { people } = world;
  const name = message.bot_profile?.name ?? people.user(message.user) ?? "Someone";
  const failure = world.failure();
  const body = message.blocks?.length
    ? node("div", { class: "card" }, blocks(message.blocks, world))
    : node("div", { class: "text said", dir: "auto" }, mrkdwn(message.text ?? "", people));
  if (message.edited && !message.blocks?.length) body.append(node("span", { class: "edited" }, " (edited)"));
  const made = node("article", { class: "message", "data-ts": message.ts, "aria-label": `${name}, ${clock(message.ts, people.zone())}` },
    node("div", { class: `face ${message.bot_id ? "bot" : `hue-${hue(message.user ?? "")}`}`, "aria-hidden": "true" }, initials(name)),
    node("div", { class: "body" },
      message.visible_to ? node("p", { class: "note" }, "👁 Only visible to you") : null,
      message.subtype === "thread_broadcast" && !inThread ? node("button", { type: "button", class: "note link", onclick: () => world.openThread(message.thread_ts) }, "↳ replied in a thread") : null,
      node("p", { class: "by" },
        node("strong", {}, name),
        message.bot_id ? node("span", { class: "app" }, "app") : null,
        node("time", { datetime: new Date(message.ts * 1000).toISOString(), title: new Date(message.ts * 1000).toLocaleString(undefined, { timeZone: people.zone() }) }, ago(message.ts, people.zone())),
        inThread || message.reply_count || !canThread(message) ? null
          : node("button", { type: "button", class: "thread-bar", onclick: () => world.openThread(message.ts) }, "Reply in thread")),
      message.subtype === "tombstone" ? node("p", { class: "gone" }, "This message was deleted.") : body,
      message.files ? node("div", { class: "files" }, message.files.map(fileChip)) : null,
      message.reactions ? node("p", { class: "reactions" }, message.reactions.map((r) => node("span", { class: "reaction" }, emoji(r.name), ` ${r.count}`))) : null,
      failure ? node("p", { class: "failed", role: "alert" }, failure) : null,
      inThread ? null : threadBar(message, world)));
  if (made.querySelector(".ping")) made.classList.add("pinged");
  return made;
}
