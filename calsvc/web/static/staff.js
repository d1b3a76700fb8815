// Niceties only: every page works without this file.
"use strict";

let leaving = false;
addEventListener("submit", () => { leaving = true; });

function watch(section) {
  const bar = section.querySelector("progress");
  const show = (found) => {
    if (leaving) {
      return; // what was pressed may end the work, and a reload would overtake it
    }
    if (found.state !== section.dataset.state) {
      location.reload();
      return;
    }
    if (found.expected) {
      bar.max = found.expected;
      bar.value = found.rows;
      section.querySelector("[data-expected]").textContent = found.expected;
    }
    section.querySelector("[data-rows]").textContent = found.rows;
    setTimeout(ask, 1000);
  };
  const ask = () => fetch(section.dataset.progress)
    .then((answer) => (answer.ok ? answer.json() : { state: "gone" }))
    .then(show, () => setTimeout(ask, 5000));
  ask();
}

for (const first of document.querySelectorAll("[data-focus]")) {
  first.focus();
}
for (const section of document.querySelectorAll("[data-progress]")) {
  watch(section);
}
for (const field of document.querySelectorAll("input[data-most]")) {
  const fault = document.getElementById("table-fault");
  field.form.addEventListener("submit", (event) => {
    const file = field.files[0];
    fault.hidden = !file || file.size <= Number(field.dataset.most);
    if (!fault.hidden) {
      event.preventDefault();
    }
  });
}
