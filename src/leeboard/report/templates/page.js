"use strict";
// Search, filter, sort, expand: comforts only, the page says the same without them.
(() => {
  const byId = (id) => document.getElementById(id);
  const table = document.querySelector("table.columns");
  const columns = [...table.tBodies].map((body, rank) => ({
    body,
    rank,
    numbers: body.dataset.k.split("|"),
    details: body.querySelector("details"),
    name: body.querySelector("summary bdi").textContent,
    type: body.dataset.t,
  }));

  const fits = (column) =>
    column.name.toLowerCase().includes(byId("find").value.trim().toLowerCase()) &&
    (!byId("type").value || column.type === byId("type").value) &&
    (!byId("broken")?.checked || column.numbers[4] !== "0");

  const filter = () => {
    let shown = 0;
    for (const column of columns) {
      column.body.hidden = !fits(column);
      shown += column.body.hidden ? 0 : 1;
    }
    byId("shown").textContent = shown === columns.length ? `${shown} columns` : `${shown} of ${columns.length} columns`;
    byId("nothing").hidden = shown > 0;
  };

  // Empty keys stand last in either direction.
  const compare = (key, sign) => (a, b) => {
    if (key === "name" || key === "type") return sign * a[key].localeCompare(b[key]) || a.rank - b.rank;
    const [x, y] = [a.numbers[key], b.numbers[key]];
    if (x === "" || y === "") return (x === "") - (y === "") || a.rank - b.rank;
    return sign * (x.replace("inf", "Infinity") - y.replace("inf", "Infinity")) || a.rank - b.rank;
  };

  const sort = (header) => {
    const descendingFirst = header.dataset.s === "2" || header.dataset.s === "4";
    const now = header.getAttribute("aria-sort");
    const ascending = now ? now === "descending" : !descendingFirst;
    for (const other of table.tHead.querySelectorAll("[aria-sort]")) other.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", ascending ? "ascending" : "descending");
    columns.sort(compare(header.dataset.s, ascending ? 1 : -1));
    table.append(...columns.map((column) => column.body));
  };

  for (const header of table.tHead.querySelectorAll("[data-s]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...header.childNodes);
    button.addEventListener("click", () => sort(header));
    header.append(button);
  }

  const setAll = (open) => columns.forEach((column) => (column.details.open = open && !column.body.hidden));
  byId("open").addEventListener("click", () => setAll(true));
  byId("close").addEventListener("click", () => setAll(false));
  for (const id of ["find", "type", "broken"]) byId(id)?.addEventListener("input", filter);
  document.querySelector(".tools").addEventListener("submit", (event) => event.preventDefault());

  table.addEventListener("click", (event) => {
    const row = event.target.closest(".col > tr:first-child");
    if (!row || event.target.closest("summary, a") || getSelection().toString()) return;
    const details = row.querySelector("details");
    details.open = !details.open;
  });

  const openTarget = () => {
    const target = columns.find((column) => `#${column.body.id}` === location.hash);
    if (!target) return;
    target.body.hidden = false;
    target.details.open = true;
    target.body.scrollIntoView({ block: "center" });
  };
  addEventListener("hashchange", openTarget);

  document.querySelector(".tools").hidden = false;
  filter();
  openTarget();
})();
