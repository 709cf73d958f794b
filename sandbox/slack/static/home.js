// The app's Home tab, as one person sees it.
import { blocks } from "./blockkit.js";
import { node } from "./mrkdwn.js";

// Draw `view` into `place`; without one, say what will come.
export function drawHome(place, view, listening, world) {
  const drawn = place.dataset.view;
  const now = view ? view.id + view.hash : `none ${listening}`;
  const focused = place.contains(document.activeElement) ? document.activeElement.dataset.action : null;
  if (drawn === now) return;
  place.dataset.view = now;
  place.replaceChildren(view
    ? node("div", { class: "home-view" }, blocks(view.blocks, world))
    : node("div", { class: "empty" },
      node("p", { class: "big" }, "Nothing here yet"),
      node("p", {}, listening ? "Sunwai draws this tab for you when you open it." : "Sunwai is not listening, so nobody draws this tab.")));
  if (focused) place.querySelector(`[data-action="${CSS.escape(focused)}"]`)?.focus();
}
