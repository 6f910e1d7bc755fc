// Findings of a sheet: tick all of them with one button.

for (const button of document.querySelectorAll("[data-check-all]")) {
  const boxes = () => [...button.form.querySelectorAll(`input[type=checkbox][name="${button.dataset.checkAll}"]`)];
  button.hidden = boxes().length < 2;
  button.addEventListener("click", () => {
    const all = boxes();
    const wanted = !all.every((box) => box.checked);
    for (const box of all) box.checked = wanted;
    button.textContent = wanted ? "全不选" : "全选";
  });
}
