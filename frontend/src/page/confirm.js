// A form with data-confirm (or a button of it) is sent only after the question was answered.
import { made } from "./made.js";

let passed = null;

function ask(question, verb, dangerous) {
  return new Promise((answer) => {
    const no = made("button", "Cancel", { value: "no", class: "button" });
    const yes = made("button", verb, { value: "yes", class: dangerous ? "button danger" : "button primary" });
    const form = made("form", "", { method: "dialog", class: "actions" }, no, yes);
    const dialog = made("dialog", "", { "aria-labelledby": "confirm-question" }, made("h2", question, { id: "confirm-question" }), form);
    document.body.append(dialog);
    dialog.addEventListener("close", () => {
      answer(dialog.returnValue === "yes");
      dialog.remove();
    });
    dialog.showModal();
    no.focus();
  });
}

async function asked(event) {
  const form = event.target;
  const owner = [event.submitter, form].find((element) => element?.dataset?.confirm);
  if (!owner || passed === form) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const verb = owner.dataset.confirmVerb ?? event.submitter?.textContent?.trim() ?? "Continue";
  if (!(await ask(owner.dataset.confirm, verb, event.submitter?.classList.contains("danger")))) return;
  passed = form;
  form.requestSubmit(event.submitter);
  passed = null;
}

function opened(event) {
  const opener = event.target.closest?.("[data-dialog]");
  if (opener) document.getElementById(opener.dataset.dialog)?.showModal?.();
  if (event.target.closest?.("[data-close]")) event.target.closest("dialog")?.close();
}

export function startConfirm() {
  addEventListener("submit", asked, true);
  document.addEventListener("click", opened);
}
