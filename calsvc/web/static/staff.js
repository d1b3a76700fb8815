// Progressive enhancement: every page works without this script.
"use strict";

let leaving = false;
addEventListener("submit", () => { leaving = true; });

function pollProgress(section) {
  const bar = section.querySelector("progress");
  const show = (status) => {
    if (leaving) {
      return; // the pressed button may end the work, and a reload would cancel its request
    }
    if (status.state !== section.dataset.state) {
      location.reload();
      return;
    }
    if (status.expected) {
      bar.max = status.expected;
      bar.value = status.rows;
      section.querySelector("[data-expected]").textContent = status.expected;
    }
    section.querySelector("[data-rows]").textContent = status.rows;
    setTimeout(requestStatus, 1000);
  };
  const requestStatus = () => fetch(section.dataset.progress)
    .then((response) => (response.ok ? response.json() : { state: "gone" }))
    .then(show, () => setTimeout(requestStatus, 5000));
  requestStatus();
}

for (const first of document.querySelectorAll("[data-focus]")) {
  first.focus();
}
for (const section of document.querySelectorAll("[data-progress]")) {
  pollProgress(section);
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
