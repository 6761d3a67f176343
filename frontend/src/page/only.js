// Parts of a form that matter for some choices only: `data-only="NAME VALUE…"` hides them while the fields of that name have none of these values.
// What a part holds stays, and is sent; a part with a fault in it stays in sight.
const isOn = (field) => !["checkbox", "radio"].includes(field.type) || field.checked;

function isWanted(part) {
  const [name, ...values] = part.dataset.only.split(" ");
  const fields = [...part.closest("form").elements].filter((field) => field.name === name && isOn(field));
  return fields.some((field) => values.includes(field.value)) || part.querySelector("[aria-invalid], .error") !== null;
}

const sift = () => document.querySelectorAll("[data-only]").forEach((part) => (part.hidden = !isWanted(part)));

export function startOnly() {
  document.addEventListener("change", sift);
  addEventListener("pageshow", sift); // a page that is come back to has its fields filled after its scripts ran
  return sift;
}
