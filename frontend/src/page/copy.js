// Every .copy block gets a button that copies its code; blocks that scroll can be reached.
import { made } from "./made.js";

async function copied(text) {
  if (navigator.clipboard && isSecureContext) return navigator.clipboard.writeText(text);
  const area = made("textarea", text, { class: "sr" }); // plain HTTP in a company network has no clipboard API
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

async function copy(event) {
  const button = event.target.closest?.("[data-copy]");
  if (!button) return;
  const text = button.dataset.copy || (button.closest(".copy")?.querySelector("pre, code")?.textContent ?? "");
  await copied(text);
  const before = button.textContent;
  button.textContent = "Copied";
  setTimeout(() => (button.textContent = before), 1500);
}

export function startCopy() {
  document.addEventListener("click", copy);
  return () => {
    for (const box of document.querySelectorAll("pre:not([tabindex]), .wide:not([tabindex])")) box.tabIndex = 0; // what scrolls must be reached by keys
    for (const box of document.querySelectorAll(".copy:not(:has(> button))")) {
      box.append(made("button", "Copy", { type: "button", class: "small", "data-copy": "" }));
    }
  };
}
