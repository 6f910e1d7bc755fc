// Search from anywhere: Ctrl-K or ⌘K opens the dialog, arrows choose, Enter opens. The query goes by POST.

const dialog = document.getElementById("search-dialog");

if (dialog && typeof dialog.showModal === "function") {
  const form = dialog.querySelector("[data-search-form]");
  const field = form.querySelector("input[name=q]");
  const results = dialog.querySelector(".search-results");
  let pause = 0;
  let running = null;

  const open = () => {
    if (dialog.open) return;
    dialog.showModal();
    field.focus();
    field.select();
  };

  const hits = () => [...results.querySelectorAll(".hit")];

  const choose = (step) => {
    const all = hits();
    if (!all.length) return;
    const now = all.findIndex((hit) => hit.classList.contains("is-chosen"));
    const next = all[(now + step + all.length) % all.length];
    for (const hit of all) hit.classList.toggle("is-chosen", hit === next);
    next.scrollIntoView({ block: "nearest" });
  };

  const ask = async () => {
    running?.abort();
    if (!field.value.trim()) {
      results.replaceChildren();
      return;
    }
    running = new AbortController();
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body: new FormData(form),
        headers: { "X-Requested-With": "fetch" },
        redirect: "error",
        signal: running.signal,
      });
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      results.replaceChildren(...page.body.children);
      hits()[0]?.classList.add("is-chosen");
    } catch (problem) {
      if (problem.name === "AbortError") return;
      const line = document.createElement("p");
      line.className = "search-none";
      line.textContent = "暂时无法搜索：网络中断或登录已过期，请刷新页面。";
      results.replaceChildren(line);
    }
  };

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      open();
    }
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-search-open]")) return;
    event.preventDefault();
    open();
  });
  dialog.querySelector("[data-search-close]").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  field.addEventListener("input", () => {
    window.clearTimeout(pause);
    pause = window.setTimeout(ask, 180);
  });
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape") {
      // A search field would only empty itself at the first press.
      event.preventDefault();
      dialog.close();
    }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(event.key === "ArrowDown" ? 1 : -1);
    }
  });
  form.addEventListener("submit", (event) => {
    const chosen = results.querySelector(".hit.is-chosen");
    if (!chosen) return;
    event.preventDefault();
    window.location.assign(chosen.href);
  });
}
