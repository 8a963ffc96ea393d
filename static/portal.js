// What HTML alone cannot do. Every page works without it.
"use strict";

// A second click on the same button sends nothing: the services would refuse it, but people read that as an error.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.hasAttribute("data-once")) return;
  // A form of many buttons, one a row, is kept from sending the same row twice.
  const what = event.submitter?.value || "it";
  if (form.dataset.sent === what) event.preventDefault();
  form.dataset.sent = what;
});

// A page that comes back from the browser's cache has to work again.
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
});

// Drop zone around an ordinary file button.
const size = (bytes) =>
  bytes < 1048576 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1048576).toFixed(1)} MB`;

document.querySelectorAll("[data-drop]").forEach((zone) => {
  const input = zone.querySelector("input[type=file]");
  const said = zone.querySelector("[data-drop-said]");
  const tell = () => {
    const file = input.files[0];
    said.textContent = file ? `${zone.dataset.chosen} ${file.name}, ${size(file.size)}` : "";
  };
  ["dragenter", "dragover"].forEach((kind) =>
    zone.addEventListener(kind, (event) => {
      event.preventDefault();
      zone.classList.add("is-over");
    }),
  );
  zone.addEventListener("dragleave", () => zone.classList.remove("is-over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("is-over");
    if (event.dataTransfer.files.length) input.files = event.dataTransfer.files;
    tell();
  });
  input.addEventListener("change", tell);
});

// Pages that ask the server again say when it does not answer, and stop saying it when it does.
const lost = (hidden) => {
  const note = document.querySelector("[data-lost]");
  if (note) note.hidden = hidden;
};
["htmx:sendError", "htmx:timeout"].forEach((kind) => document.addEventListener(kind, () => lost(false)));
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) lost(true);
});

// Single keys are shortcuts unless somebody switched them off in this browser: who dictates, types them by the word.
const ON_OFF = "portal-single-keys";
const remembered = () => {
  try {
    return localStorage.getItem(ON_OFF);
  } catch {
    return null;
  }
};
const isShortcut = (event) =>
  !event.target.closest("input, textarea, select, dialog") &&
  !(event.ctrlKey || event.metaKey || event.altKey || event.isComposing) &&
  (event.key.length > 1 || remembered() !== "off");

// "/" goes to the search box.
document.addEventListener("keydown", (event) => {
  const search = document.getElementById("search");
  if (event.key !== "/" || !search || !isShortcut(event)) return;
  event.preventDefault();
  search.focus();
});

// The rail of a small screen lies on its side: the page one is on stands in view.
const current = document.querySelector(".rail a[aria-current]");
if (current) {
  const strip = current.closest("ul");
  strip.scrollLeft = current.offsetLeft - strip.offsetLeft - (strip.clientWidth - current.offsetWidth) / 2;
}

// What an approver still has to tick is counted down.
const countTicks = () => {
  const left = document.querySelectorAll('.tick[form="vote"]:not(:checked)').length;
  document.querySelectorAll("[data-to-tick]").forEach((said) => (said.textContent = left));
};
["change", "htmx:afterSettle"].forEach((kind) => document.addEventListener(kind, countTicks));
window.addEventListener("pageshow", countTicks);

// A table that a phone shows as cards stays a table for screen readers: some of them go by how it is displayed.
const PARTS = {
  table: ".cards",
  rowgroup: ".cards > :is(thead, tbody)",
  row: ".cards tr",
  columnheader: ".cards thead th",
  rowheader: ".cards tbody th",
  cell: ".cards td",
};
const nameParts = () =>
  Object.entries(PARTS).forEach(([role, which]) =>
    document.querySelectorAll(which).forEach((part) => part.setAttribute("role", role)),
  );
nameParts();
document.addEventListener("htmx:afterSettle", nameParts);

// Ids that people take elsewhere get a button that copies them; a browser offers that over HTTPS only. What is secret is
// not read aloud: its attribute says what it is.
const { sayCopy, sayCopied } = document.getElementById("main")?.dataset ?? {};
const copyButton = (id) => {
  const button = document.createElement("button");
  const said = document.createElement("span");
  const what = document.createElement("span");
  Object.assign(button, { type: "button", className: "copy", ariaLive: "polite" });
  said.textContent = sayCopy;
  Object.assign(what, { className: "visually-hidden", textContent: ` ${id.dataset.copy || id.textContent}` });
  button.append(said, what);
  const tell = () => {
    said.textContent = sayCopied;
    setTimeout(() => (said.textContent = sayCopy), 2000);
  };
  // Who forbids it in the browser sees that nothing was copied.
  button.addEventListener("click", () => navigator.clipboard.writeText(id.textContent.trim()).then(tell, () => {}));
  return button;
};
const offerCopies = () =>
  document.querySelectorAll("[data-copy]").forEach((id) => {
    if (!id.nextElementSibling?.matches(".copy")) id.after(" ", copyButton(id));
  });
if (navigator.clipboard && sayCopy) {
  offerCopies();
  document.addEventListener("htmx:afterSettle", offerCopies);
}
