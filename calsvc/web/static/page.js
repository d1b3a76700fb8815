// Niceties only: every page works without this file.
"use strict";

function copyFrom(button) {
  const field = document.getElementById(button.dataset.copy);
  const status = button.closest(".copy").querySelector("[role=status]");
  const done = () => { status.textContent = button.dataset.done; };
  field.select();
  if (navigator.clipboard) {
    navigator.clipboard.writeText(field.value).then(done, () => {});
  } else if (document.execCommand("copy")) {
    done();
  }
}

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", () => copyFrom(button));
}
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
// Paper has no folds: where, price and what to bring are printed, too.
window.addEventListener("beforeprint", () => {
  for (const fold of document.querySelectorAll(".status details")) { fold.open = true; }
});
for (const field of document.querySelectorAll("[readonly]")) {
  field.addEventListener("focus", () => field.select());
}
