// Block Kit, drawn. `world` is {people, act(action_id, block_id, option), pending(action_id), confirm(object),
// suggest(action_id, block_id, words), entry(block_id, action_id)}, the last of which is what an element holds.
import { field, valueOf } from "./fields.js";
import { SAFE_LINK, emoji, link, mrkdwn, node, plain, visit } from "./mrkdwn.js";

const LONG = 900;

export function text(object, world) {
  return object.type === "mrkdwn" ? mrkdwn(object.text, world.people) : plain(object.text);
}

function paragraph(object, world) {
  const shown = node("div", { class: "text", dir: "auto" }, text(object, world));
  if (shown.textContent.length < LONG) return shown;
  shown.classList.add("long");
  const more = node("button", { type: "button", class: "more-text", "aria-expanded": "false" }, "Show more");
  more.addEventListener("click", () => {
    const open = shown.classList.toggle("open");
    more.textContent = open ? "Show less" : "Show more";
    more.setAttribute("aria-expanded", String(open));
  });
  return node("div", {}, shown, more);
}

// Pictures from elsewhere are not fetched: the sandbox speaks to nobody but this machine.
function picture(image, className) {
  const here = image.image_url?.startsWith("data:image/");
  if (here) return node("img", { src: image.image_url, alt: image.alt_text, class: className });
  const held = image.slack_file?.id;
  if (held) return node("img", { src: `/files-pri/${encodeURIComponent(held)}`, alt: image.alt_text, class: className, loading: "lazy" });
  return node("span", { class: `${className} missing`, role: "img", "aria-label": image.alt_text, title: image.image_url }, image.alt_text);
}

async function run(element, block, world, option, where, url = element.url) {
  if (element.confirm && !(await world.confirm(element.confirm))) return;
  if (where) where.open = false;
  if (url && SAFE_LINK.test(url)) visit(url);
  world.act(element.action_id, block.block_id, option);
}

function button(element, block, world) {
  const waiting = world.pending(element.action_id);
  return node("button", {
    type: "button",
    class: `button ${element.style ?? ""}`,
    "data-action": element.action_id,
    "aria-label": element.accessibility_label,
    "aria-busy": waiting ? "true" : undefined,
    disabled: waiting,
    onclick: () => run(element, block, world),
  }, plain(element.text.text));
}

function overflow(element, block, world) {
  const menu = node("details", { class: "overflow" });
  const waiting = world.pending(element.action_id);
  menu.append(
    node("summary", { class: "button", "aria-label": "More actions", "data-action": element.action_id, "aria-busy": waiting ? "true" : undefined }, "⋯"),
    node("ul", {}, element.options.map((option) => node("li", {}, node("button", {
      type: "button",
      "data-option": option.value,
      onclick: () => run(element, block, world, option.value, menu, option.url),
    }, plain(option.text.text), option.description ? node("small", {}, plain(option.description.text)) : null)))),
  );
  menu.addEventListener("toggle", () => { if (menu.open) menu.querySelector("ul").scrollIntoView({ block: "nearest" }); });
  menu.addEventListener("keydown", (event) => {
    const items = [...menu.querySelectorAll("ul button")];
    const at = items.indexOf(document.activeElement);
    if (event.key === "Escape") { menu.open = false; menu.querySelector("summary").focus(); }
    else if (event.key === "ArrowDown") items[(at + 1) % items.length].focus();
    else if (event.key === "ArrowUp") items[(at - 1 + items.length) % items.length].focus();
    else return;
    event.preventDefault();
  });
  return menu;
}

// A menu, a picker or choices beside words or among buttons: the app hears of each change.
function chooser(made, block, world) {
  const label = made.placeholder?.text ?? "Choose";
  const drawn = field(made, {
    id: `el-${block.block_id}-${made.action_id}`,
    name: `${block.block_id} ${made.action_id}`,
    label,
    value: valueOf(world.entry?.(block.block_id, made.action_id)) ?? initial(made),
    people: world.people,
    suggest: (words) => world.suggest(made.action_id, block.block_id, words),
    onchange: (value) => run(made, block, world, value),
  });
  if (drawn.matches("select, input")) drawn.classList.add("button");
  return drawn;
}

function initial(made) {
  const name = Object.keys(made).find((key) => key.startsWith("initial_"));
  if (!name) return null;
  if (name === "initial_options") return made[name].map((option) => option.value);
  return name === "initial_option" ? made[name].value : made[name];
}

function element(made, block, world) {
  if (made.type === "button") return button(made, block, world);
  if (made.type === "overflow") return overflow(made, block, world);
  if (made.type === "image") return picture(made, "thumb");
  return chooser(made, block, world);
}

const STYLE_TAGS = [["bold", "strong"], ["italic", "em"], ["strike", "s"], ["code", "code"]];

function richPiece(piece, world) {
  const made = {
    text: () => piece.text,
    link: () => link(piece.url, piece.text ?? piece.url),
    emoji: () => (piece.unicode ? String.fromCodePoint(...piece.unicode.split("-").map((code) => parseInt(code, 16))) : emoji(piece.name)),
    user: () => node("span", { class: "mention" }, `@${world.people.user(piece.user_id) ?? piece.user_id}`),
    channel: () => node("span", { class: "mention" }, `#${world.people.channel(piece.channel_id) ?? piece.channel_id}`),
    usergroup: () => node("span", { class: "mention" }, `@${world.people.group(piece.usergroup_id) ?? piece.usergroup_id}`),
    broadcast: () => node("strong", { class: "ping" }, `@${piece.range}`),
    date: () => node("time", {}, piece.fallback ?? new Date(piece.timestamp * 1000).toLocaleString()),
  }[piece.type]?.() ?? "";
  return STYLE_TAGS.reduce((inner, [style, tag]) => (piece.style?.[style] ? node(tag, {}, inner) : inner), made);
}

const RICH = {
  rich_text_section: (part, world) => node("div", { class: "text", dir: "auto" }, part.elements.map((piece) => richPiece(piece, world))),
  rich_text_quote: (part, world) => node("blockquote", { dir: "auto" }, part.elements.map((piece) => richPiece(piece, world))),
  rich_text_preformatted: (part, world) => node("pre", {}, part.elements.map((piece) => richPiece(piece, world))),
  rich_text_list: (part, world) => node(part.style === "ordered" ? "ol" : "ul", {}, part.elements.map((item) => node("li", {}, RICH[item.type](item, world)))),
};

const BLOCKS = {
  header: (block) => node("h3", { class: "block-header", dir: "auto" }, plain(block.text.text)),
  divider: () => node("hr"),
  section: (block, world) => node("div", { class: "section" },
    node("div", { class: "section-body" },
      block.text ? paragraph(block.text, world) : null,
      block.fields ? node("div", { class: "fields" }, block.fields.map((field) => node("div", { class: "text", dir: "auto" }, text(field, world)))) : null),
    block.accessory ? node("div", { class: "accessory" }, element(block.accessory, block, world)) : null),
  context: (block, world) => node("div", { class: "context" }, block.elements.map((part) =>
    part.type === "image" ? picture(part, "tiny") : node("span", { class: "text", dir: "auto" }, text(part, world)))),
  actions: (block, world) => node("div", { class: "actions" }, block.elements.map((part) => element(part, block, world))),
  image: (block) => node("figure", {}, block.title ? node("figcaption", {}, plain(block.title.text)) : null, picture(block, "picture")),
  rich_text: (block, world) => node("div", { class: "rich" }, block.elements.map((part) => RICH[part.type](part, world))),
  markdown: (block) => node("div", { class: "text", dir: "auto" }, plain(block.text)),
};

// An input outside a modal, in a message or the Home tab.
BLOCKS.input = (block, world) => node("div", { class: "field" },
  node("span", { class: "label" }, plain(block.label.text)), chooser(block.element, block, world));

export function blocks(list, world) {
  return list.map((block) => BLOCKS[block.type]?.(block, world) ?? node("div", { class: "unknown" }, block.type));
}
