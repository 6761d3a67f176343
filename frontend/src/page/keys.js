// "/" searches, "?" explains, "g" and a letter goes to a link with that data-key.
import { made } from "./made.js";
import { nextTheme } from "./themes.js";

let leading = false;

const links = () => [...document.querySelectorAll("a[data-key]")];

function help() {
  if (document.querySelector("dialog[open]")) return;
  const line = (keys, words) => [made("dt", "", {}, ...keys.map((key) => made("kbd", key))), made("dd", words)];
  const list = made("dl", "", { class: "pairs" },
    ...line(["/"], "Search"), ...links().flatMap((a) => line(["g", a.dataset.key], a.dataset.name ?? a.textContent.trim())),
    ...line(["t"], "Change the theme"), ...line(["←", "→"], "Read a chart that has the focus, point by point"), ...line(["?"], "This list"));
  const close = made("form", "", { method: "dialog", class: "actions" }, made("button", "Close", { class: "button" }));
  const dialog = made("dialog", "", { "aria-labelledby": "keys-title" }, made("h2", "Keys", { id: "keys-title" }), list, close);
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.showModal();
}

function pressed(event) {
  const typing = event.target.closest?.("input, select, textarea, [contenteditable]");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (leading) {
    leading = false;
    return links().find((a) => a.dataset.key === event.key)?.click();
  }
  if (event.key === "g") leading = true;
  else if (event.key === "t") nextTheme();
  else if (event.key === "?") help();
  else if (event.key === "/") {
    event.preventDefault();
    document.querySelector("[data-search], .find input")?.focus();
  }
}

export function startKeys() {
  document.addEventListener("keydown", pressed);
  document.addEventListener("click", (event) => event.target.closest?.("[data-keys]") && help());
}
