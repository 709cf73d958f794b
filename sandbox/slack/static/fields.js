// The elements that hold an entry: text boxes, menus, pickers, choices. Each is a node whose `read()` gives the entry as
// the server takes it: a string, a number, a list, or null when it is empty.
import { node, plain } from "./mrkdwn.js";

const TYPES = {
  plain_text_input: "text", email_text_input: "email", url_text_input: "url", number_input: "text",
  datepicker: "date", timepicker: "time", datetimepicker: "datetime-local",
};
const FILTER_FROM = 8; // options from which a list can be narrowed by typing
const SHORT = 500; // characters: in a shorter box what is left is always shown
const NEARLY_FULL = 200; // characters left from which a longer one shows it too
const SUGGEST_AFTER = 250; // milliseconds without a key before the app is asked

// The value or values of an entry of `state.values`, as `read()` gives them.
export function valueOf(entry) {
  if (!entry) return null;
  const name = Object.keys(entry).find((key) => key !== "type");
  const value = entry[name];
  if (name === "selected_options") return value.map((option) => option.value);
  return name === "selected_option" ? value?.value ?? null : value;
}

function offered(element, people) {
  if (/users_select$/.test(element.type)) return people.users().map((user) => ({ value: user.id, text: { text: user.real_name } }));
  if (/(channels|conversations)_select$/.test(element.type)) return people.channels().map((place) => ({ value: place.id, text: { text: `#${place.name}` } }));
  return element.option_groups?.flatMap((group) => group.options) ?? element.options ?? [];
}

// What an entry field is drawn with: {id, name, label, value, people, onchange, suggest, describedby}.
export function field(element, given) {
  const made = draw(element, given);
  made.dataset.kind = element.type;
  if (element.focus_on_load) made.dataset.focus = "";
  return made;
}

function draw(element, given) {
  const { type } = element;
  if (type === "radio_buttons") return choices(element, given, "radio");
  if (type === "checkboxes") return choices(element, given, "checkbox");
  if (type === "external_select") return search(element, given);
  if (type === "multi_external_select") return searchMany(element, given);
  if (type.startsWith("multi_")) return many(element, given);
  if (type.endsWith("select")) return menu(element, given);
  return box(element, given);
}

const named = (element, given) => ({
  id: given.id, "aria-label": given.label, "aria-describedby": given.describedby, "data-action": element.action_id,
});

function box(element, given) {
  const value = element.type === "datetimepicker" ? localMoment(given.value, given.people.zone?.()) : given.value ?? "";
  const common = { ...named(element, given), dir: "auto", placeholder: element.placeholder?.text };
  const made = element.multiline
    ? node("textarea", { ...common, rows: 5 }, value)
    : node("input", { ...common, type: TYPES[element.type] ?? "text", value, inputmode: element.type === "number_input" ? "decimal" : undefined });
  made.read = () => {
    if (made.value === "") return null;
    return element.type === "datetimepicker" ? epoch(made.value, given.people.zone?.()) : made.value;
  };
  const onLetter = element.dispatch_action_config?.trigger_actions_on?.includes("on_character_entered");
  if (!TYPES[element.type]?.match(/date|time/)) {
    made.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && given.onchange && !element.multiline && !event.isComposing) { event.preventDefault(); given.onchange(made.read()); }
    });
    if (onLetter) made.addEventListener("input", () => given.onchange?.(made.read()));
  } else made.addEventListener("change", () => given.onchange?.(made.read()));
  if (element.max_length && element.multiline) return counted(made, element.max_length);
  return made;
}

// A box with the letters that are left beneath it, for what must fit a post.
function counted(made, limit) {
  const left = node("small", { class: "left", "aria-live": "polite" });
  const show = () => {
    const count = limit - made.value.length;
    left.hidden = limit > SHORT && count > NEARLY_FULL;
    left.textContent = count < 0 ? `${-count} too many` : `${count} left`;
    left.classList.toggle("over", count < 0);
  };
  made.addEventListener("input", show);
  const whole = node("div", { class: "counted" }, made, left);
  whole.read = made.read;
  show();
  return whole;
}

// Epoch seconds as <input type=datetime-local> writes them, in the zone of whoever sits here.
function localMoment(seconds, timeZone) {
  if (seconds === null || seconds === undefined) return "";
  return new Date(seconds * 1000).toLocaleString("sv-SE", { timeZone, dateStyle: "short", timeStyle: "short" }).replace(" ", "T");
}

// The other way round; asked twice, for the first guess may lie on the far side of a change of the clocks.
function epoch(local, timeZone) {
  const asUtc = (moment) => Date.parse(`${moment}Z`) / 1000;
  const offset = (seconds) => asUtc(localMoment(seconds, timeZone)) - seconds;
  const guess = asUtc(local) - offset(asUtc(local));
  return asUtc(local) - offset(guess);
}

function option(one, chosen) {
  return node("option", { value: one.value, selected: one.value === chosen }, one.text.text);
}

function menu(element, given) {
  const groups = element.option_groups?.map((group) =>
    node("optgroup", { label: group.label.text }, group.options.map((one) => option(one, given.value))));
  const made = node("select", named(element, given),
    node("option", { value: "" }, element.placeholder?.text ?? "Choose…"),
    groups ?? offered(element, given.people).map((one) => option(one, given.value)));
  made.read = () => made.value || null;
  made.addEventListener("change", () => given.onchange?.(made.read()));
  return made;
}

function tick(element, given, kind, one, checked) {
  const described = one.description ? node("small", {}, plain(one.description.text)) : null;
  return node("label", { class: "choice" },
    node("input", { type: kind, name: given.name, value: one.value, checked, "data-action": element.action_id }),
    node("span", {}, plain(one.text.text), described));
}

function choices(element, given, kind) {
  const chosen = kind === "radio" ? [given.value] : given.value ?? [];
  const made = node("div", { ...named(element, given), class: "choices", role: kind === "radio" ? "radiogroup" : "group" },
    offered(element, given.people).map((one) => tick(element, given, kind, one, chosen.includes(one.value))));
  const checked = () => [...made.querySelectorAll("input:checked")].map((input) => input.value);
  made.read = () => (kind === "radio" ? checked()[0] ?? null : checked());
  made.addEventListener("change", () => given.onchange?.(made.read()));
  return made;
}

function many(element, given) {
  const list = node("div", { class: "choices many" },
    offered(element, given.people).map((one) => tick(element, given, "checkbox", one, (given.value ?? []).includes(one.value))));
  const made = node("div", { ...named(element, given), role: "group" }, list);
  if (list.children.length >= FILTER_FROM) {
    const narrow = node("input", { type: "search", placeholder: element.placeholder?.text ?? "Find…", "aria-label": `Narrow ${given.label ?? "the list"}` });
    narrow.addEventListener("input", () => {
      const words = narrow.value.toLocaleLowerCase();
      for (const label of list.children) label.hidden = !label.textContent.toLocaleLowerCase().includes(words);
    });
    made.prepend(narrow);
  }
  made.read = () => [...list.querySelectorAll("input:checked")].map((input) => input.value);
  list.addEventListener("change", () => given.onchange?.(made.read()));
  return made;
}

// A combobox that asks the app for options as one types.
function search(element, given, chosenText = element.initial_option?.text.text ?? given.value ?? "") {
  const listId = `${given.id}-options`;
  const list = node("ul", { id: listId, class: "suggestions", role: "listbox", hidden: true });
  const input = node("input", {
    ...named(element, given), type: "text", role: "combobox", autocomplete: "off", dir: "auto", value: chosenText, "aria-controls": listId,
    "aria-expanded": "false", "aria-autocomplete": "list", placeholder: element.placeholder?.text ?? "Type to search…",
  });
  const made = node("div", { class: "search" }, input, list);
  let value = given.value ?? null;
  let timer = null;
  const show = (open) => { list.hidden = !open; input.setAttribute("aria-expanded", String(open)); };
  const choose = (one) => {
    value = one.value;
    input.value = one.text.text;
    show(false);
    given.onchange?.(value);
  };
  const ask = async () => {
    const options = await given.suggest(input.value);
    list.replaceChildren(...options.map((one) => node("li", { role: "option", tabindex: "-1", onmousedown: (event) => { event.preventDefault(); choose(one); } }, plain(one.text.text),
      one.description ? node("small", {}, plain(one.description.text)) : null)));
    if (!options.length) list.append(node("li", { class: "none" }, "Nothing found"));
    list.choose = (at) => options[at] && choose(options[at]);
    show(true);
  };
  const later = () => {
    clearTimeout(timer);
    if (input.value.length >= (element.min_query_length ?? 3)) timer = setTimeout(ask, SUGGEST_AFTER);
    else show(false);
  };
  input.addEventListener("input", () => { value = null; later(); });
  input.addEventListener("focus", later);
  input.addEventListener("blur", () => show(false));
  input.addEventListener("keydown", (event) => {
    const at = [...list.children].findIndex((one) => one.ariaSelected === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const next = (at + (event.key === "ArrowDown" ? 1 : -1) + list.children.length) % (list.children.length || 1);
      [...list.children].forEach((one, index) => { one.ariaSelected = String(index === next); });
    } else if (event.key === "Enter" && !list.hidden) list.choose(Math.max(at, 0));
    else if (event.key === "Escape" && !list.hidden) show(false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  made.read = () => value;
  return made;
}

function searchMany(element, given) {
  const chosen = new Map((element.initial_options ?? []).filter((one) => (given.value ?? []).includes(one.value)).map((one) => [one.value, one.text.text]));
  const made = node("div", { class: "search-many" });
  const redraw = () => {
    const found = search({ ...element, initial_option: undefined }, {
      ...given, value: null,
      suggest: async (words) => { const options = await given.suggest(words); made.known = options; return options; },
      onchange: (value) => { chosen.set(value, made.known.find((one) => one.value === value).text.text); redraw(); given.onchange?.(made.read()); },
    }, "");
    const chips = [...chosen].map(([value, words]) => node("button", {
      type: "button", class: "chip", "aria-label": `Remove ${words}`, onclick: () => { chosen.delete(value); redraw(); given.onchange?.(made.read()); },
    }, words, " ✕"));
    made.replaceChildren(...chips, found);
  };
  made.read = () => [...chosen.keys()];
  redraw();
  return made;
}
