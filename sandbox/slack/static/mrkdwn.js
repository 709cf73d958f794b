// Slack's mrkdwn, drawn as DOM nodes. Text only ever becomes text nodes, so a stranger's post stays text.
import { EMOJI } from "./emoji.js";

export function node(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") made.className = value;
    else if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return made;
}

// Only these may become links; anything else that claims to be an address stays text.
export const SAFE_LINK = /^(https?:\/\/|mailto:|tel:)/i;
// Real sites, and the stand-ins that links to them lead to instead: {origin: origin}.
let elsewhere = {};
export const lead = (sites) => { elsewhere = sites; };
const unescape = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

export function link(url, label = url) {
  const address = unescape(url);
  if (!SAFE_LINK.test(address)) return node("span", {}, unescape(label));
  const site = Object.keys(elsewhere).find((one) => address.startsWith(`${one}/`));
  if (site) return link(elsewhere[site] + url.slice(site.length), label === url ? address : label);
  return node("a", { href: address, target: "_blank", rel: "noopener noreferrer nofollow" }, unescape(label));
}

// A message's own address leads there on this page, any other opens beside it.
export function visit(url) {
  const to = new URL(url, location);
  const found = to.origin === location.origin && /^\/archives\/(\w+)\/p(\d+)(\d{6})$/.exec(to.pathname);
  if (found) location.hash = `#/${found[1]}/${found[2]}.${found[3]}`;
  else window.open(to, "_blank", "noopener,noreferrer");
}

export function emoji(name) {
  return EMOJI.has(name) ? node("span", { class: "emoji", title: `:${name}:` }, EMOJI.get(name)) : `:${name}:`;
}

const PINGS = { channel: "@channel", here: "@here", everyone: "@everyone" };

// <!date^1700000000^{date_short} at {time}^link|fallback>
function date(seconds, format, timeZone) {
  const when = new Date(Number(seconds) * 1000);
  if (Number.isNaN(when.getTime())) return null;
  const day = (options, at = when) => at.toLocaleDateString(undefined, { ...options, timeZone });
  const around = ["yesterday", "today", "tomorrow"].find((name, at) => day({}) === day({}, new Date(Date.now() + (at - 1) * 86400000)));
  const parts = {
    date_num: when.toLocaleDateString("sv-SE", { timeZone }),
    date: day({ dateStyle: "long" }),
    date_short: day({ dateStyle: "medium" }),
    date_long: day({ dateStyle: "full" }),
    time: when.toLocaleTimeString(undefined, { timeStyle: "short", timeZone }),
    time_secs: when.toLocaleTimeString(undefined, { timeStyle: "medium", timeZone }),
    ago: new Intl.RelativeTimeFormat(undefined, { numeric: "auto" }).format(
      Math.round((when - Date.now()) / 60000), "minute"),
  };
  for (const name of ["date", "date_short", "date_long"]) parts[`${name}_pretty`] = around ?? parts[name];
  return format.replace(/\{(\w+)\}/g, (whole, name) => parts[name] ?? whole);
}

// What stands between < and >.
function special(inside, people) {
  const [target, label] = inside.split(/\|(.*)/s);
  if (target.startsWith("@")) return node("span", { class: target.slice(1) === people.me?.() ? "mention me" : "mention" }, `@${people.user(target.slice(1)) ?? label ?? target.slice(1)}`);
  if (target.startsWith("#")) return node("span", { class: "mention" }, `#${label ?? people.channel(target.slice(1)) ?? target.slice(1)}`);
  if (target.startsWith("!date^")) {
    const [, seconds, format, url] = target.split("^");
    const shown = date(seconds, format ?? "", people.zone?.()) ?? label ?? "";
    return url ? link(url, shown) : node("time", {}, unescape(shown));
  }
  if (target.startsWith("!")) {
    const [name, id] = target.slice(1).split("^");
    if (name === "subteam") return node("span", { class: people.inGroup?.(id) ? "mention me" : "mention" }, `@${people.group?.(id) ?? unescape(label ?? id).replace(/^@/, "")}`);
    if (PINGS[name]) return node("strong", { class: "ping", title: "This notifies everyone here" }, PINGS[name]);
    return node("span", { class: "mention" }, label ? unescape(label) : `@${name}`);
  }
  return SAFE_LINK.test(unescape(target)) ? link(target, label || target) : `<${unescape(inside)}>`;
}

const WORD = /[\p{L}\p{N}]/u;
const STYLES = { "*": "strong", _: "em", "~": "s" };

// Where the style opened at `start` ends, or -1: it closes on its own line, hugs its text and stops at a word's edge.
function closing(text, start) {
  const mark = text[start];
  if (WORD.test(text[start - 1] ?? " ") || /\s/.test(text[start + 1] ?? " ") || text[start + 1] === mark) return -1;
  for (let end = start + 2; end < text.length && text[end] !== "\n"; end += 1) {
    if (text[end] === mark && !/\s/.test(text[end - 1]) && !WORD.test(text[end + 1] ?? " ")) return end;
  }
  return -1;
}

function inline(text, people) {
  const drawn = [];
  let plain = "";
  const flush = () => { if (plain) drawn.push(unescape(plain)); plain = ""; };
  const push = (made) => { flush(); drawn.push(made); };
  for (let at = 0; at < text.length; ) {
    const rest = text.slice(at, at + 4000);
    let found;
    if (text[at] === "<" && (found = /^<([^<>\n]+)>/.exec(rest))) push(special(found[1], people));
    else if (text[at] === "`" && (found = /^`([^`\n]+)`/.exec(rest))) push(node("code", {}, unescape(found[1])));
    else if (text[at] === ":" && (found = /^:([a-z0-9_+-]+):/.exec(rest)) && EMOJI.has(found[1])) push(emoji(found[1]));
    else if (text[at] === "\n") { push(node("br")); found = ["\n"]; }
    else if (text[at] === "h" && !WORD.test(text[at - 1] ?? " ") && (found = /^https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]]/.exec(rest))) push(link(found[0]));
    else if (STYLES[text[at]]) {
      const end = closing(text, at);
      if (end > 0) {
        push(node(STYLES[text[at]], {}, inline(text.slice(at + 1, end), people)));
        found = [text.slice(at, end + 1)];
      }
    }
    if (found) at += found[0].length;
    else { plain += text[at]; at += 1; }
  }
  flush();
  return drawn;
}

const QUOTE = /^(>|&gt;) ?/;

// `people` names users, channels and groups by id: {user(id), channel(id), group(id), inGroup(id), me(), zone()}.
export function mrkdwn(text, people) {
  const drawn = [];
  text.split(/```/).forEach((part, index, parts) => {
    if (index % 2 && index < parts.length - 1) {
      drawn.push(node("pre", {}, unescape(part.replace(/^\n|\n$/g, ""))));
      return;
    }
    const lines = (index % 2 ? "```" + part : part).split("\n");
    for (let at = 0; at < lines.length; ) {
      const quoted = QUOTE.test(lines[at]);
      let end = at + 1;
      while (end < lines.length && QUOTE.test(lines[end]) === quoted) end += 1;
      const run = lines.slice(at, end).map((line) => (quoted ? line.replace(QUOTE, "") : line)).join("\n");
      if (quoted) drawn.push(node("blockquote", {}, inline(run, people)));
      else if (run) drawn.push(...inline(run, people));
      at = end;
    }
  });
  return drawn;
}

// plain_text knows emoji names and nothing else.
export function plain(text) {
  return text.split(/(:[a-z0-9_+-]+:|\n)/).map((part) =>
    part === "\n" ? node("br") : /^:.+:$/.test(part) ? emoji(part.slice(1, -1)) : part);
}
