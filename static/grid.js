// The rows of a list by keyboard, and cells edited where they stand. Without it each "Edit" leads to the cell's own page.
const said = (text) => {
  document.getElementById("grid-said").textContent = text;
};
const linkOf = (row, field) => document.querySelector(`#cell-${row}-${field} > a.edit`);
const rowOf = (element) => element?.closest?.("#grid tbody tr");
const placeOf = (element) => {
  const cell = element?.closest?.(".cell");
  return cell ? cell.id.split("-").pop() : "";
};

// The row where somebody was last: a click on "Next problem" takes the focus away from it.
let last = "";
document.addEventListener("focusin", (event) => {
  last = rowOf(event.target)?.id || last;
});
const present = () => rowOf(document.activeElement) || document.getElementById(last);

// Focus to the same cell of another row, to its first cell, or, where nothing can be edited, to its number.
const enter = (row, field) => {
  if (!row) return false;
  const links = [...row.querySelectorAll("a.edit")];
  const target = links.find((link) => placeOf(link) === field) || links[0] || row.querySelector("th");
  target.focus();
  target.scrollIntoView({ block: "nearest", inline: "nearest" });
  return true;
};
const beside = (row, by, wanted = "tr") => {
  let next = row;
  do next = by > 0 ? next?.nextElementSibling : next?.previousElementSibling;
  while (next && !next.matches(wanted));
  return next;
};
const step = (by) => {
  const here = present();
  const next = here ? beside(here, by) : document.querySelector("#grid tbody tr");
  return enter(next, placeOf(document.activeElement));
};
const across = (from, by) => {
  const links = [...document.querySelectorAll("#grid a.edit")];
  const next = links[links.indexOf(from) + by];
  next?.focus();
  return Boolean(next);
};
const toProblem = (by) => {
  const here = present();
  const all = [...document.querySelectorAll("#grid tr[data-problem]")];
  const next = here ? beside(here, by, "[data-problem]") : all.at(by > 0 ? 0 : -1);
  if (!next) {
    const { noFurther, noEarlier } = document.getElementById("grid-said").dataset;
    return said(by > 0 ? noFurther : noEarlier);
  }
  return enter(next, placeOf(next.querySelector(".cell.bad, .cell.odd")));
};

const anywhere = {
  j: () => step(1),
  k: () => step(-1),
  n: () => toProblem(1),
  p: () => toProblem(-1),
  "?": () => document.getElementById("keys").showModal(),
};
// Into the cell instead of to its page, once; with a key held the browser opens the page elsewhere.
const open = (link) => {
  if (link.matches(".htmx-request")) return;
  htmx.ajax("GET", link.href, { source: link, target: link.closest(".cell"), swap: "beforeend settle:0ms" });
};
const inRows = {
  ArrowDown: () => step(1),
  ArrowUp: () => step(-1),
  ArrowRight: (link) => across(link, 1),
  ArrowLeft: (link) => across(link, -1),
  F2: open,
  e: open,
};

const close = (form) => {
  const { row, field } = form.dataset;
  form.remove();
  linkOf(row, field)?.focus();
};
const move = (where, row, field) => {
  const link = linkOf(row, field);
  if (where === "next" && across(link, 1)) return;
  if (where === "previous" && across(link, -1)) return;
  if (where === "down" && enter(beside(rowOf(document.getElementById(`cell-${row}-${field}`)), 1), field)) return;
  (link || document.querySelector(`#row-${row} th`))?.focus();
};
// What has not changed is left, not stored.
const leaveOrSave = (form, where) => {
  const { row, field, was } = form.dataset;
  if (form.elements.text.value === was) {
    close(form);
    move(where, row, field);
    return;
  }
  form.dataset.then = where;
  form.requestSubmit();
};
const ends = (event) =>
  ({ Enter: "down", Tab: event.shiftKey ? "previous" : "next", Escape: "escape" })[event.key] || "";
const leave = (form, where) => (where === "escape" ? close(form) : leaveOrSave(form, where));
const inEditor = (event, form) => {
  const where = ends(event);
  if (!where || event.isComposing || (where !== "escape" && event.target.name !== "text")) return;
  event.preventDefault();
  leave(form, where);
};

// What somebody types until the editor is there belongs into it, with the key that ends it.
let early = { text: "", where: "" };
const forget = () => {
  early = { text: "", where: "" };
};
document.addEventListener("keydown", (event) => {
  const opening = document.querySelector("#grid .edit.htmx-request");
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (!opening && !document.querySelector("#grid .cell-edit.htmx-request")) return;
  if (opening && !early.where) {
    if (event.key.length === 1) early.text += event.key;
    early.where = ends(event);
  }
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);

document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.(".cell-edit");
  if (form) {
    inEditor(event, form);
    return;
  }
  if (!isShortcut(event)) return;
  const link = event.target.closest("#grid a.edit");
  const act = anywhere[event.key] || (link || event.key === "ArrowDown" || event.key === "ArrowUp" ? inRows[event.key] : null);
  if (!act || (!anywhere[event.key] && !rowOf(event.target))) return;
  event.preventDefault();
  act(link);
});

document.addEventListener("click", (event) => {
  const press = event.target.closest("[data-press]");
  if (press) anywhere[press.dataset.press]();
  const button = event.target.closest("[data-leave]");
  if (button) close(button.closest("form"));
  const link = event.target.closest("#grid a.edit");
  if (link && !(event.ctrlKey || event.metaKey || event.shiftKey)) {
    event.preventDefault();
    open(link);
  }
  // A click on the text of a cell, not one that marks it to be copied.
  const cell = event.target.closest("#grid .cell");
  if (!cell || event.target.closest("a, button, input, form") || String(getSelection())) return;
  const own = cell.querySelector("a.edit");
  if (own && !cell.querySelector(".cell-edit")) open(own);
});

document.addEventListener("htmx:load", (event) => {
  const form = event.detail.elt.closest?.(".cell-edit") || event.detail.elt.querySelector?.(".cell-edit");
  if (!form) return;
  document.querySelectorAll(".cell-edit").forEach((other) => {
    if (other !== form && other.elements.text.value === other.dataset.was) other.remove();
  });
  const input = form.elements.text;
  const { text, where } = early;
  forget();
  input.focus();
  if (text) input.value = text;
  if (text || input.matches("[aria-invalid]")) input.setSelectionRange(input.value.length, input.value.length);
  else input.select();
  if (where) setTimeout(() => leave(form, where));
});
// Which rows the page shows, so that the answer brings those that changed with this one, and no others.
document.addEventListener("htmx:configRequest", (event) => {
  if (!event.detail.elt.matches(".cell-edit, .put-back")) return;
  event.detail.parameters.shown = [...document.querySelectorAll("#grid tbody tr")]
    .map((row) => row.id.replace("row-", ""))
    .join(",");
});
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.requestConfig?.elt;
  if (!event.detail.successful) forget();
  if (!form?.matches(".cell-edit, .put-back") || !event.detail.successful) return;
  move(form.dataset.then || "", form.dataset.row, form.dataset.field);
});
// A refusal that is no matter of the cell stands at the top of the page.
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target?.id === "messages") event.detail.target.scrollIntoView({ block: "center" });
});
// The whole editor, not its first line alone.
document.addEventListener("htmx:afterSettle", () => {
  document.querySelector(".cell-edit")?.scrollIntoView({ block: "nearest" });
});
let clearing;
new MutationObserver(() => {
  clearTimeout(clearing);
  clearing = setTimeout(() => said(""), 8000);
}).observe(document.getElementById("grid-said"), { childList: true });

const single = document.getElementById("single-keys");
single.checked = remembered() !== "off";
single.addEventListener("change", () => {
  try {
    localStorage.setItem(ON_OFF, single.checked ? "on" : "off");
  } catch {
    // A browser that keeps nothing keeps the shortcuts on.
  }
});
