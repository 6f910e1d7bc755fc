// The registration grid: 放弃 and 已报 exclude each other, a fee ticks 已报; buttons tick what is meant for all.

for (const tools of document.querySelectorAll("[data-needs-script]")) tools.hidden = false;

function box(row, name) {
  return row.querySelector(`input[name="${name}"]`);
}

document.addEventListener("change", (event) => {
  const row = event.target.closest("[data-grid-row]");
  if (!row || !event.target.checked) return;
  if (event.target.name === "given_up") {
    box(row, "registered").checked = false;
    box(row, "paid").checked = false;
  } else {
    box(row, "given_up").checked = false;
    if (event.target.name === "paid") box(row, "registered").checked = true;
  }
});

function tickGrid(name) {
  for (const row of document.querySelectorAll("[data-grid-row]")) {
    if (box(row, "given_up").checked) continue;
    if (name === "paid" && !box(row, "registered").checked) continue;
    box(row, name).checked = true;
  }
}

function tickChips(name, checked) {
  for (const one of document.querySelectorAll(`input[type="checkbox"][name="${CSS.escape(name)}"]`)) {
    one.checked = checked;
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const { gridAll, chipsAll, chipsNone } = button.dataset;
  if (gridAll) tickGrid(gridAll);
  if (chipsAll) tickChips(chipsAll, true);
  if (chipsNone) tickChips(chipsNone, false);
  if (gridAll || chipsAll || chipsNone) {
    button.form?.dispatchEvent(new Event("input", { bubbles: true }));
  }
});
