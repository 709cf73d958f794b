// Keys for those who would rather not use the mouse: "/" to the search, "?" for this list, "g" and a letter to a page.
// They can be switched off, for whoever speaks to the machine or holds it in a way that presses letters by accident.
const STAYS = "sunwai-keys";
const help = document.getElementById("keys");
const on = document.getElementById("keys-on");
let going = 0; // when "g" was pressed

on.checked = localStorage.getItem(STAYS) !== "off";
on.addEventListener("change", () => localStorage.setItem(STAYS, on.checked ? "on" : "off"));

function writing(element) {
  return element.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
}

document.addEventListener("keydown", (event) => {
  if (!on.checked || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || writing(event.target)) return;
  const follows = Date.now() - going < 1500;
  going = 0;
  if (follows) {
    document.querySelector(`[data-key="${CSS.escape(event.key)}"]`)?.click();
  } else if (event.key === "g") {
    going = Date.now();
  } else if (event.key === "/") {
    const search = document.querySelector("input[type=search]");
    search?.focus();
    search?.select();
  } else if (event.key === "?") {
    help.togglePopover();
  } else {
    return;
  }
  event.preventDefault();
});
