// Progressive enhancement: every page works without this script.
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
// Open the details of place, cost and documents, because paper cannot unfold them.
window.addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll(".status details")) { details.open = true; }
});
for (const field of document.querySelectorAll("[readonly]")) {
  field.addEventListener("focus", () => field.select());
}
