// A search box that narrows a list of people to tick: by name, pinyin or number. What is ticked stays in sight.

for (const box of document.querySelectorAll("input[data-find-in]")) {
  const list = document.getElementById(box.dataset.findIn);
  box.addEventListener("input", () => {
    const wanted = box.value.replace(/\s+/g, "").toLowerCase();
    for (const person of list.querySelectorAll("[data-text]")) {
      const fits = person.dataset.text.replace(/\s+/g, "").toLowerCase().includes(wanted);
      person.hidden = !fits && !person.querySelector("input")?.checked;
    }
    for (const group of list.querySelectorAll("fieldset")) {
      group.hidden = !group.querySelector("[data-text]:not([hidden])");
    }
  });
  // Enter looks for a person and must not send the form.
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
}

// Everybody present with one tap; the exceptions are tapped afterwards.
for (const button of document.querySelectorAll("button[data-set-all]")) {
  button.addEventListener("click", () => {
    for (const radio of document.querySelectorAll(`input[type="radio"][value="${CSS.escape(button.dataset.setAll)}"]`)) {
      radio.checked = true;
      radio.dispatchEvent(new Event("change", { bubbles: true }));
    }
  });
}
