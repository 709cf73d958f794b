// Modals: a view with its inputs, and what was entered when it is submitted.
import { blocks, initial, options } from "./blockkit.js";
import { node, plain } from "./mrkdwn.js";

function choices(element, name, world, kind, checked) {
  return node("div", { class: "choices", "data-kind": kind }, options(element, world.people).map((option) => node("label", {},
    node("input", { type: kind, name, value: option.value, checked: checked.includes(option.value) }), " ", plain(option.text.text),
    option.description ? node("small", {}, plain(option.description.text)) : null)));
}

const INPUT_TYPES = {
  plain_text_input: "text", email_text_input: "email", url_text_input: "url", number_input: "number", datepicker: "date", timepicker: "time",
};

function field(block, world) {
  const { element } = block;
  const common = { name: block.block_id, id: `in-${block.block_id}`, required: !block.optional, placeholder: element.placeholder?.text };
  if (element.type === "radio_buttons") return choices(element, block.block_id, world, "radio", [initial(element)]);
  if (element.type === "checkboxes") return choices(element, block.block_id, world, "checkbox", (element.initial_options ?? []).map((o) => o.value));
  if (element.type.endsWith("select")) {
    return node("select", { ...common, multiple: element.type.startsWith("multi_") },
      element.type.startsWith("multi_") ? null : node("option", { value: "" }, element.placeholder?.text ?? "Choose…"),
      options(element, world.people).map((option) => node("option", { value: option.value, selected: option.value === initial(element) }, option.text.text)));
  }
  const value = element.initial_value ?? element.initial_date ?? element.initial_time ?? "";
  const limits = { maxlength: element.max_length, minlength: element.min_length, min: element.min_value, max: element.max_value };
  if (element.multiline) return node("textarea", { ...common, ...limits, rows: 5, dir: "auto" }, value);
  return node("input", { ...common, ...limits, type: INPUT_TYPES[element.type] ?? "text", value, dir: "auto" });
}

function entered(form, view) {
  const values = {};
  for (const block of view.blocks.filter((b) => b.type === "input")) {
    const given = new FormData(form).getAll(block.block_id).filter((value) => value !== "");
    const many = block.element.type === "checkboxes" || block.element.type.startsWith("multi_");
    values[block.block_id] = { [block.element.action_id]: many ? given : given[0] ?? null };
  }
  return values;
}

// Show `view` in `dialog`, or close it when there is none. `status` is of the latest submission.
export function drawModal(dialog, view, status, world) {
  if (!view) { dialog.dataset.view = ""; if (dialog.open) dialog.close(); return; }
  const same = dialog.dataset.view === view.id + view.hash;
  if (!same) {
    dialog.dataset.view = view.id + view.hash;
    const form = node("form", {},
      node("h2", { id: "modal-title" }, plain(view.title.text)),
      node("div", { class: "card" }, view.blocks.map((block) => (block.type === "input"
        ? node("div", { class: "field" },
          node("label", { for: `in-${block.block_id}` }, plain(block.label.text), block.optional ? node("small", {}, " (optional)") : null),
          field(block, world),
          block.hint ? node("small", {}, plain(block.hint.text)) : null,
          node("p", { class: "failed", role: "alert", "data-error": block.block_id, hidden: true }))
        : blocks([block], world)))),
      node("p", { class: "failed", role: "alert", "data-error": "", hidden: true }),
      node("div", { class: "actions" },
        node("button", { type: "button", class: "button", onclick: world.close }, plain(view.close?.text ?? "Cancel")),
        view.submit ? node("button", { class: "button primary" }, plain(view.submit.text)) : null));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      form.setAttribute("aria-busy", "true");
      world.submit(entered(form, view));
    });
    dialog.replaceChildren(form);
    dialog.oncancel = (event) => { event.preventDefault(); world.close(); };
  }
  if (status !== "pending") dialog.querySelector("form").removeAttribute("aria-busy");
  for (const place of dialog.querySelectorAll("[data-error]")) {
    const words = place.dataset.error ? view.errors?.[place.dataset.error] : status === "unanswered" && "No answer. The app did not acknowledge in time.";
    place.hidden = !words;
    place.textContent = words || "";
  }
  if (!dialog.open) dialog.showModal();
}
