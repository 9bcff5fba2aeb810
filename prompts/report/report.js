"use strict";
// Filters and sorts the table that the page already holds; without this script it can be read all the same.
(() => {
  const table = document.getElementById("table");
  if (!table) return;
  const body = table.tBodies[0];
  const rows = Array.from(body.rows, (row) => ({
    row,
    words: row.textContent.toLowerCase(),
    industries: row.dataset.industries.split(" "),
    status: row.dataset.status,
  }));
  const get = (id) => document.getElementById(id);
  const [words, industry, status, order, count] =
    ["words", "industry", "status", "order", "count"].map(get);
  const heads = Array.from(table.tHead.rows[0].cells);
  const numeric = new Set(["number", "score"]);

  const say = (shown) => {
    const text = shown ? count.dataset.some : count.dataset.none;
    count.textContent = text.replace("{n}", shown).replace("{total}", rows.length);
  };

  const filter = () => {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const one of rows) {
      const fits =
        wanted.every((word) => one.words.includes(word)) &&
        (!industry.value || one.industries.includes(industry.value)) &&
        (!status.value || one.status === status.value);
      one.row.hidden = !fits;
      if (fits) shown += 1;
    }
    say(shown);
  };

  const sort = (key, direction) => {
    const column = heads.findIndex((head) => head.dataset.key === key);
    const value = (one) => one.row.cells[column].dataset.sort;
    const compare = numeric.has(key)
      ? (a, b) => value(a) - value(b)
      : (a, b) => value(a).localeCompare(value(b));
    const number = (one) => Number(one.row.cells[0].dataset.sort);
    rows.sort((a, b) => direction * compare(a, b) || number(a) - number(b));
    body.append(...rows.map((one) => one.row));
    for (const head of heads) head.removeAttribute("aria-sort");
    heads[column].setAttribute("aria-sort", direction > 0 ? "ascending" : "descending");
    const chosen = `${key}:${direction}`;
    const known = Array.from(order.options).some((option) => option.value === chosen);
    order.value = known ? chosen : "";
  };

  for (const head of heads) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    button.addEventListener("click", () => {
      const isUp = head.getAttribute("aria-sort") === "ascending";
      const isDown = head.getAttribute("aria-sort") === "descending";
      const first = ["score", "day"].includes(head.dataset.key) ? -1 : 1;
      sort(head.dataset.key, isUp ? -1 : isDown ? 1 : first);
    });
    head.append(button);
  }

  const reset = () => {
    words.value = industry.value = status.value = "";
    filter();
  };

  // A link to an idea must lead there, whatever is filtered; and show it.
  const follow = () => {
    const found = /^#idea-\d+$/.test(location.hash) && document.getElementById(location.hash.slice(1));
    if (!found) return;
    if (found.hidden) reset();
    found.querySelector("details").open = true;
    found.querySelector("summary").focus({ preventScroll: true });
    found.scrollIntoView({ block: "center" });
  };

  words.addEventListener("input", filter);
  industry.addEventListener("change", filter);
  status.addEventListener("change", filter);
  order.addEventListener("change", () => {
    const [key, direction] = order.value.split(":");
    sort(key, Number(direction));
  });
  get("reset").addEventListener("click", () => {
    reset();
    words.focus();
  });
  window.addEventListener("hashchange", follow);
  document.querySelector(".filters").hidden = false;
  filter(); // a browser that goes back fills the fields again
  follow();
})();
