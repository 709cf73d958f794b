// Modals: a view with its inputs, and what was entered when it is submitted.
import { blocks } from "./blockkit.js";
import { field, valueOf } from "./fields.js";
import { node, plain } from "./mrkdwn.js";

const fieldId = (block) => `in-${block.block_id}`;

function input(block, view, world, kept) {
  const { element } = block;
  const key = `${block.block_id} ${element.action_id} ${element.type}`;
  const group = /radio|checkboxes|^multi_/.test(element.type);
  const hint = block.hint ? node("small", { id: `${fieldId(block)}-hint` }, plain(block.hint.text)) : null;
  const made = field(element, {
    id: fieldId(block),
    name: `${view.id} ${block.block_id}`,
    label: group ? block.label.text : undefined,
    describedby: `${fieldId(block)}-error${hint ? ` ${hint.id}` : ""}`,
    value: kept.has(key) ? kept.get(key) : valueOf(view.state.values[block.block_id]?.[element.action_id]),
    people: world.people,
    suggest: (words) => world.suggest(element.action_id, block.block_id, words),
    onchange: block.dispatch_action ? (value) => world.act(element.action_id, block.block_id, value) : undefined,
  });
  made.dataset.key = key;
  made.dataset.block = block.block_id;
  made.dataset.entry = element.action_id;
  return node("div", { class: "field" },
    node(group ? "span" : "label", { class: "label", for: group ? undefined : fieldId(block) }, plain(block.label.text),
      block.optional ? node("small", {}, " (optional)") : null),
    made,
    hint,
    node("p", { id: `${fieldId(block)}-error`, class: "failed", role: "alert", "data-error": block.block_id, hidden: true }));
}

// What the inputs of the form hold: {block_id: {action_id: value}}.
export function entries(form) {
  const values = {};
  for (const made of form?.querySelectorAll("[data-entry]") ?? []) values[made.dataset.block] = { [made.dataset.entry]: made.read() };
  return values;
}

// Show `view`, the top one of `depth` in its modal, in `dialog`, or close the dialog when there is none. `status` is of the latest submission.
export function drawModal(dialog, view, depth, status, world) {
  if (!view) { dialog.dataset.view = ""; dialog.dataset.id = ""; if (dialog.open) dialog.close(); return; }
  if (dialog.dataset.view !== view.id + view.hash) build(dialog, view, depth, world);
  const form = dialog.querySelector("form");
  if (status !== "pending") form.removeAttribute("aria-busy");
  for (const place of dialog.querySelectorAll("[data-error]")) {
    const words = place.dataset.error ? view.errors?.[place.dataset.error] : view.trouble;
    const changed = place.textContent !== (words || "");
    place.hidden = !words;
    place.textContent = words || "";
    const control = form.querySelector(`[data-block="${CSS.escape(place.dataset.error)}"]`);
    control?.toggleAttribute("data-wrong", Boolean(words));
    if (words && changed) place.closest(".field")?.scrollIntoView({ block: "nearest" });
  }
  if (!dialog.open) { dialog.showModal(); focusFirst(form); }
}

function build(dialog, view, depth, world) {
  // A redrawn view keeps what was typed where the ids and the type stay, as Slack's does.
  const same = dialog.dataset.id === view.id;
  const kept = new Map(same ? [...dialog.querySelectorAll("[data-key]")].map((made) => [made.dataset.key, made.read()]) : []);
  const active = same && dialog.contains(document.activeElement) ? document.activeElement : null;
  const focus = active && { id: active.id, action: active.dataset.action, at: active.selectionStart };
  const scrolled = same ? dialog.querySelector(".view-body")?.scrollTop : 0;
  dialog.dataset.id = view.id;
  dialog.dataset.view = view.id + view.hash;
  const form = node("form", { novalidate: true },
    node("header", { class: "view-top" },
      depth > 1 ? node("button", { type: "button", class: "icon", "aria-label": "Back", onclick: () => world.close(false) }, "←") : null,
      node("h2", { id: "modal-title" }, plain(view.title.text)),
      node("button", { type: "button", class: "icon", "aria-label": "Close", onclick: () => world.close(true) }, "✕")),
    node("div", { class: "view-body" },
      node("p", { class: "failed trouble", role: "alert", "data-error": "", hidden: true }),
      node("div", { class: "card" }, view.blocks.map((block) => (block.type === "input" ? input(block, view, world, kept) : blocks([block], world))))),
    node("footer", { class: "view-end" },
      node("button", { type: "button", class: "button", onclick: () => world.close(false) }, plain(view.close?.text ?? "Cancel")),
      view.submit ? node("button", { class: "button primary" }, plain(view.submit.text)) : null));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (form.hasAttribute("aria-busy")) return;
    form.setAttribute("aria-busy", "true");
    world.submit(entries(form));
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey) && view.submit) { event.preventDefault(); form.requestSubmit(); }
  });
  dialog.replaceChildren(form);
  // Escape asks first, but not always: a browser that it is pressed in twice closes the dialog without asking.
  dialog.oncancel = (event) => { if (event.cancelable) { event.preventDefault(); world.close(false); } };
  dialog.onclose = () => { if (dialog.dataset.id === view.id) world.close(false); };
  dialog.querySelector(".view-body").scrollTop = scrolled ?? 0;
  if (!dialog.open) return;
  const again = focus && (form.querySelector(`[id="${CSS.escape(focus.id)}"]`) ?? form.querySelector(`[data-action="${CSS.escape(focus.action ?? "")}"]`));
  if (again) {
    again.focus();
    if (focus.at !== null && focus.at !== undefined) { try { again.setSelectionRange(focus.at, focus.at); } catch { /* a picker has no caret */ } }
  } else focusFirst(form);
}

function focusFirst(form) {
  const wanted = form.querySelector("[data-focus]") ?? form.querySelector(".view-body [data-entry]") ?? form.querySelector(".view-body :is(button, select, input, summary)") ?? form.querySelector(".view-end button");
  const target = wanted?.matches("input, select, textarea, button, summary") ? wanted : wanted?.querySelector("input, select, textarea, button");
  target?.focus({ preventScroll: true }); // What stands above is to be read first, as in Slack.
}
