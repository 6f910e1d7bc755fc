// Long texts survive a closed tab, a lost network and an expired session: they are kept in this browser, by person and
// page, until the form has been sent or the draft is thrown away.

const DAYS = 14;
const LONG = 'textarea, input[type="text"][data-autosave-field]';
const person = document.body.dataset.user;
const forms = person ? [...document.querySelectorAll("form[data-autosave]")] : [];
const PREFIX = `gaobo-draft:${person}:`;

function store() {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

function keyOf(form) {
  return `${PREFIX}${form.getAttribute("action") || window.location.pathname}`;
}

function fieldsOf(form) {
  return [...form.querySelectorAll(LONG)].filter((field) => field.name && !field.readOnly && !field.disabled);
}

function read(key) {
  try {
    const kept = JSON.parse(store()?.getItem(key) || "null");
    return kept && Date.now() - kept.at < DAYS * 86400000 ? kept : null;
  } catch {
    return null;
  }
}

function forget(key) {
  store()?.removeItem(key);
}

function keep(form) {
  const texts = {};
  for (const field of fieldsOf(form)) texts[field.name] = field.value;
  try {
    store()?.setItem(keyOf(form), JSON.stringify({ at: Date.now(), texts }));
    tell(form, `草稿已保存在本机 ${new Date().toTimeString().slice(0, 5)}`);
  } catch {
    tell(form, "本机空间不足，草稿没有保存，请尽快提交");
  }
}

function tell(form, text) {
  let line = form.querySelector(".draft-saved");
  if (!line) {
    line = document.createElement("span");
    line.className = "draft-saved";
    line.setAttribute("role", "status");
    (form.querySelector(".form-actions") || form).append(line);
  }
  line.textContent = text;
}

function offer(form, kept) {
  const notice = document.createElement("div");
  notice.className = "notice draft-notice";
  notice.setAttribute("role", "status");
  const text = document.createElement("span");
  text.textContent = `本机有 ${new Date(kept.at).toLocaleString("zh-CN", { hour12: false })} 未提交的草稿。`;
  const use = button("恢复草稿", "btn btn-primary btn-sm");
  const drop = button("丢弃", "btn btn-plain btn-sm");
  use.addEventListener("click", () => {
    for (const field of fieldsOf(form)) {
      if (field.name in kept.texts) {
        field.value = kept.texts[field.name];
        field.dispatchEvent(new Event("input", { bubbles: true }));
      }
    }
    notice.remove();
  });
  drop.addEventListener("click", () => {
    forget(keyOf(form));
    notice.remove();
  });
  notice.append(text, use, drop);
  form.prepend(notice);
}

function button(label, css) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = css;
  made.textContent = label;
  return made;
}

for (const form of forms) {
  const kept = read(keyOf(form));
  const fields = fieldsOf(form);
  if (kept && fields.some((field) => kept.texts[field.name] && kept.texts[field.name] !== field.value)) offer(form, kept);
  let pause = 0;
  form.addEventListener("input", () => {
    window.clearTimeout(pause);
    pause = window.setTimeout(() => keep(form), 800);
  });
  // The draft goes only when the server has taken the form: it leads away from the form's page then.
  form.addEventListener("submit", () => {
    window.clearTimeout(pause);
    keep(form);
    try {
      window.sessionStorage.setItem("gaobo-sent", keyOf(form));
    } catch {
      // Without session storage the draft is offered once more; nothing is lost.
    }
  });
}

// After a redirect to a page with a success message the sent draft has done its work.
try {
  const sent = window.sessionStorage.getItem("gaobo-sent");
  if (sent && document.querySelector("#messages .notice-success")) {
    forget(sent);
    window.sessionStorage.removeItem("gaobo-sent");
  }
} catch {
  // No session storage: the draft stays until it is thrown away.
}

// Signing out on a shared machine leaves no texts behind.
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-forget-drafts]")) return;
  const kept = store();
  if (!kept) return;
  for (const key of Object.keys(kept)) if (key.startsWith(PREFIX)) kept.removeItem(key);
});
