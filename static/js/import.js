// The import tells its steps one by one. Without this script, or when it fails, the form is sent the ordinary way.

function show(form, step) {
  const box = form.querySelector("[data-import-progress]");
  box.hidden = false;
  box.querySelector("progress").value = step.percent ?? 0;
  const text = box.querySelector("[data-import-step]");
  if (step.text) text.textContent = `${step.stage}：${step.text}（${step.percent}%）`;
  if (!step.stage) return;
  let before = true;
  for (const stage of box.querySelectorAll("[data-stage]")) {
    const now = stage.dataset.stage === step.stage;
    if (now) before = false;
    stage.classList.toggle("is-done", before);
    if (now) stage.setAttribute("aria-current", "step");
    else stage.removeAttribute("aria-current");
  }
}

function wake(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("button")) {
    button.disabled = false;
    if (button.dataset.label) button.textContent = button.dataset.label;
    button.removeAttribute("aria-busy");
  }
}

function fail(form, message) {
  form.querySelector("[data-import-progress]").hidden = true;
  const place = form.querySelector("[data-import-error]");
  place.textContent = message;
  place.hidden = false;
  wake(form);
}

async function* lines(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    const parts = (rest + value).split("\n");
    rest = parts.pop();
    for (const part of parts) if (part) yield JSON.parse(part);
  }
  if (rest) yield JSON.parse(rest);
}

async function send(form, button) {
  form.querySelector("[data-import-error]").hidden = true;
  show(form, { stage: "读取", text: "正在上传", percent: 1 });
  let ended = false;
  try {
    const response = await fetch(form.action, {
      method: "POST",
      body: new FormData(form),
      headers: { "X-Requested-With": "fetch" },
    });
    if (!response.ok || !(response.headers.get("Content-Type") || "").startsWith("application/x-ndjson")) {
      fail(form, "没有完成。请刷新页面后重试；如果已退出登录，请先登录。");
      return;
    }
    for await (const step of lines(response)) {
      if (step.url) {
        ended = true;
        form.dataset.leaving = "yes";
        window.location.assign(step.url);
      } else if (step.error) {
        ended = true;
        if (step.stale) {
          // The preview was made anew; show it.
          window.alert(step.error);
          window.location.reload();
          return;
        }
        fail(form, step.error);
      } else show(form, step);
    }
    if (!ended) fail(form, "连接中断，不能确定是否完成。请刷新页面，查看最近的导入。");
  } catch {
    fail(form, "网络中断，不能确定是否完成。请刷新页面，查看最近的导入。");
  } finally {
    if (button && !ended) button.disabled = false;
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-import-form]");
  const button = event.submitter;
  if (!form || button?.hasAttribute("data-plain") || form.dataset.busy === "yes") return;
  if (!form.checkValidity() || !window.ReadableStream || !window.TextDecoderStream) return;
  event.preventDefault();
  if (button) button.disabled = true;
  send(form, button).finally(() => delete form.dataset.busy);
  form.dataset.busy = "yes";
}, true);
