// The boxes in which people write: messages, replies and slash commands.
import { node } from "./mrkdwn.js";

const escape = (words) => words.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

// Names after an @ become what Slack sends for them; everything else is only text.
export function worded(words, { users, groups }) {
  const known = [...users.map((user) => [user.name, `<@${user.id}>`]), ...groups.map((group) => [group.handle, `<!subteam^${group.id}>`])];
  return known.sort(([a], [b]) => b.length - a.length).reduce((said, [name, sent]) =>
    said.replace(new RegExp(`(^|\\s)@${name}(?![\\w-])`, "gi"), `$1${sent}`), escape(words));
}

export function grow(box) {
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight, 160)}px`;
}

// `world` is {commands(), inThread, send(words), command(name, rest)}; the last two give an answer {ok, error}.
export function composer(form, world) {
  const box = form.text;
  const hint = node("ul", { class: "hint", hidden: true, "aria-label": "Commands" });
  form.append(hint);
  const matching = () => (/^\/[\w-]*$/.test(box.value) ? world.commands().filter((name) => name.startsWith(box.value)) : []);
  const complete = (name) => { box.value = `${name} `; box.focus(); suggest(); };
  const suggest = () => {
    const found = world.inThread ? [] : matching();
    hint.hidden = !found.length || found[0] === box.value;
    hint.replaceChildren(...found.map((name) => node("li", {}, node("button", { type: "button", onclick: () => complete(name) }, node("strong", {}, name), " Sunwai"))));
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const words = box.value.trim();
    if (!words) return;
    box.value = "";
    grow(box);
    suggest();
    const [, command, rest] = /^(\/[a-z][\w-]*)(?:\s+(.*))?$/s.exec(words) ?? [];
    const answer = await (command ? world.command(command, rest) : world.send(words));
    if (!answer.ok && !box.value) { box.value = words; grow(box); }
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Tab" && !hint.hidden) { event.preventDefault(); complete(matching()[0]); }
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); form.requestSubmit(); }
  });
  box.addEventListener("input", () => { grow(box); suggest(); });
  box.addEventListener("blur", () => setTimeout(() => { hint.hidden = true; }, 150));
}
