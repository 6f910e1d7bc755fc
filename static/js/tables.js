// Inside a table, the arrow keys go from row to row along the rows' first links. They act only while the focus is in the
// table, so that they are never in the way of a screen reader or a speech input.

function links(table) {
  return [...table.querySelectorAll("tbody tr")].map((row) => row.querySelector("a[href]")).filter(Boolean);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const link = event.target.closest("main table tbody a[href]");
  if (!link) return;
  const all = links(link.closest("table"));
  const row = link.closest("tr");
  const now = all.findIndex((other) => row.contains(other));
  const next = all[now + (event.key === "ArrowDown" ? 1 : -1)];
  if (!next) return;
  event.preventDefault();
  next.focus();
});
