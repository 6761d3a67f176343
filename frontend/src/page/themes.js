const KEY = "leeboard-theme";
const NEXT = { system: "light", light: "dark", dark: "system" };
const SIGN = { system: "◐", light: "○", dark: "●" };

function chosen() {
  return document.documentElement.dataset.theme ?? "system";
}

function choose(theme) {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  try {
    if (theme === "system") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  } catch {
    // The choice then holds for this page only.
  }
  label();
  document.dispatchEvent(new Event("leeboard:theme"));
}

function label() {
  for (const button of document.querySelectorAll("[data-theme-switch]")) {
    button.textContent = SIGN[chosen()];
    button.setAttribute("aria-label", `Theme: ${chosen()}. Change to ${NEXT[chosen()]}`);
    button.title = `Theme: ${chosen()}`;
  }
}

export const nextTheme = () => choose(NEXT[chosen()]);

export function startTheme() {
  document.addEventListener("click", (event) => event.target.closest?.("[data-theme-switch]") && nextTheme());
  return label;
}
